package node

import (
	"context"
	"io"
	"log/slog"
	"net"
	"time"
)

// Config says what a node runs with beside its redis.conf directives. The zero value is a
// redis-server without arguments.
type Config struct {
	// Args is redis-server's command line without the program name:
	// [file.conf] [-] [--directive value …].
	Args  []string
	Stdin io.Reader

	// Net, Clock and Seed replace the operating system's TCP, the wall clock and the random
	// seed (0: a fresh one).
	Net   Net
	Clock Clock
	Seed  uint64

	// Logger takes the log instead of `logfile` in Redis's own format.
	Logger *slog.Logger
	// Observe is told of every event in causal order. It must return at once and must not call the node.
	Observe func(Event)
	// WorkDir is what relative paths are relative to, "" for the process's own directory.
	WorkDir string
	// AnyPort makes `port 0` mean any free port; for redis-server it means no TCP at all.
	AnyPort bool
	// OwnProcess tells that the process is the node's alone: it may change into `dir`, write a pid file and tune the
	// garbage collector.
	OwnProcess bool
	// Daemon tells that the process was put into the background.
	Daemon bool
	// Executable is what INFO prints as the program's path.
	Executable string
}

// Net is the part of a network a node uses.
type Net interface {
	Listen(network, address string) (net.Listener, error)
	Dial(ctx context.Context, network, address string) (net.Conn, error)
}

// Clock is the part of time a node uses. AfterFunc calls f on its own goroutine.
type Clock interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer can be stopped; Stop tells whether f will not run any more.
type Timer interface{ Stop() bool }

// Event is one thing that happened in a node. Fields are plain words ("offset", "replid" …).
type Event struct {
	At     time.Time
	Kind   string
	Fields map[string]string
}

type realNet struct {
	net.ListenConfig
	source func() string // the address to dial from, "" for any
}

func (r *realNet) Listen(network, address string) (net.Listener, error) {
	return r.ListenConfig.Listen(context.Background(), network, address)
}

func (r *realNet) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if ip := net.ParseIP(r.source()); ip != nil {
		d.LocalAddr = &net.TCPAddr{IP: ip}
		if c, err := d.DialContext(ctx, network, address); err == nil || ctx.Err() != nil {
			return c, err
		}
		d.LocalAddr = nil // as in Redis, an address that cannot be had is none
	}
	return d.DialContext(ctx, network, address)
}

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }
