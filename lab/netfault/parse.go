package netfault

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseRule reads a rule from its words:
//
//	cut m r               cut-one-way m r
//	delay m r 200ms       delay-one-way m r 1s
//	drop m r 0.1          drop-one-way m r 0.5
//
// each with a class of link after it, if only that is meant: "cut m r replication".
func ParseRule(text string) (Rule, error) {
	words := strings.Fields(text)
	r, err := parseRule(words)
	if err != nil {
		return Rule{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return r, nil
}

func parseRule(words []string) (Rule, error) {
	if len(words) == 0 {
		return Rule{}, errors.New("is empty: write for example \"cut m r\"")
	}
	kind, oneWay := strings.CutSuffix(words[0], "-one-way")
	r := Rule{Kind: Kind(kind), OneWay: oneWay}
	args := 2
	switch r.Kind {
	case Cut:
	case Delay, Drop:
		args = 3
	default:
		return Rule{}, fmt.Errorf("unknown fault %q: use cut, delay or drop, with -one-way for one direction", words[0])
	}
	rest := words[1:]
	if len(rest) == args+1 {
		r.Class = Class(rest[args])
	} else if len(rest) != args {
		return Rule{}, fmt.Errorf("%s takes %s", words[0], usage(r.Kind))
	}
	r.From, r.To = rest[0], rest[1]
	var err error
	switch r.Kind {
	case Delay:
		if r.Delay, err = time.ParseDuration(rest[2]); err != nil {
			return Rule{}, fmt.Errorf("%q is not a duration like 200ms", rest[2])
		}
	case Drop:
		if r.Probability, err = strconv.ParseFloat(rest[2], 64); err != nil {
			return Rule{}, fmt.Errorf("%q is not a probability like 0.1", rest[2])
		}
	}
	return r, r.Validate()
}

func usage(k Kind) string {
	switch k {
	case Delay:
		return "two ends and a duration, and a class if wanted: delay m r 200ms"
	case Drop:
		return "two ends and a probability, and a class if wanted: drop m r 0.1"
	}
	return "two ends, and a class if wanted: cut m r"
}

// Verb is what a command asks for.
type Verb string

// The verbs of commands.
const (
	DoRule      Verb = "rule"
	DoIsolate   Verb = "isolate"
	DoPartition Verb = "partition"
	DoHeal      Verb = "heal"
)

// Command is a line of a console or script: a rule, or one of the shorthands.
type Command struct {
	Verb   Verb
	Rule   Rule       // of DoRule, and of DoIsolate, where To is AnyNode
	Groups [][]string // of DoPartition
	Link   []string   // of DoHeal: two ends, or none for all
}

// ParseCommand reads a rule (see ParseRule) or one of
//
//	isolate m                 cut m from every other node
//	partition m,r1 r2         cut every link between the groups
//	heal                      end all faults
//	heal m r                  end those between two ends
func ParseCommand(text string) (Command, error) {
	words := strings.Fields(text)
	c, err := parseCommand(words)
	if err != nil {
		return Command{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return c, nil
}

func parseCommand(words []string) (Command, error) {
	if len(words) == 0 {
		return Command{}, errors.New("is empty: write cut, delay, drop, isolate, partition or heal")
	}
	verb, args := Verb(words[0]), words[1:]
	switch verb {
	case DoIsolate:
		if len(args) < 1 || len(args) > 2 {
			return Command{}, errors.New("isolate takes a node, and a class if wanted: isolate m")
		}
		r := Rule{Kind: Cut, From: args[0], To: AnyNode}
		if len(args) == 2 {
			r.Class = Class(args[1])
		}
		return Command{Verb: verb, Rule: r}, r.Validate()
	case DoPartition:
		groups, err := parseGroups(args)
		return Command{Verb: verb, Groups: groups}, err
	case DoHeal:
		if len(args) != 0 && len(args) != 2 {
			return Command{}, errors.New("heal takes two ends, or nothing for all links")
		}
		for _, end := range args {
			if err := validEnd(end); err != nil {
				return Command{}, err
			}
		}
		return Command{Verb: verb, Link: append([]string(nil), args...)}, nil
	}
	r, err := parseRule(words)
	return Command{Verb: DoRule, Rule: r}, err
}

func parseGroups(args []string) ([][]string, error) {
	if len(args) < 2 {
		return nil, errors.New("partition takes two groups or more: partition m,r1 r2,r3")
	}
	var groups [][]string
	seen := map[string]bool{}
	for _, g := range args {
		group := strings.Split(g, ",")
		for _, end := range group {
			if err := validEnd(end); err != nil {
				return nil, err
			}
			if seen[end] {
				return nil, fmt.Errorf("%q is named twice", end)
			}
			seen[end] = true
		}
		groups = append(groups, group)
	}
	return groups, nil
}
