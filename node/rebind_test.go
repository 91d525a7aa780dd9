package node

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/freeport"
)

// askAddr sends one inline command to an address and returns the first line of the reply.
func askAddr(addr, line string) (string, error) {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return "", err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := fmt.Fprintf(c, "%s\r\n", line); err != nil {
		return "", err
	}
	reply, err := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(reply), err
}

func TestConfigSetBindOpensAndClosesListeners(t *testing.T) {
	port := strconv.Itoa(freeport.For(t))
	n, err := Start(t.Context(), Config{
		Args: []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--logfile", t.TempDir() + "/log"}, WorkDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.Stop(context.Background()) }()
	first, second := "127.0.0.1:"+port, "127.0.0.2:"+port
	steps := []struct{ line, reply, second string }{
		{"PING", "+PONG", ""},
		{`CONFIG SET bind "127.0.0.1 127.0.0.2"`, "+OK", "+PONG"},
		{`CONFIG SET bind "127.0.0.1 10.255.255.1"`,
			"-ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to specified addresses.", "+PONG"},
		{`CONFIG SET bind "127.0.0.1"`, "+OK", ""},
	}
	for _, s := range steps {
		if got, err := askAddr(first, s.line); got != s.reply {
			t.Errorf("%s: %q, %v; want %q", s.line, got, err, s.reply)
		}
		if got, _ := askAddr(second, "PING"); got != s.second {
			t.Errorf("after %s, %s answers %q, want %q", s.line, second, got, s.second)
		}
	}
}
