package lab

import (
	"context"
	"testing"
	"time"
)

// startLimit bounds Run's wait for a topology, far above what any backend needs.
const startLimit = 2 * time.Minute

// Run starts a topology for a test and closes it when the test ends. It returns when every node accepts connections and
// every replica is in sync:
//
//	l := lab.Run(t, lab.OneToMany(2), inproc.New())
//
// Package inproc has the same with its backend chosen: inproc.Run(t, lab.OneToMany(2)).
func Run(t testing.TB, topology Topology, b Backend, opts ...Option) *Lab {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	l, err := Start(ctx, topology, b, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := l.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	return l
}
