package command

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// errorTexts are the constants of errors.go.
func errorTexts(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			lit := v.Values[0].(*ast.BasicLit)
			texts[v.Names[0].Name] = constant.StringVal(constant.MakeFromLiteral(lit.Value, lit.Kind, 0))
		}
		return true
	})
	return texts
}

// The texts are in the real server's program, letter by letter.
func TestErrorTextsAreRedis(t *testing.T) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("redis-server is not on PATH")
	}
	if out, _ := exec.Command(path, "--version").Output(); !strings.Contains(string(out), "v=7.0.") {
		t.Skipf("redis-server on PATH is not version 7.0: %s", out)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	texts := errorTexts(t)
	if len(texts) < 100 {
		t.Fatalf("found only %d texts", len(texts))
	}
	// C prints some of the arguments in other ways.
	formats := regexp.MustCompile(`%[a-z.0-9]+`)
	plain := formats.ReplaceAll(program, []byte("%"))
	for name, text := range texts {
		if name == "ErrPrefix" {
			continue
		}
		want := formats.ReplaceAllString(strings.TrimPrefix(text, ErrPrefix), "%")
		if !bytes.Contains(plain, []byte(want)) {
			t.Errorf("%s: %q is not a text of redis-server", name, text)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range [][2]string{
		{DebugNotAllowed("debug"), "ERR DEBUG command not allowed. If the enable-debug-command option"},
		{DebugNotAllowed("module|load"), "ERR MODULE command not allowed. If the enable-module-command option"},
		{ExecAbortBecause(ErrOOM), "EXECABORT Transaction discarded because of: OOM command not allowed"},
		{UnknownSubcommandOrArgs(words("debug", "a\x00b")), "ERR unknown subcommand or wrong number of arguments for 'a'. Try DEBUG HELP."},
		{WrongArity("config|get"), "ERR wrong number of arguments for 'config|get' command"},
		{fmt.Sprintf(ErrPubSubContext, "get"), "ERR Can't execute 'get': only (P|S)SUBSCRIBE"},
	} {
		if !strings.HasPrefix(test[0], test[1]) {
			t.Errorf("%q does not begin with %q", test[0], test[1])
		}
	}
}
