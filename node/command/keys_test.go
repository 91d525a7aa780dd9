package command

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	table := newTable(t, everything())
	for _, test := range []struct {
		line string
		want string // key:flags, …
	}{
		{"GET k", "k:RO,access"},
		{"ping", ""},
		{"config get x", ""},
		{"mset a 1 b 2", "a:OW,update b:OW,update"},
		{"mset a 1 b", "a:OW,update b:OW,update"},
		{"del a b c", "a:RM,delete b:RM,delete c:RM,delete"},
		{"set k v", "k:OW,update"},
		{"set k v EX 1 GeT", "k:RW,access,update"},
		{"set k get", "k:OW,update"},
		{"bitfield k get u8 0 get u8 8", "k:RO,access"},
		{"bitfield k get u8 0 overflow wrap set u8 0 1", "k:RW,access,update"},
		{"bitop and d a b", "d:OW,update a:RO,access b:RO,access"},
		{"blpop a b 0", "a:RW,access,delete b:RW,access,delete"},
		{"zunionstore d 2 a b weights 1 2", "d:OW,update a:RO,access b:RO,access"},
		{"zunionstore d 9 a b", ""},
		{"zunion 2x a b", "a: b:"},
		{"zunion 0 a", ""},
		{"lmpop 1 a left", "a:RW,access,delete"},
		{"blmpop 0 2 a b left", "a:RW,access,delete b:RW,access,delete"},
		{"sort k by store get store limit store 1 store d", "k:RO,access d:OW,update"},
		{"sort k store a store b", "k:RO,access b:OW,update"},
		{"sort_ro k store a", "k:RO,access"},
		{"migrate h 1 k 0 1", "k:RW,access,delete"},
		{"migrate h 1 - 0 1 keys a b", ""},
		{"migrate h 1 '' 0 1 auth keys keys a b", "a:RW,access,delete b:RW,access,delete"},
		{"xread count 1 streams a b 0 0", "a:RO,access b:RO,access"},
		{"georadius k 1 2 3 m store s", "k:RO,access s:OW,update"},
		{"object encoding k", "k:RO"},
		{"ssubscribe a b", ""},
		{"publish a b", ""},
		{"eval s 1 k a", "k:RW,access,update"},
		{"eval s 0 a", ""},
	} {
		argv := words(strings.Fields(test.line)...)
		for i := range argv {
			if string(argv[i]) == "''" {
				argv[i] = nil
			}
		}
		spec, outcome := table.Lookup(argv)
		if outcome != Found {
			t.Fatalf("%s: %s", test.line, outcome.Error(spec, argv))
		}
		keys, err := spec.Keys(argv)
		var got []string
		for _, k := range keys {
			got = append(got, string(argv[k.Pos])+":"+strings.Join(flagWords(k.Flags), ","))
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: keys %q (error %v), want %q", test.line, s, err, test.want)
		}
	}
}

func flagWords(flags KeyFlags) []string {
	var list []string
	for i, name := range keyFlagNames {
		if flags&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return list
}

// keyWords are words that mean something to one of the ways to find keys.
var keyWords = []string{
	"", "a", "b", "k", "0", "1", "1", "2", "2", "3", "9", "-1", "2x", "+1", " 1", "01", "-0", "99999999999999999999", "4294967297", "4294967297x", "-4294967295", "\v2",
	"keys", "KEYS", "store", "StoreDist", "get", "by", "limit", "streams", "block", "count", "group", "noack", "auth", "auth2",
	"copy", "replace", "set", "incrby", "overflow", "wrap", "u8", "left", "m", "help",
}

// Random words in the places of arguments: our keys and Redis's are the same.
func TestKeysEqualRedis(t *testing.T) {
	p := startPeer(t)
	table := newTable(t, everything())
	r := rand.New(rand.NewPCG(7, 0))
	var commands [][]string
	for _, full := range fullNames(table, false) {
		spec := table.Find(full)
		tries := 4
		if spec.HasKeys() {
			tries = 40
		}
		for range tries {
			argv := append([]string{"COMMAND", "GETKEYSANDFLAGS"}, strings.Split(full, "|")...)
			n := max(spec.Arity, -spec.Arity) + r.IntN(9) - 1
			for len(argv)-2 < n {
				argv = append(argv, keyWords[r.IntN(len(keyWords))])
			}
			commands = append(commands, argv)
		}
	}
	for i, want := range p.do(commands...) {
		same(t, strings.Join(commands[i], " "), want, run(t, table, 2, commands[i]...))
	}
}

func FuzzKeys(f *testing.F) {
	for _, seed := range []string{"get k", "migrate h 1  0 1 keys a", "zunionstore d 2 a b", "sort k store d", "xread streams a 0", "georadius k 1 2 3 m store d"} {
		f.Add(seed)
	}
	table := newTable(f, everything())
	f.Fuzz(func(t *testing.T, line string) {
		argv := words(strings.Split(line, " ")...)
		spec, outcome := table.Lookup(argv)
		if outcome != Found {
			if text := outcome.Error(spec, argv); !strings.HasPrefix(text, "ERR ") {
				t.Fatalf("error %q", text)
			}
			return
		}
		keys, err := spec.Keys(argv)
		if err != nil && len(keys) != 0 {
			t.Fatalf("keys with an error: %v, %v", keys, err)
		}
		for _, k := range keys {
			if k.Pos < 1 || k.Pos >= len(argv) {
				t.Fatalf("key at %d of %d words", k.Pos, len(argv))
			}
		}
	})
}
