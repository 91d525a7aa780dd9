package config

import (
	"errors"
	"strings"
)

// SentinelLine is a "sentinel …" line to be written. A Default one is written only where the file has one of its kind;
// the kind are the first two words.
type SentinelLine struct {
	Text    string
	Default bool
}

// RewriteSentinel writes the configuration file of a sentinel: the directives as RewriteFile does, and the state of the
// sentinel. Lines of the kinds owned that have no successor among lines are removed. The error's text is the operating
// system's reason.
func (s *Set) RewriteSentinel(lines []SentinelLine, owned []string) error {
	err := replaceFile(s.file, func(old []byte) []byte {
		return s.rewrite(old, func(r *rewriter) { r.replaceSentinel(lines, owned) })
	})
	if err != nil {
		return errors.New(osReason(err))
	}
	return nil
}

// replaceSentinel puts each line in the place of one of its kind, in the order given.
func (r *rewriter) replaceSentinel(lines []SentinelLine, owned []string) {
	for _, l := range lines {
		kind := sentinelKind(strings.Fields(l.Text))
		r.replace(kind, []outLine{{l.Text, !l.Default}})
	}
	for _, kind := range owned {
		r.done[kind] = true
	}
}

// sentinelKind is what tells one "sentinel …" line from another: the name of its directive. Names of masters do not
// count, as in Redis.
func sentinelKind(words []string) string { return "sentinel " + lowerString(words[1]) }
