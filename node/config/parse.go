package config

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Parse reads redis-server's command line without the program's name: [file.conf] [-] [--directive value …]. A file
// comes first, then what stdin says if "-" asks for it, then the directives; the last one wins. readFile is asked for
// absolute paths (nil: os.ReadFile). "--sentinel" among args makes it a sentinel's configuration.
//
// The error is a *FatalError or a *FileError. A nil stdin counts as empty.
func Parse(args []string, stdin io.Reader, readFile func(string) ([]byte, error)) (*Set, error) {
	if readFile == nil {
		readFile = os.ReadFile
	}
	s := Default()
	l := loader{set: s, readFile: readFile, glob: filepath.Glob}
	if slices.Contains(args, "--sentinel") {
		s.beSentinel()
	}
	if len(args) == 0 {
		return s, nil
	}
	rest := args
	var content string
	if !strings.HasPrefix(args[0], "-") {
		rest = args[1:]
		path, err := filepath.Abs(args[0])
		if err != nil {
			return nil, &FileError{Path: args[0], Err: err}
		}
		s.file = path
		if content, err = l.read(path); err != nil {
			return nil, err
		}
	}
	options, fromStdin := joinOptions(rest, len(rest) == len(args))
	if fromStdin && stdin != nil {
		typed, err := io.ReadAll(stdin)
		if err != nil {
			return nil, &FileError{Path: "-", Err: err}
		}
		content += dropNULs(string(typed))
	}
	if err := l.load(content + "\n" + options); err != nil {
		return nil, err
	}
	if err := s.refuseUsers(); err != nil {
		return nil, err
	}
	return s, nil
}

// beSentinel sets what a sentinel starts from instead of the defaults.
func (s *Set) beSentinel() {
	s.sentinel = true
	s.values[s.row("port")].n = 26379
	s.values[s.row("protected-mode")].n = 0
}

// joinOptions writes the arguments as lines of a configuration file. "-" asks for stdin, but only as the first argument
// of all or as the last one. What follows the name of a directive is its value even if it starts with "--", except for
// save and sentinel, which scripts pass without one.
func joinOptions(args []string, first bool) (lines string, stdin bool) {
	var b strings.Builder
	named := true // the next argument may name a directive
	for i, arg := range args {
		last := i == len(args)-1
		if arg == "-" && (last || first && i == 0) {
			stdin = true
			continue
		}
		name, isName := strings.CutPrefix(arg, "--")
		if !named || !isName {
			b.WriteString(quote(arg) + " ")
			named = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(name + " ")
		words, _ := splitArgs(arg)
		named = len(words) != 1 // "--port 7000" as one argument is complete
		if named {
			continue
		}
		bare := last || strings.HasPrefix(args[i+1], "--")
		if bare && lowerString(arg) == "--save" {
			b.WriteString(`""`)
		}
		if bare && (lowerString(arg) == "--save" || lowerString(arg) == "--sentinel") {
			named = true
		}
	}
	return b.String(), stdin
}

// dropNULs loses what Redis loses by reading lines as C strings: from a NUL to the end of its line.
func dropNULs(s string) string {
	for {
		before, after, found := strings.Cut(s, "\x00")
		if !found {
			return s
		}
		_, after, _ = strings.Cut(after, "\n")
		s = before + after
	}
}

// loader feeds lines to a Set.
type loader struct {
	set      *Set
	readFile func(string) ([]byte, error)
	glob     func(string) ([]string, error)
	depth    int  // of includes
	saved    bool // a save line came: the default save points are gone
}

const maxIncludes = 64

func (l *loader) read(path string) (string, error) {
	content, err := l.readFile(l.set.InDir(path))
	if err != nil {
		return "", &FileError{Path: path, Err: err}
	}
	return dropNULs(string(content)), nil
}

// load takes one whole text, the main one or an included one.
func (l *loader) load(content string) error {
	for i, raw := range strings.Split(content, "\n") {
		text := strings.Trim(raw, " \t\r\n")
		if text == "" || text[0] == '#' {
			continue
		}
		line := Line{Num: i + 1, Text: text}
		words, ok := splitArgs(text)
		if !ok {
			return line.Fatal("Unbalanced quotes in configuration line")
		}
		if len(words) == 0 {
			continue
		}
		line.Args = words[1:]
		if err := l.directive(lowerString(words[0]), line); err != nil {
			return err
		}
	}
	s := l.set
	if _, _, replica := s.ReplicaOf(); replica && s.Bool("cluster-enabled") {
		return &FatalError{Reason: "replicaof directive not allowed in cluster mode"}
	}
	hz := s.row("hz")
	s.values[hz] = s.adjust(hz, s.values[hz])
	return nil
}

func (l *loader) directive(name string, line Line) error {
	if row, known := l.set.index[name]; known {
		return l.standard(row, line)
	}
	for _, d := range fileOnly() {
		if d.name == name && d.least <= len(line.Args) && (d.most < 0 || len(line.Args) <= d.most) {
			return d.take(l, name, line)
		}
	}
	if strings.Contains(name, ".") {
		return moduleConfig(line)
	}
	return line.Fatal("Bad directive or wrong number of arguments")
}

// standard sets a directive of the table.
func (l *loader) standard(row int, line Line) error {
	s := l.set
	d, args, old := s.rows[row], line.Args, s.values[row]
	switch {
	case d.traits&multi == 0 && len(args) != 1:
		return line.Fatal("wrong number of arguments")
	case d.traits&multi != 0 && len(args) == 1 && args[0] != "":
		args, _ = splitArgs(args[0]) // all of them may come in one pair of quotes
	}
	if d.name == "save" {
		if !l.saved {
			old = value{}
		}
		l.saved = true
	}
	v, reason := d.kind.parse(old, args)
	if reason == "" {
		reason = s.refusal(row, v, true)
	}
	if reason != "" {
		return line.Fatal(reason)
	}
	s.values[row] = v
	s.origins[row] = line
	return nil
}
