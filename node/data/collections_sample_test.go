package data

import (
	"fmt"
	"strings"
	"testing"
)

// TestRandomElements: samples have the right size, hold only members, and none twice unless
// the count is negative; over many of them every member comes about as often.
func TestRandomElements(t *testing.T) {
	const size = 60
	for _, c := range []struct{ fill, ask string }{
		{numbered("SADD k", "%d", size), "SRANDMEMBER k"}, {numbered("SADD k", "m%d", size), "SRANDMEMBER k"},
		{numbered("HSET k", "m%d v", size), "HRANDFIELD k"}, {"config> hash-max-listpack-entries 4", "HRANDFIELD k"},
		{numbered("ZADD k", "1 m%d", size), "ZRANDMEMBER k"}, {"config> zset-max-listpack-entries 4", "ZRANDMEMBER k"},
	} {
		p := newPeer(t, 2)
		if name, ok := strings.CutPrefix(c.fill, "config> "); ok {
			p.set(strings.Fields(name)[0], "4")
			c.fill = map[byte]string{'H': numbered("HSET k", "m%d v", size), 'Z': numbered("ZADD k", "1 m%d", size)}[c.ask[0]]
		}
		p.run(c.fill)
		for _, count := range []int{1, 7, 25, size, size + 5, -1, -9, -200} {
			checkSample(t, p, c.ask, count, size)
		}
	}
}

func checkSample(t *testing.T, p *peer, ask string, count, size int) {
	t.Helper()
	seen := map[string]int{}
	want := min(max(count, -count), size)
	if count < 0 {
		want = -count
	}
	rounds := 6000/want + 1
	for range rounds {
		got := texts([]byte(p.run(fmt.Sprintf("%s %d", ask, count))))
		one := map[string]bool{}
		for _, m := range got {
			one[m] = true
			seen[m]++
		}
		if len(got) != want || count > 0 && len(one) != want {
			t.Fatalf("%s %d gives %d elements, %d of them different, want %d", ask, count, len(got), len(one), want)
		}
	}
	if len(seen) != size {
		t.Fatalf("%s %d reaches %d of %d members", ask, count, len(seen), size)
	}
	average := rounds * want / size
	for m, n := range seen {
		if n < average/2 || n > average*2 {
			t.Errorf("%s %d gives %s %d times, %d on average", ask, count, m, n, average)
		}
	}
}

// TestScanSeesAll walks big collections cursor by cursor.
func TestScanSeesAll(t *testing.T) {
	for _, c := range []struct{ fill, scan string }{
		{numbered("SADD k", "m%d", 700), "SSCAN k"}, {numbered("HSET k", "m%d v", 700), "HSCAN k"}, {numbered("ZADD k", "1 m%d", 700), "ZSCAN k"},
	} {
		p := newPeer(t, 2)
		p.run(c.fill)
		seen, steps := map[string]bool{}, 0
		for cursor := "0"; ; steps++ {
			_, parts := elements([]byte(p.run(c.scan + " " + cursor + " COUNT 20")))
			for _, m := range texts([]byte(parts[1])) {
				if strings.HasPrefix(m, "m") {
					seen[m] = true
				}
			}
			if cursor = texts([]byte("*1\r\n" + parts[0]))[0]; cursor == "0" {
				break
			}
		}
		if len(seen) != 700 || steps < 5 {
			t.Errorf("%s sees %d of 700 elements in %d steps", c.scan, len(seen), steps)
		}
	}
}

// TestSetWithItself: looking into a set that is being walked would move its entries while it
// is resized.
func TestSetWithItself(t *testing.T) {
	for n := 1000; n < 1100; n += 3 {
		p := newPeer(t, 2)
		p.run(numbered("SADD s", "m%d", n))
		p.run("SADD one m1")
		want := fmt.Sprintf(":%d\r\n", n)
		for _, line := range []string{"SINTERCARD 2 s s", "ZINTERCARD 2 s s", "SINTERSTORE d s s", "ZINTERSTORE d 2 s s", "SUNIONSTORE d s s"} {
			if got := p.run(line); got != want {
				t.Fatalf("%s of a set of %d: %q", line, n, got)
			}
		}
		for _, line := range []string{"SDIFFSTORE d s s", "ZDIFFSTORE d 2 s s"} {
			if got := p.run(line); got != ":0\r\n" {
				t.Fatalf("%s of a set of %d: %q", line, n, got)
			}
		}
	}
}
