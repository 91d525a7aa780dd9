package proc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"redislab/lab"
)

// process is one life of a node.
type process struct {
	addr  string
	log   string
	cmd   *exec.Cmd
	err   error         // set before ended is closed
	ended chan struct{} // the process has
	done  chan struct{} // and its public address is closed
}

// sentinelName is the name under which redis-server is a sentinel without being told: redis-sentinel is a link to it.
const sentinelName = "redis-sentinel"

// start runs the program. Its own log goes to the log file; so does what it says before it has read its configuration.
func (b *Backend) start(spec lab.LaunchSpec) (*process, error) {
	log, err := os.OpenFile(spec.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening its log: %w", err)
	}
	defer log.Close()
	p := &process{addr: spec.Addr, log: spec.LogFile, ended: make(chan struct{}), done: make(chan struct{})}
	p.cmd = exec.Command(b.program, spec.ConfigFile)
	switch {
	case spec.Role == lab.SentinelRole && spec.ByName:
		p.cmd.Args[0] = sentinelName
	case spec.Role == lab.SentinelRole:
		p.cmd.Args = append(p.cmd.Args, "--sentinel")
	}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = spec.Dir, log, log
	p.cmd.SysProcAttr = processAttr()
	if err := b.spawner.run(p.cmd.Start); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

func (p *process) Addr() string          { return p.addr }
func (p *process) PID() int              { return p.cmd.Process.Pid }
func (p *process) Done() <-chan struct{} { return p.done }
func (p *process) Logs() []string        { return lab.Tail(p.log, 500) }

func (p *process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

func (p *process) signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("sending %s to process %d: %w", s, p.PID(), err)
	}
	return nil
}

// Kill is SIGKILL. A child that is saving ends as well: it would go on for a while, in a folder that may be about to go.
func (p *process) Kill() error {
	select {
	case <-p.ended:
	default:
		_ = syscall.Kill(-p.PID(), syscall.SIGKILL) // its group; the process itself is next
	}
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.done
	return nil
}

// Stop is SIGTERM, and the wait for what the program does then.
func (p *process) Stop(ctx context.Context) error {
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("process %d has not ended after SIGTERM: %w", p.PID(), ctx.Err())
	}
}

// Pause is SIGSTOP. It returns when the process stands still.
func (p *process) Pause() error {
	if err := p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	deadline := time.NewTimer(time.Second)
	defer deadline.Stop()
	for !stopped(p.PID()) {
		select {
		case <-p.done:
			return fmt.Errorf("process %d has ended", p.PID())
		case <-deadline.C:
			return fmt.Errorf("process %d has not stopped after SIGSTOP", p.PID())
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// Resume is SIGCONT.
func (p *process) Resume() error { return p.signal(syscall.SIGCONT) }
