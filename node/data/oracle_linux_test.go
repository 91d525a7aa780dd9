package data

import "syscall"

// diesWithUs ends the server also when the tests are cut short (a time-out panics past Cleanup).
func diesWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
