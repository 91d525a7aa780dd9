package sentinel_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"redislab/node/sentinel"
	"redislab/node/sim"
)

// topology is what a world is made of.
type topology struct {
	seed                                  uint64
	sentinels, replicas, masters          int
	quorum, downAfter, failover, parallel int
	rebootDownAfter, syncTime             int
	notify                                bool
}

func parseTopology(args []string) topology {
	t := topology{seed: 1, sentinels: 3, replicas: 2, masters: 1, quorum: 2, downAfter: 5000, failover: 60000, parallel: 1, syncTime: 100}
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		n, err := strconv.Atoi(value)
		if err != nil {
			panic(a)
		}
		switch key {
		case "seed":
			t.seed = uint64(n)
		case "scripts":
			t.notify = n != 0
		default:
			fields := map[string]*int{"sentinels": &t.sentinels, "replicas": &t.replicas, "masters": &t.masters, "quorum": &t.quorum,
				"down-after": &t.downAfter, "failover-timeout": &t.failover, "parallel-syncs": &t.parallel,
				"reboot-down-after": &t.rebootDownAfter, "sync": &t.syncTime}
			if fields[key] == nil {
				panic(a)
			}
			*fields[key] = n
		}
	}
	return t
}

// cluster is a world of servers and sentinels.
type cluster struct {
	topology
	w        *sim.World
	disks    map[string]*sim.RedisDisk
	redises  []*sim.Host
	sents    []*sim.Host
	replacer *strings.Replacer
	onEvent  func(*sim.Host, sentinel.Event)
	onSave   func(*sim.Host, sentinel.State)
}

const host = "127.0.0.1"

// newCluster starts the servers, then the sentinels.
func newCluster(t topology) *cluster {
	c := &cluster{topology: t, w: sim.New(t.seed), disks: map[string]*sim.RedisDisk{}}
	for m := range t.masters {
		master := ""
		for r := range t.replicas + 1 {
			name := strconv.Itoa(9001 + 100*m + r)
			d := &sim.RedisDisk{Priority: 100, Master: master, SyncTime: ms(t.syncTime), RunID: strings.Repeat(strconv.Itoa(r+1), 40)}
			c.disks[name] = d
			h := sim.NewRedis(c.w, name, host+":"+name, d)
			h.Start()
			c.redises = append(c.redises, h)
			if r == 0 {
				master = h.Addr
			}
		}
	}
	c.load()
	c.w.Run(2*time.Second + ms(t.syncTime))
	var names []string
	for i := range t.sentinels {
		name := "s" + strconv.Itoa(i+1)
		id := fmt.Sprintf("%dabcdef%033d", i+1, 0)
		names = append(names, id, "<"+name+">", id[:8], "<"+name+">")
		d := &sim.SentinelDisk{Lines: append([]string{"myid " + id}, t.lines()...)}
		d.OnEvent = func(h *sim.Host, e sentinel.Event) {
			if c.onEvent != nil {
				c.onEvent(h, e)
			}
		}
		d.OnSave = func(h *sim.Host, s sentinel.State) {
			if c.onSave != nil {
				c.onSave(h, s)
			}
		}
		h := sim.NewSentinel(c.w, name, host+":"+strconv.Itoa(19001+i), d)
		h.Start()
		c.sents = append(c.sents, h)
	}
	c.replacer = strings.NewReplacer(names...)
	return c
}

func (t *topology) lines() []string {
	var lines []string
	for m := range t.masters {
		name := "m" + strconv.Itoa(m+1)
		lines = append(lines, fmt.Sprintf("monitor %s %s %d %d", name, host, 9001+100*m, t.quorum),
			fmt.Sprintf("down-after-milliseconds %s %d", name, t.downAfter), fmt.Sprintf("failover-timeout %s %d", name, t.failover),
			fmt.Sprintf("parallel-syncs %s %d", name, t.parallel), fmt.Sprintf("master-reboot-down-after-period %s %d", name, t.rebootDownAfter))
		if t.notify {
			lines = append(lines, "notification-script "+name+" notify.sh", "client-reconfig-script "+name+" reconfig.sh")
		}
	}
	return lines
}

// load lets every master's stream grow, ten times a second.
func (c *cluster) load() {
	for _, h := range c.redises {
		if r, up := h.Process().(*sim.Redis); up && !h.Paused() {
			r.Write(10)
		}
	}
	c.w.After(100*time.Millisecond, c.load)
}

// names puts sentinels' names where their IDs are.
func (c *cluster) names(s string) string { return c.replacer.Replace(s) }

func (c *cluster) disk(name string) *sim.RedisDisk { return c.disks[name] }

func (c *cluster) sentinel(name string) *sim.Sentinel {
	return c.w.Find(name).Process().(*sim.Sentinel)
}

// state tells who follows whom, and whom the sentinels hold for the master.
func (c *cluster) state() string {
	var b strings.Builder
	for _, h := range c.redises {
		r, up := h.Process().(*sim.Redis)
		switch {
		case !up:
			fmt.Fprintf(&b, "%s: down\n", h.Name)
		case r.IsMaster():
			fmt.Fprintf(&b, "%s: master\n", h.Name)
		default:
			master, ok := r.Follows()
			fmt.Fprintf(&b, "%s: follows %s%s\n", h.Name, strings.TrimPrefix(master, host+":"), map[bool]string{false: " (link down)"}[ok])
		}
	}
	for _, h := range c.sents {
		s, up := h.Process().(*sim.Sentinel)
		if !up {
			fmt.Fprintf(&b, "%s: down\n", h.Name)
			continue
		}
		v := s.Machine().View()
		fmt.Fprintf(&b, "%s: epoch %d", h.Name, v.CurrentEpoch)
		for _, m := range v.Masters {
			fmt.Fprintf(&b, "; %s %d %s, config epoch %d, voted in %d, replicas %d, sentinels %d", m.Name, m.Current.Port,
				strings.Join(m.Flags, ","), m.ConfigEpoch, m.VotedEpoch, len(m.Replicas), len(m.Sentinels))
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }
