package labtest

import (
	"context"
	"flag"
	"testing"
	"time"

	"redislab/lab"
)

// Subject is a backend under test.
type Subject struct {
	// New makes a fresh backend; it is called within the bubble, if there is one.
	New func(t testing.TB) lab.Backend
	// Bubble runs a case in a testing/synctest bubble; nil for wall time.
	Bubble func(t *testing.T, body func(t *testing.T))
}

// testCase is one thing that a backend must do.
type testCase struct {
	name  string
	needs []lab.Capability
	body  func(t *testing.T, b lab.Backend)
	waits bool // for seconds to pass: may run beside others like it
}

func cases() []testCase {
	var all []testCase
	for _, group := range [][]testCase{lifeCases(), viewCases(), faultCases(), clientCases(), sentinelCases(), closeCases()} {
		all = append(all, group...)
	}
	return all
}

// SideBySide lets eight cases that wait run at once, however few processors there are, unless go test was told how many.
// It is for TestMain.
func SideBySide() error {
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "test.parallel" })
	if told {
		return nil
	}
	return flag.Set("test.parallel", "8")
}

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	t.Helper()
	bubble := s.Bubble
	if bubble == nil {
		bubble = func(t *testing.T, body func(t *testing.T)) { body(t) }
	}
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			if c.waits && s.Bubble == nil {
				t.Parallel()
			}
			bubble(t, func(t *testing.T) {
				b := s.New(t)
				if missing := b.Capabilities().Missing(c.needs...); len(missing) > 0 {
					_ = b.Close() // nothing has used it
					t.Skipf("backend %s lacks %v", b.Name(), missing)
				}
				c.body(t, b)
			})
		})
	}
}

const (
	patience = 20 * time.Second // bounds waits, far above what any backend needs
	pace     = 5 * time.Millisecond
)

// within is a context for things that must not take long.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// await waits until ok holds; it fails the test with what was seen last when it does not.
func await(t *testing.T, what string, ok func() (seen any, holds bool)) {
	t.Helper()
	timer := time.NewTimer(0)
	defer timer.Stop()
	ctx := within(t, patience)
	for {
		seen, holds := ok()
		if holds {
			return
		}
		timer.Reset(pace)
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatalf("waited for %s; saw %v", what, seen)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// set and get are done as a client; want is what GET must say now.
func set(t *testing.T, n *lab.Node, key, value string) {
	t.Helper()
	if err := n.Do(within(t, patience), "SET", key, value).Err(); err != nil {
		t.Fatalf("SET on %s: %v", n.ID(), err)
	}
}

func get(t *testing.T, n *lab.Node, key string) string {
	t.Helper()
	v, err := n.Do(within(t, patience), "GET", key).Text()
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return v
}

// acked is how many replicas have acknowledged all writes within d, by WAIT on a connection that has written.
func acked(t *testing.T, n *lab.Node, replicas int, d time.Duration) int {
	t.Helper()
	c := n.Client()
	conn := c.Conn()
	defer conn.Close()
	ctx := within(t, patience+d)
	must(t, conn.Set(ctx, "labtest:acked", time.Now().String(), 0).Err())
	got, err := conn.Do(ctx, "WAIT", replicas, d.Milliseconds()).Int()
	must(t, err)
	return got
}
