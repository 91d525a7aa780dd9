package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parseText parses content as a configuration file.
func parseText(content string, args ...string) (*Set, error) {
	return Parse(append([]string{"/etc/test.conf"}, args...), nil,
		func(string) ([]byte, error) { return []byte(content), nil })
}

func mustParse(t *testing.T, content string, args ...string) *Set {
	t.Helper()
	s, err := parseText(content, args...)
	if err != nil {
		t.Fatalf("%q %q: %v", content, args, err)
	}
	return s
}

func TestFatalTexts(t *testing.T) {
	_, err := parseText("port 1\n\n# c\nfoo bar\n")
	want := "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line 4\n>>> 'foo bar'\n" +
		"Bad directive or wrong number of arguments\n"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	_, err = parseText("cluster-enabled yes\nreplicaof 127.0.0.1 7000\n")
	want = "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nreplicaof directive not allowed in cluster mode\n"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// TestRefused lists what Redis would accept and this server must not.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ line, reason string }{
		{"appendonly yes", "appendonly yes is not supported by this node yet: remove it (RDB snapshots are available), " +
			"nothing would be saved to an append only file"},
		{"tls-port 7000", "tls-port is not supported"},
		{"tls-replication yes", "tls-replication yes is not supported"},
		{"tls-cluster yes", "tls-cluster yes is not supported"},
		{"aclfile users.acl", "aclfile is not supported"},
		{"user alice on >x ~* +@all", "user rules are not supported"},
		{"user default off", "user rules are not supported"},
		{"user default on nopass ~* &* +@all -get", "user rules are not supported"},
		{"user default on nopass ~* +@all", "user rules are not supported"},
		{"user default on ~* &* +@all", "user rules are not supported"},
		{"user default on > ~* &* +@all", "user rules are not supported"},
		{"user default on >other ~* &* +@all\nrequirepass secret", "user rules are not supported"},
		{"user default on >SECRET ~* &* +@all\nrequirepass secret", "user rules are not supported"},
		{"user default on nopass ~* &* +@all \"\"", "user rules are not supported"},
		{"user default on nopass ~* &* +@all\nrequirepass secret", "user rules are not supported"},
		{"loadmodule /x.so", "Can't load module from /x.so: server aborting"},
		{"mod.x 1", "Module Configuration detected"},
	} {
		_, err := parseText("timeout 1\n" + c.line + "\n")
		var fatal *FatalError
		if !errors.As(err, &fatal) || !strings.Contains(fatal.Reason, c.reason) || fatal.Line != 2 {
			t.Errorf("%s: got %v", c.line, err)
		}
	}
	for _, line := range []string{"appendonly no", "tls-port 0", "tls-replication no", `aclfile ""`,
		"user default on nopass sanitize-payload ~* &* +@all", "requirepass secret\nuser default on >secret ALLKEYS allchannels +@ALL",
		"user default on #" + hashPassword("secret") + " ~* &* +@all\nrequirepass secret"} {
		if _, err := parseText(line + "\n"); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	s := Default()
	for pairs, reason := range map[[2]string]string{
		{"appendonly", "yes"}:      "appendonly yes is not supported by this node yet",
		{"tls-replication", "yes"}: "Unable to update TLS configuration. Check server logs.",
	} {
		err := s.Apply(pairs[:], nil)
		prefix := "ERR CONFIG SET failed (possibly related to argument '" + pairs[0] + "') - " + reason
		if err == nil || !strings.HasPrefix(err.Error(), prefix) {
			t.Errorf("CONFIG SET %q: %v", pairs, err)
		}
		if s.String(pairs[0]) != "no" {
			t.Errorf("%s was set all the same", pairs[0])
		}
	}
}

