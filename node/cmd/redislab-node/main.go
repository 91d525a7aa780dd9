// Command redislab-node is a Redis-compatible server with redis-server's command line:
//
//	redislab-node [/path/to/redis.conf] [-] [--directive value …]
//	redislab-node --port 7000 --save "" --replicaof 127.0.0.1 7001
//
// With --sentinel, or under the name redis-sentinel, it is a Redis Sentinel:
//
//	redislab-node /path/to/sentinel.conf --sentinel
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"redislab/node"
	"redislab/node/config"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) == 1 {
		switch args[0] {
		case "-v", "--version":
			fmt.Printf("Redis server v=%s sha=00000000:0 malloc=go bits=64 build=0\n", node.Version)
			return 0
		case "-h", "--help":
			fmt.Print(usage)
			return 0
		}
	}
	moreProcessors()
	if args = node.SentinelArgs(args); isSentinel(os.Args[0]) && !slices.Contains(args, "--sentinel") {
		args = append(args, "--sentinel")
	}
	debug.SetGCPercent(400) // until the data set has a size to go by
	set, stdin, err := parse(args)
	if err != nil {
		return fail(err)
	}
	if set.Bool("daemonize") && os.Getenv(daemonMark) == "" {
		if err := daemonize(set, args, stdin); err != nil {
			return fail(err)
		}
		return 0
	}
	return serve(args, stdin)
}

// moreProcessors lets more goroutines run at once than there are cores: with two cores the event loop, back
// from its wait, would else queue behind a snapshot and the garbage collector for many milliseconds,
// where the kernel would share the cores fairly.
func moreProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(4, runtime.NumCPU()+2))
	}
}

// crashed is the exit status of a sentinel that simulated a crash.
const crashed = 99

// isSentinel tells whether the program was started under the name redis-sentinel.
func isSentinel(program string) bool {
	return strings.Contains(filepath.Base(program), "redis-sentinel")
}

// fail prints why the server does not start, as redis-server does.
func fail(err error) int {
	var fatal *config.FatalError
	if errors.As(err, &fatal) {
		fmt.Fprintln(os.Stderr, strings.TrimRight(fatal.Error(), "\n"))
		return 1
	}
	fmt.Fprintf(os.Stderr, "# %v\n", err)
	return 1
}

func serve(args []string, stdin []byte) int {
	exe, _ := os.Executable()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	n, err := node.Start(context.Background(), node.Config{
		Args: args, Stdin: strings.NewReader(string(stdin)), OwnProcess: true, Executable: exe,
		Daemon: os.Getenv(daemonMark) != "",
	})
	if err != nil {
		return fail(err)
	}
	for {
		select {
		case <-n.Done():
			if err := n.Err(); errors.Is(err, node.ErrSimulatedCrash) {
				return crashed
			} else if err != nil {
				return fail(err)
			}
			return 0
		case s := <-signals:
			go func() {
				// A second SIGINT does not wait for anything.
				if err := n.Stop(context.Background()); err != nil {
					fmt.Fprintf(os.Stderr, "# %v\n", err)
				}
			}()
			_ = s
		}
	}
}

// parse reads the configuration once, with what standard input had to say.
func parse(args []string) (*config.Set, []byte, error) {
	var stdin []byte
	for _, a := range args {
		if a == "-" {
			var err error
			if stdin, err = io.ReadAll(os.Stdin); err != nil {
				return nil, nil, fmt.Errorf("reading the configuration from standard input: %w", err)
			}
		}
	}
	set, err := config.Parse(args, strings.NewReader(string(stdin)), os.ReadFile)
	return set, stdin, err
}

// daemonMark tells the second start, in the background, from the first.
const daemonMark = "REDISLAB_NODE_DAEMON"

// daemonize starts the server again in a session of its own and leaves. Go programs
// cannot fork; the outcome is the same: the parent returns at once, the child has no terminal.
func daemonize(set *config.Set, args []string, stdin []byte) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("daemonize: %w", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("daemonize: %w", err)
	}
	defer null.Close()
	cmd := exec.Command(exe, args...)
	cmd.Args[0] = filepath.Base(os.Args[0])
	cmd.Env = append(os.Environ(), daemonMark+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = null, null, null
	if len(stdin) > 0 {
		cmd.Stdin = strings.NewReader(string(stdin))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("daemonize: %w", err)
	}
	if len(stdin) > 0 {
		return nil
	}
	return cmd.Process.Release()
}

const usage = `Usage: ./redislab-node [/path/to/redis.conf] [options] [-]
       ./redislab-node - (read config from stdin)
       ./redislab-node -v or --version
       ./redislab-node -h or --help

Examples:
       ./redislab-node (run the server with default conf)
       echo 'maxmemory 128mb' | ./redislab-node -
       ./redislab-node /etc/redis/6379.conf
       ./redislab-node --port 7777
       ./redislab-node --port 7777 --replicaof 127.0.0.1 8888
       ./redislab-node /etc/myredis.conf --loglevel verbose -
       ./redislab-node /etc/myredis.conf --loglevel verbose

Sentinel mode:
       ./redislab-node /etc/sentinel.conf --sentinel
`
