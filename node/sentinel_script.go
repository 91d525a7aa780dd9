package node

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"

	"redislab/node/sentinel"
)

// notExecutable is the exit status of a script that turned out not to be a program.
const notExecutable = 2

// runSentinelScript starts a program; the lock is held. Its end is told to the machine. It does not outlive the node.
func (n *Node) runSentinelScript(out sentinel.Script) {
	ctx, cancel := context.WithCancel(n.ctx)
	cmd := exec.CommandContext(ctx, n.path(out.Argv[0]))
	cmd.Args, cmd.Dir = out.Argv, n.dir()
	if n.cfg.OwnProcess {
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	}
	if err := cmd.Start(); err != nil {
		cancel()
		done := sentinel.ScriptDone{ID: out.ID, Exit: notExecutable}
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.ENOMEM) {
			done = sentinel.ScriptDone{ID: out.ID, Failed: true}
		}
		n.sentinelStep(done)
		return
	}
	n.sentinel.scripts[out.ID] = cancel
	n.sentinelStep(sentinel.ScriptStarted{ID: out.ID, PID: cmd.Process.Pid})
	n.group.Go(func() {
		_ = cmd.Wait() // the state tells
		cancel()
		if !n.enter() {
			return
		}
		defer n.leave()
		delete(n.sentinel.scripts, out.ID)
		done := sentinel.ScriptDone{ID: out.ID, Exit: cmd.ProcessState.ExitCode()}
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			done.Exit, done.Signal = 0, int(status.Signal())
		}
		n.sentinelStep(done)
	})
}
