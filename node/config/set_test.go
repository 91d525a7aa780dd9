package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAccessors(t *testing.T) {
	s := mustParse(t, "save 60 5\nreplicaof 127.0.0.1 7000\nclient-output-buffer-limit replica 1kb 2kb 3\nnotify-keyspace-events KEAn\n"+
		"maxmemory-clients 5%\nrequirepass \"a b\"\n", "--bind", "127.0.0.1", "-::1", "--loglevel", "debug")
	host, port, ok := s.ReplicaOf()
	got := []any{s.SavePoints(), s.OutputLimits(), host, port, ok, s.Bind(), s.NotifyFlags(), s.String("notify-keyspace-events"),
		s.Int("maxmemory-clients"), s.String("requirepass"), s.String("loglevel"), s.Bool("rdbcompression"), s.Int("slave-priority"),
		s.Strings("oom-score-adj-values"), s.Percentiles(), s.Secret("REQUIREPASS"), s.Secret("port"), s.Secret("nosuch")}
	want := []any{[]SavePoint{{60, 5}}, [3]OutputLimit{{}, {1024, 2048, 3}, {32 << 20, 8 << 20, 60}}, "127.0.0.1", 7000, true,
		[]string{"127.0.0.1", "-::1"}, "g$lshzxetdnKE", "AKE", int64(-5), "a b", "debug", true, int64(100),
		[]string{"0", "200", "800"}, []float64{50, 99, 99.9}, true, false, false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, _, ok := Default().ReplicaOf(); ok {
		t.Error("a server follows a master by default")
	}
	for in, want := range map[string]string{"/a/b": "/a/b", "b": "/srv/b"} {
		if err := s.SetInternal("dir", "/srv/"); err != nil || s.InDir(in) != want {
			t.Errorf("InDir(%q) = %q, %v", in, s.InDir(in), err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("asking for an unknown directive does not panic")
		}
	}()
	s.Int("nosuch")
}

func TestSetInternal(t *testing.T) {
	s := Default()
	for _, c := range []struct{ name, value, want string }{
		{"replicaof", "::1 7000", "::1 7000"}, {"SLAVEOF", "no one", ""}, {"databases", "4", "4"},
	} {
		if err := s.SetInternal(c.name, c.value); err != nil || s.Get(c.name)[0].Value != c.want {
			t.Errorf("%s %s: %v, %v", c.name, c.value, s.Get(c.name), err)
		}
	}
	for name, value := range map[string]string{"nosuch": "1", "replicaof": "x", "port": "y"} {
		if err := s.SetInternal(name, value); err == nil {
			t.Errorf("%s %s is taken", name, value)
		}
	}
}

// TestApplyHook is about what CONFIG SET does around the values themselves.
func TestApplyHook(t *testing.T) {
	s := Default()
	var calls [][]string
	var seen []int64
	var fail error
	hook := func(changed []string) error {
		calls = append(calls, changed)
		seen = append(seen, s.Int("timeout"))
		return fail
	}
	if err := s.Apply([]string{"timeout", "5", "hz", "10", "SLAVE-priority", "7"}, hook); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply([]string{"timeout", "5"}, hook); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"timeout", "replica-priority"}} // what changed, by current names; no change, no call
	if diff := cmp.Diff(want, calls); diff != "" || !slices.Equal(seen, []int64{5}) {
		t.Errorf("calls %v, timeout seen %v", calls, seen)
	}
	for _, c := range []struct {
		fail error
		want string
	}{
		{&ArgError{"port", "Unable to listen on this port. Check server logs."},
			"ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs."},
		{errors.New("torn"), "ERR CONFIG SET failed (possibly related to argument 'timeout') - torn"},
	} {
		calls, seen, fail = nil, nil, c.fail
		err := s.Apply([]string{"timeout", "9", "port", "7000", "slave-priority", "1", "replica-priority", "2"}, hook)
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
		if !slices.Equal(seen, []int64{9, 5}) || len(calls) != 2 || !slices.Equal(calls[0], calls[1]) {
			t.Errorf("the hook must be called again after the values are set back: %v saw timeouts %v", calls, seen)
		}
		if s.Int("timeout") != 5 || s.Int("port") != 6379 || s.Int("replica-priority") != 7 {
			t.Errorf("not set back: %v", s.Get("timeout", "port", "replica-priority"))
		}
	}
}

func TestApplyWhileLoading(t *testing.T) {
	err := Default().ApplyAs(Caller{Loading: true}, []string{"timeout", "1", "appendonly", "no"}, nil)
	if err == nil || err.Error() != "LOADING Redis is loading the dataset in memory" {
		t.Errorf("got %v", err)
	}
}

func TestSetsShareNothing(t *testing.T) {
	a, b := Default(), Default()
	if err := a.Apply([]string{"save", "1 1", "timeout", "3"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := b.String("save"); got != "3600 1 300 100 60 10000" || b.Int("timeout") != 0 {
		t.Errorf("another Set changed too: save %s", got)
	}
}

// TestTable checks the table itself: its rows must describe themselves completely and be named once.
func TestTable(t *testing.T) {
	names := map[string]bool{}
	for _, i := range Table() {
		for _, name := range append([]string{i.Name}, i.Aliases...) {
			if names[name] {
				t.Errorf("%s is there twice", name)
			}
			names[name] = true
		}
		if i.Kind == "" || i.Effect != Live && i.Effect != Start && i.Effect != Kept {
			t.Errorf("%s: kind %q, effect %q", i.Name, i.Kind, i.Effect)
		}
		if i.FileOnly {
			continue
		}
		if i.Name != "dir" && Default().String(i.Name) != i.Default {
			t.Errorf("%s: default %q shows as %q", i.Name, i.Default, Default().String(i.Name))
		}
		if i.Effect == Start && i.Mutable {
			t.Errorf("%s can be set at any time but only counts at the start", i.Name)
		}
	}
	for _, r := range refusals() {
		if !names[r.name] {
			t.Errorf("refusal of an unknown directive %s", r.name)
		}
	}
}

func TestRewriteGolden(t *testing.T) {
	s := mustParse(t, "", "--port", "7000", "--dir", "/srv", "--save", "")
	old := "# my server\nport 1\n\n\n\nsave 1 1\nsave 2 2\ntimeout 0\n# the end\nbogus 1\nhash-max-ziplist-value 1024\nunbalanced \"\n"
	want := "# my server\nport 7000\n\nsave \"\"\n\ntimeout 0\n# the end\n# ??? bogus 1\nhash-max-listpack-value 64\n# ??? unbalanced \"\n\n" +
		"# Generated by CONFIG REWRITE\ndir \"/srv\"\nlatency-tracking-info-percentiles 50 99 99.9\nuser default on nopass ~* &* +@all\n"
	if diff := cmp.Diff(want, string(s.Rewrite([]byte(old)))); diff != "" {
		t.Error(diff)
	}
}

func TestRewriteFile(t *testing.T) {
	if err := Default().RewriteFile(); err == nil || err.Error() != "ERR The server is running without a config file" {
		t.Errorf("without a file: %v", err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "redis.conf")
	if err := os.WriteFile(path, []byte("# mine\nport 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Parse([]string{path, "--port", "7000"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := string(s.Rewrite([]byte("# mine\nport 1\n")))
	if err := s.RewriteFile(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, cmp.Diff(want, string(got)))
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.RewriteFile(); err == nil || err.Error() != "ERR Rewriting config file: No such file or directory" {
		t.Errorf("into a folder that is gone: %v", err)
	}
}
