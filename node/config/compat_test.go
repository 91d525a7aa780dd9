package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dirHook does to dir what a server does: see whether it is there.
func dirHook(s *Set) func([]string) error {
	return func(changed []string) error {
		if slices.Contains(changed, "dir") {
			if _, err := os.Stat(s.String("dir")); err != nil {
				return &ArgError{Name: "dir", Reason: osReason(err)}
			}
		}
		return nil
	}
}

func TestDefaultsLikeRedis(t *testing.T) {
	o := startOracle(t, nil, "")
	s := Default()
	adoptOracle(t, s, o)
	want := o.get(t, "*")
	if diff := cmp.Diff(want, asMap(s.Get("*"))); diff != "" {
		t.Errorf("CONFIG GET * of a server without configuration (-redis +ours):\n%s", diff)
	}
	if len(want) < 190 {
		t.Errorf("redis-server shows %d directives only", len(want))
	}
	hiddenNames := []string{}
	for _, i := range Table() {
		if i.Hidden {
			hiddenNames = append(hiddenNames, i.Name)
		}
	}
	if diff := cmp.Diff(o.get(t, hiddenNames...), asMap(s.Get(hiddenNames...))); diff != "" {
		t.Errorf("hidden directives (-redis +ours):\n%s", diff)
	}
}

