//go:build !linux

package data

import "syscall"

// diesWithUs has no counterpart here: a server may outlive tests that are cut short.
func diesWithUs() *syscall.SysProcAttr { return nil }
