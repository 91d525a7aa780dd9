package config

import (
	"errors"
	"fmt"
	"strings"
)

// Caller is what CONFIG SET has to know about the client and the server.
type Caller struct {
	Local   bool // the client connects from this machine: counts for enable-protected-configs local
	Loading bool // the data set is being loaded
}

// Apply is CONFIG SET for a client elsewhere while the server is not loading; see ApplyAs.
func (s *Set) Apply(pairs []string, hook func(changed []string) error) error {
	return s.ApplyAs(Caller{}, pairs, hook)
}

// ApplyAs is CONFIG SET with names and values in turn: all take effect or none. hook is called once, when the values are
// set and if any differs from before, with the current names of the directives that changed; it reads their values from
// the Set and makes the server conform. If it fails, the values are set back and hook is called again with the same
// names, to undo what it had done, its result then ignored. An *ArgError from it says which parameter is to blame.
//
// The error's text is Redis's reply without the leading '-'.
func (s *Set) ApplyAs(c Caller, pairs []string, hook func(changed []string) error) error {
	rows, err := s.settable(c, pairs)
	if err != nil {
		return err
	}
	old := make([]value, len(rows))
	for i, row := range rows {
		old[i] = s.values[row]
	}
	restore := func() {
		for i, row := range rows {
			s.values[row] = old[i]
		}
	}
	for i, row := range rows {
		v, reason := s.read(row, pairs[2*i+1])
		if reason == "" {
			reason = s.refusal(row, v, false)
		}
		if reason != "" {
			restore()
			return setFailed(lowerString(pairs[2*i]), reason)
		}
		s.values[row] = s.adjust(row, v)
	}
	var changed []string
	for i, row := range rows {
		if !s.values[row].equal(old[i]) {
			changed = append(changed, s.rows[row].name)
		}
	}
	if hook == nil || len(changed) == 0 {
		return nil
	}
	if err := hook(changed); err != nil {
		restore()
		_ = hook(changed) // nothing more can be done about a failure to go back
		return hookFailed(err, changed[0])
	}
	return nil
}

// settable finds the directives to set. As in Redis the first thing wrong wins, whatever it is.
func (s *Set) settable(c Caller, pairs []string) ([]int, error) {
	if len(pairs) < 2 {
		return nil, errors.New("ERR wrong number of arguments for 'config|set' command")
	}
	if len(pairs)%2 != 0 {
		return nil, errors.New("ERR syntax error")
	}
	rows := make([]int, 0, len(pairs)/2)
	seen := map[string]bool{} // by name and not by row: Redis takes a directive under both of its names
	for i := 0; i < len(pairs); i += 2 {
		name := lowerString(pairs[i])
		row, known := s.index[name]
		if !known {
			return nil, fmt.Errorf("ERR Unknown option or number of arguments for CONFIG SET - '%s'", cString(pairs[i]))
		}
		traits := s.rows[row].traits
		switch {
		case traits&fixed != 0:
			return nil, setFailed(pairs[i], "can't set immutable config")
		case traits&guarded != 0 && !s.unguarded(c):
			return nil, setFailed(pairs[i], "can't set protected config")
		case traits&unready != 0 && c.Loading:
			return nil, errors.New("LOADING Redis is loading the dataset in memory")
		case seen[name]:
			return nil, setFailed(pairs[i], "duplicate parameter")
		}
		seen[name] = true
		rows = append(rows, row)
	}
	return rows, nil
}

// unguarded tells whether enable-protected-configs lets this client through.
func (s *Set) unguarded(c Caller) bool {
	allowed := s.String("enable-protected-configs")
	return allowed == "yes" || allowed == "local" && c.Local
}

// Secret tells whether a directive's value must be kept out of logs, MONITOR and SLOWLOG. Unknown names are no secret.
func (s *Set) Secret(name string) bool {
	i, known := s.index[lowerString(name)]
	return known && s.rows[i].traits&secret != 0
}

// read parses one value the way CONFIG SET does: lists are split at every single blank.
func (s *Set) read(row int, val string) (value, string) {
	d, args, old := s.rows[row], []string{val}, s.values[row]
	if d.traits&multi != 0 {
		args = nil
		if val != "" {
			args = strings.Split(val, " ")
		}
	}
	if d.name == "save" {
		old = value{} // only the lines of a file add up
	}
	return d.kind.parse(old, args)
}

// adjust brings a value into the range that Redis corrects silently instead of refusing.
func (s *Set) adjust(row int, v value) value {
	switch s.rows[row].name {
	case "hz":
		v.n = min(max(v.n, 1), 500)
	case "repl-backlog-size":
		v.n = max(v.n, 16<<10) // the ring's least size, as resizing it enforces
	}
	return v
}

func setFailed(name, reason string) error {
	return fmt.Errorf("ERR CONFIG SET failed (possibly related to argument '%s') - %s", cString(name), reason)
}

func hookFailed(err error, name string) error {
	var arg *ArgError
	if errors.As(err, &arg) {
		return setFailed(arg.Name, arg.Reason)
	}
	return setFailed(name, err.Error())
}
