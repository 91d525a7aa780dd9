// Package golden compares screens with files kept beside the tests; go test -update rewrites them. Only tests import it.
//
//	golden.Screen(t, "menu-80x24", model.View(), 80, 24)
package golden

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	_ "github.com/charmbracelet/x/exp/golden" // for its flag
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"redislab/tui/widget"
)

// updating reports whether go test was given -update. The flag is that of charmbracelet's golden, which teatest
// brings along: a program has each flag only once.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// Theme is one without colour, the same on every machine.
func Theme() *widget.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return widget.NewTheme(r, true, true)
}

// Text compares a text with testdata/NAME.txt.
func Text(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if updating() {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s changed (-want +got; go test -update accepts it):\n%s", name, diff)
	}
}

// Screen is Text for a whole screen: it must be exactly width × height cells. Blanks at line ends are not kept.
func Screen(t *testing.T, name, view string, width, height int) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) != height {
		t.Errorf("%s: %d lines, want %d", name, len(lines), height)
	}
	for i, l := range lines {
		if w := widget.Width(l); w != width {
			t.Errorf("%s: line %d has %d cells, want %d: %q", name, i+1, w, width, l)
		}
		lines[i] = strings.TrimRight(l, " ")
	}
	Text(t, name, strings.Join(lines, "\n")+"\n")
}
