package rdb

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestImports keeps the codec pure.
func TestImports(t *testing.T) {
	forbidden := map[string]string{
		"redislab": "the codec imports nothing of the module: it knows no keyspace and no server",
		"net":      "the caller brings the connection",
		"os":       "the caller brings the file",
		"log":      "what is wrong is an error that is returned",
		"log/slog": "what is wrong is an error that is returned",
		"time":     "times are numbers in the data",
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range src.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if root, _, ok := strings.Cut(path, "/"); ok && root == "redislab" {
				path = root
			}
			if why, bad := forbidden[path]; bad {
				t.Errorf("%s imports %s: %s", f.Name(), path, why)
			}
		}
	}
}
