package netfault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"redislab/lab/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is a connection from one end to a node, over a network under test.
type pair struct {
	f        *Fabric
	near     net.Conn // who dialled
	far      net.Conn // who accepted
	listener net.Listener
}

func connect(t *testing.T, f *Fabric, from, to string) pair {
	t.Helper()
	addr, err := f.Reserve(to, 0)
	if err != nil {
		t.Fatal(err)
	}
	l, err := f.Node(to).Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		c   net.Conn
		err error
	}
	accepted := make(chan result, 1)
	go func() {
		c, err := l.Accept()
		accepted <- result{c, err}
	}()
	near, err := f.dial(t.Context(), from, "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	far := <-accepted
	if far.err != nil {
		t.Fatal(far.err)
	}
	p := pair{f, near, far.c, l}
	t.Cleanup(func() {
		p.near.Close()
		p.far.Close()
		p.listener.Close()
		f.Close()
	})
	return p
}

func apply(t *testing.T, f *Fabric, rules ...string) {
	t.Helper()
	for _, text := range rules {
		r, err := ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Apply(r); err != nil {
			t.Fatal(err)
		}
	}
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatalf("writing %q: %v", text, err)
	}
}

func receive(t *testing.T, c net.Conn, want string) {
	t.Helper()
	buf := make([]byte, len(want))
	if _, err := io.ReadFull(c, buf); err != nil || string(buf) != want {
		t.Fatalf("read %q, %v; want %q", buf, err, want)
	}
}

// silent checks that nothing can be read for a while.
func silent(t *testing.T, c net.Conn, d time.Duration) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(d)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Read(make([]byte, 10))
	var timeout net.Error
	if n != 0 || !errors.As(err, &timeout) || !timeout.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, %v; want a timeout", n, err)
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// both runs a test on both kinds of network: in memory with simulated time, and on loopback TCP.
func both(t *testing.T, body func(t *testing.T, f *Fabric)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { body(t, NewMemory(clock.Wall{}, 1)) })
	})
	t.Run("tcp", func(t *testing.T) { body(t, New(clock.Wall{}, 1)) })
}

func TestBytesPassBothWays(t *testing.T) {
	for _, from := range []string{"r", ClientEnd, LabEnd} {
		t.Run(from, func(t *testing.T) {
			both(t, func(t *testing.T, f *Fabric) {
				p := connect(t, f, from, "m")
				send(t, p.near, "ping")
				receive(t, p.far, "ping")
				send(t, p.far, "pong")
				receive(t, p.near, "pong")
				if p.near.LocalAddr().String() != p.far.RemoteAddr().String() {
					t.Errorf("ends disagree: %v, %v", p.near.LocalAddr(), p.far.RemoteAddr())
				}
			})
		})
	}
}

func TestCutHoldsBytesAndHealReleasesThem(t *testing.T) {
	for _, from := range []string{"r", ClientEnd} {
		t.Run(from, func(t *testing.T) {
			both(t, func(t *testing.T, f *Fabric) {
				p := connect(t, f, from, "m")
				apply(t, f, "cut m "+from)
				send(t, p.near, "up")
				send(t, p.far, "down")
				silent(t, p.far, 30*time.Millisecond)
				silent(t, p.near, 30*time.Millisecond)
				f.Heal()
				receive(t, p.far, "up")
				receive(t, p.near, "down")
			})
		})
	}
}

func TestCutOneWay(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		p := connect(t, f, "r", "m")
		apply(t, f, "cut-one-way m r")
		send(t, p.near, "up")
		receive(t, p.far, "up")
		send(t, p.far, "down")
		silent(t, p.near, 30*time.Millisecond)
		f.HealLink("r", "m")
		receive(t, p.near, "down")
	})
}

func TestCutOfAClassLeavesTheOthers(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		p := connect(t, f, "r", "m")
		apply(t, f, "cut m r bus", "cut m * client", "cut m client replication")
		send(t, p.near, "up")
		receive(t, p.far, "up")
		apply(t, f, "cut * m replication")
		send(t, p.near, "more")
		silent(t, p.far, 30*time.Millisecond)
	})
}

func TestLabIsNeverCut(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		apply(t, f, "cut m *", "cut m client")
		p := connect(t, f, LabEnd, "m")
		send(t, p.near, "up")
		receive(t, p.far, "up")
	})
}

func TestNamedClientsAreTold(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		p := connect(t, f, "client-east", "m")
		apply(t, f, "cut client-west m")
		send(t, p.near, "up")
		receive(t, p.far, "up")
		apply(t, f, "cut client-east m")
		send(t, p.near, "up")
		silent(t, p.far, 30*time.Millisecond)
		f.Heal()
		apply(t, f, "cut client m")
		send(t, p.far, "down")
		silent(t, p.near, 30*time.Millisecond)
	})
}

