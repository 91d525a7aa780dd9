package node

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
)

// logFile is where the log goes: standard output or `logfile`.
type logFile struct {
	mu sync.Mutex
	w  io.Writer
	f  *os.File
}

func (l *logFile) write(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.w != nil {
		_, _ = io.WriteString(l.w, line)
	}
}

// Close closes the file.
func (l *logFile) Close() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.w = nil
	if l.f != nil {
		l.f.Close()
	}
}

// openLog opens logfile, which is relative to `dir` of the configuration.
func (n *Node) openLog() error {
	n.logOut = &logFile{}
	n.log = n.cfg.Logger
	name := n.set.String("logfile")
	if n.log != nil && name == "" {
		return nil
	}
	if name == "" {
		n.logOut.w = os.Stdout
		return nil
	}
	f, err := os.OpenFile(n.path(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("Can't open the log file: %w", rootCause(err))
	}
	n.logOut.f, n.logOut.w = f, f
	return nil
}

// Levels as Redis marks them.
const (
	levelVerbose = slog.Level(-2)
	levelNotice  = slog.LevelInfo
)

var logMarks = map[slog.Level]struct {
	mark  byte
	level int // of loglevel
}{
	slog.LevelDebug: {'.', 0},
	levelVerbose:    {'-', 1},
	levelNotice:     {'*', 2},
	slog.LevelWarn:  {'#', 3},
}

var logLevels = map[string]int{"debug": 0, "verbose": 1, "notice": 2, "warning": 3}

// logf writes a line as Redis's serverLog does: "pid:role date mark text".
func (n *Node) logf(level slog.Level, format string, args ...any) {
	mark := logMarks[level]
	if mark.level < int(n.logLevel.Load()) {
		return
	}
	text := fmt.Sprintf(format, args...)
	if n.cfg.Logger != nil {
		n.cfg.Logger.Log(context.Background(), level, text)
	}
	role := 'M'
	switch {
	case n.set.Sentinel():
		role = 'X'
	case n.logReplica.Load():
		role = 'S'
	}
	n.logOut.write(fmt.Sprintf("%d:%c %s %c %s\n", os.Getpid(), role,
		n.clock.Now().Format("02 Jan 2006 15:04:05.000"), mark.mark, text))
}

func (n *Node) debugf(format string, args ...any)   { n.logf(slog.LevelDebug, format, args...) }
func (n *Node) verbosef(format string, args ...any) { n.logf(levelVerbose, format, args...) }
func (n *Node) noticef(format string, args ...any)  { n.logf(levelNotice, format, args...) }
func (n *Node) warnf(format string, args ...any)    { n.logf(slog.LevelWarn, format, args...) }

func (n *Node) logBanner() {
	n.warnf("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")
	n.warnf("Redis version=%s, bits=64, commit=00000000, modified=0, pid=%d, just started", Version, os.Getpid())
	if file := n.set.File(); file != "" {
		n.warnf("Configuration loaded")
	} else {
		n.warnf("Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf")
	}
	if n.set.Bool("cluster-enabled") {
		n.warnf("cluster-enabled yes has no effect yet: this node runs alone.")
	}
	n.noticef("Running mode=%s, port=%d.", n.mode(), n.set.Int("port"))
	if n.sentinel == nil {
		n.warnf("Server initialized")
	}
}

// Version is the version of Redis the node behaves as.
const Version = "7.0.15"

// emit tells the observer of an event; pairs are names and values in turn.
func (n *Node) emit(kind string, pairs ...string) {
	if n.cfg.Observe == nil {
		return
	}
	fields := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields[pairs[i]] = pairs[i+1]
	}
	n.cfg.Observe(Event{At: n.clock.Now(), Kind: kind, Fields: fields})
}
