//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal of 80 by 24 and everything that has been written to it.
type terminal struct {
	t      *testing.T
	ours   *os.File // what the person at the terminal has; closing it hangs up
	theirs *os.File

	mu   sync.Mutex
	text bytes.Buffer
	news chan struct{} // has something in it when there is more text than was looked at
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	fd := int(ours.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
	}
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &terminal{t: t, ours: ours, theirs: theirs, news: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.read()
	}()
	t.Cleanup(func() { // reading ends when nobody has the other end
		_ = theirs.Close()
		<-done
		_ = ours.Close()
	})
	return p
}

func (p *terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := p.ours.Read(buf)
		p.mu.Lock()
		p.text.Write(buf[:n])
		p.mu.Unlock()
		select {
		case p.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// ended says how the program ended when that was not well.
func (p *terminal) ended(err error) {
	p.t.Helper()
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.t.Errorf("it ended with %v and wrote\n%q", err, p.text.String())
	}
}

// seen waits until a pattern has been written, and gives what it caught.
func (p *terminal) seen(pattern string) []string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	for stuck := time.After(time.Minute); ; {
		p.mu.Lock()
		text := p.text.String()
		p.mu.Unlock()
		if m := re.FindStringSubmatch(text); m != nil {
			return m
		}
		select {
		case <-p.news:
		case <-stuck:
			p.t.Fatalf("%q was not written; this was:\n%q", pattern, text)
		}
	}
}

func (p *terminal) press(keys string) {
	p.t.Helper()
	if _, err := p.ours.WriteString(keys); err != nil {
		p.t.Error(err)
	}
}

// start runs the program in the terminal, with all that it may leave behind in one folder.
func (p *terminal) start(tmp string, args ...string) *exec.Cmd {
	p.t.Helper()
	cmd := program(p.t, args...)
	cmd.Env = append(cmd.Env, "TERM=screen", "TMPDIR="+tmp)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.theirs, p.theirs, p.theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return cmd
}

// However the terminal program is ended, in the middle of a lesson or while its lab is coming up: it gives the screen back, says that
// all is well, and leaves no port, no process and no file.
func TestTerminalProgramEnds(t *testing.T) {
	end := map[string]func(p *terminal, cmd *exec.Cmd) error{
		"SIGTERM": func(_ *terminal, cmd *exec.Cmd) error { return cmd.Process.Signal(syscall.SIGTERM) },
		"SIGHUP":  func(_ *terminal, cmd *exec.Cmd) error { return cmd.Process.Signal(syscall.SIGHUP) },
		"ctrl-c":  func(p *terminal, _ *exec.Cmd) error { p.press("\x03"); return nil },
	}
	for _, backend := range []string{"inproc", "redis"} {
		if _, err := exec.LookPath("redis-server"); backend == "redis" && err != nil {
			continue
		}
		for name, how := range end {
			t.Run(backend+"/"+name, func(t *testing.T) {
				p, tmp := newTerminal(t), t.TempDir()
				cmd := p.start(tmp, "--backend", backend, "--ports", "free")
				stuck := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
				defer stuck.Stop()
				p.seen("One node is enough")
				p.press("\r")
				addr := p.seen(`(127\.0\.0\.1:\d+)\D`)[1]
				if err := how(p, cmd); err != nil {
					t.Error(err)
				}
				p.ended(cmd.Wait())
				leftNothing(t, addr, tmp)
				p.seen("\x1b\\[\\?1049l") // the screen is as it was before
			})
		}
	}
}

// A signal that comes while the lab is being started ends that.
func TestTerminalProgramEndsWhileStarting(t *testing.T) {
	p, tmp := newTerminal(t), t.TempDir()
	cmd := p.start(tmp, "--ports", "free")
	stuck := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	p.seen("One node is enough")
	p.press("\r")
	p.seen("One node is enough to start +step|Starting|A first key")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	p.ended(cmd.Wait())
	leftNothing(t, "", tmp)
}

func leftNothing(t *testing.T, addr, tmp string) {
	t.Helper()
	if c, err := net.Dial("tcp", addr); addr != "" && err == nil {
		_ = c.Close()
		t.Errorf("something still listens on %s", addr)
	}
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Error(err)
	}
	var names []string
	for _, f := range left {
		names = append(names, f.Name())
	}
	if len(names) > 0 {
		t.Errorf("it left behind: %s", strings.Join(names, ", "))
	}
}
