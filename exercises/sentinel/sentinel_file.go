package sentinel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"redislab/exercises/kit"
	"redislab/lab"
)

// fileLines are the lines of a node's configuration file as they are now.
func fileLines(r *kit.Run, node string) ([]string, error) {
	n, err := r.Node(node)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(n.ConfigFile())
	if err != nil {
		return nil, fmt.Errorf("%s: reading its file: %w", node, err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n"), nil
}

// linesWith are the lines of a node's file that begin with some words.
func linesWith(r *kit.Run, node, words string) ([]string, error) {
	all, err := fileLines(r, node)
	var found []string
	for _, line := range all {
		if line == words || strings.HasPrefix(line, words+" ") {
			found = append(found, line)
		}
	}
	return found, err
}

// fileSays expects a line that begins with some words in a node's configuration file, or none.
func fileSays(node, words string, there bool) kit.Check {
	name := kit.T(fmt.Sprintf("the file of %s has %q", node, words), fmt.Sprintf("%s 的配置文件里有 %q", node, words))
	if !there {
		name = kit.T(fmt.Sprintf("the file of %s no longer has %q", node, words), fmt.Sprintf("%s 的配置文件里已没有 %q", node, words))
	}
	return kit.Check{Name: name, Probe: func(_ context.Context, r *kit.Run) (string, error) {
		found, err := linesWith(r, node, r.Expand(words))
		seen := strings.Join(found, "; ")
		if seen == "" {
			seen = "no such line"
		}
		if err == nil && (len(found) > 0) != there {
			err = errors.New("the file differs")
		}
		return seen, err
	}}
}

// restarted expects a node to have begun another life in this step.
func restarted(node string) kit.Check {
	from := kit.Key[uint64]("restarted:" + node)
	return kit.Check{
		Name: kit.T(node+" was restarted", node+" 已重启"),
		Begin: func(_ context.Context, r *kit.Run) error {
			from.Set(r, lastSeq(r))
			return nil
		},
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			for _, e := range r.Lab.Events() {
				if e.Seq > from.Or(r, 0) && e.Node == node && e.Kind == lab.EventStarted {
					return e.Text, nil
				}
			}
			return "", errors.New("not yet")
		},
	}
}
