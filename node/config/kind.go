package config

import (
	"slices"
	"strings"
)

// value holds any directive's value; which fields count is up to its kind. Lists are never changed in place, so values
// may be copied freely.
type value struct {
	n    int64 // numbers, yes/no, enums, flag sets; unsigned numbers keep their bits
	s    string
	list []string
}

func (v value) equal(w value) bool {
	return v.n == w.n && v.s == w.s && slices.Equal(v.list, w.list)
}

// kind is one type of directive: how it is read, shown by CONFIG GET and written by CONFIG REWRITE.
type kind interface {
	// parse reads args; old is the value so far, for kinds that add to it. reason is Redis's text when args are bad.
	parse(old value, args []string) (v value, reason string)
	show(v value) string
	// rewrite gives the lines to write; none means that the directive must not be in the file.
	rewrite(name string, v, def value) []outLine
	describe(*Info)
}

// outLine is a line for CONFIG REWRITE. Only a forced one is appended to a file that had no line for the directive.
type outLine struct {
	text  string
	force bool
}

// same compares a word given by the user with one of ours, which is in lower case.
func same(given, word string) bool { return lowerString(cString(given)) == word }

// yesNo is a switch.
type yesNo struct {
	check func(on bool) (reason string)
}

func (k yesNo) parse(_ value, args []string) (value, string) {
	on := same(args[0], "yes")
	if !on && !same(args[0], "no") {
		return value{}, "argument must be 'yes' or 'no'"
	}
	if k.check != nil {
		if reason := k.check(on); reason != "" {
			return value{}, reason
		}
	}
	if on {
		return value{n: 1}, ""
	}
	return value{}, ""
}

func (yesNo) show(v value) string {
	if v.n != 0 {
		return "yes"
	}
	return "no"
}

func (k yesNo) rewrite(name string, v, def value) []outLine {
	return []outLine{{name + " " + k.show(v), v.n != def.n}}
}

func (yesNo) describe(i *Info) { i.Kind, i.Values = "yes/no", []string{"yes", "no"} }

// text is a string. An absent one (empty means none) is left out by CONFIG REWRITE, other strings are written as "".
type text struct {
	absent bool
	binary bool // may hold NULs; other strings end at the first one
	check  func(s string) (reason string)
}

func (k text) parse(_ value, args []string) (value, string) {
	s := args[0]
	if !k.binary {
		s = cString(s)
	}
	if k.check != nil {
		if reason := k.check(s); reason != "" {
			return value{}, reason
		}
	}
	return value{s: s}, ""
}

func (text) show(v value) string { return v.s }

func (k text) rewrite(name string, v, def value) []outLine {
	if k.absent && v.s == "" {
		return nil
	}
	return []outLine{{name + " " + quote(v.s), v.s != def.s}}
}

func (text) describe(i *Info) { i.Kind = "string" }

// choice is one word of an enum; several words may mean the same, the first is shown.
type choice struct {
	word string
	n    int64
}

// enum is one word out of several, or, with many, a set of words that are flags.
type enum struct {
	choices []choice
	many    bool
	check   func(n int64) (reason string)
}

// words makes the choices of a plain enum.
func words(list ...string) enum {
	var k enum
	for i, w := range list {
		k.choices = append(k.choices, choice{w, int64(i)})
	}
	return k
}

func (k enum) parse(_ value, args []string) (value, string) {
	var n int64
	for _, arg := range args {
		at := slices.IndexFunc(k.choices, func(c choice) bool { return same(arg, c.word) })
		if at < 0 {
			return value{}, k.complaint()
		}
		n |= k.choices[at].n
	}
	if len(args) == 0 {
		return value{}, k.complaint()
	}
	if k.check != nil {
		if reason := k.check(n); reason != "" {
			return value{}, reason
		}
	}
	return value{n: n}, ""
}

func (k enum) complaint() string {
	return "argument(s) must be one of the following: " + strings.Join(k.list(), ", ")
}

func (k enum) list() []string {
	list := make([]string, len(k.choices))
	for i, c := range k.choices {
		list[i] = c.word
	}
	return list
}

func (k enum) show(v value) string {
	var set []string
	for _, c := range k.choices {
		if c.n == v.n {
			return c.word
		}
		if k.many && c.n != 0 && v.n&c.n == c.n {
			set = append(set, c.word)
		}
	}
	return strings.Join(set, " ")
}

func (k enum) rewrite(name string, v, def value) []outLine {
	return []outLine{{name + " " + k.show(v), v.n != def.n}}
}

func (k enum) describe(i *Info) {
	i.Kind, i.Values = "enum", k.list()
	if k.many {
		i.Kind = "flags"
	}
}
