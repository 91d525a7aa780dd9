// Package single is the chapter on one node alone: what it is, what it writes
// to disk, who may connect.
//
//	for _, ex := range single.Lessons() { … }
package single

import (
	"embed"

	"redislab/exercises/kit"
)

//go:embed *.md
var prose embed.FS

// Lessons lists the chapter's lessons in order.
func Lessons() []kit.Exercise {
	return kit.Bind(prose,
		firstNode(),
		rdbCompression(),
		ownFiles(),
		bind(),
		password(),
	)
}

const chapter = "single"
