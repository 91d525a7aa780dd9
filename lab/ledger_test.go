package lab

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"
)

// shelf is a server as far as a ledger needs one. What it does with a write is up to the test.
type shelf struct {
	redis.Cmdable
	values map[string]string
	lists  map[string][]string
	fail   error // answered instead of OK …
	apply  int   // … though the write takes effect so many times
}

func newShelf() *shelf {
	return &shelf{values: map[string]string{}, lists: map[string][]string{}, apply: 1}
}

// do is a write as Ledger.write carries it out.
func (s *shelf) do(key string) func(Stamp) error {
	return func(n Stamp) error {
		for range s.apply {
			s.values[key] = strconv.FormatUint(uint64(n), 10)
			s.lists[key] = append(s.lists[key], s.values[key])
		}
		return s.fail
	}
}

func (s *shelf) Get(ctx context.Context, key string) *redis.StringCmd {
	if v, ok := s.values[key]; ok {
		return redis.NewStringResult(v, nil)
	}
	return redis.NewStringResult("", redis.Nil)
}

func (s *shelf) LRange(ctx context.Context, key string, _, _ int64) *redis.StringSliceCmd {
	return redis.NewStringSliceResult(s.lists[key], nil)
}

func TestLedgerCountsAnswers(t *testing.T) {
	g, s := newLedger(), newShelf()
	for _, c := range []struct {
		fail  error
		apply int
	}{
		{nil, 1}, {redis.Nil, 0}, {errors.New("connection lost"), 1}, {nil, 1},
	} {
		s.fail, s.apply = c.fail, c.apply
		_, err := g.write("k", false, s.do("k"))
		if (err == nil) != (c.fail == nil) || c.fail != nil && !errors.Is(err, c.fail) {
			t.Errorf("answer %v gives %v", c.fail, err)
		}
	}
	if err := g.Verify(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	r := g.Report()
	if r.Written != 4 || r.Acknowledged != 2 || r.Refused != 1 || r.Unknown != 1 || r.Lost != 0 {
		t.Errorf("%+v", r)
	}
}

func TestLedgerFindsLostWritesOfARegister(t *testing.T) {
	for name, c := range map[string]struct {
		left string // the value that is left, of 1 to 4; 4 was not answered
		lost int
	}{
		"all there": {"3", 0}, "one lost": {"2", 1}, "two lost": {"1", 2}, "key gone": {"", 3}, "unanswered one survives": {"4", 0},
	} {
		t.Run(name, func(t *testing.T) {
			g, s := newLedger(), newShelf()
			for range 3 {
				if _, err := g.write("k", false, s.do("k")); err != nil {
					t.Fatal(err)
				}
			}
			s.fail = errors.New("connection lost")
			_, _ = g.write("k", false, s.do("k"))
			s.values["k"] = c.left
			if c.left == "" {
				delete(s.values, "k")
			}
			if err := g.Verify(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if r := g.Report(); r.Lost != c.lost {
				t.Errorf("left %q: %+v", c.left, r)
			}
		})
	}
}

func TestLedgerFindsWritesOfAListAppliedTwice(t *testing.T) {
	g, s := newLedger(), newShelf()
	for _, times := range []int{1, 2, 0, 3} {
		s.apply = times
		if _, err := g.write("l", true, s.do("l")); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Verify(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	r := g.Report()
	if r.Lost != 1 || r.LostStamps[0] != 3 || r.Duplicated != 2 || r.DuplicatedStamps[1] != 4 {
		t.Errorf("%+v", r)
	}
}

// Two writes at the same time may take effect in either order, so neither is lost when the other is read.
func TestLedgerAllowsEitherOrderOfConcurrentWrites(t *testing.T) {
	for left, lost := range map[string]int{"1": 0, "2": 0, "": 2} {
		g, s := newLedger(), newShelf()
		_, err := g.write("k", false, func(Stamp) error {
			_, err := g.write("k", false, func(Stamp) error { return nil })
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if left != "" {
			s.values["k"] = left
		}
		if err := g.Verify(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if r := g.Report(); r.Lost != lost {
			t.Errorf("left %q: %+v", left, r)
		}
	}
}

func TestLedgerStaleReads(t *testing.T) {
	g, s := newLedger(), newShelf()
	for i, c := range []struct {
		write bool
		seen  string
		stale int
	}{
		{false, "", 0}, {true, "1", 0}, {true, "1", 1}, {false, "2", 1}, {false, "1", 2}, {true, "3", 2},
	} {
		if c.write {
			if _, err := g.write("k", false, s.do("k")); err != nil {
				t.Fatal(err)
			}
		}
		s.values["k"] = c.seen
		if c.seen == "" {
			delete(s.values, "k")
		}
		if _, err := g.Read(t.Context(), s, "k"); err != nil {
			t.Fatal(err)
		}
		if r := g.Report(); r.Stale != c.stale {
			t.Errorf("read %d saw %q: %+v", i, c.seen, r)
		}
	}
}

func TestLedgerRefusesMixedUseAndForeignValues(t *testing.T) {
	g, s := newLedger(), newShelf()
	if _, err := g.write("k", false, s.do("k")); err != nil {
		t.Fatal(err)
	}
	if _, err := g.write("k", true, s.do("k")); err == nil {
		t.Error("one key as value and as list: no error")
	}
	s.values["k"] = "somebody else's"
	if err := g.Verify(t.Context(), s); err == nil {
		t.Error("a foreign value: no error")
	}
}
