package rdb

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// saved opens the server's dump.rdb after SAVE.
func (o *oracle) saved() *os.File {
	o.t.Helper()
	o.do("SAVE")
	f, err := os.Open(filepath.Join(o.dir, "dump.rdb"))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { f.Close() })
	return f
}

// fill puts every kind of value into databases 0 and 5, half of them with expiry.
func (o *oracle) fill() (keys int) {
	for _, db := range []int{0, 5} {
		o.send("SELECT", db)
		for i, c := range realValues {
			key := fmt.Sprintf("key:%d", i)
			c.fill(o, key)
			if i%2 == 0 {
				o.send("PEXPIREAT", key, 4102444800000+i)
			}
			keys++
		}
	}
	return keys
}

// oneConn makes SELECT hold for what follows.
func (o *oracle) oneConn() *oracle {
	c := *o
	opts := *o.Options()
	opts.PoolSize = 1
	c.Client = redis.NewClient(&opts)
	o.t.Cleanup(func() { c.Close() })
	return &c
}

// TestLoadsRealFile reads what SAVE wrote and compares key by key.
func TestLoadsRealFile(t *testing.T) {
	for _, policy := range []string{"noeviction", "allkeys-lru", "allkeys-lfu"} {
		t.Run(policy, func(t *testing.T) {
			o := startOracle(t, "", "--maxmemory-policy", policy).oneConn()
			want := o.fill()
			f := o.saved()
			s := NewSerializer(true)
			aux := map[string]string{}
			sizes := map[int]uint64{}
			st, err := Decode(f, Handler{
				Aux:    func(k, v []byte) error { aux[string(k)] = string(v); return nil },
				Resize: func(db int, keys, _ uint64) error { sizes[db] = keys; return nil },
				Entry: func(e *Entry) error {
					o.send("SELECT", e.DB)
					if !bytes.Equal(dumpOf(s, &e.Value), o.dump(string(e.Key))) {
						t.Errorf("%s in %d is not what the server has", e.Key, e.DB)
					}
					if at := o.send("PEXPIRETIME", e.Key); e.HasExpire && at != e.ExpireMS || !e.HasExpire && at != int64(-1) {
						t.Errorf("%s expires at %d (%v), in the server at %d", e.Key, e.ExpireMS, e.HasExpire, at)
					}
					if e.HasIdle != (policy == "allkeys-lru") || e.HasFreq != (policy == "allkeys-lfu") {
						t.Errorf("%s: %+v", e.Key, e.Meta)
					}
					return nil
				},
			})
			if err != nil || st.Keys != int64(want) || !st.Checksum || st.Version != 10 {
				t.Errorf("%+v, %v; want %d keys", st, err, want)
			}
			if !strings.HasPrefix(aux["redis-ver"], "7.") || sizes[0] != uint64(want/2) || sizes[5] != uint64(want/2) {
				t.Errorf("facts %q, sizes %v", aux, sizes)
			}
		})
	}
}

// TestRealLoadsOurFile has redis-check-rdb and a server read a file with every layout, and compares key by key.
func TestRealLoadsOurFile(t *testing.T) {
	dir := shortTempDir(t)
	file, want := randomFile(t, 11, 160, 5000, Options{Compress: true, Checksum: true})
	for i := range want { // expiry in the past would remove keys
		want[i].Meta = Meta{}
	}
	file = rewrite(t, file)
	path := filepath.Join(dir, "dump.rdb")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if checker, err := exec.LookPath("redis-check-rdb"); err == nil {
		out, err := exec.Command(checker, path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Checksum OK") || !strings.Contains(string(out), "RDB looks OK!") {
			t.Errorf("redis-check-rdb: %v\n%s", err, out)
		}
	}
	o := startOracle(t, dir, "--databases", "32", "--sanitize-dump-payload", "yes").oneConn()
	for i, c := range want {
		o.send("SELECT", c.DB)
		o.check(i, c)
	}
}

