package sentinel

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestImports keeps the machine pure.
func TestImports(t *testing.T) {
	forbidden := map[string]string{
		"net":      "the shell opens connections",
		"os":       "the shell writes the file and starts scripts",
		"log":      "what is worth telling is an output",
		"log/slog": "what is worth telling is an output",
		"sync":     "the machine belongs to one goroutine",
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "time.Now(") && f.Name() != "doc.go" {
			t.Errorf("%s reads the clock: time is an argument", f.Name())
		}
		src, err := parser.ParseFile(token.NewFileSet(), f.Name(), text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range src.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if why, bad := forbidden[path]; bad {
				t.Errorf("%s imports %s: %s", f.Name(), path, why)
			}
			if strings.HasPrefix(path, "redislab/") && path != "redislab/node/resp" {
				t.Errorf("%s imports %s: of the module only codecs", f.Name(), path)
			}
		}
	}
}
