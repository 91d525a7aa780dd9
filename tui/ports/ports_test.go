package ports

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"redislab/lab"
	"redislab/lab/inproc"
)

func TestApply(t *testing.T) {
	fixed := lab.Sentinel(2, 1).WithSplitPorts(9101, 19101)
	for _, c := range []struct {
		flag     string
		topology lab.Topology
		want     []int
	}{
		{"lesson", fixed, []int{9101, 9102, 19101, 19102}},
		{"lesson", lab.OneToOne(), []int{0, 0}},
		{"free", fixed, []int{0, 0, 0, 0}},
		{"", fixed, []int{0, 0, 0, 0}},
		{"seed", lab.OneToOne(), []int{8001, 8002}},
		{"seed", fixed, []int{9001, 9002, 19001, 19002}},
		{"7000", fixed, []int{7000, 7001, 7002, 7003}},
	} {
		p, err := Parse(c.flag)
		if err != nil {
			t.Errorf("%q: %v", c.flag, err)
			continue
		}
		var got []int
		for _, n := range p.Apply(c.topology).Nodes {
			got = append(got, n.Port)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q on %s: %v, want %v", c.flag, c.topology.Name, got, c.want)
		}
	}
	for _, flag := range []string{"0", "-1", "65536", "many", "80.5", "Free"} {
		if _, err := Parse(flag); err == nil || !strings.Contains(err.Error(), "use lesson, free, seed or the first port") {
			t.Errorf("%q: %v", flag, err)
		}
	}
}

func TestFit(t *testing.T) {
	p, err := Parse("65533")
	if err != nil || p.Fit(3) != nil || p.Fit(4) == nil || !strings.Contains(p.Fit(4).Error(), "up to 65532") {
		t.Errorf("%v, %v, %v", err, p.Fit(3), p.Fit(4))
	}
	if p, err := Parse("free"); err != nil || p.Fit(100) != nil {
		t.Errorf("free: %v, %v", err, p.Fit(100))
	}
}

// A port that is taken is told with what helps.
func TestHint(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	port := busy.Addr().(*net.TCPAddr).Port
	l, err := lab.Start(t.Context(), lab.Single().WithPorts(port), inproc.New())
	if err == nil {
		t.Fatal(errors.Join(errors.New("the lab started on a port that is taken"), l.Close()))
	}
	if got := Hint(err).Error(); !strings.Contains(got, fmt.Sprint(port)) || !strings.HasSuffix(got, "use --ports free") {
		t.Errorf("%s", got)
	}
	if other := errors.New("no such file"); !errors.Is(Hint(other), other) || Hint(other).Error() != other.Error() || Hint(nil) != nil {
		t.Error("other errors change")
	}
}
