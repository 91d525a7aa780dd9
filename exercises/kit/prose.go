package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Page is one parsed Markdown file of a lesson.
type Page struct {
	Title   string // the "# …" heading
	Summary string // the paragraphs before the first step
	Steps   map[string]Section
	Order   []string
}

// Section is the prose of one step, from a heading "## name: Title".
type Section struct{ Title, Body string }

// ProseFile is the name of the Markdown file of an exercise in a language.
func ProseFile(id string, l Lang) string {
	return strings.ReplaceAll(path.Base(id), "-", "_") + "." + string(l) + ".md"
}

// ParsePage reads a lesson's Markdown.
func ParsePage(src string) (Page, error) {
	p := Page{Steps: map[string]Section{}}
	var name, title string
	var body []string
	flush := func() error {
		text := strings.TrimSpace(strings.Join(body, "\n"))
		body = nil
		if name == "" {
			p.Summary = text
			return nil
		}
		if _, dup := p.Steps[name]; dup {
			return fmt.Errorf("step %q has two sections", name)
		}
		p.Steps[name] = Section{Title: title, Body: text}
		p.Order = append(p.Order, name)
		return nil
	}
	fenced := false
	for _, line := range strings.Split(src, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		switch {
		case !fenced && strings.HasPrefix(line, "# ") && p.Title == "":
			p.Title = strings.TrimSpace(line[2:])
		case !fenced && strings.HasPrefix(line, "## "):
			if err := flush(); err != nil {
				return p, err
			}
			n, t, _ := strings.Cut(line[3:], ":")
			name, title = strings.TrimSpace(n), strings.TrimSpace(t)
		default:
			body = append(body, line)
		}
	}
	if err := flush(); err != nil {
		return p, err
	}
	if p.Title == "" {
		return p, errors.New("no \"# title\" line")
	}
	return p, nil
}

// Page reads and parses the lesson's prose in a language.
func (ex Exercise) Page(l Lang) (Page, error) {
	if ex.Prose == nil {
		return Page{}, fmt.Errorf("%s: no prose is bound: use Bind", ex.ID)
	}
	file := ProseFile(ex.ID, l)
	b, err := fs.ReadFile(ex.Prose, file)
	if err != nil {
		return Page{}, fmt.Errorf("%s: prose: %w", ex.ID, err)
	}
	p, err := ParsePage(string(b))
	if err != nil {
		return p, fmt.Errorf("%s: %s: %w", ex.ID, file, err)
	}
	return p, nil
}

// Bind attaches the folder that holds the prose of a chapter and fills in
// titles and summaries. What is missing stays empty; Validate reports it.
func Bind(prose fs.FS, exs ...Exercise) []Exercise {
	for i := range exs {
		ex := &exs[i]
		ex.Prose = prose
		ex.Steps = append([]Step(nil), ex.Steps...)
		for _, l := range Langs() {
			p, err := ex.Page(l)
			if err != nil {
				continue
			}
			ex.Title.set(l, p.Title)
			ex.Summary.set(l, p.Summary)
			for j := range ex.Steps {
				ex.Steps[j].Title.set(l, p.Steps[ex.Steps[j].Name].Title)
			}
		}
	}
	return exs
}

var placeholder = regexp.MustCompile(`\{(host|port|addr|dir|val):([^{}\s]+)\}`)

// Expand fills {host:ID}, {port:ID}, {addr:ID}, {dir:ID} and {val:NAME} in from the run.
// What is not known yet stays as it is.
func (r *Run) Expand(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(m string) string {
		sub := placeholder.FindStringSubmatch(m)
		if sub[1] == "val" {
			if v, ok := r.Values.get(sub[2]); ok {
				return fmt.Sprint(v)
			}
			return m
		}
		n := r.Lab.Node(sub[2])
		if n == nil {
			return m
		}
		host, port := splitAddr(n.Addr())
		switch sub[1] {
		case "host":
			return host
		case "port":
			return port
		case "dir":
			return n.Dir()
		}
		return n.Addr()
	})
}

// Unfilled returns a placeholder that Expand left in s, or "".
func Unfilled(s string) string { return placeholder.FindString(s) }
