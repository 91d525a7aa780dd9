package lab_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"redislab/lab"
	"redislab/lab/inproc"
	"redislab/node/command"
	"redislab/node/config"
)

// go test ./lab -run TestReadme -rewrite
var rewrite = flag.Bool("rewrite", false, "write the README's tables anew")

const readmeFile = "../README.md"

// TestReadme holds the README's tables against what a running node and its directive table say.
func TestReadme(t *testing.T) {
	raw, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	served := servedCommands(t)
	text := string(raw)
	for _, b := range []struct{ name, want string }{
		{"commands", commandTable(served)},
		{"left out", leftOutTable(t, served)},
		{"directives", directiveTable()},
	} {
		was, ok := block(text, b.name)
		if !ok {
			t.Fatalf("the README has no block %q between its two marks", b.name)
		}
		if was == b.want {
			continue
		}
		if !*rewrite {
			t.Errorf("the README's block %q is out of date: go test ./lab -run TestReadme -rewrite\n got: %s\nwant: %s", b.name, was, b.want)
		}
		text = strings.Replace(text, mark(b.name)+was+mark("/"+b.name), mark(b.name)+b.want+mark("/"+b.name), 1)
	}
	if *rewrite {
		if err := os.WriteFile(readmeFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func mark(name string) string { return "<!-- " + name + " -->\n" }

func block(text, name string) (string, bool) {
	_, after, ok := strings.Cut(text, mark(name))
	if !ok {
		return "", false
	}
	body, _, ok := strings.Cut(after, mark("/"+name))
	return body, ok
}

// servedCommands asks a running node which of Redis's commands and sub-commands it has.
func servedCommands(t *testing.T) map[string]bool {
	t.Helper()
	l := inproc.Run(t, lab.Single())
	ask := []any{"COMMAND", "INFO"}
	var names []string
	for _, s := range command.Documented() {
		names = append(names, s.FullName())
		for _, sub := range s.Subs {
			names = append(names, sub.FullName())
		}
	}
	for _, n := range names {
		ask = append(ask, n)
	}
	rows, err := l.MustNode("master").Client().Do(t.Context(), ask...).Slice()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(names) {
		t.Fatalf("COMMAND INFO gave %d rows for %d names", len(rows), len(names))
	}
	served := map[string]bool{}
	for i, n := range names {
		served[n] = rows[i] != nil
	}
	return served
}

// groups are the command groups in reading order.
func groups() []string {
	return []string{"connection", "server", "generic", "string", "bitmap", "list", "hash", "set", "sorted-set", "pubsub",
		"transactions", "scripting", "stream", "geo", "hyperloglog", "cluster"}
}

func commandTable(served map[string]bool) string {
	var b strings.Builder
	b.WriteString("| group | commands |\n| --- | --- |\n")
	for _, g := range groups() {
		if list := listCommands(g, func(name string) bool { return served[name] }); list != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", g, list)
		}
	}
	return b.String()
}

// listCommands names a group's commands, those with sub-commands as "CONFIG (GET, SET)".
func listCommands(group string, take func(string) bool) string {
	var list []string
	for _, s := range command.Documented() {
		if s.Group != group {
			continue
		}
		name := strings.ToUpper(s.Name)
		var subs []string
		for _, sub := range s.Subs {
			if take(sub.FullName()) && sub.Name != "help" {
				subs = append(subs, strings.ToUpper(sub.Name))
			}
		}
		slices.Sort(subs)
		switch {
		case len(subs) > 0:
			list = append(list, fmt.Sprintf("%s (%s)", name, strings.Join(subs, ", ")))
		case take(s.FullName()) && (len(s.Subs) == 0 || !take(s.Subs[0].FullName())):
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}

// reasons say why commands are left out: by their own name, that of their container, or their group's.
func reasons() map[string]string {
	return map[string]string{
		"scripting": "Lua scripts and functions come later", "stream": "streams come later",
		"geo": "geography comes later", "hyperloglog": "HyperLogLog comes later", "cluster": "cluster mode comes later",
		"asking": "cluster mode comes later", "readonly": "cluster mode comes later", "readwrite": "cluster mode comes later",
		"acl": "one user, protected by `requirepass`; access rules come later", "bgrewriteaof": "the append only file comes later",
		"module": "there are no modules",
		"client": "client-side caching comes later", "sort_ro": "comes later",
	}
}

func leftOutTable(t *testing.T, served map[string]bool) string {
	t.Helper()
	out := map[string][]string{} // by reason
	var order []string
	for _, s := range command.Documented() {
		rows := append([]*command.Spec{&s}, s.Subs...)
		whole := !slices.ContainsFunc(rows, func(r *command.Spec) bool { return served[r.FullName()] })
		if whole {
			rows = rows[:1]
		} else if len(s.Subs) > 0 {
			rows = rows[1:]
		}
		for _, r := range rows {
			if served[r.FullName()] {
				continue
			}
			why := reasonFor(r, s)
			if why == "" {
				t.Errorf("%s is left out without a reason", r.FullName())
			}
			if out[why] == nil {
				order = append(order, why)
			}
			out[why] = append(out[why], strings.ToUpper(strings.ReplaceAll(r.FullName(), "|", " ")))
		}
	}
	slices.SortFunc(order, func(a, b string) int { return strings.Compare(out[a][0], out[b][0]) })
	var b strings.Builder
	b.WriteString("| commands | why |\n| --- | --- |\n")
	for _, why := range order {
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(out[why], ", "), why)
	}
	return b.String()
}

func reasonFor(r *command.Spec, parent command.Spec) string {
	why := reasons()
	for _, name := range []string{r.FullName(), parent.Name, parent.Group} {
		if why[name] != "" {
			return why[name]
		}
	}
	return ""
}

func directiveTable() string {
	var refused, kept []string
	for _, d := range config.Table() {
		switch {
		case d.Only != "" || d.Why != "":
			refused = append(refused, fmt.Sprintf("`%s` (only %q)", d.Name, d.Only))
		case d.Effect == config.Kept:
			kept = append(kept, "`"+d.Name+"`")
		}
	}
	slices.Sort(kept)
	return "Other values of these stop the start, with a message that says why: " + strings.Join(refused, ", ") +
		".\n\n<details><summary>Checked, kept, shown and rewritten, but without effect</summary>\n\n" +
		strings.Join(kept, ", ") + "\n</details>\n"
}
