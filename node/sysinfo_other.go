//go:build !linux

package node

import (
	"runtime"
	"time"
)

func osName() string { return runtime.GOOS + " " + runtime.GOARCH }

func totalMemory() int64 { return 0 }

func cpuTimes() (sys, user time.Duration) { return 0, 0 }
