package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"redislab/lab"
	"redislab/lab/inproc"
	"redislab/lab/proc"
)

// backend is a place where nodes run, as --backend names it.
type backend struct {
	name, what string
	open       func(s settings) (lab.Backend, error)
	simulated  bool // it can be used in simulated time only
}

func backends() []backend {
	return []backend{
		{"inproc", "in this process", func(settings) (lab.Backend, error) { return inproc.New(), nil }, false},
		{"sim", "in this process, in simulated time (run and grade only)", func(settings) (lab.Backend, error) { return inproc.Sim(), nil }, true},
		{"proc", "processes of the lab's own node program", openProc, false},
		{"redis", "real redis-server processes", func(settings) (lab.Backend, error) { return proc.Redis() }, false},
	}
}

func backendNames() string {
	var names []string
	for _, b := range backends() {
		names = append(names, b.name+" ("+b.what+")")
	}
	return strings.Join(names, ", ")
}

// findBackend is the backend of a name; live commands cannot use one of simulated time.
func findBackend(name string, live bool) (backend, error) {
	var names []string
	for _, b := range backends() {
		if live && b.simulated {
			if b.name == name {
				return b, usage(fmt.Errorf("backend %s has no time of its own that passes: use it with run or grade", name))
			}
			continue
		}
		if b.name == name {
			return b, nil
		}
		names = append(names, b.name)
	}
	return backend{}, usage(fmt.Errorf("unknown backend %q: use %s", name, strings.Join(names, ", ")))
}

const nodeProgram = "redislab-node"

// openProc finds the node program: the one asked for, the one beside this program, or one on PATH.
func openProc(s settings) (lab.Backend, error) {
	if s.node != "" {
		return proc.NodeAt(s.node)
	}
	if self, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(self), nodeProgram); executable(beside) {
			return proc.NodeAt(beside)
		}
	}
	path, err := exec.LookPath(nodeProgram)
	if err != nil {
		return nil, fmt.Errorf("backend proc needs %s beside this program or on PATH: build it with make build, or name it with --node", nodeProgram)
	}
	return proc.NodeAt(path)
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}
