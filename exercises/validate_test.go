package exercises_test

import (
	"slices"
	"testing"

	"redislab/exercises"
	"redislab/exercises/kit"
)

func TestCurriculumIsSound(t *testing.T) {
	for _, err := range kit.Validate(exercises.All()) {
		t.Error(err)
	}
}

func TestEveryItemHasAHome(t *testing.T) {
	for _, span := range [][2]int{{1, 52}, {171, 195}, {202, 225}, {250, 292}, {336, 336}, {338, 338}} {
		if missing := kit.Uncovered(exercises.All(), span[0], span[1]); len(missing) > 0 {
			t.Errorf("items %d to %d: no lesson for %v", span[0], span[1], missing)
		}
	}
}

func TestItemsMatchTheLessons(t *testing.T) {
	known := map[int]bool{}
	for _, it := range exercises.Items() {
		if known[it.Number] || it.Claim.Empty() {
			t.Errorf("item %d is listed twice or lacks a language", it.Number)
		}
		known[it.Number] = true
	}
	for _, ex := range exercises.All() {
		if got := exercises.ItemsOf(ex); len(got) != len(ex.Items) {
			t.Errorf("%s: %d of its items %v are described", ex.ID, len(got), ex.Items)
		}
		for _, n := range ex.Items {
			delete(known, n)
		}
	}
	if len(known) > 0 {
		t.Errorf("described, but at home in no lesson: %v", known)
	}
}

// A claim that does not hold is taught by prediction.
func TestMythsAreAskedFirst(t *testing.T) {
	for _, ex := range exercises.All() {
		for _, it := range exercises.ItemsOf(ex) {
			if it.Myth() && !asks(ex, it.Number) {
				t.Errorf("%s: item %d is a myth, and no step that proves it asks for a prediction", ex.ID, it.Number)
			}
		}
	}
}

func asks(ex kit.Exercise, item int) bool {
	for _, s := range ex.Steps {
		for _, c := range s.Checks {
			if s.Predict != nil && slices.Contains(c.Items, item) {
				return true
			}
		}
	}
	return false
}

func TestFindAndMatch(t *testing.T) {
	if ex, ok := exercises.Find("replication/read-only"); !ok || ex.Title.In(kit.Zh) == "" {
		t.Errorf("Find: %v, %v", ok, ex.Title)
	}
	for word, atLeast := range map[string]int{"all": 20, "single": 4, "replication": 15, "operations": 15, "sentinel": 25, "replication/costs": 1} {
		if got := len(exercises.Match(word)); got < atLeast {
			t.Errorf("Match(%q) finds %d lessons", word, got)
		}
	}
	if got := exercises.Match("nothing"); got != nil {
		t.Errorf("Match of an unknown word finds %d lessons", len(got))
	}
}
