package headless

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"text/tabwriter"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/ports"
)

// TopologyNames is what ParseTopology reads, for help texts.
const TopologyNames = "single, one-to-one, one-to-many[:REPLICAS], tree[:FANOUT,FANOUT…], sentinel[:SENTINELS,REPLICAS], or a lesson's ID"

// maxNodes keeps a slip of the finger from starting thousands of nodes.
const maxNodes = 100

// ParseTopology reads the name of a topology: "one-to-many:3", "tree:2,1", or a lesson's.
func ParseTopology(chapters []Chapter, text string) (lab.Topology, error) {
	name, args, _ := strings.Cut(text, ":")
	sizes, err := parseSizes(args)
	if err != nil {
		return lab.Topology{}, fmt.Errorf("topology %q: %w", text, err)
	}
	var t lab.Topology
	switch {
	case name == "single" && args == "":
		t = lab.Single()
	case name == "one-to-one" && args == "":
		t = lab.OneToOne()
	case name == "one-to-many" && len(sizes) <= 1:
		t = lab.OneToMany(first(sizes, 2))
	case name == "tree" && len(sizes) == 0:
		t = lab.Tree(2, 1)
	case name == "tree":
		t = lab.Tree(sizes...)
	case name == "sentinel" && len(sizes) <= 2:
		sizes = append(sizes, []int{3, 2}[len(sizes):]...)
		t = lab.Sentinel(sizes[0], sizes[1])
	default:
		if ex := matchWord(chapters, text); len(ex) == 1 {
			return ex[0].Topology(), nil
		}
		return lab.Topology{}, fmt.Errorf("unknown topology %q: use %s", text, TopologyNames)
	}
	return t, nil
}

func first(sizes []int, otherwise int) int {
	if len(sizes) == 0 {
		return otherwise
	}
	return sizes[0]
}

func parseSizes(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	var out []int
	total, level := 1, 1
	for _, s := range strings.Split(text, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of nodes, at least 1", s)
		}
		level *= n
		total += level
		if n > maxNodes || total > maxNodes {
			return nil, fmt.Errorf("more than %d nodes", maxNodes)
		}
		out = append(out, n)
	}
	return out, nil
}

// UpNode is a node as up --json prints it.
type UpNode struct {
	ID      string `json:"id"`
	Role    string `json:"role"`
	Follows string `json:"follows,omitempty"`

	Watches []UpWatch `json:"watches,omitempty"` // of a sentinel

	Addr string `json:"addr"`
	PID  int    `json:"pid"`
	CLI  string `json:"redis_cli"`
}

// UpWatch is a master that a sentinel watches.
type UpWatch struct {
	Name   string `json:"name"`
	Master string `json:"master"`
	Quorum int    `json:"quorum"`
}

// Up starts a topology, tells where it is, and keeps it until ctx ends.
func Up(ctx context.Context, w io.Writer, t lab.Topology, b lab.Backend, asJSON bool, opts ...lab.Option) error {
	l, err := lab.Start(ctx, t, b, opts...)
	if err != nil {
		return ports.Hint(err)
	}
	if err := l.WaitReady(ctx); err != nil {
		return fmt.Errorf("%w%s", err, closing(l))
	}
	if asJSON {
		err = printJSON(w, struct {
			Topology string   `json:"topology"`
			Backend  string   `json:"backend"`
			Nodes    []UpNode `json:"nodes"`
		}{t.Name, b.Name(), upNodes(l)})
	} else {
		err = printNodes(w, l)
	}
	if err == nil {
		<-ctx.Done()
	}
	if cerr := l.Close(); cerr != nil {
		return cerr
	}
	if !asJSON {
		fmt.Fprintln(w, "stopped; nothing is left running")
	}
	return err
}

func closing(l *lab.Lab) string {
	if err := l.Close(); err != nil {
		return "; then: " + err.Error()
	}
	return ""
}

func upNodes(l *lab.Lab) []UpNode {
	var out []UpNode
	for _, n := range l.Nodes() {
		host, port, _ := net.SplitHostPort(n.Addr())
		cli := "redis-cli -p " + port
		if host != "127.0.0.1" {
			cli = "redis-cli -h " + host + " -p " + port
		}
		var watches []UpWatch
		for _, w := range n.Spec().Watches {
			watches = append(watches, UpWatch{w.Name, w.Master, w.Quorum})
		}
		out = append(out, UpNode{Watches: watches, ID: n.ID(), Role: string(n.Spec().Role()), Follows: n.Spec().Follows, Addr: n.Addr(), PID: n.PID(), CLI: cli})
	}
	return out
}

func printNodes(w io.Writer, l *lab.Lab) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, n := range upNodes(l) {
		role := n.Role
		if n.Follows != "" {
			role += " of " + n.Follows
		}
		for i, w := range n.Watches {
			sep := ","
			if i == 0 {
				sep = " watching"
			}
			role += fmt.Sprintf("%s %s (%s, quorum %d)", sep, w.Name, w.Master, w.Quorum)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\tpid %d\t%s\n", n.ID, role, n.Addr, n.PID, n.CLI)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var ready []string
	for _, p := range l.Ready() {
		ready = append(ready, p.Name)
	}
	_, err := fmt.Fprintf(w, "ready: %s; ctrl-c stops them\n", strings.Join(ready, ", "))
	return err
}

// Missing lists what a backend lacks for a lesson.
func Missing(ex kit.Exercise, caps lab.Capabilities) []string {
	var out []string
	for _, c := range caps.Missing(ex.Needs...) {
		out = append(out, string(c))
	}
	return out
}