// TestSeeds keeps the configuration files working that the lessons' source documents show.
func TestSeeds(t *testing.T) {
	for name, conf := range map[string]string{
		"master":  "bind 0.0.0.0\nport 8001\n\nlogfile \"8001.log\"\n\ndbfilename \"dump-8001.rdb\"\n\ndaemonize yes\n\nrdbcompression yes\n",
		"replica": "bind 0.0.0.0\nport 8002\n\nlogfile \"8002.log\"\n\ndbfilename \"dump-8002.rdb\"\n\ndaemonize yes\n\nrdbcompression yes\n\nslaveof 192.168.199.131 8001\n",
		"cluster": "lua-time-limit 5000\ncluster-enabled yes\nbind 0.0.0.0\nprotected-mode yes\nport 7001\ntcp-backlog 511\n",
		"cluster, another": "#节点端口\nport 6379\n\n# 开启集群模式\ncluster-enabled yes\n\n# 节点超时时间，单位毫秒\n" +
			"cluster-node-timeout 15000\n\n# 集群内部配置文件\ncluster-config-file \"nodes-6379.conf\"\n",
		"with folders": seedWithFolders("no"),
	} {
		s := mustParse(t, conf)
		for _, line := range strings.Split(conf, "\n") {
			words, _ := splitArgs(line)
			if len(words) < 2 || words[0][0] == '#' {
				continue
			}
			if got, want := s.Get(words[0])[0].Value, strings.Join(words[1:], " "); got != want {
				t.Errorf("%s: %s is %q, want %q", name, words[0], got, want)
			}
		}
	}
	_, err := parseText(seedWithFolders("yes"))
	var fatal *FatalError
	if !errors.As(err, &fatal) || fatal.Line != 8 || !strings.HasPrefix(fatal.Reason, "appendonly yes is not supported") {
		t.Errorf("appendonly yes: %v", err)
	}
	sentinel := "port 26379\ndaemonize yes\nlogfile \"26379.log\"\ndir /opt/soft/redis/data\n" +
		"sentinel monitor mymaster 127.0.0.1 6379 2 \nsentinel down-after-milliseconds mymaster 30000 \n" +
		"sentinel parallel-syncs mymaster 1 \nsentinel failover-timeout mymaster 180000\n"
	s := mustParse(t, sentinel, "--sentinel")
	if got := len(s.SentinelLines()); got != 4 || !s.Sentinel() {
		t.Errorf("%d sentinel lines, sentinel %v", got, s.Sentinel())
	}
	if _, err := parseText(sentinel); err == nil || !strings.Contains(err.Error(), "sentinel directive while not in sentinel mode") {
		t.Errorf("sentinel lines without --sentinel: %v", err)
	}
}

func seedWithFolders(appendOnly string) string {
	return "bind 127.0.0.1\nport 6379\ndaemonize yes\npidfile /usr/local/redis/logs/redis_6379.pid\n" +
		"logfile \"/usr/local/redis/logs/redis_6379.log\"\ndir /usr/local/redis/data\ndbfilename dump_6379.rdb\n" +
		"appendonly " + appendOnly + "\nappendfilename \"appendonly_6379.aof\"\ncluster-enabled yes\n" +
		"cluster-config-file /usr/local/redis/conf/node-6379.conf\ncluster-node-timeout 15000\n"
}

// TestShippedFiles reads the files that come with the Debian package, and every example commented out in them.
func TestShippedFiles(t *testing.T) {
	known := map[string]bool{}
	for _, i := range Table() {
		known[i.Name] = true
		for _, a := range i.Aliases {
			known[a] = true
		}
	}
	for file, args := range map[string][]string{"/etc/redis/redis.conf": nil, "/etc/redis/sentinel.conf": {"--sentinel"}} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Skipf("the files of Debian's redis packages are not here: %v", err)
		}
		s := mustParse(t, string(content), args...)
		if len(args) == 0 && s.String("client-output-buffer-limit") != Default().String("client-output-buffer-limit") {
			t.Errorf("%s: client-output-buffer-limit %s", file, s.String("client-output-buffer-limit"))
		}
		for _, line := range strings.Split(string(content), "\n") {
			words := strings.Fields(strings.TrimPrefix(line, "# "))
			if len(words) < 2 || !strings.Contains(words[0], "-") || strings.Trim(words[0], "abcdefghijklmnopqrstuvwxyz-_") != "" {
				continue
			}
			prose := len(words) > 5 || strings.ContainsAny(line, ").") || strings.HasPrefix(words[0], "redis-")
			if !known[words[0]] && !prose {
				t.Errorf("%s: unknown directive in %q", file, line)
			}
		}
	}
}