// check compares a key of the server with what was written.
func (o *oracle) check(i int, c copied) {
	o.t.Helper()
	command := map[Kind][]any{
		String: {"GET", c.Key}, List: {"LRANGE", c.Key, 0, -1}, Set: {"SMEMBERS", c.Key},
		Hash: {"HGETALL", c.Key}, ZSet: {"ZRANGE", c.Key, 0, -1},
	}[c.Type.Kind()]
	got := o.send(command...)
	if c.Type == TypeString {
		if got != c.Str {
			o.t.Errorf("key %d: %.100q, want %.100q", i, got, c.Str)
		}
		return
	}
	var elems []string
	for _, e := range got.([]any) {
		elems = append(elems, e.(string))
	}
	want := slices.Clone(c.Elems)
	switch c.Type.Kind() {
	case Set, ZSet:
		slices.Sort(elems)
		slices.Sort(want)
	case Hash:
		sortPairs(elems)
		sortPairs(want)
	}
	if !slices.Equal(elems, want) {
		o.t.Errorf("key %d (type %d): %.100q, want %.100q", i, c.Type, elems, want)
	}
	for j, score := range c.Scores {
		if got := o.send("ZSCORE", c.Key, c.Elems[j]).(string); got != string(appendScore(nil, score)) {
			if f, err := parseScore([]byte(got)); err != nil || f != score {
				o.t.Errorf("key %d: score %s, want %v", i, got, score)
			}
		}
	}
}

// rewrite reads a file and writes it again without expiry, each element once.
func rewrite(t *testing.T, file []byte) []byte {
	var out bytes.Buffer
	e := NewEncoder(&out, Options{Compress: true, Checksum: true})
	e.Header()
	db := -1
	_, err := Decode(bytes.NewReader(file), Handler{Entry: func(entry *Entry) error {
		if entry.DB != db {
			db = entry.DB
			e.SelectDB(db)
		}
		if elem, found := entry.Value.Duplicate(); found {
			t.Fatalf("the file has %.40q twice in %s", elem, entry.Key)
		}
		return e.Append(func(dst []byte, s *Serializer) []byte {
			return appendValue(AppendKey(dst, s, Meta{}, entry.Value.Type, entry.Key), s, &entry.Value)
		})
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestStreamsAndFunctionsOfReal reads past what is not decoded in a real file.
func TestStreamsAndFunctionsOfReal(t *testing.T) {
	o := startOracle(t, "")
	o.do("SET before 1")
	for i := range 300 {
		o.send("XADD", "stream", "*", "field", i, "other", noise(50))
	}
	o.do("XGROUP CREATE stream g1 0")
	o.do("XGROUP CREATE stream g2 $")
	o.do("XREADGROUP GROUP g1 alice COUNT 20 STREAMS stream >")
	o.do("XREADGROUP GROUP g1 bob COUNT 5 STREAMS stream >")
	o.do("XDEL stream 1-1")
	o.send("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() return 1 end)")
	o.do("SET after 1")
	f := o.saved()
	if _, err := Decode(f, Handler{}); err == nil || !strings.Contains(err.Error(), "this node does not support") {
		t.Errorf("without Unsupported: %v", err)
	}
	var got []string
	f.Seek(0, 0)
	st, err := Decode(f, Handler{
		Entry:       func(e *Entry) error { got = append(got, string(e.Key)); return nil },
		Unsupported: func(u *UnsupportedError) error { got = append(got, u.What+" "+string(u.Key)); return nil },
	})
	slices.Sort(got)
	if want := []string{"after", "before", "function ", "stream stream"}; err != nil || !slices.Equal(got, want) || !st.Checksum {
		t.Errorf("%q, %+v, %v; want %q", got, st, err, want)
	}
	_, err = DecodeDump(o.dump("stream"))
	if err == nil || !strings.Contains(err.Error(), "RDB contains a stream") || strings.Contains(err.Error(), "database") {
		t.Errorf("RESTORE of a stream: %v", err)
	}
}
