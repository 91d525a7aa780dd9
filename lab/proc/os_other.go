//go:build unix && !linux

package proc

import "syscall"

// processAttr keeps a terminal's signals from the nodes.
func processAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// stopped: the signal was sent, which is all that can be known here.
func stopped(int) bool { return true }
