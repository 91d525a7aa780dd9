package repl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Handshake is what a replica says to its master before it asks for the stream. It is fed
// the master's replies one line at a time and gives the commands to send. Like Redis since
// 7.0 it waits for the answer to PING, then sends everything else at once.
type Handshake struct {
	Port     int    // announced listening port
	IP       string // announced address, "" for none
	User     string // masteruser
	Password string // masterauth, "" for none

	expect []string // the replies still to come, by command
}

// ErrRefused is wrapped by errors that tell that the master answered with an error.
var ErrRefused = errors.New("the master refused")

// Begin gives the first command.
func (h *Handshake) Begin() [][]string {
	h.expect = []string{"PING"}
	return [][]string{{"PING"}}
}

// Step takes the next reply (a line without CR LF). done is true when it is time for PSYNC; note
// is a remark for the log.
func (h *Handshake) Step(line string) (send [][]string, done bool, note string, err error) {
	if len(h.expect) == 0 {
		return nil, true, "", errors.New("repl: a reply nobody waits for: " + strconv.Quote(line))
	}
	what := h.expect[0]
	h.expect = h.expect[1:]
	failed := strings.HasPrefix(line, "-")
	switch what {
	case "PING":
		if failed && !strings.HasPrefix(line, "-NOAUTH") && !strings.HasPrefix(line, "-NOPERM") && !strings.HasPrefix(line, "-ERR operation not permitted") {
			return nil, false, "", fmt.Errorf("%w: Error reply to PING from master: '%s'", ErrRefused, line)
		}
		send = h.rest()
		return send, false, "Master replied to PING, replication can continue...", nil
	case "AUTH":
		if failed {
			return nil, false, "", fmt.Errorf("%w: Unable to AUTH to MASTER: %s", ErrRefused, line)
		}
	default:
		if failed {
			note = fmt.Sprintf("(Non critical) Master does not understand %s: %s", what, line)
		}
	}
	return nil, len(h.expect) == 0, note, nil
}

func (h *Handshake) rest() (send [][]string) {
	add := func(what string, words ...string) {
		send = append(send, words)
		h.expect = append(h.expect, what)
	}
	switch {
	case h.User != "" && h.Password != "":
		add("AUTH", "AUTH", h.User, h.Password)
	case h.Password != "":
		add("AUTH", "AUTH", h.Password)
	}
	add("REPLCONF listening-port", "REPLCONF", "listening-port", strconv.Itoa(h.Port))
	if h.IP != "" {
		add("REPLCONF ip-address", "REPLCONF", "ip-address", h.IP)
	}
	add("REPLCONF capa", "REPLCONF", "capa", "eof", "capa", "psync2")
	return send
}

// Verdict is the kind of a master's answer to PSYNC.
type Verdict int

// The answers to PSYNC.
const (
	Full        Verdict = iota // +FULLRESYNC id offset
	Continue                   // +CONTINUE [id]
	Retry                      // the master cannot serve now (-NOMASTERLINK, -LOADING)
	Unsupported                // any other error: ask with SYNC
)

// Answer is a parsed answer to PSYNC.
type Answer struct {
	Verdict Verdict
	ID      string // of Full; of Continue when the master has a new one
	Offset  int64  // of Full
}

// ParseAnswer reads the line that answers PSYNC. A +FULLRESYNC without a proper ID gives an
// empty ID: the sync goes on, but cannot be continued later.
func ParseAnswer(line string) Answer {
	words := strings.Fields(line)
	switch {
	case len(words) > 0 && words[0] == "+FULLRESYNC":
		a := Answer{Verdict: Full}
		if len(words) == 3 && len(words[1]) == len(NoID) {
			if offset, err := strconv.ParseInt(words[2], 10, 64); err == nil {
				a.ID, a.Offset = words[1], offset
			}
		}
		return a
	case len(words) > 0 && words[0] == "+CONTINUE":
		a := Answer{Verdict: Continue}
		if len(words) > 1 && len(words[1]) == len(NoID) {
			a.ID = words[1]
		}
		return a
	case strings.HasPrefix(line, "-NOMASTERLINK"), strings.HasPrefix(line, "-LOADING"):
		return Answer{Verdict: Retry}
	}
	return Answer{Verdict: Unsupported}
}
