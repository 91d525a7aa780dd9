package command

import "strings"

type helpText struct {
	name  string
	lines []string
}

// HelpLines are the lines that a container command answers to HELP in Redis 7.0; nil when name
// (in lower case) is none. DEBUG has them although it has no sub-commands in COMMAND.
func HelpLines(name string) []string {
	for i := range helpTexts {
		if helpTexts[i].name != name {
			continue
		}
		own := helpTexts[i].lines
		lines := make([]string, 0, len(own)+3)
		lines = append(lines, strings.ToUpper(name)+" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
		lines = append(lines, own...)
		return append(lines, "HELP", "    Prints this help.")
	}
	return nil
}

// ReplyHelp is the handler of HELP for every container: bind it to "config|help" and its
// kind. For a command without sub-commands (DEBUG) its handler calls it.
func ReplyHelp(c *Ctx) {
	name := c.Spec.Parent
	if name == "" {
		name = c.Spec.Name
	}
	lines := HelpLines(name)
	c.Array(len(lines))
	for _, l := range lines {
		c.Simple(l)
	}
}
