package command

import (
	"bytes"
	"fmt"
	"strings"
)

// shownArgs is how much of an unknown command's name, and of its arguments, the error shows.
const shownArgs = 128

// Error is the reply for a command that Lookup did not find; spec is what Lookup gave.
func (o Outcome) Error(spec *Spec, argv [][]byte) string {
	switch o {
	case NoCommand:
		return unknownCommand(argv)
	case NoSubcommand:
		return UnknownSubcommand(argv)
	case BadArity:
		return WrongArity(spec.FullName())
	}
	return ""
}

func unknownCommand(argv [][]byte) string {
	var name string
	var args strings.Builder
	if len(argv) != 0 {
		name = shown(argv[0], shownArgs)
		for _, a := range argv[1:] {
			if args.Len() >= shownArgs {
				break
			}
			args.WriteString("'" + shown(a, shownArgs-args.Len()) + "' ")
		}
	}
	return fmt.Sprintf(ErrUnknownF, name, args.String())
}

// UnknownSubcommand is the error for argv[1] when it is no sub-command of argv[0].
func UnknownSubcommand(argv [][]byte) string {
	return fmt.Sprintf(ErrUnknownSubF, shown(argv[1], shownArgs), strings.ToUpper(cString(argv[0])))
}

// UnknownSubcommandOrArgs is the error of commands that look at argv[1] themselves (DEBUG) and of
// sub-commands with a wrong number of arguments that arity does not catch.
func UnknownSubcommandOrArgs(argv [][]byte) string {
	return fmt.Sprintf(ErrSubcommandArgsF, shown(argv[1], shownArgs), strings.ToUpper(cString(argv[0])))
}

// WrongArity is the error for a wrong number of arguments; name is a full name.
func WrongArity(name string) string {
	return fmt.Sprintf(ErrArityF, name)
}

// shown is at most n bytes of b, up to the first zero byte, as C prints it.
func shown(b []byte, n int) string {
	if len(b) > n {
		b = b[:n]
	}
	return cString(b)
}

func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
