package kit

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"redislab/exercises/kit/wire"
	"redislab/lab"
)

// labVerb is one line a learner can type at the lab itself.
type labVerb struct {
	name string
	args string
	min  int
	run  func(ctx context.Context, l *lab.Lab, a []string) error
}

// onNode runs f on every node named.
func onNode(f func(ctx context.Context, n *lab.Node) error) func(context.Context, *lab.Lab, []string) error {
	return func(ctx context.Context, l *lab.Lab, ids []string) error {
		for _, id := range ids {
			n := l.Node(id)
			if n == nil {
				return noNode(l, id)
			}
			if err := f(ctx, n); err != nil {
				return err
			}
		}
		return nil
	}
}

// fault is a verb that the lab reads itself.
func fault(verb, args string, min int) labVerb {
	return labVerb{verb, args, min, func(_ context.Context, l *lab.Lab, a []string) error {
		return l.Fault(strings.Join(append([]string{verb}, a...), " "))
	}}
}

func labVerbs() []labVerb {
	return []labVerb{
		{"kill", "NODE", 1, onNode(func(_ context.Context, n *lab.Node) error { return n.Kill() })},
		{"stop", "NODE", 1, onNode(func(ctx context.Context, n *lab.Node) error { return n.Stop(ctx) })},
		{"restart", "NODE", 1, onNode(func(ctx context.Context, n *lab.Node) error { return n.Restart(ctx) })},
		{"pause", "NODE", 1, onNode(func(_ context.Context, n *lab.Node) error { return n.Pause() })},
		{"resume", "NODE", 1, onNode(func(_ context.Context, n *lab.Node) error { return n.Resume() })},
		fault("cut", "NODE NODE [CLASS]", 2),
		fault("cut-one-way", "FROM TO [CLASS]", 2),
		fault("delay", "NODE NODE DURATION [CLASS]", 3),
		fault("delay-one-way", "FROM TO DURATION [CLASS]", 3),
		fault("drop", "NODE NODE PROBABILITY [CLASS]", 3),
		fault("drop-one-way", "FROM TO PROBABILITY [CLASS]", 3),
		fault("isolate", "NODE [CLASS]", 1),
		fault("partition", "NODE,NODE NODE,NODE", 2),
		fault("heal", "[NODE NODE]", 0),
		{"write", "NODE BYTES", 2, func(ctx context.Context, l *lab.Lab, a []string) error {
			n, err := strconv.Atoi(a[1])
			if l.Node(a[0]) == nil || err != nil || n < 1 {
				return fmt.Errorf("write: want a node and a number of bytes, not %q", a)
			}
			return WriteBytes(ctx, l.Node(a[0]), n)
		}},
		{"wait", "DURATION", 1, func(ctx context.Context, l *lab.Lab, a []string) error {
			d, err := time.ParseDuration(a[0])
			if err != nil {
				return fmt.Errorf("wait: %q is no duration (try 500ms or 2s)", a[0])
			}
			return l.Clock().Sleep(ctx, d)
		}},
	}
}

// LabLine carries out a line typed at the lab: "kill replica-1", "restart
// replica-1", "cut master replica-1", "heal", "wait 2s" …
func LabLine(ctx context.Context, l *lab.Lab, line string) (string, error) {
	v, args, err := labVerbOf(line)
	if err != nil {
		return "", err
	}
	if err := v.run(ctx, l, args); err != nil {
		return "", err
	}
	return "OK", nil
}

// labVerbOf reads a line typed at the lab. Its error says which verbs there are, or how the one that is meant is used.
func labVerbOf(line string) (v labVerb, args []string, err error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return v, nil, fmt.Errorf("empty line; try %s", LabUsage())
	}
	for _, v := range labVerbs() {
		if v.name != words[0] {
			continue
		}
		if len(words)-1 < v.min {
			return v, nil, fmt.Errorf("usage: %s %s", v.name, v.args)
		}
		return v, words[1:], nil
	}
	return v, nil, fmt.Errorf("unknown lab command %q; try %s", words[0], LabUsage())
}

// FillerKey is the key that WriteBytes writes.
const FillerKey = "lab:filler"

// fillerChunk is the most that one of WriteBytes's commands takes on the wire.
const fillerChunk = 1024

// WriteBytes writes to a node so that its replication stream grows by n bytes:
// SET commands of one key, whose values make up the size. What is too small for
// a command of its own is left out.
func WriteBytes(ctx context.Context, n *lab.Node, bytes int) error {
	smallest := int(wire.Size("SET", FillerKey, ""))
	for left := bytes; left > smallest; {
		size := min(left, fillerChunk)
		value := strings.Repeat("x", size-smallest)
		// The value's length takes digits of its own.
		if over := int(wire.Size("SET", FillerKey, value)) - size; over > 0 {
			value = value[:max(0, len(value)-over)]
		}
		if err := n.Do(ctx, "SET", FillerKey, value).Err(); err != nil {
			return fmt.Errorf("write to %s: %w", n.ID(), err)
		}
		left -= int(wire.Size("SET", FillerKey, value))
	}
	return nil
}

// LabUsage lists what LabLine understands.
func LabUsage() string {
	var names []string
	for _, v := range labVerbs() {
		names = append(names, strings.TrimSpace(v.name+" "+v.args))
	}
	return strings.Join(names, ", ")
}
