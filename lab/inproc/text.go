package inproc

import (
	"maps"
	"slices"
	"strings"

	"redislab/node"
)

// text is an event in words: its kind and fields.
func text(id string, e node.Event) string {
	var b strings.Builder
	b.WriteString(id + " " + e.Kind)
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		b.WriteString(" " + name + "=" + e.Fields[name])
	}
	return b.String()
}
