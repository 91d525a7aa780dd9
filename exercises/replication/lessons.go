// Package replication is the chapter on a master and its replicas: setting one
// up, what is copied and what is not, who dies and who goes on, and PSYNC byte
// by byte; and the chapter "operations" that follows it: replication in
// operation.
//
//	for _, ex := range replication.Lessons() { … }
//	for _, ex := range replication.Operations() { … }
package replication

import (
	"embed"

	"redislab/exercises/kit"
	"redislab/lab"
)

//go:embed *.md
var prose embed.FS

const chapter = "replication"

// Lessons lists the chapter's lessons in order.
func Lessons() []kit.Exercise {
	return kit.Bind(prose,
		startAll(),
		oneLine(),
		firstWrite(),
		readOnly(),
		writableReplica(),
		reads(),
		backup(),
		replicaDies(),
		masterDies(),
		noElection(),
		passwords(),
		costs(),
		firstSync(),
		replies(),
		offsets(),
		resume(),
		backlog(),
		backlogSize(),
		restarts(),
		fullSync(),
		whenFull(),
		promotion(),
	)
}

// The nodes of most lessons.
const (
	master = "master"
	first  = "replica-1"
	second = "replica-2"
)

// traced makes nodes keep every command they are sent in the slow log, PSYNC
// included: the closest thing to a wire trace that Redis has on board.
func traced() []lab.Directive {
	return []lab.Directive{{Name: "slowlog-log-slower-than", Value: "0"}, {Name: "slowlog-max-len", Value: "20000"}}
}

// calm keeps the master's pings out of the replication stream, so that offsets
// move only when somebody writes.
func calm() []lab.Directive {
	return []lab.Directive{{Name: "repl-ping-replica-period", Value: "3600"}, {Name: "repl-timeout", Value: "86400"}}
}

// with joins groups of directives.
func with(t lab.Topology, groups ...[]lab.Directive) lab.Topology {
	for _, g := range groups {
		t = t.With(g...)
	}
	return t
}

func debug() []lab.Directive { return []lab.Directive{{Name: "enable-debug-command", Value: "yes"}} }

// at is a command line at a node.
func at(node, line string) kit.Cmd { return kit.Cmd{Node: node, Line: line} }

// follow is the line that makes a node follow another.
func follow(node, of string) kit.Cmd { return at(node, "REPLICAOF {host:"+of+"} {port:"+of+"}") }

// toLab is a line for the lab itself.
func toLab(line string) kit.Cmd { return at(kit.LabNode, line) }
