package kit

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"redislab/lab"
)

func TestSplitLine(t *testing.T) {
	tests := []struct {
		line string
		want []string
		bad  bool
	}{
		{line: `SET a b`, want: []string{"SET", "a", "b"}},
		{line: `  SET   a  "b c"  `, want: []string{"SET", "a", "b c"}},
		{line: `SET a ""`, want: []string{"SET", "a", ""}},
		{line: `SET a "\x41\n\"q\""`, want: []string{"SET", "a", "A\n\"q\""}},
		{line: `SET a 'it''s'`, bad: true},
		{line: `SET a 'it\'s "x"'`, want: []string{"SET", "a", `it's "x"`}},
		{line: `SET a "open`, bad: true},
		{line: `SET a "b"c`, bad: true},
		{line: `   `, bad: true},
	}
	for _, tt := range tests {
		got, err := SplitLine(tt.line)
		if (err != nil) != tt.bad {
			t.Errorf("SplitLine(%q): error %v, want one: %v", tt.line, err, tt.bad)
		}
		if err == nil && !cmp.Equal(got, tt.want) {
			t.Errorf("SplitLine(%q) = %q, want %q", tt.line, got, tt.want)
		}
	}
}

const pageText = `# The title

What it is about.

Two paragraphs.

## one: First step

Text with a fence:

` + "```" + `
## not a heading
` + "```" + `

## two: Second: with a colon
Body.
`

func TestParsePage(t *testing.T) {
	p, err := ParsePage(pageText)
	if err != nil {
		t.Fatal(err)
	}
	want := Page{
		Title: "The title", Summary: "What it is about.\n\nTwo paragraphs.", Order: []string{"one", "two"},
		Steps: map[string]Section{
			"one": {Title: "First step", Body: "Text with a fence:\n\n```\n## not a heading\n```"},
			"two": {Title: "Second: with a colon", Body: "Body."},
		},
	}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
	for _, bad := range []string{"no title\n## a: A\n", "# t\n## a: A\nx\n## a: B\n"} {
		if _, err := ParsePage(bad); err == nil {
			t.Errorf("ParsePage(%q) succeeded", bad)
		}
	}
}

// sound is a lesson that Validate has nothing against.
func sound() Exercise {
	prose := fstest.MapFS{
		"a_b.en.md": {Data: []byte("# T\n\nSum.\n\n## s: S\n\nText.\n")},
		"a_b.zh.md": {Data: []byte("# 题\n\n简介。\n\n## s: 步\n\n正文。\n")},
	}
	ex := Exercise{
		ID: "ch/a-b", Chapter: "ch", Topology: lab.Single, Items: []int{1},
		Steps: []Step{{
			Name: "s", Commands: []Cmd{{"master", "PING"}},
			Checks: []Check{{Name: T("c", "查"), Items: []int{1}, Probe: holds}},
		}},
	}
	return Bind(prose, ex)[0]
}

func TestValidateAcceptsASoundLesson(t *testing.T) {
	ex := sound()
	for _, err := range Validate([]Exercise{ex}) {
		t.Error(err)
	}
	if ex.Title != T("T", "题") || ex.Steps[0].Title != T("S", "步") || ex.Summary.Zh != "简介。" {
		t.Errorf("Bind filled in %+v, %+v, %+v", ex.Title, ex.Summary, ex.Steps[0].Title)
	}
}

func TestValidateFindsMistakes(t *testing.T) {
	step := func(change func(*Step)) func(*Exercise) {
		return func(ex *Exercise) { change(&ex.Steps[0]) }
	}
	tests := []struct {
		name   string
		change func(*Exercise)
		says   string
	}{
		{"chapter", func(ex *Exercise) { ex.Chapter = "other" }, "the ID must be the chapter"},
		{"topology", func(ex *Exercise) { ex.Topology = nil }, "no topology"},
		{"bad topology", func(ex *Exercise) { ex.Topology = func() lab.Topology { return lab.Topology{} } }, "topology:"},
		{"unproved item", func(ex *Exercise) { ex.Items = []int{1, 2} }, "item 2 is proved by no check"},
		{"unknown item", step(func(s *Step) { s.Checks[0].Items = []int{1, 999} }), "names item 999"},
		{"prerequisite", func(ex *Exercise) { ex.After = []string{"ch/later"} }, "not an earlier lesson"},
		{"no check", step(func(s *Step) { s.Checks = nil }), "has no check"},
		{"one language", step(func(s *Step) { s.Checks[0].Name = T("c", "") }), "both languages"},
		{"no probe", step(func(s *Step) { s.Checks[0].Probe = nil }), "a probe"},
		{"half a command", step(func(s *Step) { s.Commands[0].Node = "" }), "incomplete"},
		{"quotes", step(func(s *Step) { s.Commands[0].Line = `SET k "v` }), "unbalanced quotes"},
		{"lab verb", step(func(s *Step) { s.Commands[0] = Cmd{LabNode, "kil master"} }), `unknown lab command "kil"`},
		{"lab usage", step(func(s *Step) { s.Commands[0] = Cmd{LabNode, "cut master"} }), "usage: cut NODE NODE"},
		{"prediction", step(func(s *Step) { s.Predict = &Predict{Question: T("q", "问")} }), "a prediction needs"},
		{"step without prose", step(func(s *Step) { s.Name = "t" }), "needs \"## t: Title\""},
		{"summary of a run", func(ex *Exercise) {
			ex.Prose = fstest.MapFS{"a_b.en.md": {Data: []byte("# T\n\nAfter {val:x}.\n\n## s: S\n\nText.\n")}}
		}, "the summary is read before"},
		{"no prose", func(ex *Exercise) { ex.Prose = fstest.MapFS{} }, "prose:"},
	}
	for _, tt := range tests {
		ex := sound()
		tt.change(&ex)
		var said []string
		for _, err := range Validate([]Exercise{ex}) {
			said = append(said, err.Error())
		}
		if !strings.Contains(strings.Join(said, "\n"), tt.says) {
			t.Errorf("%s: want %q, got %q", tt.name, tt.says, said)
		}
	}
}

func TestValidateFindsDoubles(t *testing.T) {
	errs := Validate([]Exercise{sound(), sound()})
	var said []string
	for _, err := range errs {
		said = append(said, err.Error())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"the ID is used twice", "item 1 is already at home in ch/a-b"} {
		if !strings.Contains(all, want) {
			t.Errorf("want %q, got %q", want, all)
		}
	}
	if got := Uncovered([]Exercise{sound()}, 1, 3); !cmp.Equal(got, []int{2, 3}) {
		t.Errorf("Uncovered = %v", got)
	}
}