func TestDelayAddsUpOnceAndKeepsOrder(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		p := connect(t, f, "r", "m")
		apply(t, f, "delay m r 40ms")
		began := time.Now()
		for i := range 100 {
			send(t, p.near, fmt.Sprintf("%3d", i))
		}
		for i := range 100 {
			receive(t, p.far, fmt.Sprintf("%3d", i))
		}
		if took := time.Since(began); took < 40*time.Millisecond {
			t.Errorf("took %s, which is less than the delay", took)
		}
		f.Heal()
		send(t, p.near, "now")
		receive(t, p.far, "now")
	})
}

func TestDelayIsExactInSimulatedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewMemory(clock.Wall{}, 1)
		p := connect(t, f, "r", "m")
		apply(t, f, "delay m r 200ms")
		began := time.Now()
		send(t, p.near, "a")
		time.Sleep(50 * time.Millisecond)
		send(t, p.near, "b")
		receive(t, p.far, "a")
		if took := time.Since(began); took != 200*time.Millisecond {
			t.Errorf("first byte after %s", took)
		}
		receive(t, p.far, "b")
		if took := time.Since(began); took != 250*time.Millisecond {
			t.Errorf("second byte after %s", took)
		}
		send(t, p.near, "c")
		f.Heal() // a link that becomes faster delivers what is under way
		healed := time.Now()
		receive(t, p.far, "c")
		if took := time.Since(healed); took != 0 {
			t.Errorf("after healing it took %s", took)
		}
	})
}

// What is written after a change of the link does not wait for what was under way before, at the pace of the old one. Nobody
// reads meanwhile.
func TestChangedLinkIsNotWaitedFor(t *testing.T) {
	for _, old := range []string{"delay m r 1h", "drop m r 1"} {
		synctest.Test(t, func(t *testing.T) {
			f := NewMemory(clock.Wall{}, 1)
			p := connect(t, f, "r", "m")
			apply(t, f, old)
			send(t, p.near, "before ")
			f.Heal()
			apply(t, f, "delay m r 1s")
			began := time.Now()
			send(t, p.near, "after")
			receive(t, p.far, "before after")
			if took := time.Since(began); took != time.Second {
				t.Errorf("%s, and then a second: it took %v", old, took)
			}
		})
	}
}

func TestDropStallsAndGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewMemory(clock.Wall{}, 7)
		p := connect(t, f, "r", "m")
		apply(t, f, "drop m r 0.5")
		began := time.Now()
		for range 20 {
			send(t, p.near, "x")
			receive(t, p.far, "x")
		}
		took := time.Since(began)
		if took < firstResend || took%firstResend != 0 {
			t.Errorf("20 packets took %s: want some resends of %s", took, firstResend)
		}
		apply(t, f, "drop m r 1")
		send(t, p.near, "y")
		began = time.Now()
		_, err := p.far.Read(make([]byte, 1))
		if !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("read error %v", err)
		}
		if took := time.Since(began); took < 10*time.Minute || took > 20*time.Minute {
			t.Errorf("gave up after %s; Linux does after about 15 minutes", took)
		}
	})
}

func TestDialOverCutLinkHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewMemory(clock.Wall{}, 1)
		p := connect(t, f, "r", "m")
		for _, rule := range []string{"cut m r", "cut-one-way m r", "cut-one-way r m"} {
			apply(t, f, rule)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			began := time.Now()
			_, err := f.Node("r").Dial(ctx, "tcp", p.listener.Addr().String())
			cancel()
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "dial" || !op.Timeout() || time.Since(began) != 3*time.Second {
				t.Errorf("%s: after %s: %v", rule, time.Since(began), err)
			}
			f.Heal()
		}
		apply(t, f, "cut m r")
		began := time.Now()
		_, err := f.Node("r").Dial(t.Context(), "tcp", p.listener.Addr().String())
		if !errors.Is(err, syscall.ETIMEDOUT) || time.Since(began) != dialLimit {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		go func() {
			time.Sleep(time.Second)
			f.Heal()
		}()
		began = time.Now()
		c, err := f.Node("r").Dial(t.Context(), "tcp", p.listener.Addr().String())
		if err != nil || time.Since(began) != time.Second {
			t.Fatalf("after %s: %v", time.Since(began), err)
		}
		c.Close()
	})
}

// A dial that waits, for a cut link or only a slow one, ends with the network.
func TestCloseEndsWaitingDials(t *testing.T) {
	for _, rule := range []string{"cut m r", "delay m r 1h"} {
		synctest.Test(t, func(t *testing.T) {
			f := NewMemory(clock.Wall{}, 1)
			p := connect(t, f, "r", "m")
			apply(t, f, rule)
			failed := make(chan error)
			go func() {
				_, err := f.Node("r").Dial(context.Background(), "tcp", p.listener.Addr().String())
				failed <- err
			}()
			synctest.Wait()
			began := time.Now()
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if err := <-failed; err == nil || time.Since(began) != 0 {
				t.Errorf("%s: after %s: %v", rule, time.Since(began), err)
			}
		})
	}
}

