package sentinel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
)

// links: which connections sentinels keep, and what they say on them how often.
func links() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/links", Items: []int{34, 43, 215, 217, 219},
		After:    []string{"sentinel/discovery"},
		Topology: classic,
		Steps: []kit.Step{
			{
				Name: "two-links",
				Look: []kit.Cmd{at(master, "CLIENT LIST"), at(first, "CLIENT LIST"), at(s1, "SENTINEL MYID")},
				Checks: []kit.Check{
					linksFromAll(master, cmdLink).For(215), linksFromAll(master, subLink).For(215),
					linksFromAll(first, cmdLink).For(215), linksFromAll(first, subLink).For(215),
				},
			},
			{
				Name:     "again",
				Commands: []kit.Cmd{at(master, "CLIENT KILL TYPE pubsub")},
				Look:     []kit.Cmd{at(master, "CLIENT LIST TYPE pubsub")},
				Checks:   []kit.Check{newLinks(master, subLink).For(215)},
			},
			{
				Name: "among-sentinels",
				Look: []kit.Cmd{at(s1, "CLIENT LIST")},
				Checks: []kit.Check{
					linksAmongSentinels(s1).For(219), linksAmongSentinels(s2).For(219), linksAmongSentinels(s3).For(219),
				},
			},
			{
				Name: "rhythm",
				Do:   listen,
				Look: []kit.Cmd{at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					helloHasEightFields().For(217),
					helloEveryTwoSeconds().For(217),
					pingEverySecond(master).For(43), pingEverySecond(first).For(43),
					infoIsFresh().For(34),
				},
			},
		},
	})
}

// The ends of the names that sentinels give their connections.
const (
	cmdLink = "cmd"
	subLink = "pubsub"
)

// clientLine is a line of CLIENT LIST as far as it matters.
type clientLine struct {
	id   int64
	addr string
	name string
}

func clientList(ctx context.Context, r *kit.Run, node string) ([]clientLine, error) {
	text, err := expect.Ask(ctx, r, node, "CLIENT", "LIST")
	var out []clientLine
	for line := range strings.SplitSeq(text, "\n") {
		var c clientLine
		for word := range strings.FieldsSeq(line) {
			switch k, v, _ := strings.Cut(word, "="); k {
			case "id":
				c.id, _ = strconv.ParseInt(v, 10, 64)
			case "addr":
				c.addr = v
			case "name":
				c.name = v
			}
		}
		if c.id > 0 {
			out = append(out, c)
		}
	}
	return out, err
}

// linkNames are the names that a sentinel's connections have, by the sentinel's ID in the lab.
func linkNames(ctx context.Context, r *kit.Run, kind string) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range r.Lab.Sentinels() {
		id, err := expect.Ask(ctx, r, s.ID(), "SENTINEL", "MYID")
		if err != nil || len(id) < 8 {
			return nil, fmt.Errorf("%s: MYID %q, %w", s.ID(), id, err)
		}
		out[s.ID()] = "sentinel-" + id[:8] + "-" + kind
	}
	return out, nil
}

// linksFrom are the connections of a kind that sentinels have to a node, by sentinel.
func linksFrom(ctx context.Context, r *kit.Run, node, kind string) (map[string][]clientLine, error) {
	names, err := linkNames(ctx, r, kind)
	if err != nil {
		return nil, err
	}
	list, err := clientList(ctx, r, node)
	out := map[string][]clientLine{}
	for id, name := range names {
		for _, c := range list {
			if c.name == name {
				out[id] = append(out[id], c)
			}
		}
	}
	return out, err
}

func countLinks(m map[string][]clientLine) string {
	var words []string
	for id, list := range m {
		words = append(words, fmt.Sprintf("%d of %s", len(list), id))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// linksFromAll expects one connection of a kind from every sentinel.
func linksFromAll(node, kind string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("on %s, every sentinel has one connection named sentinel-…-%s", node, kind),
			fmt.Sprintf("在 %s 上，每个哨兵都有一条名为 sentinel-…-%s 的连接", node, kind)),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			m, err := linksFrom(ctx, r, node, kind)
			for _, s := range r.Lab.Sentinels() {
				if err == nil && len(m[s.ID()]) != 1 {
					err = fmt.Errorf("not one of %s", s.ID())
				}
			}
			return countLinks(m), err
		},
	}
}

// newLinks expects every sentinel to have a connection that is younger than the step.
func newLinks(node, kind string) kit.Check {
	newest := kit.Key[int64]("newest-client:" + node)
	c := linksFromAll(node, kind).Named(
		fmt.Sprintf("every sentinel has connected its %s link to %s anew", kind, node),
		fmt.Sprintf("每个哨兵都重新建立了到 %s 的 %s 连接", node, kind))
	c.Begin = func(ctx context.Context, r *kit.Run) error {
		list, err := clientList(ctx, r, node)
		for _, c := range list {
			newest.Set(r, max(newest.Or(r, 0), c.id))
		}
		return err
	}
	look := c.Probe
	c.Probe = func(ctx context.Context, r *kit.Run) (string, error) {
		seen, err := look(ctx, r)
		if err != nil {
			return seen, err
		}
		m, err := linksFrom(ctx, r, node, kind)
		for id, list := range m {
			if list[0].id <= newest.Or(r, 0) {
				err = errors.New("the connection of " + id + " is an old one")
			}
		}
		return seen, err
	}
	return c
}

