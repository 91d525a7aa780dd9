package kit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redislab/exercises/kit/wire"
)

// Typed is what came of one typed line.
type Typed struct {
	Cmd   Cmd
	Reply string // as redis-cli prints it
}

// Type types lines at their nodes, one after the other, as a learner with one
// redis-cli a node would: connections stay open from line to line, and an error
// reply or a refused connection is a result, not a failure.
func (r *Run) Type(ctx context.Context, cmds ...Cmd) ([]Typed, error) {
	var out []Typed
	for _, c := range cmds {
		c.Line = r.Expand(c.Line)
		if u := Unfilled(c.Line); u != "" {
			return out, fmt.Errorf("%s> %s: nothing known for %s", c.Node, c.Line, u)
		}
		reply, err := r.typeOne(ctx, c)
		if err != nil {
			return out, fmt.Errorf("%s> %s: %w", c.Node, c.Line, err)
		}
		t := Typed{Cmd: c, Reply: reply}
		out = append(out, t)
		r.tell(Progress{Kind: TypedLine, Step: r.stepName(), Typed: &t})
	}
	return out, nil
}

func (r *Run) typeOne(ctx context.Context, c Cmd) (string, error) {
	if c.Node == LabNode {
		return LabLine(ctx, r.Lab, c.Line)
	}
	args, err := SplitLine(c.Line)
	if err != nil {
		return "", err
	}
	if _, err := r.Node(c.Node); err != nil { // a mistake of the lesson's, unlike a node that refuses
		return "", err
	}
	v, err := r.console(ctx, c.Node, args)
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return err.Error(), nil
	}
	return v.String(), nil
}

// typingTimeout bounds one typed line, so that a frozen node is a result too.
const typingTimeout = 5 * time.Second

func (r *Run) console(ctx context.Context, id string, args []string) (wire.Value, error) {
	for attempt := 0; ; attempt++ {
		c, fresh, err := r.consoleConn(ctx, id)
		if err != nil {
			return wire.Value{}, err
		}
		v, err := c.DoWithin(typingTimeout, args...)
		if err == nil {
			return v, nil
		}
		r.dropConsole(id)
		if fresh || attempt > 0 {
			return v, err
		}
	}
}

func (r *Run) consoleConn(ctx context.Context, id string) (c *wire.Conn, fresh bool, err error) {
	r.mu.Lock()
	c = r.consoles[id]
	r.mu.Unlock()
	if c != nil {
		return c, false, nil
	}
	// The connection outlives this line: it ends with the run, not with ctx.
	c, err = r.Wire(context.WithoutCancel(ctx), id)
	if err != nil {
		return nil, true, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.consoles == nil {
		r.consoles = map[string]*wire.Conn{}
	}
	r.consoles[id] = c
	return c, true, nil
}

func (r *Run) dropConsole(id string) {
	r.mu.Lock()
	c := r.consoles[id]
	delete(r.consoles, id)
	r.mu.Unlock()
	if c != nil {
		_ = c.Close()
	}
}

// SplitLine splits a typed line into words the way redis-cli does: "double" and
// 'single' quotes, with \n, \t, \xHH and the like inside double quotes.
func SplitLine(line string) ([]string, error) {
	var args []string
	for i := 0; ; {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
		if i >= len(line) {
			break
		}
		word, n, err := splitWord(line[i:])
		if err != nil {
			return nil, err
		}
		args = append(args, word)
		i += n
	}
	if len(args) == 0 {
		return nil, errors.New("empty command")
	}
	return args, nil
}

var errQuotes = errors.New("invalid argument(s): unbalanced quotes")

func splitWord(s string) (word string, n int, err error) {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == '"' && c == '\\' && i+1 < len(s):
			i += unescape(&b, s[i+1:])
		case quote == '\'' && c == '\\' && i+1 < len(s) && s[i+1] == '\'':
			b.WriteByte('\'')
			i++
		case quote != 0 && c == quote:
			if i+1 < len(s) && s[i+1] != ' ' && s[i+1] != '\t' {
				return "", 0, errQuotes
			}
			return b.String(), i + 1, nil
		case quote != 0:
			b.WriteByte(c)
		case c == '"' || c == '\'':
			quote = c
		case c == ' ' || c == '\t':
			return b.String(), i, nil
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", 0, errQuotes
	}
	return b.String(), len(s), nil
}

// unescape writes the character that s (what follows a backslash) stands for
// and returns how many bytes of s it took.
func unescape(b *strings.Builder, s string) int {
	if len(s) >= 3 && s[0] == 'x' {
		var v byte
		if _, err := fmt.Sscanf(s[1:3], "%02x", &v); err == nil {
			b.WriteByte(v)
			return 3
		}
	}
	if i := strings.IndexByte("nrtba", s[0]); i >= 0 {
		b.WriteByte("\n\r\t\b\a"[i])
		return 1
	}
	b.WriteByte(s[0])
	return 1
}
