package pubsub

import (
	"slices"
	"testing"
)

func TestTopics(t *testing.T) {
	var topics Topics[int]
	steps := []struct {
		add  bool
		name string
		who  int
		want bool
	}{
		{true, "a", 1, true}, {true, "a", 1, false}, {true, "a", 2, true}, {true, "b", 1, true},
		{true, "a", 3, true}, {false, "a", 2, true}, {false, "a", 2, false}, {false, "c", 1, false},
	}
	for _, s := range steps {
		do := topics.Remove
		if s.add {
			do = topics.Add
		}
		if got := do(s.name, s.who); got != s.want {
			t.Fatalf("%+v: got %v", s, got)
		}
	}
	if got := slices.Collect(topics.Subscribers("a")); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("subscribers of a: %v, want them in order of arrival: [1 3]", got)
	}
	if got := topics.Of(1); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("names of 1: %v", got)
	}
	topics.Remove("b", 1)
	if topics.Len() != 1 || topics.NumSub("b") != 0 || topics.Count(1) != 1 {
		t.Errorf("after the last subscriber left: %v", topics.Names())
	}
}
