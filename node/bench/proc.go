package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// usage is what the kernel has counted for a process. Where there is no /proc all of it is 0, which the table shows as a
// dash.
type usage struct {
	cpu    float64 // seconds
	writes float64 // write system calls
	rss    float64 // bytes
}

// ticksPerSecond is the unit of /proc/PID/stat on every Linux in use.
const ticksPerSecond = 100

func (s *server) usage() usage {
	base := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	return usage{
		cpu:    cpuSeconds(base + "stat"),
		writes: procField(base+"io", "syscw:"),
		rss:    procField(base+"status", "VmRSS:") * 1024,
	}
}

// cpuSeconds reads utime and stime, the 14th and 15th field; the second one is a name in brackets.
func cpuSeconds(path string) float64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticksPerSecond
}

func procField(path, name string) float64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == name {
			v, _ := strconv.ParseFloat(f[1], 64)
			return v
		}
	}
	return 0
}
