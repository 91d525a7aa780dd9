package wire

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// script is the other end of a connection: it sends text and swallows what comes.
func script(t *testing.T, text string) *Conn {
	t.Helper()
	here, there := net.Pipe()
	done := make(chan struct{}, 2)
	go func() { _, _ = io.WriteString(there, text); done <- struct{}{} }()
	go func() { _, _ = io.Copy(io.Discard, there); done <- struct{}{} }()
	c, err := Dial(t.Context(), func(context.Context, string, string) (net.Conn, error) { return here, nil }, "x:1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Close()
		_ = there.Close()
		<-done
		<-done
	})
	return c
}

func TestRepliesLookAsInRedisCli(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"+OK\r\n", "OK"},
		{"-ERR no\r\n", "(error) ERR no"},
		{":7\r\n", "(integer) 7"},
		{"$-1\r\n", "(nil)"},
		{"$6\r\na\"b\r\n\x01\r\n", `"a\"b\r\n\x01"`},
		{"*0\r\n", "(empty array)"},
		{"*2\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n", "1) \"a\"\n2) 1) (integer) 1\n   2) (nil)"},
	}
	for _, tt := range tests {
		v, err := script(t, tt.raw).Read()
		if err != nil || v.String() != tt.want {
			t.Errorf("%q reads %q, %v; want %q", tt.raw, v.String(), err, tt.want)
		}
	}
	for _, bad := range []string{"?\r\n", "\r\n", "$x\r\n", "*x\r\n", ":x\r\n"} {
		if v, err := script(t, bad).Read(); err == nil {
			t.Errorf("%q reads %v without an error", bad, v)
		}
	}
}

func TestSizeIsThatOnTheWire(t *testing.T) {
	if got := Size("SET", "name", "king"); got != 33 {
		t.Errorf("SET name king is %d bytes, want 33", got)
	}
	if got := string(Encode("GET", "")); got != "*2\r\n$3\r\nGET\r\n$0\r\n\r\n" {
		t.Errorf("Encode gives %q", got)
	}
}

func TestPSyncReplies(t *testing.T) {
	id := strings.Repeat("a", 40)
	tests := []struct {
		raw  string
		want PSyncReply
		bad  bool
	}{
		{raw: "+FULLRESYNC " + id + " 17\r\n", want: PSyncReply{Full: true, ID: id, Offset: 17}},
		{raw: "\n\n+CONTINUE " + id + "\r\n", want: PSyncReply{ID: id}},
		{raw: "+CONTINUE\r\n", want: PSyncReply{}},
		{raw: "-NOMASTERLINK no\r\n", want: PSyncReply{Err: ReplyError("NOMASTERLINK no")}},
		{raw: "+FULLRESYNC " + id + " x\r\n", bad: true},
		{raw: "+HELLO\r\n", bad: true},
	}
	for _, tt := range tests {
		got, err := script(t, tt.raw).PSync("?", -1)
		if (err != nil) != tt.bad {
			t.Errorf("%q: error %v, want one: %v", tt.raw, err, tt.bad)
			continue
		}
		if tt.bad {
			continue
		}
		tt.want.Line = strings.Trim(tt.raw, "\r\n")
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%q: %s", tt.raw, d)
		}
	}
}

func TestSnapshotAndStream(t *testing.T) {
	mark := strings.Repeat("m", 40)
	for _, tt := range []struct {
		raw      string
		diskless bool
	}{
		{"\n$5\r\nREDIS", false},
		{"$EOF:" + mark + "\r\nREDIS" + mark, true},
	} {
		c := script(t, tt.raw+"\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n")
		s, err := c.ReadSnapshot()
		if err != nil || string(s.Data) != "REDIS" || s.Diskless != tt.diskless {
			t.Errorf("%q: snapshot %q, %v, %v", tt.raw, s.Data, s.Diskless, err)
		}
		args, n, err := c.ReadCommand()
		if err != nil || n != 23 || !cmp.Equal(args, []string{"SELECT", "0"}) {
			t.Errorf("%q: command %q of %d bytes, %v", tt.raw, args, n, err)
		}
	}
}
