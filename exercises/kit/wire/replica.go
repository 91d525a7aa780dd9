package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// PSyncReply is a master's answer to PSYNC.
type PSyncReply struct {
	Line   string // as it came, with its first byte
	Full   bool
	ID     string // of FULLRESYNC, and of CONTINUE when it carries one
	Offset int64  // of FULLRESYNC
	Err    error  // the master's error reply
}

// Introduce goes through what a replica says before PSYNC.
func (c *Conn) Introduce(port int) error {
	steps := [][]string{
		{"PING"},
		{"REPLCONF", "listening-port", strconv.Itoa(port)},
		{"REPLCONF", "capa", "eof", "capa", "psync2"},
	}
	for _, s := range steps {
		v, err := c.Do(s...)
		if err == nil {
			err = v.Err()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s[0], err)
		}
	}
	return nil
}

// PSync asks for a resynchronisation from the byte at offset; ("?", -1) asks
// for everything.
func (c *Conn) PSync(id string, offset int64) (PSyncReply, error) {
	if err := c.Send("PSYNC", id, strconv.FormatInt(offset, 10)); err != nil {
		return PSyncReply{}, err
	}
	line, err := c.lineAfterKeepalives()
	if err != nil {
		return PSyncReply{}, fmt.Errorf("PSYNC reply: %w", err)
	}
	rep := PSyncReply{Line: line}
	f := strings.Fields(line)
	switch {
	case line[0] == '-':
		rep.Err = ReplyError(line[1:])
	case f[0] == "+FULLRESYNC" && len(f) == 3:
		rep.Full, rep.ID = true, f[1]
		rep.Offset, err = strconv.ParseInt(f[2], 10, 64)
	case f[0] == "+CONTINUE" && len(f) <= 2:
		if len(f) == 2 {
			rep.ID = f[1]
		}
	default:
		err = fmt.Errorf("PSYNC reply: unexpected line %q", line)
	}
	return rep, err
}

// lineAfterKeepalives skips the bare newlines that a master sends while it
// prepares a snapshot.
func (c *Conn) lineAfterKeepalives() (string, error) {
	for {
		line, err := c.line()
		if err != nil || line != "" {
			return line, err
		}
	}
}

// Snapshot is an RDB payload as it came.
type Snapshot struct {
	Data     []byte
	Diskless bool // sent with an end mark instead of a length
}

// ReadSnapshot reads the RDB that follows +FULLRESYNC.
func (c *Conn) ReadSnapshot() (Snapshot, error) {
	line, err := c.lineAfterKeepalives()
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot: %w", err)
	}
	if line[0] != '$' {
		return Snapshot{}, fmt.Errorf("snapshot: unexpected line %q", line)
	}
	if mark, ok := strings.CutPrefix(line, "$EOF:"); ok {
		data, err := c.readUntil([]byte(mark))
		return Snapshot{Data: data, Diskless: true}, err
	}
	n, err := strconv.Atoi(line[1:])
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot: length %q", line)
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(c.br, data); err != nil {
		return Snapshot{}, fmt.Errorf("snapshot: %w", err)
	}
	return Snapshot{Data: data}, nil
}

func (c *Conn) readUntil(mark []byte) ([]byte, error) {
	var data []byte
	for !bytes.HasSuffix(data, mark) {
		b, err := c.br.ReadByte()
		if err != nil {
			return data, fmt.Errorf("snapshot: %w", err)
		}
		data = append(data, b)
	}
	return data[:len(data)-len(mark)], nil
}

// ReadCommand reads the next command of the stream, with its size on the wire.
func (c *Conn) ReadCommand() (args []string, size int64, err error) {
	for {
		b, err := c.br.Peek(1)
		if err != nil {
			return nil, 0, fmt.Errorf("command stream: %w", err)
		}
		if b[0] != '\n' {
			break
		}
		_, _ = c.br.Discard(1)
	}
	from := c.Consumed()
	v, err := c.Read()
	if err != nil {
		return nil, 0, fmt.Errorf("command stream: %w", err)
	}
	return v.Strings(), c.Consumed() - from, nil
}

// Ack tells the master how far this replica has come.
func (c *Conn) Ack(offset int64) error {
	return c.Send("REPLCONF", "ACK", strconv.FormatInt(offset, 10))
}

// ackEvery is how often AwaitStream repeats itself: often, as a master that is
// still busy with the end of the snapshot takes no notice of an acknowledgement.
const ackEvery = 100 * time.Millisecond

// AwaitStream acknowledges the snapshot, again and again, until the command
// stream begins. A diskless master sends nothing before that.
func (c *Conn) AwaitStream(offset int64) error {
	whole := c.ctx
	defer func() { c.ctx = whole }()
	for end := c.deadline(); ; {
		if err := c.Ack(offset); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(whole, ackEvery)
		c.ctx = ctx
		_, err := c.br.Peek(1)
		cancel()
		c.ctx = whole
		var late net.Error
		if err == nil || !errors.As(err, &late) || !late.Timeout() || !time.Now().Before(end) {
			if err != nil {
				err = fmt.Errorf("command stream: %w", err)
			}
			return err
		}
	}
}
