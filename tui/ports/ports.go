// Package ports reads --ports: where the nodes of a lab listen.
//
//	p, err := ports.Parse("seed")
//	topology = p.Apply(topology)          // 8001 and up; with sentinels 9001 and 19001 and up
//	l, err := lab.Start(ctx, topology, b)
//	return ports.Hint(err)                // says what to do when one of them is taken
package ports

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"redislab/lab"
)

// The names that the flag takes beside a number.
const (
	Lesson = "lesson" // those of the lesson, where it has any; else any free ones
	Free   = "free"   // any free ones
	Seed   = "seed"   // those of the source documents
)

// Where the source documents put their nodes.
const (
	seedPlain     = 8001 // without sentinels
	seedData      = 9001 // with sentinels
	seedSentinels = 19001
)

// Ports is a choice of ports.
type Ports struct {
	apply func(lab.Topology) lab.Topology
	base  int // of a number; 0 else
}

// Usage is what the flag takes, for help texts.
func Usage() string {
	return fmt.Sprintf("%s (the lesson's own, else any free ones), %s (any free ones), %s (%d and up; with sentinels %d and %d), or the first one",
		Lesson, Free, Seed, seedPlain, seedData, seedSentinels)
}

// Parse reads the flag; nothing is "free".
func Parse(text string) (Ports, error) {
	named := map[string]func(lab.Topology) lab.Topology{
		"":     lab.Topology.WithFreePorts,
		Free:   lab.Topology.WithFreePorts,
		Lesson: func(t lab.Topology) lab.Topology { return t },
		Seed:   seed,
	}
	if apply := named[text]; apply != nil {
		return Ports{apply: apply}, nil
	}
	base, err := strconv.Atoi(text)
	if err != nil || base < 1 || base > maxPort {
		return Ports{}, fmt.Errorf("ports %q: use %s, %s, %s or the first port, up to %d", text, Lesson, Free, Seed, maxPort)
	}
	return Ports{base: base, apply: func(t lab.Topology) lab.Topology { return t.WithPorts(base) }}, nil
}

const maxPort = 65535

func seed(t lab.Topology) lab.Topology {
	for _, n := range t.Nodes {
		if n.Sentinel {
			return t.WithSplitPorts(seedData, seedSentinels)
		}
	}
	return t.WithPorts(seedPlain)
}

// Apply puts a topology on the ports.
func (p Ports) Apply(t lab.Topology) lab.Topology { return p.apply(t) }

// Fit says when there are fewer ports from the first one upwards than a topology has nodes.
func (p Ports) Fit(nodes int) error {
	if p.base+nodes-1 > maxPort {
		return fmt.Errorf("ports %d: %d nodes have no room there, use the first port up to %d", p.base, nodes, maxPort+1-nodes)
	}
	return nil
}

// Hint adds to an error of a start what helps when a port is taken. Other errors stay as they are.
func Hint(err error) error {
	if err == nil || !errors.Is(err, syscall.EADDRINUSE) && !strings.Contains(strings.ToLower(err.Error()), "address already in use") {
		return err
	}
	return fmt.Errorf("%w: another program has that port; stop it, or use --ports free", err)
}
