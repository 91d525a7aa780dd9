package netfault

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Class is the kind of traffic a connection carries.
type Class string

// The classes of links. AnyClass in a rule stands for all of them.
const (
	AnyClass    Class = ""
	Client      Class = "client"
	Replication Class = "replication"
	Bus         Class = "bus"
	Sentinel    Class = "sentinel"
)

// Classes lists the classes that a rule can name.
func Classes() []Class { return []Class{Client, Replication, Bus, Sentinel} }

// Kind is what a rule does to a link.
type Kind string

// The kinds of rules.
const (
	Cut   Kind = "cut"   // bytes stop; nothing is closed; new dials hang
	Delay Kind = "delay" // every byte arrives later
	Drop  Kind = "drop"  // packets get lost, so TCP stalls while it sends them again
)

// AnyNode in a rule stands for every node (not for clients).
const AnyNode = "*"

// ClientEnd is the end of a link whose other end is a program outside the lab. The lab's own clients have it too,
// unless they were given a name of their own, which starts with it ("client-east").
const ClientEnd = "client"

// Rule is one fault on the links between two ends.
type Rule struct {
	Kind        Kind          `json:"kind"`
	From        string        `json:"from"` // a node's ID, AnyNode, or a client's name
	To          string        `json:"to"`
	OneWay      bool          `json:"one_way,omitempty"`     // only what From sends to To
	Class       Class         `json:"class,omitempty"`       // AnyClass: all
	Delay       time.Duration `json:"delay,omitempty"`       // of a Delay
	Probability float64       `json:"probability,omitempty"` // of a Drop: 0 to 1
}

// IsClient tells the name of a client's end of a link.
func IsClient(end string) bool {
	return end == ClientEnd || strings.HasPrefix(end, ClientEnd+"-")
}

// Touches reports whether the rule says something about what from sends to to on a link of that class.
func (r Rule) Touches(from, to string, class Class) bool {
	if r.Class != AnyClass && r.Class != class {
		return false
	}
	if matches(r.From, from) && matches(r.To, to) {
		return true
	}
	return !r.OneWay && matches(r.From, to) && matches(r.To, from)
}

func matches(pattern, end string) bool {
	if pattern == AnyNode {
		return !IsClient(end)
	}
	if pattern == ClientEnd { // every client, named or not
		return IsClient(end)
	}
	return pattern == end
}

// String is the rule in the words that ParseRule reads.
func (r Rule) String() string {
	var b strings.Builder
	b.WriteString(string(r.Kind))
	if r.OneWay {
		b.WriteString("-one-way")
	}
	b.WriteString(" " + r.From + " " + r.To)
	switch r.Kind {
	case Delay:
		b.WriteString(" " + r.Delay.String())
	case Drop:
		b.WriteString(" " + strconv.FormatFloat(r.Probability, 'g', -1, 64))
	}
	if r.Class != AnyClass {
		b.WriteString(" " + string(r.Class))
	}
	return b.String()
}

// Validate says what is wrong with the rule, if anything.
func (r Rule) Validate() error {
	if err := validEnd(r.From); err != nil {
		return err
	}
	if err := validEnd(r.To); err != nil {
		return err
	}
	if r.From == r.To && r.From != AnyNode {
		return fmt.Errorf("a link has two ends: %q is named twice", r.From)
	}
	if r.Class != AnyClass && !validClass(r.Class) {
		return fmt.Errorf("unknown class of link %q: use one of client, replication, bus, sentinel", r.Class)
	}
	switch r.Kind {
	case Cut:
	case Delay:
		if r.Delay <= 0 || r.Delay > time.Hour {
			return fmt.Errorf("a delay is more than 0 and at most 1h, not %s", r.Delay)
		}
	case Drop:
		if math.IsNaN(r.Probability) || r.Probability <= 0 || r.Probability > 1 {
			return fmt.Errorf("a drop probability is more than 0 and at most 1, not %v", r.Probability)
		}
	default:
		return fmt.Errorf("unknown fault %q: use cut, delay or drop", r.Kind)
	}
	return nil
}

func validClass(c Class) bool {
	for _, k := range Classes() {
		if k == c {
			return true
		}
	}
	return false
}

func validEnd(end string) error {
	if end == "" {
		return fmt.Errorf("an end of a link has no name")
	}
	for _, r := range end {
		if r <= ' ' || r == ',' || r == 0x7f || r == 0xfffd {
			return fmt.Errorf("the name %q of a link's end has a character that names cannot have", end)
		}
	}
	return nil
}
