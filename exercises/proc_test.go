package exercises_test

import (
	"testing"

	"redislab/exercises"
	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/lab/proc"
)

// TestOnRealRedis takes every lesson on real redis-server processes: what is
// wrong there is wrong.
func TestOnRealRedis(t *testing.T) {
	if _, err := proc.Redis(); err != nil {
		t.Skip(err)
	}
	kit.Test(t, func(t testing.TB) lab.Backend {
		b, err := proc.Redis()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}, exercises.All())
}
