package lab

import (
	"fmt"
	"time"
)

// Phrase is a part of a reason's text before its words are put together, for those who tell it in another language. Our
// own sentinel (node/sentinel) has the like for its reasons: it knows nothing of labs, and the lab must do with any Redis.
type Phrase struct {
	Of     string   `json:"of,omitempty"` // the node or address that it is about, "" where the words say so
	Format string   `json:"format"`       // of package fmt, with a %s for each of the words
	Args   []string `json:"args,omitempty"`
}

// say makes a phrase. Its format is written out where it is called: those who translate look for it there.
func say(format string, args ...any) Phrase {
	p := Phrase{Format: format}
	for _, a := range args {
		p.Args = append(p.Args, fmt.Sprint(a))
	}
	return p
}

func (p Phrase) String() string { return p.In(p.Format) }

// In is the phrase in the words of another format, as those of another language.
func (p Phrase) In(format string) string {
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		args[i] = a
	}
	return fmt.Sprintf(format, args...)
}

func newReason(rule string, until time.Time, first Phrase, particulars ...Phrase) Reason {
	text := first.String()
	for i, p := range particulars {
		text += []string{": ", "; "}[min(i, 1)]
		if p.Of != "" {
			text += p.Of + ": "
		}
		text += p.String()
	}
	return Reason{Rule: rule, Text: text, Parts: append([]Phrase{first}, particulars...), Until: until}
}
