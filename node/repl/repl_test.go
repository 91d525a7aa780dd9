package repl

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestBacklogAgainstWholeStream compares the ring with a stream of which nothing is ever lost.
func TestBacklogAgainstWholeStream(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 7, 64, 1000} {
		start := r.Int64N(5000) + 1
		b := NewBacklog(size, start)
		var whole []byte
		for range 500 {
			p := make([]byte, r.IntN(2*size))
			for i := range p {
				p[i] = byte(r.Uint32())
			}
			b.Append(p)
			whole = append(whole, p...)
			next := start + int64(len(whole))
			if first := max(start, next-int64(size)); b.First() != first || b.Len() != int(next-first) {
				t.Fatalf("size %d after %d bytes: first %d len %d, want %d %d", size, len(whole), b.First(), b.Len(), first, next-first)
			}
			offset := b.First() + r.Int64N(int64(b.Len())+1)
			if got, want := b.From(offset), whole[offset-start:]; !slices.Equal(got, want) {
				t.Fatalf("size %d: bytes from %d differ", size, offset)
			}
			if b.Has(b.First()-1) || b.Has(next+1) || !b.Has(next) {
				t.Fatalf("size %d: wrong bounds at %d", size, next)
			}
		}
	}
}

func TestBacklogResizeKeepsTheLastBytes(t *testing.T) {
	b := NewBacklog(16, 1)
	b.Append([]byte("0123456789abcdefXYZ"))
	small, large := b.Resize(4), b.Resize(64)
	if got := string(small.From(small.First())); got != "fXYZ" {
		t.Errorf("smaller ring holds %q", got)
	}
	if got := string(large.From(large.First())); got != "3456789abcdefXYZ" || large.First() != b.First() {
		t.Errorf("larger ring holds %q from %d", got, large.First())
	}
}

func TestHistoryRefusal(t *testing.T) {
	const a, b, c = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccccccccccccccccccccccc"
	h := NewHistory(a)
	ring := NewBacklog(100, 1)
	h.Offset = 150
	ring.Append(make([]byte, 150))
	h.Shift(b) // promoted at 150: a is good up to 151
	for _, x := range []struct {
		id     string
		offset int64
		ring   *Backlog
		want   string // part of the refusal, "" for none
	}{
		{b, 151, ring, ""},
		{strings.ToUpper(b), 100, ring, ""},
		{b, 51, ring, ""},
		{b, 50, ring, "lack of backlog"},
		{b, 152, ring, "lack of backlog"},
		{a, 151, ring, ""},
		{a, 152, ring, "second ID was 152, but I can reply up to 151"},
		{c, 100, ring, "Replication ID mismatch"},
		{"?", -1, ring, "Full resync requested"},
		{b, 151, nil, "lack of backlog"},
	} {
		got := h.Refusal(x.id, x.offset, x.ring)
		if (got == "") != (x.want == "") || !strings.Contains(got, x.want) {
			t.Errorf("%.3s… %d: %q, want %q", x.id, x.offset, got, x.want)
		}
	}
}

// TestHandshake plays recorded conversations: "<" is a reply of the master, ">" what the
// replica says then.
func TestHandshake(t *testing.T) {
	for _, c := range []struct {
		name string
		h    Handshake
		talk string
	}{
		{"plain", Handshake{Port: 7001}, "> PING < +PONG > REPLCONF listening-port 7001 > REPLCONF capa eof capa psync2 < +OK < +OK done"},
		{"password", Handshake{Port: 1, Password: "p"}, "> PING < -NOAUTH Authentication_required. > AUTH p > REPLCONF listening-port 1 > REPLCONF capa eof capa psync2 < +OK < +OK < +OK done"},
		{"user and address", Handshake{Port: 1, User: "u", Password: "p", IP: "127.0.0.9"},
			"> PING < +PONG > AUTH u p > REPLCONF listening-port 1 > REPLCONF ip-address 127.0.0.9 > REPLCONF capa eof capa psync2 < +OK < +OK < +OK < +OK done"},
		{"wrong password", Handshake{Password: "p"}, "> PING < +PONG > AUTH p > REPLCONF listening-port 0 > REPLCONF capa eof capa psync2 < -WRONGPASS error"},
		{"loading", Handshake{}, "> PING < -LOADING error"},
		{"old master", Handshake{}, "> PING < +PONG > REPLCONF listening-port 0 > REPLCONF capa eof capa psync2 < -ERR note < -ERR note done"},
	} {
		if got := play(&c.h, c.talk); got != c.talk {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.talk)
		}
	}
}

// play answers as the script says and writes down what happens.
func play(h *Handshake, script string) string {
	var out []string
	say := func(commands [][]string) {
		for _, words := range commands {
			out = append(out, "> "+strings.Join(words, " "))
		}
	}
	say(h.Begin())
	words := strings.Fields(script)
	for i, w := range words {
		if w != "<" {
			continue
		}
		reply := words[i+1]
		line := "< " + reply
		if reply == "-NOAUTH" {
			line += " " + words[i+2]
		}
		out = append(out, line)
		send, done, note, err := h.Step(reply)
		if err != nil {
			if !errors.Is(err, ErrRefused) {
				out = append(out, fmt.Sprint(err))
			}
			out = append(out, "error")
			break
		}
		say(send)
		if strings.Contains(note, "Non critical") {
			out = append(out, "note")
		}
		if done {
			out = append(out, "done")
		}
	}
	return strings.Join(out, " ")
}

func TestParseAnswer(t *testing.T) {
	id := strings.Repeat("f", 40)
	for line, want := range map[string]Answer{
		"+FULLRESYNC " + id + " 15": {Full, id, 15},
		"+FULLRESYNC short 15":      {Full, "", 0},
		"+CONTINUE":                 {Continue, "", 0},
		"+CONTINUE " + id:           {Continue, id, 0},
		"-NOMASTERLINK x":           {Retry, "", 0},
		"-LOADING x":                {Retry, "", 0},
		"-ERR unknown command":      {Unsupported, "", 0},
		"":                          {Unsupported, "", 0},
	} {
		if got := ParseAnswer(line); got != want {
			t.Errorf("%q: %+v, want %+v", line, got, want)
		}
	}
}
