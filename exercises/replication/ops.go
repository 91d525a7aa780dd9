package replication

import (
	"context"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// operations is the chapter that follows: replication as it is run day by day.
const operations = "operations"

// Operations lists the lessons of the chapter "Replication in operation": ways
// to set it up, what goes over the wire, limits, and what to do by hand.
func Operations() []kit.Exercise {
	return kit.Bind(prose,
		threeWays(),
		handshake(),
		liveLink(),
		minReplicas(),
		staleReads(),
		manualFailover(),
		switching(),
		tree(),
		slowCommands(),
		health(),
		timeouts(),
		syncCost(),
		limits(),
		emptyMaster(),
		aofAfterLoad(),
		serveStale(),
	)
}

// ask sends a line to a node and forgets the reply; quoting is not understood.
func ask(ctx context.Context, r *kit.Run, node, line string) error {
	_, err := expect.Ask(ctx, r, node, strings.Fields(line)...)
	return err
}

// askAll is ask for several lines.
func askAll(ctx context.Context, r *kit.Run, node string, lines ...string) error {
	for _, l := range lines {
		if err := ask(ctx, r, node, l); err != nil {
			return fmt.Errorf("%s: %w", l, err)
		}
	}
	return nil
}

// restart starts a node again.
func restart(ctx context.Context, r *kit.Run, id string) error {
	n, err := r.Node(id)
	if err != nil {
		return err
	}
	return n.Restart(ctx)
}

// replOut is how many bytes a node has sent to its replicas.
func replOut(ctx context.Context, r *kit.Run, node string) (int64, error) {
	return expect.Number(ctx, r, node, "stats", "total_net_repl_output_bytes")
}

// noted is a check on something that the step's Do found out.
func noted(name kit.Text, probe func(r *kit.Run) (string, error)) kit.Check {
	return kit.Check{Name: name, Probe: func(_ context.Context, r *kit.Run) (string, error) { return probe(r) }}
}

// isolated is a topology of masters that do not know each other.
func isolated(ids ...string) lab.Topology {
	t := lab.Topology{Name: "masters"}
	for _, id := range ids {
		t.Nodes = append(t.Nodes, lab.NodeSpec{ID: id})
	}
	return t
}
