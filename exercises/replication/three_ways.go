package replication

import (
	"context"
	"fmt"
	"os"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	byArgument = "by-argument"
	byCommand  = "by-command"
)

// threeWays: a line in the file, an argument, a command; and one way only.
func threeWays() kit.Exercise {
	return kit.Exercise{
		ID: "operations/three-ways", Chapter: operations, Items: []int{202, 255, 256, 257, 261},
		After: []string{"replication/one-line", "replication/read-only"},
		Topology: func() lab.Topology {
			t := lab.OneToOne()
			t.Nodes = append(t.Nodes, lab.NodeSpec{ID: byArgument}, lab.NodeSpec{ID: byCommand})
			return t
		},
		Steps: []kit.Step{
			{
				Name:     "file",
				Commands: []kit.Cmd{at(master, "SET hello redis")},
				Look:     []kit.Cmd{at(master, "GET hello"), at(first, "GET hello"), at(byCommand, "GET hello")},
				Checks: []kit.Check{
					expect.Get(master, "hello", "redis").For(257),
					expect.Get(first, "hello", "redis").For(257),
					expect.Follows(first, master).For(202, 256),
					expect.Role(byCommand, "master").For(255),
					expect.NoKey(byCommand, "hello").For(255),
				},
			},
			{
				Name:     "command",
				Commands: []kit.Cmd{follow(byCommand, master)},
				Checks: []kit.Check{
					expect.Follows(byCommand, master).For(202, 256),
					expect.Get(byCommand, "hello", "redis").For(256),
				},
			},
			{
				Name:     "argument",
				Do:       appendArgument,
				Commands: []kit.Cmd{toLab("restart " + byArgument)},
				Checks: []kit.Check{
					expect.Follows(byArgument, master).For(256),
					expect.Get(byArgument, "hello", "redis").For(256),
				},
			},
			{
				Name:     "one-way",
				Commands: []kit.Cmd{at(first, "SET hello back")},
				Checks: []kit.Check{
					expect.Refused(first, "READONLY").For(255, 261),
					expect.Config(first, "replica-read-only", "yes").For(261),
					expect.Get(master, "hello", "redis").For(255),
				},
			},
			{
				Name:     "one-master",
				Commands: []kit.Cmd{follow(byCommand, byArgument)},
				Checks: []kit.Check{
					expect.Follows(byCommand, byArgument).For(255),
					expect.Replicas(byArgument, 1).For(255),
					expect.Replicas(master, 2).For(255),
				},
			},
		},
	}
}

// appendArgument ends the node and does with its file what redis-server does
// with "--replicaof host port": one more line at the end of the text it reads.
func appendArgument(_ context.Context, r *kit.Run) error {
	n, err := r.Node(byArgument)
	if err != nil {
		return err
	}
	m, err := r.Node(master)
	if err != nil {
		return err
	}
	if err := n.Kill(); err != nil {
		return err
	}
	text, err := os.ReadFile(n.ConfigFile())
	if err != nil {
		return fmt.Errorf("read the configuration of %s: %w", byArgument, err)
	}
	text = fmt.Appendf(text, "\nreplicaof %s %d\n", m.Host(), m.Port())
	return os.WriteFile(n.ConfigFile(), text, 0o644)
}
