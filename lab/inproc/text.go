package inproc

import (
	"maps"
	"slices"
	"strings"

	"redislab/lab"
	"redislab/node"
)

// text is an event in words: its kind and fields.
func text(id string, e node.Event) string {
	if e.Kind == lab.EventSentinel { // in Redis's own words
		return e.Fields["name"] + " " + e.Fields["payload"]
	}
	var b strings.Builder
	b.WriteString(id + " " + e.Kind)
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		b.WriteString(" " + name + "=" + e.Fields[name])
	}
	return b.String()
}
