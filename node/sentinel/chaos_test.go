package sentinel_test

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"redislab/node/sentinel"
	"redislab/node/sim"
)

// TestChaos lets seeded random faults loose on sentinels and servers, heals everything, and looks whether they come
// together again: one master, all agree on it, no epoch went back, nobody voted twice, no epoch had two elected leaders.
// Sentinels also die in the middle of what they do, between two events, and are back soon.
func TestChaos(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // many small things, none for long
	seeds := 200
	if testing.Short() {
		seeds = 40
	}
	for seed := range seeds {
		c := newChaos(uint64(seed))
		if err := c.run(); err != nil {
			t.Errorf("seed %d: %v\n%s", seed, err, c.tail(60))
		}
	}
}

// TestChaosRepeats plays some seeds twice: what went wrong once can be looked at again.
func TestChaosRepeats(t *testing.T) {
	for seed := range uint64(5) {
		logs := [2]string{}
		for i := range logs {
			c := newChaos(seed)
			if err := c.run(); err != nil {
				t.Fatal(err)
			}
			logs[i] = c.w.Log()
		}
		if logs[0] != logs[1] || len(logs[0]) < 1000 {
			t.Errorf("seed %d: %s", seed, firstDifference(logs[0], logs[1]))
		}
	}
}

// TestChaosFinds checks the checks: votes and epochs that must not be are found.
func TestChaosFinds(t *testing.T) {
	c := newChaos(1)
	h := c.sents[0]
	c.voted(h, sentinel.Event{Name: "+vote-for-leader", Master: "m1", Payload: "a 7"})
	c.voted(h, sentinel.Event{Name: "+vote-for-leader", Master: "m1", Payload: "b 7"})
	c.saved(h, sentinel.State{CurrentEpoch: 9, Masters: []sentinel.MasterState{{Name: "m1", ConfigEpoch: 5}}})
	c.saved(h, sentinel.State{CurrentEpoch: 8, Masters: []sentinel.MasterState{{Name: "m1", ConfigEpoch: 4}}})
	if len(c.wrong) != 3 {
		t.Errorf("found %q", c.wrong)
	}
	clear(c.epochs)
	if c.agreed() != "" {
		t.Errorf("a sound cluster: %s", c.agreed())
	}
	c.redises[1].Crash()
	if c.agreed() == "" {
		t.Error("a dead server is not noticed")
	}
}

// chaos is a world under attack.
type chaos struct {
	*cluster
	rand   *rand.Rand
	votes  map[string]string // who voted where and when → for whom
	leader map[uint64]string
	deadly float64 // how often an event of a failover is a sentinel's last
	epochs map[string]uint64
	wrong  []string
}

func newChaos(seed uint64) *chaos {
	r := rand.New(rand.NewPCG(seed, 99))
	t := topology{seed: seed, sentinels: 3 + 2*r.IntN(2), replicas: 1 + r.IntN(3), masters: 1, quorum: 2, downAfter: 1000 + r.IntN(4000),
		failover: 10000 + r.IntN(10000), parallel: 1 + r.IntN(2), syncTime: r.IntN(1500)}
	c := &chaos{cluster: newCluster(t), rand: r, votes: map[string]string{}, leader: map[uint64]string{}, epochs: map[string]uint64{}}
	c.onEvent, c.onSave = c.event, c.saved
	c.w.Run(8 * time.Second)
	c.deadly = 0.05
	return c
}

// event looks at what a sentinel says, and may let it be its last word.
func (c *chaos) event(h *sim.Host, e sentinel.Event) {
	c.voted(h, e)
	if e.Name == "+elected-leader" {
		c.elected(h)
	}
	if e.Level != sentinel.Warning || e.Master == "" || c.rand.Float64() >= c.deadly {
		return
	}
	h.Logf("dies")
	h.Crash()
	c.w.After(time.Duration(c.rand.IntN(3000))*time.Millisecond, h.Start)
}

// elected looks for two leaders of an epoch. Those who were told to fail over need no votes.
func (c *chaos) elected(h *sim.Host) {
	f := h.Process().(*sim.Sentinel).Machine().View().Masters[0].Failover
	if before := c.leader[f.Epoch]; before != "" && !f.Forced {
		c.wrong = append(c.wrong, fmt.Sprintf("epoch %d has two leaders, %s and %s", f.Epoch, before, h.Name))
	}
	if !f.Forced {
		c.leader[f.Epoch] = h.Name
	}
}

// voted looks for a second vote in the same epoch.
func (c *chaos) voted(h *sim.Host, e sentinel.Event) {
	if e.Name != "+vote-for-leader" {
		return
	}
	leader, epoch, _ := strings.Cut(e.Payload, " ")
	key := h.Name + " " + e.Master + " " + epoch
	if before, twice := c.votes[key]; twice {
		c.wrong = append(c.wrong, fmt.Sprintf("%s votes again in epoch %s: %s, before %s", h.Name, epoch, leader, before))
	}
	c.votes[key] = leader
}

// saved looks for epochs that go back, over restarts too.
func (c *chaos) saved(h *sim.Host, s sentinel.State) {
	c.epoch(h.Name+" current epoch", s.CurrentEpoch)
	for _, m := range s.Masters {
		c.epoch(h.Name+" config epoch of "+m.Name, m.ConfigEpoch)
	}
}

