package proc

import (
	"testing"

	"go.uber.org/goleak"

	"redislab/lab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestQuick(t *testing.T) {
	b, err := Redis()
	if err != nil {
		t.Skip(err)
	}
	l := lab.Run(t, lab.Tree(2, 1), b)
	for _, e := range l.Events() {
		t.Log(e.Node, e.Kind, e.Text)
	}
	v := l.View(t.Context())
	t.Logf("%+v", v)
	t.Log(l.Ready())
	n := l.MustNode("replica-1")
	t.Log(n.Kill(), n.State())
	t.Log(l.MustNode("master").Do(t.Context(), "set", "k", "v"))
	t.Log(l.Ready())
	t.Log(n.Restart(t.Context()), l.WaitReady(t.Context()))
	t.Log(n.Do(t.Context(), "get", "k"))
	t.Log(n.Pause(), l.View(t.Context()).Nodes[1], n.Resume())
	t.Log(n.Stop(t.Context()))
}
