package proc

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// processAttr keeps a terminal's signals from the nodes, and ends them with this process, however it ends.
func processAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// stopped tells whether the kernel has stopped the process.
func stopped(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true // no way to know: the signal was sent
	}
	// The state follows the program's name, which is in parentheses and may hold any character.
	if i := bytes.LastIndexByte(stat, ')'); i >= 0 && i+2 < len(stat) {
		return stat[i+2] == 'T' || stat[i+2] == 't'
	}
	return true
}
