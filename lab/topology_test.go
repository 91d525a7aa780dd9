package lab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func names(nodes []NodeSpec) string {
	var out []string
	for _, n := range nodes {
		name := n.ID
		if n.Follows != "" {
			name += "<" + n.Follows
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestTopologies(t *testing.T) {
	for _, c := range []struct {
		topology    Topology
		name, nodes string
	}{
		{Single(), "single", "master"},
		{OneToOne(), "one-to-one", "master replica-1<master"},
		{OneToMany(2), "one-to-many", "master replica-1<master replica-2<master"},
		{Tree(2, 1), "tree", "master replica-1<master replica-2<master replica-1-1<replica-1 replica-2-1<replica-2"},
		{Tree(1, 1, 2), "tree", "master replica-1<master replica-1-1<replica-1 replica-1-1-1<replica-1-1 replica-1-1-2<replica-1-1"},
	} {
		if got := names(c.topology.Nodes); got != c.nodes || c.topology.Name != c.name {
			t.Errorf("%s: %s; want %s: %s", c.topology.Name, got, c.name, c.nodes)
		}
		if err := c.topology.Validate(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWithLeavesTheOriginal(t *testing.T) {
	base := OneToOne().With(Directive{"maxmemory", "1mb"})
	a := base.WithNode("master", Directive{"save", `""`}).WithPorts(7000)
	b := base.With(Directive{"databases", "1"})
	if diff := cmp.Diff(OneToOne().With(Directive{"maxmemory", "1mb"}), base); diff != "" {
		t.Errorf("the original has changed:\n%s", diff)
	}
	if got := a.Nodes[0].Directives; len(got) != 2 || got[1].Name != "save" || a.Nodes[1].Port != 7001 {
		t.Errorf("%+v", a.Nodes)
	}
	if got := b.Nodes[1].Directives; len(got) != 2 || got[1].Name != "databases" {
		t.Errorf("%+v", b.Nodes)
	}
}

func TestValidateTellsWhatIsWrong(t *testing.T) {
	for want, topology := range map[string]Topology{
		"no nodes":              {},
		"used twice":            {Nodes: []NodeSpec{{ID: "a"}, {ID: "a"}}},
		`port 7 is already`:     {Nodes: []NodeSpec{{ID: "a", Port: 7}, {ID: "b", Port: 7}}},
		"not in the topology":   {Nodes: []NodeSpec{{ID: "a", Follows: "b"}}},
		"follows itself":        {Nodes: []NodeSpec{{ID: "a", Follows: "a"}}},
		"in a circle":           {Nodes: []NodeSpec{{ID: "a", Follows: "b"}, {ID: "b", Follows: "a"}}},
		"for clients":           {Nodes: []NodeSpec{{ID: "client"}}},
		`node ID "lab"`:         {Nodes: []NodeSpec{{ID: "lab"}}},
		`node ID "a/../b"`:      {Nodes: []NodeSpec{{ID: "a/../b"}}},
		"between 0":             {Nodes: []NodeSpec{{ID: "a", Port: 70000}}},
		"line break":            Single().With(Directive{"save", "1\nport 2"}),
		"no name":               Single().With(Directive{"", "1"}),
		`sets "PORT" itself`:    Single().With(Directive{"PORT", "1"}),
		"that is not in the to": Single().WithNode("nobody", Directive{"save", ""}),
	} {
		if err := topology.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestStartOrderPutsMastersFirst(t *testing.T) {
	order, err := Topology{Nodes: []NodeSpec{{ID: "c", Follows: "b"}, {ID: "b", Follows: "a"}, {ID: "a"}, {ID: "d"}}}.startOrder()
	if err != nil || names(order) != "a d b<a c<b" {
		t.Errorf("%s, %v", names(order), err)
	}
}

func TestQuoteAndUnquote(t *testing.T) {
	for _, s := range []string{"plain", "/tmp/a b", `back\slash`, `"quotes"`, "it's"} {
		if got := unquote(quote(s)); got != s {
			t.Errorf("%q is quoted as %q and comes back as %q", s, quote(s), got)
		}
	}
	if got := unquote(`'single \' quoted'`); got != "single ' quoted" {
		t.Errorf("%q", got)
	}
}

func TestCapabilities(t *testing.T) {
	c := Capabilities{Faults: true, Pause: true}
	if !c.Has(CanFault) || c.Has(CanSim) || c.Has("nonsense") {
		t.Errorf("%v", c.List())
	}
	if diff := cmp.Diff([]Capability{CanClock, "nonsense"}, c.Missing(CanPause, CanClock, "nonsense")); diff != "" {
		t.Error(diff)
	}
	all := Capabilities{true, true, true, true, true, true, true, true}
	if n := len(all.List()); n != 8 {
		t.Errorf("%d capabilities", n)
	}
}
