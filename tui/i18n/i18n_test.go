package i18n

import (
	"reflect"
	"strings"
	"testing"

	"redislab/exercises/kit"
)

// Every word exists in both languages, and formats take the same things in both.
func TestBothLanguagesAreWhole(t *testing.T) {
	en, zh := reflect.ValueOf(*For(kit.En)), reflect.ValueOf(*For(kit.Zh))
	for i := range en.NumField() {
		name, a, b := en.Type().Field(i).Name, en.Field(i).String(), zh.Field(i).String()
		if a == "" || b == "" {
			t.Errorf("%s is missing in a language: %q, %q", name, a, b)
		}
		if x, y := verbs(a), verbs(b); x != y {
			t.Errorf("%s takes %q in English and %q in Chinese", name, x, y)
		}
	}
}

func verbs(s string) string {
	var b strings.Builder
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '%' {
			b.WriteByte(s[i+1])
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for in, want := range map[string]Lang{"en": kit.En, "ZH": kit.Zh} {
		if got, err := Parse(in); got != want || err != nil {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	if _, err := Parse("fr"); err == nil || !strings.Contains(err.Error(), "use en or zh") {
		t.Errorf("an unknown language: %v", err)
	}
}

func TestFromEnv(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want Lang
	}{
		{nil, kit.En},
		{map[string]string{"LANG": "zh_CN.UTF-8"}, kit.Zh},
		{map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, kit.En},
		{map[string]string{"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, kit.Zh},
	} {
		if got := FromEnv(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: %v, want %v", c.env, got, c.want)
		}
	}
}