func (c *chaos) epoch(what string, n uint64) {
	if n < c.epochs[what] {
		c.wrong = append(c.wrong, fmt.Sprintf("%s went back from %d to %d", what, c.epochs[what], n))
	}
	c.epochs[what] = n
}

// run attacks, heals and waits.
func (c *chaos) run() error {
	for range 8 + c.rand.IntN(8) {
		c.attack()
		c.w.Run(time.Duration(500+c.rand.IntN(9000)) * time.Millisecond)
	}
	c.w.Logf("", "healed")
	c.deadly = 0
	c.w.Heal()
	for _, h := range c.w.Hosts() {
		h.Resume()
		h.Start()
	}
	const limit = 5 * time.Minute
	deadline := c.w.Elapsed() + limit
	for c.w.Run(time.Second); c.agreed() != ""; c.w.Run(5 * time.Second) {
		if c.w.Elapsed() > deadline {
			return fmt.Errorf("after %v: %s\n%s", limit, c.agreed(), c.state())
		}
	}
	if len(c.wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(c.wrong, "; "))
	}
	return nil
}

// attack does one bad thing, or takes some back.
func (c *chaos) attack() {
	hosts := c.w.Hosts()
	a, b := hosts[c.rand.IntN(len(hosts))], hosts[c.rand.IntN(len(hosts))]
	kinds := []struct {
		name string
		do   func()
	}{
		{"crash " + a.Name, a.Crash},
		{"crash " + a.Name, a.Crash},
		{"crash the master", func() { c.masterNow().Crash() }},
		{"crash the master", func() { c.masterNow().Crash() }},
		{"pause the master", func() { c.masterNow().Pause() }},
		{"isolate the master", func() { c.w.Isolate(c.masterNow().Addr) }},
		{"pause " + a.Name, a.Pause},
		{"cut " + a.Name + " " + b.Name, func() { c.w.Cut(a.Addr, b.Addr) }},
		{"cut one way " + a.Name + " " + b.Name, func() { c.w.CutOneWay(a.Addr, b.Addr) }},
		{"isolate " + a.Name, func() { c.w.Isolate(a.Addr) }},
		{"split", c.split},
		{"delay " + a.Name + " " + b.Name, func() { c.w.Delay(a.Addr, b.Addr, time.Duration(c.rand.IntN(3000))*time.Millisecond) }},
		{"failover by hand", c.failover},
		{"heal", c.w.Heal},
		{"resume all", c.resume},
		{"restart all", c.restart},
	}
	k := kinds[c.rand.IntN(len(kinds))]
	c.w.Logf("", "%s", k.name)
	k.do()
}

// masterNow is a server that holds itself for the master, or any.
func (c *chaos) masterNow() *sim.Host {
	for _, h := range c.redises {
		if r, up := h.Process().(*sim.Redis); up && r.IsMaster() {
			return h
		}
	}
	return c.redises[0]
}

// split cuts the world in two.
func (c *chaos) split() {
	var sides [2][]string
	for _, h := range c.w.Hosts() {
		i := c.rand.IntN(2)
		sides[i] = append(sides[i], h.Addr)
	}
	for _, a := range sides[0] {
		for _, b := range sides[1] {
			c.w.Cut(a, b)
		}
	}
}

func (c *chaos) failover() {
	h := c.sents[c.rand.IntN(len(c.sents))]
	if s, up := h.Process().(*sim.Sentinel); up && !h.Paused() {
		s.Command("FAILOVER", "m1")
	}
}

func (c *chaos) resume() {
	for _, h := range c.w.Hosts() {
		h.Resume()
	}
}

func (c *chaos) restart() {
	for _, h := range c.w.Hosts() {
		h.Start()
	}
}

// agreed says what is not right yet, "" when there is one master, all replicas follow it, and all sentinels know it.
func (c *chaos) agreed() string {
	master := ""
	for _, h := range c.redises {
		r, up := h.Process().(*sim.Redis)
		if !up || h.Paused() {
			return h.Name + " is not there"
		}
		if r.IsMaster() {
			if master != "" {
				return "two masters: " + master + " and " + h.Addr
			}
			master = h.Addr
		}
	}
	for _, h := range c.redises {
		if to, ok := h.Process().(*sim.Redis).Follows(); h.Addr != master && (to != master || !ok) {
			return fmt.Sprintf("%s follows %s, the master is %s", h.Name, to, master)
		}
	}
	for _, h := range c.sents {
		if why := c.knows(h, master); why != "" {
			return h.Name + ": " + why
		}
	}
	return ""
}

func (c *chaos) knows(h *sim.Host, master string) string {
	s, up := h.Process().(*sim.Sentinel)
	if !up || h.Paused() {
		return "not there"
	}
	v := s.Machine().View()
	m := v.Masters[0]
	switch at := fmt.Sprintf("%s:%d", m.Addr.IP, m.Addr.Port); {
	case at != master:
		return fmt.Sprintf("believes in %s, the master is %s", at, master)
	case m.SDown || m.Failover.State != sentinel.NoFailover:
		return "is not done: " + strings.Join(m.Flags, ",")
	case m.ConfigEpoch != c.epochs["s1 config epoch of m1"]:
		return fmt.Sprintf("config epoch %d, s1 has %d", m.ConfigEpoch, c.epochs["s1 config epoch of m1"])
	}
	return ""
}

// tail is the end of the log.
func (c *chaos) tail(n int) string {
	lines := strings.Split(strings.TrimSpace(c.names(c.w.Log())), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
