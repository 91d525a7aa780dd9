package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"redislab/exercises/kit"
)

// saidIn lists the formats that a package's calls of say are given.
func saidIn(t *testing.T, dir string) []string {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var formats []string
	for _, file := range sources {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "say" {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: say is given a format that is not written out", file)
				return true
			}
			format, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Error(err)
			}
			formats = append(formats, format)
			return true
		})
	}
	return formats
}

// Whatever a sentinel or the lab says can be told in Chinese, with the same things in it; and nothing is kept that nobody says.
func TestPhrasesAreWhole(t *testing.T) {
	zh := Phrases(kit.Zh)
	said := saidIn(t, "../../node/sentinel")
	said = append(said, saidIn(t, "../../lab")...)
	if len(said) < 20 {
		t.Fatalf("only %d phrases were found", len(said))
	}
	for _, format := range said {
		if got, want := strings.Count(zh[format], "%"), strings.Count(format, "%"); zh[format] == "" || got != want {
			t.Errorf("%q: %q in Chinese", format, zh[format])
		}
	}
	for format := range zh {
		if !slices.Contains(said, format) {
			t.Errorf("nobody says %q", format)
		}
	}
}
