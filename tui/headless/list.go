package headless

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"redislab/exercises/kit"
	"redislab/lab"
)

// Listed is a lesson as list --json prints it.
type Listed struct {
	ID      string           `json:"id"`
	Chapter string           `json:"chapter"`
	Title   string           `json:"title"`
	Summary string           `json:"summary"`
	Nodes   int              `json:"nodes"`
	Needs   []lab.Capability `json:"needs"`
	After   []string         `json:"after"`
	Items   []int            `json:"items"` // of the source documents, see shared curriculum
	Steps   []ListedStep     `json:"steps"`
}

// ListedStep is a step of a Listed lesson.
type ListedStep struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Predict bool     `json:"predict"`
	Do      bool     `json:"do"` // leaves something to the learner
	Checks  []string `json:"checks"`
}

// List prints the curriculum.
func List(w io.Writer, chapters []Chapter, l kit.Lang, asJSON bool) error {
	if asJSON {
		return printJSON(w, listed(chapters, l))
	}
	for i, ch := range chapters {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s (%s)\n", ch.Title.In(l), ch.ID)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, ex := range ch.Lessons {
			fmt.Fprintf(t, "  %s\t%s\n", ex.ID, ex.Title.In(l))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func listed(chapters []Chapter, l kit.Lang) []Listed {
	out := []Listed{}
	for _, ch := range chapters {
		for _, ex := range ch.Lessons {
			e := Listed{ID: ex.ID, Chapter: ch.ID, Title: ex.Title.In(l), Summary: ex.Summary.In(l), Nodes: len(ex.Topology().Nodes),
				Needs: append([]lab.Capability{}, ex.Needs...), After: append([]string{}, ex.After...), Items: append([]int{}, ex.Items...)}
			for _, st := range ex.Steps {
				s := ListedStep{Name: st.Name, Title: st.Title.In(l), Predict: st.Predict != nil, Do: st.Solvable(), Checks: []string{}}
				for _, c := range st.Checks {
					s.Checks = append(s.Checks, c.Name.In(l))
				}
				e.Steps = append(e.Steps, s)
			}
			out = append(out, e)
		}
	}
	return out
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
