package exercises_test

import (
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
	for _, span := range [][2]int{{1, 29}, {171, 191}} {
		if missing := kit.Uncovered(exercises.All(), span[0], span[1]); len(missing) > 0 {
			t.Errorf("items %d to %d: no lesson for %v", span[0], span[1], missing)
		}
	}
}
