package config

import "strings"

// The rules that single directives have on top of their kind. Each returns Redis's text, or "".

func noDefrag(on bool) string {
	if !on {
		return ""
	}
	return "Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc " +
		"like the one shipped by default with the Redis source distribution"
}

// fileName makes the rule for a name that must not hold a path.
func fileName(directive string, mayBeEmpty bool, what string) func(string) string {
	return func(s string) string {
		switch {
		case s == "" && !mayBeEmpty:
			return directive + " can't be empty"
		case strings.ContainsAny(s, `/\`):
			return directive + " can't be a path, just a " + what
		}
		return ""
	}
}

func hostName(s string) string {
	if len(s) >= 256 {
		return "Hostnames must be less than 256 characters"
	}
	for _, c := range []byte(s) {
		c = lower(c)
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.') {
			return "Hostnames may only contain alphanumeric characters, hyphens or dots"
		}
	}
	return ""
}

// procTitle accepts a template whose variables are known and that is not blank without the process's own title.
func procTitle(template string) string {
	const bad = "template format is invalid or contains unknown variables"
	filled := ""
	for template != "" {
		before, variable, found := strings.Cut(template, "{")
		filled += before
		if !found {
			break
		}
		if rest, escaped := strings.CutPrefix(variable, "{"); escaped {
			filled += "{"
			template = rest
			continue
		}
		name, rest, closed := strings.Cut(variable, "}")
		switch {
		case !closed:
			return bad
		case name == "listen-addr" || name == "config-file" || name == "port" || name == "tls-port":
			filled += name // never empty
		case name == "title" || name == "server-mode" || name == "unixsocket":
			// Counted as empty: what they stand for may be.
		default:
			return bad
		}
		template = rest
	}
	if strings.Trim(filled, " ") == "" {
		return bad
	}
	return ""
}

func shutdownOn() enum {
	const save, noSave = 1, 2
	return enum{
		choices: []choice{{"default", 0}, {"save", save}, {"nosave", noSave}, {"now", 4}, {"force", 8}},
		many:    true,
		check: func(n int64) string {
			if n&(save|noSave) == save|noSave {
				return "shutdown options SAVE and NOSAVE can't be used simultaneously"
			}
			return ""
		},
	}
}

// oomModes knows two words for one mode.
func oomModes() enum {
	return enum{choices: []choice{{"no", 0}, {"yes", 1}, {"relative", 1}, {"absolute", 2}}}
}
