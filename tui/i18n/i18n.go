// Package i18n holds the program's own words in English and Chinese; lessons bring theirs.
//
//	s := i18n.For(i18n.FromEnv(os.Getenv))
//	fmt.Println(s.Curriculum)
package i18n

import (
	"fmt"
	"strings"

	"redislab/exercises/kit"
)

// Lang is a language of the lessons.
type Lang = kit.Lang

// Parse reads the name of a language as flags give it.
func Parse(name string) (Lang, error) {
	for _, l := range kit.Langs() {
		if strings.EqualFold(name, string(l)) {
			return l, nil
		}
	}
	return kit.En, fmt.Errorf("unknown language %q: use en or zh", name)
}

// FromEnv is the language the environment asks for: Chinese when the locale says so.
func FromEnv(getenv func(string) string) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return kit.Zh
			}
			return kit.En
		}
	}
	return kit.En
}

// Other is the language to switch to.
func Other(l Lang) Lang {
	if l == kit.Zh {
		return kit.En
	}
	return kit.Zh
}

// For is the words in a language.
func For(l Lang) *Strings {
	s := &Strings{}
	for _, group := range s.words() {
		for _, w := range group {
			*w.at = w.en
			if l == kit.Zh {
				*w.at = w.zh
			}
		}
	}
	return s
}
