// Command redislab is the lab for Redis: lessons on live nodes in the terminal, and the same lessons without one.
//
//	redislab                                   opens the terminal program
//	redislab list                              shows the lessons
//	redislab run --mode do --backend inproc all
//	redislab up one-to-many:2                  nodes for redis-cli, until ctrl-c
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9/logging"
	"github.com/spf13/cobra"

	"redislab/exercises"
	"redislab/exercises/kit"
	"redislab/tui/headless"
	"redislab/tui/i18n"
	"redislab/tui/page/curriculum"
	"redislab/tui/ports"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	logging.Disable() // go-redis writes to the terminal else, over the screen; what it sees, the lessons tell
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // something did not work, or a check did not hold
	exitUsage  = 2 // the command line makes no sense
)

// usageError is a mistake on the command line.
type usageError struct{ error }

func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// errChecks says that everything ran but not all checks hold; what was said about it suffices.
var errChecks = errors.New("not all lessons passed")

func execute(ctx context.Context, args []string, out, errOut io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var wrong usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errChecks):
		return exitFailed
	case errors.As(err, &wrong), strings.HasPrefix(err.Error(), "unknown command"):
		fmt.Fprintf(errOut, "redislab: %v\nredislab --help shows what there is\n", err)
		return exitUsage
	}
	fmt.Fprintf(errOut, "redislab: %v\n", err)
	return exitFailed
}

// settings are the flags that several commands share.
type settings struct {
	lang, backend, ports, node, stateDir string
}

func rootCommand() *cobra.Command {
	var s settings
	root := &cobra.Command{
		Use:   "redislab",
		Short: "A lab for Redis: lessons on live nodes",
		Long: "Redis Lab: lessons on live nodes, in English and Chinese.\n\n" +
			"Without a command it opens the terminal program. The commands below need no terminal.",
		Args:          noArgs,
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return openTUI(cmd.Context(), s) },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.CompletionOptions.DisableDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	f := root.PersistentFlags()
	f.StringVar(&s.lang, "lang", "", "language: en or zh (default: what the environment says)")
	root.Flags().StringVar(&s.stateDir, "state-dir", "", "folder for the progress (default $XDG_STATE_HOME/redislab or ~/.local/state/redislab)")
	addBackendFlags(root, &s, ports.Lesson)
	root.AddCommand(listCommand(&s), runCommand(), gradeCommand(), upCommand(), versionCommand())
	return root
}

func addBackendFlags(cmd *cobra.Command, s *settings, at string) {
	f := cmd.Flags()
	f.StringVar(&s.backend, "backend", "inproc", "where nodes run: "+backendNames())
	f.StringVar(&s.node, "node", "", "the lab's own node program for --backend proc (default: redislab-node beside this program or on PATH)")
	f.StringVar(&s.ports, "ports", at, "ports of the nodes: "+ports.Usage())
}

// noArgs refuses words after a command that takes none; for the root such a word is an unknown command.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasParent() {
		return usage(fmt.Errorf("%s takes no arguments, not %q", cmd.Name(), args[0]))
	}
	return usage(fmt.Errorf("unknown command %q%s", args[0], suggestion(cmd, args[0])))
}

func suggestion(cmd *cobra.Command, word string) string {
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return ""
}

// language is the one of the flag, or of the environment.
func (s settings) language() (kit.Lang, error) {
	if s.lang == "" {
		return i18n.FromEnv(os.Getenv), nil
	}
	l, err := i18n.Parse(s.lang)
	return l, usage(err)
}

// chapters is the curriculum as the headless commands take it.
func chapters() []headless.Chapter {
	var out []headless.Chapter
	for _, c := range exercises.Chapters() {
		out = append(out, headless.Chapter{ID: c.ID, Title: c.Title, Lessons: c.Lessons})
	}
	return out
}

// pages is the curriculum as the terminal program takes it.
func pages() []curriculum.Chapter {
	var out []curriculum.Chapter
	for _, c := range exercises.Chapters() {
		out = append(out, curriculum.Chapter{ID: c.ID, Title: c.Title, Lessons: c.Lessons})
	}
	return out
}
