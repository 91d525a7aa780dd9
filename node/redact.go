package node

import (
	"strings"

	"redislab/node/command"
	"redislab/node/config"
)

// redactedWord stands where a password was.
var redactedWord = []byte("(redacted)")

// redacted gives the arguments as MONITOR and SLOWLOG may show them: passwords are covered. It gives argv
// itself when there is nothing to hide.
func redacted(set *config.Set, spec *command.Spec, argv [][]byte) [][]byte {
	var hide []int
	switch spec.FullName() {
	case "auth":
		for i := 1; i < len(argv); i++ {
			hide = append(hide, i)
		}
	case "hello":
		hide = secretsOfHello(argv)
	case "config|set":
		for i := 2; i+1 < len(argv); i += 2 {
			if set.Secret(string(argv[i])) {
				hide = append(hide, i+1)
			}
		}
	}
	if hide == nil {
		return argv
	}
	shown := append([][]byte(nil), argv...)
	for _, i := range hide {
		shown[i] = redactedWord
	}
	return shown
}

// secretsOfHello finds user and password behind AUTH, stepping over the options as HELLO itself does.
func secretsOfHello(argv [][]byte) (hide []int) {
	for i := 2; i < len(argv); i++ {
		switch left := len(argv) - i - 1; {
		case strings.EqualFold(string(argv[i]), "auth") && left >= 2:
			hide = append(hide, i+1, i+2)
			i += 2
		case strings.EqualFold(string(argv[i]), "setname") && left >= 1:
			i++
		default:
			return hide
		}
	}
	return hide
}
