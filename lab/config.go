package lab

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

const (
	configName   = "redis.conf"
	logName      = "redis.log"
	sentinelConf = "sentinel.conf"
	sentinelLog  = "sentinel.log"
)

// configure writes the node's configuration file. Later starts find the file as the node left it (CONFIG REWRITE).
func (n *Node) configure() error {
	path := n.ConfigFile()
	if _, err := os.Stat(path); err == nil && !n.lab.ownDir {
		// A kept folder is a node's disk: what it holds is the node's, but the addresses may have changed.
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("node %s: replacing its configuration file: %w", n.spec.ID, err)
		}
	}
	text, err := n.configText()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("node %s: writing its configuration file: %w", n.spec.ID, err)
	}
	return nil
}

func (n *Node) configText() (string, error) {
	_, port, err := net.SplitHostPort(n.place.Addr)
	if err != nil {
		return "", fmt.Errorf("node %s: address %q: %w", n.spec.ID, n.place.Addr, err)
	}
	var b strings.Builder
	line := func(name, value string) { fmt.Fprintf(&b, "%s %s\n", name, value) }
	fmt.Fprintf(&b, "# node %s of a Redis Lab\n", n.spec.ID)
	line("port", port)
	for _, d := range n.place.Directives {
		line(d.Name, d.Value)
	}
	line("dir", quote(n.dir))
	line("logfile", filepath.Base(n.LogFile()))
	if n.spec.Sentinel {
		return n.sentinelText(&b)
	}
	if n.place.Announce != "" {
		line("replica-announce-ip", n.place.Announce)
	}
	named := map[string]bool{}
	for _, d := range n.spec.Directives {
		named[strings.ToLower(d.Name)] = true
	}
	for _, d := range n.lab.defaults {
		if !named[strings.ToLower(d.Name)] {
			line(d.Name, d.Value)
		}
	}
	for _, d := range n.spec.Directives {
		line(d.Name, d.Value)
	}
	if n.spec.Follows != "" {
		host, port, err := net.SplitHostPort(n.lab.MustNode(n.spec.Follows).Addr())
		if err != nil {
			return "", fmt.Errorf("node %s: address of its master: %w", n.spec.ID, err)
		}
		line("replicaof", host+" "+port)
	}
	return b.String(), nil
}

// sentinelText adds what only a sentinel's file has.
func (n *Node) sentinelText(b *strings.Builder) (string, error) {
	if n.place.Announce != "" {
		fmt.Fprintf(b, "sentinel announce-ip %s\n", n.place.Announce)
	}
	for _, d := range n.spec.Directives {
		fmt.Fprintf(b, "%s %s\n", d.Name, d.Value)
	}
	for _, w := range n.spec.Watches {
		host, port, err := net.SplitHostPort(n.lab.MustNode(w.Master).Addr())
		if err != nil {
			return "", fmt.Errorf("node %s: address of the master it watches: %w", n.spec.ID, err)
		}
		fmt.Fprintf(b, "sentinel monitor %s %s %s %d\n", w.Name, host, port, w.Quorum)
		for _, d := range w.Settings {
			fmt.Fprintf(b, "sentinel %s %s %s\n", d.Name, w.Name, d.Value)
		}
	}
	return b.String(), nil
}

// quote is a value as redis.conf takes it when it may hold blanks.
func quote(s string) string {
	if !strings.ContainsAny(s, " \t\"'\\") {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// ConfigFile is the node's configuration file.
func (n *Node) ConfigFile() string {
	if n.spec.Sentinel {
		return filepath.Join(n.dir, sentinelConf)
	}
	return filepath.Join(n.dir, configName)
}

// LogFile is where the node writes its log.
func (n *Node) LogFile() string {
	if n.spec.Sentinel {
		return filepath.Join(n.dir, sentinelLog)
	}
	return filepath.Join(n.dir, logName)
}
