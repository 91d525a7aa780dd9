package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// item is one thing to measure.
type item struct {
	name, about string
	measure     func(context.Context, *bench) ([]row, error)
}

func items() []item {
	return []item{
		{"start", "process start to the first PONG", measureStart},
		{"throughput", "GET and SET, 50 clients, -P 1 and -P 16: rate, CPU time, write calls", measureThroughput},
		{"memory", "bytes per key", measureMemory},
		{"save", "writing the data set to an RDB file", measureSave},
		{"load", "starting from that file", measureLoad},
		{"partial", "partial resynchronization", measurePartial},
		{"sync", "full synchronization of a replica, and GETs meanwhile", measureSync},
		{"failover", "sentinels replace a killed master: until a client can write again", measureFailover},
		{"suite", "redis-benchmark's own tests run to their end", measureSuite},
	}
}

// options is what the command line asks for.
type options struct {
	only   []string
	quick  bool
	strict bool
	server string
	node   string
}

func parseOptions(args []string, errOut io.Writer) (options, error) {
	var o options
	var only string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.StringVar(&only, "only", "", "measure only these `items`, with commas between")
	flags.BoolVar(&o.quick, "quick", false, "smaller loads and fewer rounds: a first idea, not a verdict")
	flags.BoolVar(&o.strict, "strict", false, "exit with status 1 when a limit is missed")
	flags.StringVar(&o.server, "redis-server", "redis-server", "the real server: `program` on PATH or a path")
	flags.StringVar(&o.node, "node", "", "measure this `program` instead of a node built for the run")
	flags.Usage = func() {
		fmt.Fprintln(errOut, "usage: bench [flags]\n\nflags:")
		flags.PrintDefaults()
		fmt.Fprintln(errOut, "\nitems:")
		for _, it := range items() {
			fmt.Fprintf(errOut, "  %-12s %s\n", it.name, it.about)
		}
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q: see --help", flags.Arg(0))
	}
	for name := range strings.SplitSeq(only, ",") {
		if name == "" {
			continue
		}
		if !slices.ContainsFunc(items(), func(it item) bool { return it.name == name }) {
			return o, fmt.Errorf("--only %s: there is no such item, --help lists them", name)
		}
		o.only = append(o.only, name)
	}
	return o, nil
}

// run is the program: 0 done, 1 failed (or a limit missed, when strict), 2 wrong usage.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	o, err := parseOptions(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(errOut, "bench:", err)
		return 2
	}
	rows, err := measure(ctx, o, errOut)
	if len(rows) > 0 {
		fmt.Fprint(out, table(rows))
	}
	if err != nil {
		fmt.Fprintln(errOut, "bench:", err)
		return 1
	}
	if missed := missedLimits(rows); missed > 0 && o.strict {
		fmt.Fprintf(errOut, "bench: %d limits missed\n", missed)
		return 1
	}
	return 0
}

// bench is one run with its servers.
type bench struct {
	options
	dir      string // holds every server's folder
	nodeBin  string
	redisBin string
	progress io.Writer
	servers  []*server
	filled   map[kind]*server // with the data set, made when first asked for
	memory   map[kind]memoryFigures
}

func measure(ctx context.Context, o options, progress io.Writer) (rows []row, err error) {
	b, err := newBench(ctx, o, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	for _, it := range items() {
		if len(o.only) > 0 && !slices.Contains(o.only, it.name) {
			continue
		}
		began := time.Now()
		fmt.Fprintf(progress, "%s: %s ", it.name, it.about)
		got, err := it.measure(ctx, b)
		if err != nil {
			fmt.Fprintln(progress)
			return rows, fmt.Errorf("%s: %w", it.name, err)
		}
		fmt.Fprintf(progress, "(%.1f s)\n", time.Since(began).Seconds())
		rows = append(rows, got...)
	}
	return rows, nil
}

func newBench(ctx context.Context, o options, progress io.Writer) (*bench, error) {
	for _, program := range []string{o.server, "redis-benchmark", cmp.Or(o.node, "go")} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("a program is missing: %w (Debian: apt install redis-server redis-tools)", err)
		}
	}
	dir, err := os.MkdirTemp("", "redislab-bench-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the servers: %w", err)
	}
	b := &bench{
		options: o, dir: dir, redisBin: o.server, nodeBin: o.node, progress: progress,
		filled: map[kind]*server{}, memory: map[kind]memoryFigures{},
	}
	if o.node == "" {
		if err := b.build(ctx); err != nil {
			return nil, errors.Join(err, b.close())
		}
	}
	return b, nil
}

func (b *bench) build(ctx context.Context) error {
	b.nodeBin = filepath.Join(b.dir, "redislab-node")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", b.nodeBin, "redislab/node/cmd/redislab-node")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the node (bench runs inside the module): %w\n%s", err, text)
	}
	return nil
}

func (b *bench) close() error {
	for _, s := range b.servers {
		s.kill()
	}
	return os.RemoveAll(b.dir)
}

// size is a load's size, a tenth of it when quick.
func (b *bench) size(full int) int {
	if b.quick {
		return full / 10
	}
	return full
}

// rounds is a number of repetitions, at most two when quick.
func (b *bench) rounds(full int) int {
	if b.quick {
		return min(full, 2)
	}
	return full
}
