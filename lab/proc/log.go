package proc

import (
	"bytes"
	"io"
	"os"
	"strings"
	"time"

	"redislab/lab"
)

// pattern is a log line of redis-server that tells of an event.
type pattern struct{ words, kind string }

// patterns are the log lines that become events, in Redis 7.0's words; the first that fits counts.
func patterns() []pattern {
	return []pattern{
		{"Ready to accept connections", "node.ready"},
		{"User requested shutdown", "node.stopping"},
		{"MASTER MODE enabled", "repl.role"},
		{"REPLICAOF ", "repl.role"},
		{"Trying a partial resynchronization", "repl.psync"},
		{"Full resync from master", "repl.fullsync"},
		{"Successful partial resynchronization with master", "repl.continue"},
		{"MASTER <-> REPLICA sync: Finished with success", "repl.link-up"},
		{"MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization", "repl.link-up"},
		{"Connection with master lost", "repl.link-down"},
		{"MASTER timeout", "repl.link-down"},
		{"Synchronization with replica", "repl.replica-online"},
		{"Connection with replica", "repl.replica-gone"},
		{"Background saving started", "save.begin"},
		{"Background saving terminated with success", "save.end"},
		{"DB saved on disk", "save.end"},
	}
}

// observation makes an event of a log line like "123:M 22 Nov 2026 14:00:00.000 * Ready to accept connections".
func observation(line string) (lab.Observation, bool) {
	_, text, ok := cutMark(line)
	if !ok {
		return lab.Observation{}, false
	}
	if fields := sentinelEvent(text); fields != nil {
		return lab.Observation{At: time.Now(), Kind: lab.EventSentinel, Text: text, Fields: fields}, true
	}
	for _, p := range patterns() {
		if strings.Contains(text, p.words) {
			return lab.Observation{At: time.Now(), Kind: p.kind, Text: text}, true
		}
	}
	return lab.Observation{}, false
}

// sentinelEvent reads a sentinel's event, as sentinelEvent in Redis's sentinel.c writes it:
//
//	+sdown master mymaster 127.0.0.1 9001
//	+slave slave 127.0.0.1:9002 127.0.0.1 9002 @ mymaster 127.0.0.1 9001
//
// nil when the text is none.
func sentinelEvent(text string) map[string]string {
	if len(text) < 2 || text[0] != '+' && text[0] != '-' || text[1] < 'a' || text[1] > 'z' {
		return nil
	}
	name, payload, _ := strings.Cut(text, " ")
	fields := map[string]string{"name": name, "payload": payload}
	words := strings.Fields(payload)
	if len(words) >= 4 {
		switch role := words[0]; {
		case role == "master":
			fields["master"] = words[1]
		case (role == "slave" || role == "sentinel") && len(words) >= 6 && words[4] == "@":
			fields["master"] = words[5]
		default:
			return fields
		}
		fields["role"], fields["instance"], fields["addr"] = words[0], words[1], words[2]+":"+words[3]
	}
	return fields
}

// cutMark splits a log line at its level mark, one of . - * #.
func cutMark(line string) (head, text string, ok bool) {
	for _, mark := range []string{" * ", " # ", " - ", " . "} {
		if head, text, ok := strings.Cut(line, mark); ok && strings.Count(head, " ") == 4 {
			return head, text, true
		}
	}
	return "", "", false
}

func logSize(path string) int64 {
	if st, err := os.Stat(path); err == nil {
		return st.Size()
	}
	return 0
}

const followPace = 50 * time.Millisecond

// follow turns what is written to a log file into events until the node has ended.
func follow(path string, from int64, done <-chan struct{}, observe func(lab.Observation)) {
	f, err := os.Open(path)
	if err != nil {
		return // a node without a log file tells nothing
	}
	defer f.Close()
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return
	}
	t := time.NewTimer(0)
	defer t.Stop()
	var rest []byte
	for ended := false; ; {
		more, _ := io.ReadAll(f)
		rest = lines(append(rest, more...), observe)
		if ended {
			return
		}
		t.Reset(followPace)
		select {
		case <-done:
			ended = true // read what was written last
		case <-t.C:
		}
	}
}

// lines handles the complete lines and returns what is left.
func lines(text []byte, observe func(lab.Observation)) []byte {
	for {
		line, rest, ok := bytes.Cut(text, []byte("\n"))
		if !ok {
			return text
		}
		if o, ok := observation(string(line)); ok {
			observe(o)
		}
		text = rest
	}
}