func TestDialErrors(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		defer f.Close()
		for _, c := range []struct {
			addr string
			want error
		}{
			{"127.0.0.1:1", syscall.ECONNREFUSED},
			{"192.0.2.1:6379", syscall.ENETUNREACH},
			{"[2001:db8::1]:6379", syscall.ENETUNREACH},
		} {
			_, err := f.Node("r").Dial(t.Context(), "tcp", c.addr)
			var op *net.OpError
			if !errors.Is(err, c.want) || !errors.As(err, &op) || op.Op != "dial" {
				t.Errorf("%s: %v", c.addr, err)
			}
		}
		for _, addr := range []string{"example.com:6379", "nonsense", "127.0.0.1:99999"} {
			if _, err := f.Node("r").Dial(t.Context(), "tcp", addr); err == nil {
				t.Errorf("%s: no error", addr)
			}
		}
		if _, err := f.Node("r").Listen("tcp", "192.0.2.1:0"); !errors.Is(err, syscall.ENETUNREACH) {
			t.Errorf("listening elsewhere: %v", err)
		}
	})
}

func TestCloseIsSeenUnlessCut(t *testing.T) {
	for _, from := range []string{"r", ClientEnd} {
		t.Run(from, func(t *testing.T) {
			both(t, func(t *testing.T, f *Fabric) {
				p := connect(t, f, from, "m")
				apply(t, f, "cut m "+from)
				send(t, p.far, "last words")
				if err := p.far.Close(); err != nil {
					t.Fatal(err)
				}
				silent(t, p.near, 30*time.Millisecond)
				f.Heal()
				receive(t, p.near, "last words")
				if n, err := p.near.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("after the close: %d, %v", n, err)
				}
			})
		})
	}
}

func TestCloseEndsWaitingCalls(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		p := connect(t, f, "r", "m")
		apply(t, f, "cut m r")
		errs := make(chan error, 2)
		go func() {
			_, err := p.near.Read(make([]byte, 1))
			errs <- err
		}()
		go func() {
			_, err := p.listener.Accept()
			errs <- err
		}()
		if err := p.near.Close(); err != nil {
			t.Fatal(err)
		}
		if err := p.listener.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := <-errs; !errors.Is(err, net.ErrClosed) {
				t.Errorf("%v", err)
			}
		}
		if _, err := p.near.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write after close: %v", err)
		}
		if err := p.near.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second close: %v", err)
		}
	})
}

func TestWriterWaitsWhenTooMuchIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewMemory(clock.Wall{}, 1)
		p := connect(t, f, "r", "m")
		apply(t, f, "cut m r")
		big := make([]byte, flowLimit+1000)
		if err := p.near.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		n, err := p.near.Write(big)
		if n != flowLimit || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("wrote %d, %v", n, err)
		}
		if err := p.near.SetWriteDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(time.Minute)
			f.Heal()
			_, _ = io.CopyN(io.Discard, p.far, int64(2*flowLimit))
		}()
		if n, err := p.near.Write(big[:flowLimit]); n != flowLimit || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
	})
}

func TestPortsAreFixedOrFree(t *testing.T) {
	both(t, func(t *testing.T, f *Fabric) {
		defer f.Close()
		addr, err := f.Reserve("m", 0)
		if err != nil {
			t.Fatal(err)
		}
		var port int
		if _, err := fmt.Sscanf(addr, "127.0.0.1:%d", &port); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Reserve("r", port); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a port twice: %v", err)
		}
		for range 3 { // lives of one node
			l, err := f.Node("m").Listen("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			if l.Addr().String() != addr {
				t.Errorf("listens on %s, not %s", l.Addr(), addr)
			}
			l.Close()
		}
	})
}

func TestProxy(t *testing.T) {
	f := New(clock.Wall{}, 1)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	public, err := f.Reserve("m", 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Forward("m", public, inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client, err := f.Dial(t.Context(), "client-east", public)
	if err != nil {
		t.Fatal(err)
	}
	node, err := inner.Accept()
	if err != nil {
		t.Fatal(err)
	}
	send(t, client, "ping")
	receive(t, node, "ping")
	apply(t, f, "cut client-east m")
	send(t, client, "again")
	silent(t, node, 30*time.Millisecond)
	send(t, node, "hello")
	silent(t, client, 30*time.Millisecond)
	f.Heal()
	receive(t, node, "again")
	receive(t, client, "hello")
	node.Close()
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the node's end: %v", err)
	}
	client.Close()
	inner.Close()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.Dial(t.Context(), ClientEnd, public); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialling a closed proxy: %v", err)
	}
	f.Close()
}

func TestDeadlinesFollowTheLabsClock(t *testing.T) {
	c := clock.NewControlled()
	c.Pause()
	p := connect(t, New(c, 1), "r", "m")
	if err := p.near.SetReadDeadline(c.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := p.near.Read(make([]byte, 1))
		done <- err
	}()
	go c.Step(11 * time.Second)
	if err := <-done; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	// The step goes on in the background; let it end before the leak check.
	c.Step(time.Millisecond)
	if !strings.Contains(fmt.Sprint(p.near.LocalAddr()), "127.0.0.1") {
		t.Errorf("local address %v", p.near.LocalAddr())
	}
}