func TestInclude(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("main.conf", "timeout 1\ndir "+dir+"\ninclude sub.conf\ninclude *.inc\nhz 20\n")
	write("sub.conf", "timeout 2\nsave 7 7\n")
	write("more1.inc", "tcp-backlog 5\n")
	write("more2.inc", "timeout 3\n")
	write(".more3.inc", "tcp-keepalive 4\n") // a wildcard does not find it
	write("bad.conf", "timeout 1\n\nport x\n")
	write("loop.conf", "include "+filepath.Join(dir, "loop.conf")+"\n")
	s, err := Parse([]string{filepath.Join(dir, "main.conf")}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"timeout": "3", "hz": "20", "tcp-backlog": "5", "save": "7 7", "tcp-keepalive": "300"}
	if diff := cmp.Diff(want, asMap(s.Get("timeout", "hz", "tcp-backlog", "save", "tcp-keepalive"))); diff != "" {
		t.Error(diff)
	}
	if s.File() != filepath.Join(dir, "main.conf") {
		t.Errorf("File() = %s", s.File())
	}
	for args, reason := range map[string]string{
		"bad.conf":     "Reading the configuration file, at line 3\n>>> 'port x'",
		"loop.conf":    "does a file include itself?",
		"missing.conf": "Fatal error, can't open config file '" + dir + "/missing.conf': No such file or directory",
	} {
		if _, err := Parse([]string{"--include", filepath.Join(dir, args)}, nil, nil); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("include %s: %v", args, err)
		}
	}
}

func TestUnreadableFile(t *testing.T) {
	_, err := Parse([]string{"/x/redis.conf"}, nil, func(path string) ([]byte, error) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.EACCES}
	})
	var file *FileError
	want := "Fatal error, can't open config file '/x/redis.conf': Permission denied"
	if !errors.As(err, &file) || err.Error() != want || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStdin(t *testing.T) {
	s, err := Parse([]string{"-", "--timeout", "7"}, strings.NewReader("timeout 5\nhz 20"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Int("timeout") != 7 || s.Int("hz") != 20 || s.File() != "" {
		t.Errorf("timeout %d, hz %d, file %q", s.Int("timeout"), s.Int("hz"), s.File())
	}
	if _, err := Parse([]string{"-"}, nil, nil); err != nil {
		t.Errorf("without stdin: %v", err)
	}
	if _, err := Parse([]string{"-"}, failingReader{}, nil); err == nil {
		t.Error("an unreadable stdin goes unnoticed")
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("torn") }

func TestKeptLines(t *testing.T) {
	s := mustParse(t, "rename-command config \"\"\nrename-command get \"a b\"\ndir /nowhere\n")
	var got []string
	for _, l := range s.RenamedCommands() {
		got = append(got, fmt.Sprintf("%d %q", l.Num, l.Args))
	}
	if diff := cmp.Diff([]string{`1 ["config" ""]`, `2 ["get" "a b"]`}, got); diff != "" {
		t.Error(diff)
	}
	want := "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line 2\n" +
		">>> 'rename-command get \"a b\"'\nNo such command in rename-command\n"
	if got := s.RenamedCommands()[1].Fatal(NoSuchCommand).Error(); got != want {
		t.Errorf("got %s", got)
	}
	want = "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line 3\n>>> 'dir /nowhere'\n" +
		"No such file or directory\n"
	if got := s.Fatal("dir", "No such file or directory").Error(); got != want {
		t.Errorf("got %s", got)
	}
	if got := s.Fatal("logfile", "Can't open the log file: x").Error(); got != "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nCan't open the log file: x\n" {
		t.Errorf("a directive that no line set: %s", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, conf := range files() {
		f.Add(conf)
	}
	f.Fuzz(func(t *testing.T, conf string) {
		s := Default()
		conf = dropNULs(conf)
		l := loader{set: s, readFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
			glob: func(string) ([]string, error) { return nil, nil }}
		if strings.Contains(lowerString(conf), "include") {
			return // wildcards would search this machine's folders when the result is read again
		}
		if l.load(conf) != nil || s.refuseUsers() != nil {
			return
		}
		written := s.Rewrite([]byte(conf))
		again, err := parseText(string(written))
		if err != nil {
			t.Fatalf("%q is rewritten to %q, which cannot be read: %v", conf, written, err)
		}
		if diff := cmp.Diff(s.Get("*"), again.Get("*")); diff != "" {
			t.Fatalf("%q is rewritten to %q, which means something else: %s", conf, written, diff)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse([]string{"--port", "7000", "--bind", "127.0.0.1", "--save", ""}, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}