// adoptOracle gives a Set what startOracle gives every real server.
func adoptOracle(t *testing.T, s *Set, o *oracle) {
	t.Helper()
	for name, value := range map[string]string{"port": "0", "unixsocket": filepath.Join(o.dir, "s")} {
		if err := s.SetInternal(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if s.String("dir") == Default().String("dir") {
		if err := s.SetInternal("dir", o.dir); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSetLikeRedis sends the same CONFIG SETs to a real server and to a Set, in turn, and compares the replies and then
// every value.
func TestSetLikeRedis(t *testing.T) {
	o := startOracle(t, nil, "", "--enable-protected-configs", "yes")
	s := Default()
	adoptOracle(t, s, o)
	if err := s.SetInternal("enable-protected-configs", "yes"); err != nil {
		t.Fatal(err)
	}
	for _, pairs := range setAttempts() {
		want := o.do(t, append([]string{"CONFIG", "SET"}, pairs...)...)
		got := "OK"
		if err := s.Apply(pairs, dirHook(s)); err != nil {
			got = "-" + err.Error()
		}
		if got != want {
			t.Errorf("CONFIG SET %q:\n got %s\nwant %s", pairs, got, want)
		}
		if diff := cmp.Diff(o.get(t, "*"), asMap(s.Get("*"))); diff != "" {
			t.Fatalf("values after CONFIG SET %q (-redis +ours):\n%s", pairs, diff)
		}
	}
}

func TestProtectedLikeRedis(t *testing.T) {
	o := startOracle(t, nil, "", "--enable-protected-configs", "local") // a unix socket counts as local
	for _, c := range []struct {
		caller Caller
		want   string
	}{
		{Caller{Local: true}, o.do(t, "CONFIG", "SET", "dbfilename", "x.rdb").(string)},
		{Caller{}, "-" + setFailed("dbfilename", "can't set protected config").Error()},
	} {
		s := Default()
		if err := s.SetInternal("enable-protected-configs", "local"); err != nil {
			t.Fatal(err)
		}
		got := "OK"
		if err := s.ApplyAs(c.caller, []string{"dbfilename", "x.rdb"}, nil); err != nil {
			got = "-" + err.Error()
		}
		if got != c.want {
			t.Errorf("%+v: got %s, want %s", c.caller, got, c.want)
		}
	}
	plainServer := startOracle(t, nil, "")
	want := plainServer.do(t, "CONFIG", "SET", "dir", "/tmp")
	if err := Default().Apply([]string{"dir", "/tmp"}, nil); err == nil || "-"+err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestGetLikeRedis(t *testing.T) {
	o := startOracle(t, nil, "")
	s := Default()
	adoptOracle(t, s, o)
	for _, patterns := range [][]string{
		{"port", "PO*"}, {"Port", "port"}, {"PORT"}, {"hash-max-z*", "hash-max-l*"}, {"use-exit*"}, {"slave-pri*"},
		{"use-exit*", "use-exit-on-panic"}, {"SLAVE-priority", "slave-priority"}, {"h[zZ]", "?z"}, {"nothing"},
		{"*max-*-value", "h*"}, {"replicaof", "slaveof"}, {"[a-d]*"}, {"[^a-w]*"}, {"[^A-W]*"}, {"[d-a]*"}, {"h\\z"},
		{"*\\-max-[l]*"}, {"h["}, {"[h"}, {"[hz"}, {"[]"}, {"*["}, {"**z"}, {"*s*s*s*"}, {"?*?"}, {"[\\h]z"}, {"port?"},
		{"aof*cpu*", "AOF*CPU*"}, {"h\\*", "*"}, {""},
	} {
		if diff := cmp.Diff(o.get(t, patterns...), asMap(s.Get(patterns...))); diff != "" {
			t.Errorf("CONFIG GET %q (-redis +ours):\n%s", patterns, diff)
		}
	}
}

// parseLike parses what startOracle gave to a real server.
func parseLike(o *oracle, conf *string, stdin string, args ...string) (*Set, error) {
	args = append([]string(nil), args...)
	if conf != nil {
		args = append([]string{filepath.Join(o.dir, "redis.conf")}, args...)
	}
	args = append(args, "--port", "0", "--unixsocket", filepath.Join(o.dir, "s"))
	return Parse(args, strings.NewReader(stdin), nil)
}

// compareStart starts both and compares what they say if they refuse, and all values if they do not.
func compareStart(t *testing.T, conf *string, stdin string, args ...string) {
	t.Helper()
	o := startOracle(t, conf, stdin, args...)
	s, err := parseLike(o, conf, stdin, args...)
	if o.conn == nil {
		var fatal *FatalError
		var file *FileError
		switch want := o.stderr.String(); {
		case errors.As(err, &fatal) && want == fatal.Error():
		case errors.As(err, &file) && want == "" && strings.HasSuffix(o.stdout.String(), file.Error()+"\n"):
		default:
			t.Errorf("%q %q:\n got %v\nwant %s%s", deref(conf), args, err, want, o.stdout.String())
		}
		return
	}
	if err != nil {
		t.Errorf("%q %q: redis-server starts, we say %v", deref(conf), args, err)
		return
	}
	adoptOracle(t, s, o)
	if diff := cmp.Diff(o.get(t, "*"), asMap(s.Get("*"))); diff != "" {
		t.Errorf("%q %q: values (-redis +ours):\n%s", deref(conf), args, diff)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func TestFilesLikeRedis(t *testing.T) {
	needRedis(t)
	for _, conf := range files() {
		compareStart(t, &conf, "")
	}
}

func TestArgumentsLikeRedis(t *testing.T) {
	needRedis(t)
	for _, args := range commandLines() {
		compareStart(t, nil, "", args...)
	}
	conf := "timeout 1\nsave 10 1\n"
	compareStart(t, &conf, "", "--timeout", "5", "--save", "20 2")
	compareStart(t, &conf, "", "--port", "x")
	compareStart(t, &conf, "hz 20\n", "-", "--hz", "30")
	compareStart(t, nil, "hz 20\ntimeout 9", "-", "--hz", "30")
	compareStart(t, nil, "hz 20\ntimeout x", "-", "--hz", "30")
}

// TestRewriteLikeRedis lets both rewrite the same file after the same CONFIG SETs. What is appended below the signature
// comes in the order of a hash table in Redis, so those lines are sorted first.
func TestRewriteLikeRedis(t *testing.T) {
	for _, c := range rewrites() {
		o := startOracle(t, &c.conf, "", c.args...)
		if o.conn == nil {
			t.Fatalf("%q: redis-server did not start: %s%s", c.conf, o.stderr.String(), o.stdout.String())
		}
		s, err := parseLike(o, &c.conf, "", c.args...)
		if err != nil {
			t.Fatalf("%q: %v", c.conf, err)
		}
		adoptOracle(t, s, o)
		if pass := s.String("requirepass"); pass != "" {
			o.do(t, "AUTH", pass)
		}
		for _, pairs := range c.sets {
			if reply := o.do(t, append([]string{"CONFIG", "SET"}, pairs...)...); reply != "OK" {
				t.Fatalf("CONFIG SET %q: %v", pairs, reply)
			}
			if err := s.Apply(pairs, nil); err != nil {
				t.Fatal(err)
			}
		}
		if c.replicaOf != "" {
			o.do(t, append([]string{"REPLICAOF"}, strings.Fields(c.replicaOf)...)...)
			if err := s.SetInternal("replicaof", c.replicaOf); err != nil {
				t.Fatal(err)
			}
		}
		if reply := o.do(t, "CONFIG", "REWRITE"); reply != "OK" {
			t.Fatalf("CONFIG REWRITE: %v", reply)
		}
		want, err := os.ReadFile(filepath.Join(o.dir, "redis.conf"))
		if err != nil {
			t.Fatal(err)
		}
		got := s.Rewrite([]byte(c.conf))
		if diff := cmp.Diff(sortAppended(string(want), c.conf), sortAppended(string(got), c.conf)); diff != "" {
			t.Errorf("%q rewritten (-redis +ours):\n%s", c.conf, diff)
		}
		again, err := Parse([]string{"x"}, nil, func(string) ([]byte, error) { return got, nil })
		if err != nil {
			t.Fatalf("%q rewritten cannot be read again: %v", c.conf, err)
		}
		if diff := cmp.Diff(asMap(s.Get("*")), asMap(again.Get("*"))); diff != "" {
			t.Errorf("%q rewritten and read again (-before +after):\n%s", c.conf, diff)
		}
	}
}

// sortAppended sorts the lines after the last one that stems from the old file.
func sortAppended(content, old string) []string {
	lines := strings.Split(content, "\n")
	from := slices.Index(lines, signature) + 1
	if strings.Contains(old, signature) {
		for from < len(lines) && lines[from] != "" {
			from++
		}
	}
	sort.Strings(lines[from:])
	return lines
}
