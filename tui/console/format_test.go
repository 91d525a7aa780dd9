package console

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The wanted texts are what redis-cli 7.0.15 --no-raw prints for these replies.
func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, wire, want string }{
		{"status", "+OK\r\n", "OK\n"},
		{"error", "-READONLY You can't write against a read only replica.\r\n", "(error) READONLY You can't write against a read only replica.\n"},
		{"integer", ":12345\r\n", "(integer) 12345\n"},
		{"string", "$11\r\nHello World\r\n", "\"Hello World\"\n"},
		{"nil", "$-1\r\n", "(nil)\n"},
		{"nil array", "*-1\r\n", "(nil)\n"},
		{"resp3 nil", "_\r\n", "(nil)\n"},
		{"empty array", "*0\r\n", "(empty array)\n"},
		{"empty hash", "%0\r\n", "(empty hash)\n"},
		{"empty set", "~0\r\n", "(empty set)\n"},
		{"escapes", "$12\r\na\"b\\\n\r\t\a\b\x01\xe4z\r\n", "\"a\\\"b\\\\\\n\\r\\t\\a\\b\\x01\\xe4z\"\n"},
		{"array", "*3\r\n:0\r\n:1\r\n:2\r\n", "1) (integer) 0\n2) (integer) 1\n3) (integer) 2\n"},
		{"set", "~2\r\n:0\r\n:1\r\n", "1~ (integer) 0\n2~ (integer) 1\n"},
		{"map", "%2\r\n:0\r\n#f\r\n:1\r\n#t\r\n", "1# (integer) 0 => (false)\n2# (integer) 1 => (true)\n"},
		{"double", ",3.141\r\n", "(double) 3.141\n"},
		{"verbatim", "=29\r\ntxt:This is a verbatim\nstring\r\n", "This is a verbatim\nstring\n"},
		{"attribute is dropped", "|1\r\n+key\r\n+value\r\n$2\r\nok\r\n", "\"ok\"\n"},
		{"nested", "*2\r\n*2\r\n+a\r\n*1\r\n:1\r\n$1\r\nb\r\n", "1) 1) a\n   2) 1) (integer) 1\n2) \"b\"\n"},
		{"wide indexes", "*10\r\n" + strings.Repeat("*1\r\n:7\r\n", 10), " 1) 1) (integer) 7\n" + rows(2, 10)},
	} {
		r, err := ReadReply(bufio.NewReader(strings.NewReader(c.wire)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, Format(r)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func rows(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		if i < 10 {
			b.WriteString(" ")
		}
		b.WriteString(map[bool]string{true: "10", false: string(rune('0' + i))}[i == 10] + ") 1) (integer) 7\n")
	}
	return b.String()
}

func TestMalformedReplies(t *testing.T) {
	for _, wire := range []string{
		"\r\n", "hello\r\n", "$x\r\n", "$-2\r\n", "*-5\r\n", "*x\r\n", "$99999999999\r\n", "+no carriage return\n",
		strings.Repeat("*1\r\n", 100) + ":1\r\n",
	} {
		if _, err := ReadReply(bufio.NewReader(strings.NewReader(wire))); !errors.Is(err, errMalformed) {
			t.Errorf("%q: error %v, want %v", wire, err, errMalformed)
		}
	}
	if _, err := ReadReply(bufio.NewReader(strings.NewReader("$10\r\nabc"))); err == nil {
		t.Error("a bulk that ends early is read without an error")
	}
}

func TestHistory(t *testing.T) {
	var h History
	for _, l := range []string{"GET a", "GET b", "GET b"} {
		h.Add(l)
	}
	steps := []struct{ got, want string }{
		{h.Back("draft"), "GET b"}, {h.Back("GET b"), "GET a"}, {h.Back("GET a"), "GET a"},
		{h.Forward("GET a"), "GET b"}, {h.Forward("GET b"), "draft"}, {h.Forward("draft"), "draft"},
	}
	for i, s := range steps {
		if s.got != s.want {
			t.Errorf("step %d: %q, want %q", i, s.got, s.want)
		}
	}
}

func TestPrintableKeepsTheTerminalSafe(t *testing.T) {
	got := printable("a\x1b[31mred\x07\r\nb\tc\x7f\xff中")
	if want := "a·[31mred·\nb c··中"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
