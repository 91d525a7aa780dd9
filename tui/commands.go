package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/headless"
)

func listCommand(s *settings) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "Show the lessons", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := s.language()
			if err != nil {
				return err
			}
			return headless.List(cmd.OutOrStdout(), chapters(), l, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// runFlags are those of run and grade.
type runFlags struct {
	settings
	mode    string
	timeout time.Duration
	asJSON  bool
	out     string
}

func runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use: "run LESSON|CHAPTER|all...", Short: "Run lessons without a terminal", Args: someLessons,
		Long: "Run lessons without a terminal, each on fresh nodes. With --mode do the checks of each step are first tried unsolved\n" +
			"(they must fail), then the solution is applied and they are tried again. Exits with 0 only when all lessons passed;\n" +
			"a lesson that the backend cannot carry is skipped with the reason.",
		Example: "  redislab run all\n  redislab run --mode do --backend redis replication\n  redislab run --json single/first-node",
		RunE: func(cmd *cobra.Command, words []string) error {
			o, err := f.options(cmd, words)
			if err != nil {
				return err
			}
			if !f.asJSON {
				o.Watch = cmd.OutOrStdout()
			}
			sum := headless.Run(cmd.Context(), o)
			if f.asJSON {
				err = headless.PrintJSON(cmd.OutOrStdout(), sum)
			} else {
				headless.PrintSummary(cmd.OutOrStdout(), sum)
			}
			return verdict(sum, err)
		},
	}
	f.add(cmd, kit.Watch)
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print one JSON document in the end")
	return cmd
}

func gradeCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use: "grade LESSON|CHAPTER|all...", Short: "Run lessons and write a score for an instructor", Args: someLessons,
		Long: "Run lessons without a terminal and write a machine-readable score, per lesson, step and check, as JSON.\n" +
			"Checks of steps that were not reached count as not passed; lessons that the backend cannot carry do not count.\n" +
			"Exits with 0 when everything passed, 1 when not, 2 when the command line is wrong.",
		Example: "  redislab grade --out score.json all",
		RunE: func(cmd *cobra.Command, words []string) error {
			o, err := f.options(cmd, words)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			var file *os.File
			if f.out != "" {
				if file, err = os.Create(f.out); err != nil {
					return fmt.Errorf("score file: %w", err)
				}
				w = file
			}
			sum := headless.Run(cmd.Context(), o)
			err = headless.PrintJSON(w, sum)
			if file != nil {
				if cerr := file.Close(); err == nil {
					err = cerr
				}
			}
			headless.PrintSummary(cmd.ErrOrStderr(), sum)
			return verdict(sum, err)
		},
	}
	f.add(cmd, kit.Do)
	cmd.Flags().StringVar(&f.out, "out", "", "write the score to this file instead of the standard output")
	cmd.Flags().Bool("json", true, "the score is always JSON; taken for symmetry with run")
	return cmd
}

func verdict(sum headless.Summary, err error) error {
	if err == nil && sum.ExitCode() != 0 {
		return errChecks
	}
	return err
}

func (f *runFlags) add(cmd *cobra.Command, mode kit.Mode) {
	addBackendFlags(cmd, &f.settings, "free")
	cmd.Flags().StringVar(&f.mode, "mode", string(mode), "watch (the lab acts) or do (each step must fail unsolved, then pass)")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 2*time.Minute, "give up a lesson after this long; 0: never")
}

func someLessons(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage(fmt.Errorf("no lesson named: give lessons, chapters or all; redislab list shows them"))
	}
	return nil
}

func (f *runFlags) options(cmd *cobra.Command, words []string) (headless.Options, error) {
	f.lang = cmd.Flag("lang").Value.String()
	o := headless.Options{Mode: kit.Mode(f.mode), Timeout: f.timeout, Backend: f.backend}
	if o.Mode != kit.Watch && o.Mode != kit.Do {
		return o, usage(fmt.Errorf("unknown mode %q: use watch or do", f.mode))
	}
	var err error
	if o.Lang, err = f.language(); err != nil {
		return o, err
	}
	if o.Lessons, err = headless.Match(chapters(), words); err != nil {
		return o, usage(err)
	}
	b, err := findBackend(f.backend, false)
	if err != nil {
		return o, err
	}
	o.Open, o.Inside = func() (lab.Backend, error) { return b.open(f.settings) }, b.inside
	base, err := headless.ParsePorts(f.ports, 1)
	if err != nil {
		return o, usage(err)
	}
	if base != 0 {
		o.Runner = append(o.Runner, kit.WithPorts(base))
	}
	return o, nil
}

func upCommand() *cobra.Command {
	var s settings
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "up TOPOLOGY", Short: "Start nodes and keep them until ctrl-c",
		Long:    "Start the nodes of a topology, say where they are, and keep them until ctrl-c.\n\nTOPOLOGY is " + headless.TopologyNames + ".",
		Example: "  redislab up one-to-many:2\n  redislab up --ports free single\n  redislab up --backend redis --dir ./data tree:2,1",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("up takes one topology: %s", headless.TopologyNames))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := headless.ParseTopology(chapters(), args[0])
			if err != nil {
				return usage(err)
			}
			base, err := headless.ParsePorts(s.ports, len(t.Nodes))
			if err != nil {
				return usage(err)
			}
			if base != 0 {
				t = t.WithPorts(base)
			}
			chosen, err := findBackend(s.backend, true)
			if err != nil {
				return err
			}
			b, err := chosen.open(s)
			if err != nil {
				return err
			}
			var opts []lab.Option
			if dir != "" {
				opts = append(opts, lab.Dir(dir))
			}
			return headless.Up(cmd.Context(), cmd.OutOrStdout(), t, b, asJSON, opts...)
		},
	}
	addBackendFlags(cmd, &s, "seed")
	cmd.Flags().StringVar(&dir, "dir", "", "keep the nodes' data below this folder (default: a temporary one that is removed)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "say where the nodes are as JSON")
	return cmd
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), versionText())
			return err
		},
	}
}

func versionText() string {
	parts := []string{"redislab"}
	if info, ok := debug.ReadBuildInfo(); ok {
		v := info.Main.Version
		if v == "" {
			v = "(devel)"
		}
		parts = append(parts, v)
	}
	return strings.Join(append(parts, "speaks Redis 7.0", runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH), " ")
}
