package config

import "strings"

// lineKind is a directive that exists in configuration files only.
type lineKind struct {
	name        string
	least, most int // arguments; most < 0: any number
	effect      Effect
	take        func(l *loader, name string, line Line) error
}

func fileOnly() []lineKind {
	ignore := func(*loader, string, Line) error { return nil }
	return []lineKind{
		{"include", 1, 1, Start, include},
		{"rename-command", 2, 2, Start, keep},
		{"user", 1, -1, Start, keep},
		{"loadmodule", 1, -1, Start, refuseModule},
		{"sentinel", 0, -1, Start, sentinelLine},
		// Redis 7.0 still takes these but does nothing with them.
		{"list-max-ziplist-entries", 1, 1, Kept, ignore},
		{"list-max-ziplist-value", 1, 1, Kept, ignore},
		{"lua-replicate-commands", 1, 1, Kept, ignore},
	}
}

// keep stores a line for whom it concerns.
func keep(l *loader, name string, line Line) error {
	l.set.lines[name] = append(l.set.lines[name], line)
	return nil
}

// include loads another file at once. Files that a wildcard finds count as one text, as in Redis; none is no error.
func include(l *loader, _ string, line Line) error {
	if l.depth++; l.depth > maxIncludes {
		return line.Fatal("includes are nested too deeply: does a file include itself?")
	}
	defer func() { l.depth-- }()
	path := cString(line.Args[0])
	paths := []string{path}
	if strings.ContainsAny(path, "*?[") {
		var err error
		if paths, err = l.glob(l.set.InDir(path)); err != nil {
			return nil // a malformed pattern matches nothing
		}
	}
	var all strings.Builder
	for _, p := range paths {
		if hiddenMatch(path, p) {
			continue
		}
		content, err := l.read(p)
		if err != nil {
			return err
		}
		all.WriteString(content)
	}
	return l.load(all.String())
}

// hiddenMatch tells whether a wildcard found a dot file, which glob(3) would not have.
func hiddenMatch(pattern, path string) bool {
	base := func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
	return pattern != path && strings.HasPrefix(base(path), ".") && !strings.HasPrefix(base(pattern), ".")
}

// refuseModule says what Redis says when a module cannot be loaded: this server can load none.
func refuseModule(_ *loader, _ string, line Line) error {
	return line.Fatal("Can't load module from " + line.Args[0] + ": server aborting")
}

// moduleConfig handles "module.name value", which needs a module.
func moduleConfig(line Line) error {
	if len(line.Args) == 0 {
		return line.Fatal("Module config specified without value")
	}
	return line.Fatal("Module Configuration detected without loadmodule directive or no ApplyConfig call: aborting")
}

func sentinelLine(l *loader, name string, line Line) error {
	switch {
	case len(line.Args) == 0:
		return nil // "--sentinel" on the command line ends up here
	case !l.set.sentinel:
		return line.Fatal("sentinel directive while not in sentinel mode")
	}
	return keep(l, name, line)
}