// linksAmongSentinels expects a sentinel to be reached by the others for commands only.
func linksAmongSentinels(node string) kit.Check {
	return kit.Check{
		Name: kit.T("the other two sentinels have one cmd link each to "+node+", and no pubsub link",
			"另外两个哨兵到 "+node+" 各有一条 cmd 连接，没有 pubsub 连接"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			m, err := linksFrom(ctx, r, node, cmdLink)
			if err != nil {
				return "", err
			}
			list, err := clientList(ctx, r, node)
			for _, c := range list {
				if err == nil && strings.HasSuffix(c.name, "-"+subLink) {
					err = errors.New("there is " + c.name)
				}
			}
			for _, s := range r.Lab.Sentinels() {
				if want := s.ID() != node; err == nil && (len(m[s.ID()]) == 1) != want {
					err = fmt.Errorf("%d of %s", len(m[s.ID()]), s.ID())
				}
			}
			return countLinks(m), err
		},
	}
}

// heard is what was overheard between sentinels and servers.
type heard struct {
	hellos map[string][]time.Time            // by sentinel
	last   string                            // hello
	odd    string                            // a hello with more or less than eight fields
	pings  map[string]map[string][]time.Time // by node and sentinel, on the node's own clock
	oldest time.Duration                     // that INFO was
	fresh  bool                              // it was renewed meanwhile
}

const overheard kit.Key[*heard] = "overheard"

func noteHeard(f func(h *heard) (string, error)) func(r *kit.Run) (string, error) {
	return func(r *kit.Run) (string, error) {
		h, err := overheard.Get(r)
		if err != nil {
			return "", err
		}
		return f(h)
	}
}

// helloHasEightFields expects every hello to be as Redis writes them.
func helloHasEightFields() kit.Check {
	return noted(kit.T("every message on __sentinel__:hello has eight fields", "__sentinel__:hello 上的每条消息都有八个字段"),
		noteHeard(func(h *heard) (string, error) {
			if h.odd != "" || h.last == "" {
				return h.odd, errors.New("not eight fields")
			}
			return h.last, nil
		}))
}

// helloEveryTwoSeconds expects each sentinel to publish at the period that Redis has built in.
func helloEveryTwoSeconds() kit.Check {
	return noted(kit.T("each of three sentinels says hello about every 2 seconds", "三个哨兵各自约每 2 秒打一次招呼"),
		noteHeard(func(h *heard) (string, error) { return rhythm(h.hellos, 1900*time.Millisecond, 3*time.Second) }))
}

// pingEverySecond expects each sentinel to ping a node at the period that Redis has built in.
func pingEverySecond(node string) kit.Check {
	return noted(kit.T("each of three sentinels pings "+node+" about every second", "三个哨兵各自约每秒 PING 一次 "+node),
		noteHeard(func(h *heard) (string, error) {
			return rhythm(h.pings[node], 900*time.Millisecond, 1600*time.Millisecond)
		}))
}

// rhythm is the usual time between moments of each of three, which has to be within bounds. It is the median, and what is
// said again at once does not count: a sentinel that has to wait for the reply repeats itself at every tick.
func rhythm(by map[string][]time.Time, least, most time.Duration) (string, error) {
	if len(by) != 3 {
		return fmt.Sprintf("%d sentinels", len(by)), errors.New("not three")
	}
	var words []string
	var err error
	for id, at := range by {
		var gaps []time.Duration
		for i, t := range at[min(1, len(at)):] {
			if gap := t.Sub(at[i]); gap > least/2 {
				gaps = append(gaps, gap)
			}
		}
		if len(gaps) < 3 {
			return id, fmt.Errorf("was heard %d times only", len(at))
		}
		slices.Sort(gaps)
		usual := gaps[len(gaps)/2]
		words = append(words, fmt.Sprintf("%s %d ms", id, usual.Milliseconds()))
		if usual < least || usual > most {
			err = fmt.Errorf("%s: not between %v and %v", id, least, most)
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", "), err
}

// infoIsFresh expects INFO to be asked for when it is ten seconds old.
func infoIsFresh() kit.Check {
	return noted(kit.T("info-refresh rises to about 10 s and falls back, never more", "info-refresh 升到 10 秒左右便回落，从不超过"),
		noteHeard(func(h *heard) (string, error) {
			seen := "at most " + seconds(h.oldest)
			if !h.fresh {
				return seen, errors.New("it was not renewed")
			}
			if h.oldest > infoPeriod+infoSlack {
				return seen, errors.New("older than the period")
			}
			return seen, nil
		}))
}

const (
	infoPeriod = 10 * time.Second
	infoSlack  = 2 * time.Second // a tick, the way there and back, and a busy machine
)
