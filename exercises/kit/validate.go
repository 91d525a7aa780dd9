package kit

import (
	"fmt"
	"slices"
	"strings"
)

// MaxItem is the last item of the curriculum.
const MaxItem = 340

// Validate lints a curriculum and returns everything that is wrong with it.
func Validate(exs []Exercise) []error {
	var errs []error
	home := map[int]string{}
	ids := map[string]bool{}
	for _, ex := range exs {
		report := func(format string, a ...any) {
			errs = append(errs, fmt.Errorf(ex.ID+": "+format, a...))
		}
		if ids[ex.ID] {
			report("the ID is used twice")
		}
		for _, id := range ex.After {
			if !ids[id] {
				report("comes after %q, which is not an earlier lesson", id)
			}
		}
		ids[ex.ID] = true
		for _, n := range ex.Items {
			if home[n] != "" {
				report("item %d is already at home in %s", n, home[n])
			}
			home[n] = ex.ID
		}
		validateShape(ex, report)
		validateItems(ex, report)
		validateProse(ex, report)
	}
	return errs
}

func validateShape(ex Exercise, report func(string, ...any)) {
	if ch, name, ok := strings.Cut(ex.ID, "/"); !ok || ch != ex.Chapter || name == "" {
		report("the ID must be the chapter, a slash and a name, and the chapter is %q", ex.Chapter)
	}
	if ex.Topology == nil {
		report("no topology")
	} else if err := ex.Topology().Validate(); err != nil {
		report("topology: %v", err)
	}
	if len(ex.Steps) == 0 {
		report("no steps")
	}
	names := map[string]bool{}
	for _, s := range ex.Steps {
		if s.Name == "" || names[s.Name] {
			report("step name %q is empty or used twice", s.Name)
		}
		names[s.Name] = true
		validateStep(s, report)
	}
}

func validateStep(s Step, report func(string, ...any)) {
	if len(s.Checks) == 0 {
		report("step %s has no check", s.Name)
	}
	for _, c := range s.Checks {
		if c.Name.Empty() || c.Probe == nil {
			report("step %s: check %q needs a name in both languages and a probe", s.Name, c.Name.En)
		}
	}
	for _, c := range append(slices.Clone(s.Commands), s.Look...) {
		if c.Node == "" || c.Line == "" {
			report("step %s: command %q at %q is incomplete", s.Name, c.Line, c.Node)
		} else if err := c.readable(); err != nil {
			report("step %s: command %q at %s: %v", s.Name, c.Line, c.Node, err)
		}
	}
	p := s.Predict
	if p == nil {
		return
	}
	if p.Question.Empty() || p.Explain.Empty() || len(p.Choices) < 2 || p.Answer == nil {
		report("step %s: a prediction needs a question, two choices, an answer and an explanation, in both languages", s.Name)
	}
	for _, c := range p.Choices {
		if c.Empty() {
			report("step %s: choice %q lacks a language", s.Name, c.En)
		}
	}
}

// readable says what is wrong with the line as such. Whether there is such a node shows when it is typed: a step may add one.
func (c Cmd) readable() error {
	if c.Node == LabNode {
		_, _, err := labVerbOf(c.Line)
		return err
	}
	_, err := SplitLine(c.Line)
	return err
}

func validateItems(ex Exercise, report func(string, ...any)) {
	proved := map[int]bool{}
	for _, s := range ex.Steps {
		for _, c := range s.Checks {
			for _, n := range c.Items {
				proved[n] = true
				if n < 1 || n > MaxItem {
					report("step %s: check %q names item %d; the curriculum has 1 to %d", s.Name, c.Name.En, n, MaxItem)
				}
			}
		}
	}
	for _, n := range ex.Items {
		if !proved[n] {
			report("item %d is proved by no check", n)
		}
	}
}

func validateProse(ex Exercise, report func(string, ...any)) {
	for _, l := range Langs() {
		p, err := ex.Page(l)
		if err != nil {
			report("%s", strings.TrimPrefix(err.Error(), ex.ID+": "))
			continue
		}
		if p.Summary == "" {
			report("%s: no summary above the first step", ProseFile(ex.ID, l))
		}
		if u := Unfilled(p.Summary); u != "" {
			report("%s: the summary is read before there is a run that could fill %s in", ProseFile(ex.ID, l), u)
		}
		var names []string
		for _, s := range ex.Steps {
			names = append(names, s.Name)
			if sec := p.Steps[s.Name]; sec.Title == "" || sec.Body == "" {
				report("%s: step %q needs \"## %s: Title\" and text", ProseFile(ex.ID, l), s.Name, s.Name)
			}
		}
		if !slices.Equal(p.Order, names) {
			report("%s: sections %v, steps %v", ProseFile(ex.ID, l), p.Order, names)
		}
	}
}

// Uncovered lists the items from first to last that no lesson is the home of.
func Uncovered(exs []Exercise, first, last int) []int {
	var out []int
	for n := first; n <= last; n++ {
		if !slices.ContainsFunc(exs, func(ex Exercise) bool { return slices.Contains(ex.Items, n) }) {
			out = append(out, n)
		}
	}
	return out
}
