package lab

import (
	"fmt"
	"slices"
	"time"

	"redislab/lab/netfault"
)

// Cut stops all traffic between two ends, or only that of the given classes. Connections stay open and silent; new ones
// hang. An end is a node's ID, "*" for every node, or ClientEnd.
func (l *Lab) Cut(a, b string, classes ...Class) error {
	return l.apply(Fault{Kind: netfault.Cut, From: a, To: b}, classes)
}

// CutOneWay stops what one end sends to the other; the other direction stays.
func (l *Lab) CutOneWay(from, to string, classes ...Class) error {
	return l.apply(Fault{Kind: netfault.Cut, From: from, To: to, OneWay: true}, classes)
}

// Isolate cuts a node from every other node. Clients still reach it; cut those by Cut(id, lab.ClientEnd).
func (l *Lab) Isolate(id string, classes ...Class) error {
	return l.apply(Fault{Kind: netfault.Cut, From: id, To: netfault.AnyNode}, classes)
}

// Partition cuts every link between nodes of different groups. Nodes in no group keep all their links.
func (l *Lab) Partition(groups ...[]string) error {
	if len(groups) < 2 {
		return fmt.Errorf("a partition has two groups of nodes or more, not %d", len(groups))
	}
	seen := map[string]bool{}
	for _, g := range groups {
		for _, id := range g {
			if seen[id] {
				return fmt.Errorf("partition: %q is named twice", id)
			}
			seen[id] = true
		}
	}
	if err := l.checkEnds(slices.Concat(groups...)...); err != nil {
		return fmt.Errorf("partition: %w", err)
	}
	for i, g := range groups {
		for _, other := range groups[i+1:] {
			for _, a := range g {
				for _, b := range other {
					if err := l.Cut(a, b); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// Delay makes every byte between two ends arrive later by d, each way: a round trip takes twice d, a new connection that
// greets first four times. d is at most an hour.
func (l *Lab) Delay(a, b string, d time.Duration, classes ...Class) error {
	return l.apply(Fault{Kind: netfault.Delay, From: a, To: b, Delay: d}, classes)
}

// Drop loses each packet between two ends with probability p, above 0 and at most 1. As TCP sends lost packets again after
// 200 ms, 400 ms …, the ends see stalls, and a reset when a packet is lost too often.
func (l *Lab) Drop(a, b string, p float64, classes ...Class) error {
	return l.apply(Fault{Kind: netfault.Drop, From: a, To: b, Probability: p}, classes)
}

// Apply adds a rule, as netfault.ParseRule reads them from text.
func (l *Lab) Apply(f Fault) error { return l.apply(f, nil) }

// Fault does what a line of text asks for: a rule, isolate, partition or heal; see netfault.ParseCommand.
func (l *Lab) Fault(text string) error {
	c, err := netfault.ParseCommand(text)
	if err != nil {
		return err
	}
	switch {
	case c.Verb == netfault.DoPartition:
		return l.Partition(c.Groups...)
	case c.Verb == netfault.DoHeal && len(c.Link) == 0:
		return l.Heal()
	case c.Verb == netfault.DoHeal:
		return l.HealLink(c.Link[0], c.Link[1])
	}
	return l.Apply(c.Rule)
}

// Heal ends all faults.
func (l *Lab) Heal() error {
	plane := l.backend.Faults()
	if plane == nil {
		return errCannot(l.backend, CanFault)
	}
	plane.Heal()
	l.Note("", EventHealed, "all links healed", nil)
	return nil
}

// HealLink ends the faults that name these two ends, in either order.
func (l *Lab) HealLink(a, b string) error {
	plane := l.backend.Faults()
	if plane == nil {
		return errCannot(l.backend, CanFault)
	}
	plane.HealLink(a, b)
	l.Note("", EventHealed, "link "+a+" "+b+" healed", map[string]string{"from": a, "to": b})
	return nil
}

// Faults lists the rules in force.
func (l *Lab) Faults() []Fault {
	if plane := l.backend.Faults(); plane != nil {
		return plane.Rules()
	}
	return nil
}

func (l *Lab) apply(f Fault, classes []Class) error {
	if len(classes) == 0 {
		classes = []Class{f.Class}
	}
	for _, c := range classes {
		f.Class = c
		if err := l.applyOne(f); err != nil {
			return fmt.Errorf("fault %q: %w", f, err)
		}
	}
	return nil
}

func (l *Lab) applyOne(f Fault) error {
	if err := f.Validate(); err != nil {
		return err
	}
	if err := l.checkEnds(f.From, f.To); err != nil {
		return err
	}
	if need, ok := lacks(l.backend.Capabilities(), f); ok {
		return errCannot(l.backend, need)
	}
	if err := l.backend.Faults().Apply(f); err != nil {
		return err
	}
	l.Note("", EventFault, f.String(), map[string]string{"from": f.From, "to": f.To, "kind": string(f.Kind)})
	return nil
}

func (l *Lab) checkEnds(ends ...string) error {
	for _, end := range ends {
		if end != netfault.AnyNode && !netfault.IsClient(end) && l.Node(end) == nil {
			return fmt.Errorf("no node %q: there are %v, %q for all of them and %q", end, l.ids(), netfault.AnyNode, ClientEnd)
		}
	}
	return nil
}

func lacks(c Capabilities, f Fault) (Capability, bool) {
	switch {
	case !c.Faults:
		return CanFault, true
	case f.OneWay && !c.OneWay:
		return CanOneWay, true
	case f.Kind != netfault.Cut && !c.Delay:
		return CanDelay, true
	}
	return "", false
}
