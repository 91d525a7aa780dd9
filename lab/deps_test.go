package lab_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// boundary says what some packages must never reach, directly or through others.
type boundary struct {
	from   []string // packages, "x/..." with all below
	except []string
	never  []string
	tests  bool // holds for test files too
	reason string
}

// boundaries keep imports running one way. Names are relative to the module.
func boundaries() []boundary {
	backends := []string{"lab/inproc", "lab/proc", "docker/..."}
	pure := []string{"node/resp", "node/rdb", "node/repl", "node/pubsub", "node/store", "node/sentinel", "node/sim"}
	machines := []string{"node/repl", "node/pubsub", "node/sentinel"}
	return []boundary{
		{from: []string{"node/..."}, never: []string{"lab/...", "exercises/...", "tui/...", "docker/..."}, tests: true,
			reason: "a node is a server of its own: it knows nothing of labs and lessons"},
		{from: []string{"lab/..."}, never: []string{"exercises/...", "tui/..."}, tests: true,
			reason: "the lab serves anybody's go test, not only our lessons"},
		{from: []string{"lab/..."}, except: []string{"lab/inproc"}, never: []string{"node/..."},
			reason: "only the in-process backend knows our own node: the others run any Redis"},
		{from: []string{"lab"}, never: backends,
			reason: "a lab takes a backend as an argument"},
		{from: []string{"exercises/..."}, never: append([]string{"node/...", "tui/..."}, backends...),
			reason: "a lesson runs on every backend alike and without a terminal"},
		{from: []string{"tui/..."}, except: []string{"tui"}, never: backends,
			reason: "only the main package names backends"},
		{from: []string{"tui/..."}, except: []string{"tui"}, never: []string{"node", "node/data", "node/store", "node/command"},
			reason: "the terminal program sees nodes as any client does"},
		{from: []string{"docker/..."}, never: []string{"node/...", "exercises/...", "tui/..."},
			reason: "containers are a backend like the others"},
		{from: []string{"node/resp", "node/rdb"}, never: []string{"node", "node/command", "node/config", "node/data", "node/pubsub", "node/repl", "node/store"},
			reason: "a codec imports nothing of the module but codecs"},
		{from: machines, never: []string{"node", "node/command", "node/config", "node/data", "node/store"},
			reason: "a machine imports nothing of the module but codecs"},
		{from: []string{"node/sentinel"}, never: []string{"sync", "sync/..."},
			reason: "the machine belongs to whoever holds the node's lock"},
		{from: []string{"node/rdb"}, never: []string{"time"},
			reason: "times are numbers in the data"},
		{from: pure, never: []string{"net", "os", "os/...", "syscall", "log", "log/..."},
			reason: "codecs, machines and the keyspace get what they need as arguments and return what to do"},
	}
}

// untimed are the packages that take the time as an argument.
func untimed() []string {
	return []string{"node/resp", "node/rdb", "node/repl", "node/pubsub", "node/store", "node/sentinel", "node/sim", "node/command", "node/config",
		"node/data"}
}

const module = "redislab"

func TestBoundaries(t *testing.T) {
	m := readModule(t)
	t.Run("imports run one way", func(t *testing.T) { importsRunOneWay(t, m) })
	t.Run("time is an argument", func(t *testing.T) { timeIsAnArgument(t, m) })
	t.Run("no hidden state", func(t *testing.T) { noHiddenState(t, m) })
}

func importsRunOneWay(t *testing.T, m modulePackages) {
	for _, b := range boundaries() {
		for _, name := range m.names() {
			if !matches(b.from, name) || matches(b.except, name) {
				continue
			}
			imports := slices.Clone(m[name].imports)
			if b.tests {
				imports = append(imports, m[name].testImports...)
			}
			slices.Sort(imports)
			imports = slices.Compact(imports)
			for _, imp := range imports {
				if way := m.reach(imp, b.never, nil); way != nil {
					t.Errorf("%s must not import %s (%s): %s", name, way[len(way)-1], b.reason,
						strings.Join(append([]string{name}, way...), " → "))
				}
			}
		}
	}
}

func timeIsAnArgument(t *testing.T, m modulePackages) {
	clocks := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	for _, name := range untimed() {
		if m[name] == nil {
			t.Errorf("there is no package %s", name)
			continue
		}
		for _, use := range m[name].uses("time") {
			if slices.Contains(clocks, use.what) {
				t.Errorf("%s: time.%s: %s takes the time as an argument", use.where, use.what, name)
			}
		}
	}
}

