// Package exercises is the curriculum: every lesson, in the order they are best
// taken.
//
//	for _, ex := range exercises.All() {
//		fmt.Println(ex.ID, ex.Title.In(kit.En), ex.Items)
//	}
//	ex, ok := exercises.Find("replication/read-only")
package exercises

import (
	"redislab/exercises/kit"
	"redislab/exercises/replication"
	"redislab/exercises/sentinel"
	"redislab/exercises/single"
)

// Chapter is a group of lessons.
type Chapter struct {
	ID      string
	Title   kit.Text
	Lessons []kit.Exercise
}

// Chapters lists the chapters in order.
func Chapters() []Chapter {
	return []Chapter{
		{"single", kit.T("A single node", "单节点"), single.Lessons()},
		{"replication", kit.T("Master and replicas", "主从复制"), replication.Lessons()},
		{"operations", kit.T("Replication in operation", "复制的运维"), replication.Operations()},
		{"sentinel", kit.T("Sentinel", "哨兵"), sentinel.Lessons()},
	}
}

// All lists every lesson in order: what a lesson builds on comes before it.
func All() []kit.Exercise {
	var all []kit.Exercise
	for _, c := range Chapters() {
		all = append(all, c.Lessons...)
	}
	return all
}

// Find returns the lesson of that ID.
func Find(id string) (kit.Exercise, bool) {
	for _, ex := range All() {
		if ex.ID == id {
			return ex, true
		}
	}
	return kit.Exercise{}, false
}

// Match lists the lessons that a word names: "all", a chapter, or an ID.
func Match(word string) []kit.Exercise {
	if word == "all" {
		return All()
	}
	for _, c := range Chapters() {
		if c.ID == word {
			return c.Lessons
		}
	}
	if ex, ok := Find(word); ok {
		return []kit.Exercise{ex}
	}
	return nil
}
