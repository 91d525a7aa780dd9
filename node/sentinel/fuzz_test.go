package sentinel

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// FuzzLoad: a file is refused with a reason that names the line, or what is written for it reads back as the same.
func FuzzLoad(f *testing.F) {
	f.Add(strings.ReplaceAll(strings.Join(everything(), "\n"), `"`, ""))
	f.Add("monitor m 127.0.0.1 1 1\nknown-replica m 127.0.0.1 2\nconfig-epoch m 18446744073709551615")
	f.Fuzz(func(t *testing.T, text string) {
		state, err := Load(directivesOf(strings.Split(text, "\n")), Config{})
		if err != nil {
			return
		}
		if state.MyID == "" {
			state.MyID = testID // New draws one
		}
		timing := DefaultTiming()
		var lines []string
		for _, l := range state.lines(&timing) {
			if strings.ContainsAny(l.Text, `"\`) {
				return // quoted: reading that is package config's part
			}
			lines = append(lines, strings.TrimPrefix(l.Text, "sentinel "))
		}
		again, err := Load(directivesOf(lines), Config{})
		if err != nil || !reflect.DeepEqual(again, state) {
			t.Errorf("%v\nread:    %+v\nwritten: %q\nagain:   %+v", err, state, lines, again)
		}
	})
}

// FuzzInputs: whatever others say, in hellos, INFO replies and commands, the machine goes on, its epochs do not go back, and
// it still answers.
func FuzzInputs(f *testing.F) {
	f.Add("127.0.0.1,7001,"+runB+",3,m,127.0.0.1,9002,2", masterInfo(runA, "127.0.0.1:9002"), "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 9001 9 "+runC)
	f.Add("127.0.0.1,7001,"+runB+",99999999999999999999,m,::1,0,-1", replicaInfo(runA, "127.0.0.1", 9001), "SET m quorum 5")
	f.Add("1,2,3,4,5,6,7,8", "role:master\r\nslave0:ip=,port=,state=\r\nslave0:x\r\n", "MONITOR m2 127.0.0.1 1 1")
	f.Add(",,,,,,,", "slave0:"+strings.Repeat("9", 300), "DEBUG ping-period 1")
	f.Fuzz(func(t *testing.T, hello, info, command string) {
		r := newRig(t, Config{}, "monitor m 127.0.0.1 9001 1", "known-replica m 127.0.0.1 9002")
		r.info["127.0.0.1:9001"], r.info["127.0.0.1:9002"] = info, info
		r.tick(3 * time.Second)
		before := r.m.View().CurrentEpoch
		r.step(Hello{hello})
		if args := strings.Fields(command); len(args) > 0 && len(args) < 20 {
			r.step(Command{ID: 1, Proto: 3, Args: args})
		}
		delete(r.info, "127.0.0.1:9001")
		r.tick(3 * time.Second)
		if now := r.m.View().CurrentEpoch; now < before {
			t.Errorf("epoch %d after %d", now, before)
		}
		r.cmd("MASTERS")
	})
}