// noHiddenState keeps out what makes two runs of the same seed differ, and what runs before main.
func noHiddenState(t *testing.T, m modulePackages) {
	makers := []string{"New", "NewPCG", "NewChaCha8", "NewSource", "NewZipf", "Rand", "PCG", "ChaCha8", "Source", "Zipf"}
	for _, name := range m.names() {
		p := m[name]
		for _, use := range append(p.uses("math/rand/v2"), p.uses("math/rand")...) {
			if !slices.Contains(makers, use.what) {
				t.Errorf("%s: rand.%s is the global source: draw from one with a seed of its own", use.where, use.what)
			}
		}
		for _, f := range p.files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s: init registers behind the back of who reads main", p.fset.Position(fn.Pos()))
				}
			}
		}
	}
}

func TestWaysAreFound(t *testing.T) {
	m := modulePackages{
		"a": {imports: []string{"b"}}, "b": {imports: []string{"c/d", "os"}}, "c/d": {}, "e": {},
	}
	for _, c := range []struct {
		from  string
		never []string
		want  string
	}{
		{"a", []string{"c/..."}, "a b c/d"},
		{"a", []string{"os"}, "a b os"},
		{"a", []string{"c"}, ""},
		{"e", []string{"e"}, "e"},
	} {
		if got := strings.Join(m.reach(c.from, c.never, nil), " "); got != c.want {
			t.Errorf("way from %s to %v: %q, want %q", c.from, c.never, got, c.want)
		}
	}
}

// modulePackages are the packages of the module by their path below it, "." for its root.
type modulePackages map[string]*goPackage

type goPackage struct {
	fset                 *token.FileSet
	files                []*ast.File // without tests
	imports, testImports []string    // those of the module without its name
}

func (m modulePackages) names() []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// reach is a way from an import to one that is forbidden, nil when there is none. Packages outside of the module are not
// looked into: what they import is their own affair.
func (m modulePackages) reach(imp string, never, seen []string) []string {
	if matches(never, imp) {
		return []string{imp}
	}
	p := m[imp]
	if p == nil || slices.Contains(seen, imp) {
		return nil
	}
	for _, next := range p.imports {
		if way := m.reach(next, never, append(seen, imp)); way != nil {
			return append([]string{imp}, way...)
		}
	}
	return nil
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		below, all := strings.CutSuffix(p, "/...")
		return name == below || all && strings.HasPrefix(name, below+"/")
	})
}

type use struct{ where, what string }

// uses lists what the package takes from an imported package.
func (p *goPackage) uses(imported string) []use {
	var found []use
	for _, f := range p.files {
		name := importName(f, imported)
		if name == "" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok && id.Name == name {
					found = append(found, use{p.fset.Position(sel.Pos()).String(), sel.Sel.Name})
				}
			}
			return true
		})
	}
	return found
}

// importName is what a file calls an import, "" when it has none of it.
func importName(f *ast.File, imported string) string {
	for _, spec := range f.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p != imported {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(strings.TrimSuffix(imported, "/v2"))
	}
	return ""
}

func readModule(t *testing.T) modulePackages {
	t.Helper()
	root := ".." // of package lab
	if text, err := os.ReadFile(filepath.Join(root, "go.mod")); err != nil || !strings.HasPrefix(string(text), "module "+module+"\n") {
		t.Fatalf("%s is not the module's root: %v", root, err)
	}
	m := modulePackages{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && name != root && (strings.HasPrefix(base, ".") || base == "testdata" || base == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(base, ".go") {
			return nil
		}
		return m.add(root, name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(m) < 10 {
		t.Fatalf("only %d packages found: %v", len(m), m.names())
	}
	return m
}

func (m modulePackages) add(root, name string) error {
	dir, err := filepath.Rel(root, filepath.Dir(name))
	if err != nil {
		return err
	}
	dir = filepath.ToSlash(dir)
	p := m[dir]
	if p == nil {
		p = &goPackage{fset: token.NewFileSet()}
		m[dir] = p
	}
	f, err := parser.ParseFile(p.fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		imported = strings.TrimPrefix(imported, module+"/")
		if strings.HasSuffix(name, "_test.go") {
			p.testImports = append(p.testImports, imported)
		} else {
			p.imports = append(p.imports, imported)
		}
	}
	if !strings.HasSuffix(name, "_test.go") {
		p.files = append(p.files, f)
	}
	return nil
}
