package headless

import (
	"fmt"
	"slices"
	"strings"

	"redislab/exercises/kit"
)

// Chapter is a heading and its lessons.
type Chapter struct {
	ID      string
	Title   kit.Text
	Lessons []kit.Exercise
}

// Match finds the lessons that words name: "all", a chapter, a lesson's ID, or the last part of one when that is
// unique. Each lesson comes once, in the curriculum's order of the words.
func Match(chapters []Chapter, words []string) ([]kit.Exercise, error) {
	var out []kit.Exercise
	seen := map[string]bool{}
	for _, w := range words {
		found := matchWord(chapters, w)
		if len(found) == 0 {
			return nil, unknown(chapters, w)
		}
		for _, ex := range found {
			if !seen[ex.ID] {
				seen[ex.ID] = true
				out = append(out, ex)
			}
		}
	}
	return out, nil
}

func matchWord(chapters []Chapter, w string) []kit.Exercise {
	var all, byID, byTail []kit.Exercise
	for _, ch := range chapters {
		if ch.ID == w {
			return ch.Lessons
		}
		for _, ex := range ch.Lessons {
			all = append(all, ex)
			if ex.ID == w {
				byID = append(byID, ex)
			}
			if _, tail, _ := strings.Cut(ex.ID, "/"); tail == w {
				byTail = append(byTail, ex)
			}
		}
	}
	switch {
	case w == "all":
		return all
	case len(byID) == 1:
		return byID
	case len(byTail) == 1:
		return byTail
	}
	return nil
}

// unknown is an error that names what the word may have been meant to be.
func unknown(chapters []Chapter, w string) error {
	type near struct {
		id   string
		cost int
	}
	var list []near
	add := func(id string) {
		_, tail, _ := strings.Cut(id, "/")
		cost := min(distance(w, id), distance(w, tail)+1)
		if len(w) > 2 && strings.Contains(id, w) {
			cost = min(cost, 1)
		}
		list = append(list, near{id, cost})
	}
	for _, ch := range chapters {
		add(ch.ID)
		for _, ex := range ch.Lessons {
			add(ex.ID)
		}
	}
	slices.SortStableFunc(list, func(a, b near) int { return a.cost - b.cost })
	var names []string
	for _, n := range list {
		if n.cost <= max(2, len(w)/3) && len(names) < 3 {
			names = append(names, n.id)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("unknown lesson %q; redislab list shows them all", w)
	}
	return fmt.Errorf("unknown lesson %q; did you mean %s? redislab list shows them all", w, strings.Join(names, " or "))
}

// distance is how many letters have to be changed, added or taken away to make a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
