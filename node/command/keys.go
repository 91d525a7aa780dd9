package command

import (
	"errors"
	"strconv"
	"strings"
)

// ErrKeyArgs is the error of Keys for arguments in which the keys cannot be told, a number of keys
// greater than what follows for example. The command itself will answer with an error.
var ErrKeyArgs = errors.New("invalid arguments specified for command")

// HasKeys tells whether the command can have keys.
func (s *Spec) HasKeys() bool {
	if s.GetKeys != nil {
		return true
	}
	for i := range s.KeySpecs {
		if s.KeySpecs[i].Flags&KeyNotKey == 0 {
			return true
		}
	}
	return false
}

// Keys finds the keys among the words of a command, its names included.
func (s *Spec) Keys(argv [][]byte) ([]KeyRef, error) { return s.AppendKeys(nil, argv) }

// AppendKeys is Keys for a slice that is used again and again.
func (s *Spec) AppendKeys(dst []KeyRef, argv [][]byte) ([]KeyRef, error) {
	if len(s.KeySpecs) == 0 {
		return dst, nil
	}
	variable := false
	for i := range s.KeySpecs {
		variable = variable || s.KeySpecs[i].Flags&KeyVariable != 0
	}
	if !variable {
		refs, ok := s.bySpecs(dst, argv)
		if ok {
			return refs, nil
		}
	}
	if s.GetKeys != nil {
		return s.GetKeys(dst, argv), nil
	}
	return dst, ErrKeyArgs
}

// bySpecs applies the key specs. ok is false when one of them does not fit the arguments or
// does not tell all keys.
func (s *Spec) bySpecs(dst []KeyRef, argv [][]byte) (refs []KeyRef, ok bool) {
	refs = dst
	for i := range s.KeySpecs {
		k := &s.KeySpecs[i]
		if k.Flags&KeyNotKey != 0 {
			continue
		}
		begin, found, ok := k.begin(argv)
		if !ok {
			return dst, false
		}
		if !found {
			continue
		}
		first, last, step, ok := k.find(argv, begin)
		if !ok || last >= len(argv) || last < first || first >= len(argv) || k.Flags&KeyIncomplete != 0 {
			return dst, false
		}
		for pos := first; pos <= last; pos += step {
			refs = append(refs, KeyRef{pos, k.Flags})
		}
	}
	return refs, true
}

// begin gives the argument at which a key spec begins; found is false when its keyword is not there.
func (k *KeySpec) begin(argv [][]byte) (at int, found, ok bool) {
	switch k.Begin.Kind {
	case AtIndex:
		return k.Begin.Index, true, true
	case AfterKeyword:
		at, found = afterKeyword(argv, k.Begin.Keyword, k.Begin.StartFrom)
		return at, found, true
	}
	return 0, false, false
}

// afterKeyword searches forwards from start, or backwards from start words before the end. Like
// Redis it looks neither at the last word (forwards) nor at the first two (backwards).
func afterKeyword(argv [][]byte, keyword string, start int) (int, bool) {
	if start > 0 {
		for i := start; i < len(argv)-1; i++ {
			if isWord(argv[i], keyword) {
				return i + 1, true
			}
		}
		return 0, false
	}
	for i := len(argv) + start; i > 1; i-- {
		if isWord(argv[i], keyword) {
			return i + 1, true
		}
	}
	return 0, false
}

func (k *KeySpec) find(argv [][]byte, begin int) (first, last, step int, ok bool) {
	f := &k.Find
	switch f.Kind {
	case Range:
		switch {
		case f.LastKey >= 0:
			last = begin + f.LastKey
		case f.Limit == 0:
			last = len(argv) + f.LastKey
		default:
			last = begin + (len(argv)-begin)/f.Limit + f.LastKey
		}
		return begin, last, f.KeyStep, true
	case KeyNum:
		at := begin + f.NumIndex
		if at >= len(argv) {
			return 0, 0, 0, false
		}
		n, err := strconv.ParseInt(string(argv[at]), 10, 64)
		if err != nil || n < 0 || !canonical(argv[at]) {
			return 0, 0, 0, false
		}
		first = begin + f.FirstKey
		return first, first + int(int32(n)) - 1, f.KeyStep, true // Redis too cuts it to 32 bits
	}
	return 0, 0, 0, false
}

// canonical tells whether a number that strconv took is one in Redis's strict form: no plus, no
// leading zeros.
func canonical(b []byte) bool {
	return len(b) == 1 || b[0] >= '1' && b[0] <= '9'
}

func isWord(b []byte, word string) bool {
	return len(b) == len(word) && strings.EqualFold(string(b), word)
}
