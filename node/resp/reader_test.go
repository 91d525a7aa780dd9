package resp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func texts(args [][]byte) []string {
	out := []string{}
	for _, a := range args {
		out = append(out, string(a))
	}
	return out
}

func TestReaderCommands(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
		used int
	}{
		{"*1\r\n$4\r\nPING\r\n", []string{"PING"}, 14},
		{"*2\r\n$3\r\nGET\r\n$0\r\n\r\n*1\r\n", []string{"GET", ""}, 19},
		{"PING\r\n", []string{"PING"}, 6},
		{"PING\nrest", []string{"PING"}, 5},
		{"set k \"a b\\x41\\n\" 'it\\'s'\r\n", []string{"set", "k", "a bA\n", "it's"}, 27},
		{"\r\n", []string{}, 2},
		{"*0\r\n", []string{}, 4},
		{"*-1\r\n", []string{}, 5},
		{"", []string{}, 0},
		{"PIN", []string{}, 0},
		{"PI\x00NG\r\n", []string{}, 0},
		{"*2\r\n$3\r\nGET\r\n$3\r\nab", []string{}, 0},
	} {
		r := Reader{Limits: DefaultLimits()}
		args, used, err := r.Next([]byte(c.in))
		if err != nil || used != c.used || !slices.Equal(texts(args), c.want) {
			t.Errorf("%q: got %q, %d, %v; want %q, %d", c.in, texts(args), used, err, c.want, c.used)
		}
	}
}

func TestReaderErrors(t *testing.T) {
	strict := DefaultLimits()
	strict.Authenticated = false
	for _, c := range []struct {
		in, want string
		limits   Limits
	}{
		{"*a\r\n", "invalid multibulk length", DefaultLimits()},
		{"*2147483648\r\n", "invalid multibulk length", DefaultLimits()},
		{"*1\r\n+OK\r\n", "expected '$', got '+'", DefaultLimits()},
		{"*1\r\n$-1\r\n", "invalid bulk length", DefaultLimits()},
		{"*1\r\n$abc\r\n", "invalid bulk length", DefaultLimits()},
		{"*1\r\n$536870913\r\n", "invalid bulk length", DefaultLimits()},
		{"set k \"a\r\n", "unbalanced quotes in request", DefaultLimits()},
		{strings.Repeat("a", 65537), "too big inline request", DefaultLimits()},
		{"*" + strings.Repeat("1", 65537), "too big mbulk count string", DefaultLimits()},
		{"*" + strings.Repeat("1", 65537) + "\r\n", "invalid multibulk length", DefaultLimits()},
		{"*01\r\n$4\r\nPING\r\n", "invalid multibulk length", DefaultLimits()},
		{"*-0\r\n", "invalid multibulk length", DefaultLimits()},
		{"*1\r\n$04\r\nPING\r\n", "invalid bulk length", DefaultLimits()},
		{"*1\r\n$" + strings.Repeat(" ", 65537), "too big bulk count string", DefaultLimits()},
		{"*11\r\n", "unauthenticated multibulk length", strict},
		{"*1\r\n$16385\r\n", "unauthenticated bulk length", strict},
	} {
		r := Reader{Limits: c.limits}
		_, _, err := r.Next([]byte(c.in))
		if !errors.Is(err, ErrProtocol) || err.Error() != "Protocol error: "+c.want {
			t.Errorf("%.20q: got %v, want %s", c.in, err, c.want)
		}
	}
}

// TestReaderInPieces feeds every split of a stream and wants the same commands.
func TestReaderInPieces(t *testing.T) {
	stream := "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n*1\r\n$4\r\nPING\r\nECHO x\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
	want := "[SET k hello][PING][ECHO x][GET k]"
	for size := 1; size <= len(stream); size++ {
		r := Reader{Limits: DefaultLimits()}
		var buf []byte
		got := ""
		for at := 0; at < len(stream); at += size {
			buf = append(buf, stream[at:min(at+size, len(stream))]...)
			for {
				args, used, err := r.Next(buf)
				if err != nil {
					t.Fatalf("pieces of %d: %v", size, err)
				}
				if used == 0 {
					break
				}
				got += fmt.Sprint(texts(args))
				buf = slices.Clone(buf[used:])
			}
		}
		if got != want {
			t.Errorf("pieces of %d: got %s, want %s", size, got, want)
		}
	}
}

// TestReaderLargeCommand has a command of many arguments arrive in small pieces: what was read
// must not be read again each time.
func TestReaderLargeCommand(t *testing.T) {
	const args = 200_000
	var stream []byte
	stream = fmt.Appendf(stream, "*%d\r\n", args)
	for range args {
		stream = append(stream, "$1\r\nx\r\n"...)
	}
	r := Reader{Limits: DefaultLimits()}
	for at := 1000; ; at += 1000 {
		got, used, err := r.Next(stream[:min(at, len(stream))])
		if err != nil {
			t.Fatal(err)
		}
		if used == len(stream) {
			if len(got) != args {
				t.Fatalf("got %d arguments", len(got))
			}
			return
		}
		if at > len(stream) {
			t.Fatal("the command never became whole")
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range []string{"*1\r\n$4\r\nPING\r\n", "PING\r\n", "*2\r\n$3\r\nGET\r\n$0\r\n\r\n", "*-1\r\n", "set \"a\" 'b'\r\n"} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		whole := Reader{Limits: DefaultLimits()}
		args, used, err := whole.Next(data)
		want := texts(args)
		if used > len(data) {
			t.Fatalf("used %d of %d bytes", used, len(data))
		}
		if size <= 0 || err != nil {
			return
		}
		pieces := Reader{Limits: DefaultLimits()}
		for at := size % (len(data) + 1); ; at += size {
			got, n, err := pieces.Next(data[:min(at, len(data))])
			if n > 0 {
				if n != used || !slices.Equal(texts(got), want) {
					t.Fatalf("in pieces: %q, %d; at once: %q, %d", texts(got), n, want, used)
				}
				return
			}
			if at >= len(data) || size > len(data) {
				if err == nil && used > 0 && at >= len(data) {
					t.Fatalf("at once a command of %d bytes, in pieces none", used)
				}
				return
			}
		}
	})
}

func BenchmarkReaderSet(b *testing.B) {
	in := []byte("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n$3\r\nabc\r\n")
	r := Reader{Limits: DefaultLimits()}
	for b.Loop() {
		_, _, _ = r.Next(in)
	}
}
