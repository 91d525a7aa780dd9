package sentinel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"

	"redislab/exercises/kit"
)

// pretender is a server that is no Redis: it answers a sentinel, and PING always with the same words.
type pretender struct {
	reply string // to PING, as on the wire; "" for none

	mu    sync.Mutex
	asked map[string]int // by command, in capitals
}

// pretend starts one, which ends with the lesson, and gives its address.
func pretend(r *kit.Run, id, reply string) (*pretender, string, error) {
	ln, err := r.Lab.Listen(id)
	if err != nil {
		return nil, "", err
	}
	p := &pretender{reply: reply, asked: map[string]int{}}
	r.Background(func(life context.Context) {
		stop := context.AfterFunc(life, func() { _ = ln.Close() })
		defer stop()
		var open sync.WaitGroup
		defer open.Wait()
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			open.Go(func() { p.serve(life, c) })
		}
	})
	return p, ln.Addr().String(), nil
}

func (p *pretender) serve(life context.Context, c net.Conn) {
	stop := context.AfterFunc(life, func() { _ = c.Close() })
	defer stop()
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		args, err := readCommand(in)
		if err != nil {
			return
		}
		if _, err := io.WriteString(c, p.answer(args)); err != nil {
			return
		}
	}
}

// answer is what a sentinel needs to take it for a master, and the one reply that matters.
func (p *pretender) answer(args []string) string {
	name := strings.ToUpper(strings.Join(args[:min(2, len(args))], " "))
	p.mu.Lock()
	p.asked[name]++
	p.mu.Unlock()
	switch strings.ToUpper(args[0]) {
	case "PING":
		return p.reply
	case "INFO":
		info := "run_id:" + strings.Repeat("f", 40) + "\r\nrole:master\r\n"
		return fmt.Sprintf("$%d\r\n%s\r\n", len(info), info)
	case "SUBSCRIBE":
		return fmt.Sprintf("*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:1\r\n", len(args[1]), args[1])
	case "PUBLISH":
		return ":1\r\n"
	}
	return "+OK\r\n"
}

// times is how often it was sent a command.
func (p *pretender) times(command string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[command]
}

// readCommand reads an array of bulk strings.
func readCommand(in *bufio.Reader) ([]string, error) {
	n, err := readCount(in, '*')
	if err != nil || n < 1 {
		return nil, fmt.Errorf("a command of %d words: %w", n, err)
	}
	var args []string
	for range n {
		size, err := readCount(in, '$')
		if err != nil {
			return nil, err
		}
		buf := make([]byte, size+2)
		if _, err := io.ReadFull(in, buf); err != nil {
			return nil, err
		}
		args = append(args, string(buf[:size]))
	}
	return args, nil
}

func readCount(in *bufio.Reader, kind byte) (int, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	if line[0] != kind {
		return 0, fmt.Errorf("%q does not begin with %c", line, kind)
	}
	n, err := strconv.Atoi(strings.TrimSpace(line[1:]))
	if err == nil && (n < 0 || n > 1<<20) {
		err = fmt.Errorf("a count of %d", n)
	}
	return n, err
}
