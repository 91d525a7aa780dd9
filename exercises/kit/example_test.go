package kit_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
	"redislab/lab/inproc"
)

// A whole lesson, linted and taken without a learner. A chapter embeds its Markdown files instead.
func Example() {
	prose := fstest.MapFS{
		"first_copy.en.md": {Data: []byte("# A copy\n\nWhat the master has, the replica gets.\n\n## write: Write\n\nAsk {addr:master}.\n")},
		"first_copy.zh.md": {Data: []byte("# 副本\n\n主节点有的，副本也会有。\n\n## write: 写入\n\n去问 {addr:master}。\n")},
	}
	lessons := kit.Bind(prose, kit.Exercise{
		ID:       "mine/first-copy",
		Chapter:  "mine",
		Topology: lab.OneToOne,
		Steps: []kit.Step{{
			Name:     "write",
			Commands: []kit.Cmd{{Node: "master", Line: "SET city Paris"}},
			Checks:   []kit.Check{expect.Get("replica-1", "city", "Paris").In(expect.SyncWithin)},
		}},
	})
	for _, err := range kit.Validate(lessons) {
		fmt.Println(err)
	}
	report, err := kit.New(lessons[0], inproc.New(), kit.Do, kit.En).RunAll(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range report.Steps {
		fmt.Println(step.Step, "unsolved:", step.Unsolved[0].OK, "solved:", kit.AllOK(step.Results), "saw:", step.Results[0].Seen)
	}
	// Output: write unsolved: false solved: true saw: Paris
}
