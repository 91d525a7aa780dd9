// Package config is redis.conf as data: one table of every directive that Redis 7.0 knows, and what follows from it —
// reading a configuration file or redis-server's command line, CONFIG GET, CONFIG SET and CONFIG REWRITE.
//
//	set, err := config.Parse(os.Args[1:], os.Stdin, os.ReadFile)
//	var fatal *config.FatalError
//	if errors.As(err, &fatal) {
//		fmt.Fprint(os.Stderr, fatal) // the text that redis-server prints, line number included
//		os.Exit(1)
//	}
//	port := set.Int("port")
//	points := set.SavePoints()
//
//	err = set.Apply([]string{"maxmemory", "100mb", "hz", "20"}, func(changed []string) error {
//		return server.adopt(changed) // listen on another port, resize the backlog, …
//	})
//	content := set.Rewrite(old) // what CONFIG REWRITE writes over the file's old content
//
// A Set is plain data without a lock: its owner guards it like the rest of its state. Sets share nothing, so any number
// of nodes can live in one process. The package does no I/O but through the reader and the function given to Parse, and
// the expansion of wildcards in include.
package config
