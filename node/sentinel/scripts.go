package sentinel

import (
	"slices"
	"strconv"
	"time"
)

// The limits of scripts.
const (
	maxQueue   = 256
	maxRunning = 16
	maxTries   = 10
)

// script is a program to be run, or running.
type script struct {
	id      int
	argv    []string
	pid     int
	running bool
	at      time.Time // running: since when; waiting: not before
	tries   int
	killed  bool
}

// scriptQueue holds the scripts, the oldest first.
type scriptQueue struct {
	list   []*script
	lastID int
}

func (q *scriptQueue) running() int {
	n := 0
	for _, s := range q.list {
		if s.running {
			n++
		}
	}
	return n
}

func (q *scriptQueue) find(id int) *script {
	for _, s := range q.list {
		if s.id == id && s.running {
			return s
		}
	}
	return nil
}

func (q *scriptQueue) remove(s *script) {
	q.list = slices.DeleteFunc(q.list, func(o *script) bool { return o == s })
}

// schedule queues a script. Too many of them push out the oldest one that does not run.
func (m *Machine) schedule(argv ...string) {
	if m.crashed {
		return
	}
	q := &m.scripts
	q.lastID++
	q.list = append(q.list, &script{id: q.lastID, argv: argv})
	if len(q.list) <= maxQueue {
		return
	}
	if i := slices.IndexFunc(q.list, func(s *script) bool { return !s.running }); i >= 0 {
		q.list = slices.Delete(q.list, i, i+1)
	}
}

// clientReconfig calls the script that tells clients of a new master.
func (m *Machine) clientReconfig(g *group, role string, from, to Addr) {
	if g.ClientReconfig == "" {
		return
	}
	m.schedule(g.ClientReconfig, g.name, role, "start",
		m.host(from), strconv.Itoa(from.Port), m.host(to), strconv.Itoa(to.Port))
}

// runScripts starts what waits, as many as may run at once.
func (m *Machine) runScripts() {
	running := m.scripts.running()
	for _, s := range m.scripts.list {
		if running >= maxRunning {
			return
		}
		if s.running || s.at.After(m.now) {
			continue
		}
		s.running, s.killed, s.at = true, false, m.now
		s.tries++
		running++
		m.emit(Script{ID: s.id, Argv: slices.Clone(s.argv)})
	}
}

func (m *Machine) scriptStarted(in ScriptStarted) {
	if s := m.scripts.find(in.ID); s != nil {
		s.pid = in.PID
		m.event(Debug, "+script-child", nil, "%d", in.PID)
	}
}

// scriptDone removes a script that is through. One that asks for it by its exit status, or was killed by a signal, is
// tried again, each time after twice the time.
func (m *Machine) scriptDone(in ScriptDone) {
	s := m.scripts.find(in.ID)
	if s == nil {
		return
	}
	pid := s.pid
	s.running, s.pid = false, 0
	if in.Failed { // Redis tells it as signal 99 and tries again at the next tick
		m.event(Warning, "-script-error", nil, "%s %d %d", s.argv[0], 99, 0)
		return
	}
	m.event(Debug, "-script-child", nil, "%d %d %d", pid, in.Exit, in.Signal)
	if (in.Signal != 0 || in.Exit == 1) && s.tries != maxTries {
		s.at = m.now.Add(m.timing.ScriptRetryDelay << (s.tries - 1))
		return
	}
	if in.Signal != 0 || in.Exit != 0 {
		m.event(Warning, "-script-error", nil, "%s %d %d", s.argv[0], in.Signal, in.Exit)
	}
	m.scripts.remove(s)
}

// killLateScripts ends those that run too long.
func (m *Machine) killLateScripts() {
	for _, s := range m.scripts.list {
		if s.running && !s.killed && m.now.Sub(s.at) > m.timing.ScriptMaxRuntime {
			s.killed = true
			m.event(Warning, "-script-timeout", nil, "%s %d", s.argv[0], s.pid)
			m.emit(KillScript{ID: s.id})
		}
	}
}
