package main

import (
	"errors"
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
	"redislab/tui/ports"
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
	chosen  backend
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
			return f.run(cmd, o, func(sum headless.Summary) error {
				if f.asJSON {
					return headless.PrintJSON(cmd.OutOrStdout(), sum)
				}
				headless.PrintSummary(cmd.OutOrStdout(), sum)
				return nil
			})
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
			file, err := f.scoreFile()
			if err != nil {
				return err
			}
			return f.run(cmd, o, func(sum headless.Summary) error {
				headless.PrintSummary(cmd.ErrOrStderr(), sum)
				if file == nil {
					return headless.PrintJSON(cmd.OutOrStdout(), sum)
				}
				return errors.Join(headless.PrintJSON(file, sum), file.Close())
			})
		},
	}
	f.add(cmd, kit.Do)
	cmd.Flags().StringVar(&f.out, "out", "", "write the score to this file instead of the standard output")
	cmd.Flags().Bool("json", true, "the score is always JSON; taken for symmetry with run")
	return cmd
}

// scoreFile is opened before anything runs, so that a bad name is told at once; nil without --out.
func (f *runFlags) scoreFile() (*os.File, error) {
	if f.out == "" {
		return nil, nil
	}
	file, err := os.Create(f.out)
	if err != nil {
		return nil, fmt.Errorf("score file: %w", err)
	}
	return file, nil
}

// run takes the lessons and hands the summary to report, in simulated time when the backend is of that kind.
func (f *runFlags) run(cmd *cobra.Command, o headless.Options, report func(headless.Summary) error) error {
	if !f.chosen.simulated {
		sum := headless.Run(cmd.Context(), o)
		if err := report(sum); err != nil {
			return err
		}
		if !sum.OK {
			return errChecks
		}
		return nil
	}
	return simulated(func(inside func(func()) error) bool {
		o.Inside = inside
		o.Timeout = 0 // it would be of simulated time, which is spent freely; what hangs there is found out at once
		sum := headless.Run(cmd.Context(), o)
		if err := report(sum); err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "redislab: %v\n", err)
			return false
		}
		return sum.OK
	})
}

func (f *runFlags) add(cmd *cobra.Command, mode kit.Mode) {
	addBackendFlags(cmd, &f.settings, ports.Free)
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
	if f.chosen, err = findBackend(f.backend, false); err != nil {
		return o, err
	}
	o.Open = func() (lab.Backend, error) { return f.chosen.open(f.settings) }
	at, err := ports.Parse(f.ports)
	if err != nil {
		return o, usage(err)
	}
	o.Runner = append(o.Runner, kit.WithTopology(at.Apply))
	return o, nil
}

func upCommand() *cobra.Command {
	var s settings
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "up TOPOLOGY", Short: "Start nodes and keep them until ctrl-c",
		Long:    "Start the nodes of a topology, say where they are, and keep them until ctrl-c.\n\nTOPOLOGY is " + headless.TopologyNames + ".",
		Example: "  redislab up one-to-many:2\n  redislab up --ports free single\n  redislab up --backend redis --dir ./data tree:2,1\n  redislab up sentinel:3,2",
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
			at, err := ports.Parse(s.ports)
			if err == nil {
				err = at.Fit(len(t.Nodes))
			}
			if err != nil {
				return usage(err)
			}
			t = at.Apply(t)
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
	addBackendFlags(cmd, &s, ports.Seed)
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
