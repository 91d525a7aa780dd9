// Package headless is redislab without a terminal: the curriculum as a list, lessons run and graded, a topology brought
// up for other programs. Everything it prints goes to a writer; main names the backends.
//
//	sum := headless.Run(ctx, headless.Options{Lessons: lessons, Mode: kit.Do, Open: open, Lang: kit.En})
//	headless.PrintSummary(os.Stdout, sum, kit.En)
//	os.Exit(sum.ExitCode())
package headless
