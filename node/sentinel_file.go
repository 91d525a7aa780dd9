package node

import (
	"log/slog"

	"redislab/node/config"
	"redislab/node/sentinel"
)

// sentinelSave writes the state to the configuration file. A sentinel that cannot goes on, as Redis does.
func (n *Node) sentinelSave(out sentinel.Save) {
	lines := make([]config.SentinelLine, len(out.Lines))
	for i, l := range out.Lines {
		lines[i] = config.SentinelLine(l)
	}
	err := n.set.RewriteSentinel(lines, sentinel.Owned())
	n.sentinel.saveFailed = err != nil
	if err != nil {
		n.warnf("WARNING: Sentinel was not able to save the new configuration on disk!!!: %v", err)
		return
	}
	n.noticef("Sentinel new configuration saved on disk")
}

// sentinelEvent tells the log, the subscribers and the observer.
func (n *Node) sentinelEvent(e sentinel.Event) {
	n.logf(sentinelLevel(e.Level), "%s %s", e.Name, e.Payload)
	if e.Level != sentinel.Debug {
		n.publish(e.Name, e.Payload)
	}
	role := ""
	if e.Role != 0 {
		role = e.Role.String()
	}
	n.emit("sentinel.event", "name", e.Name, "payload", e.Payload, "level", sentinelLevels[e.Level].name,
		"master", e.Master, "role", role, "instance", e.Instance, "addr", e.Addr)
}

var sentinelLevels = [...]struct {
	name  string
	level slog.Level
}{
	sentinel.Debug:   {"debug", slog.LevelDebug},
	sentinel.Verbose: {"verbose", levelVerbose},
	sentinel.Notice:  {"notice", levelNotice},
	sentinel.Warning: {"warning", slog.LevelWarn},
}

func sentinelLevel(l sentinel.Level) slog.Level { return sentinelLevels[l].level }
