package main

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// What redis-server does not tell about its commands.
var (
	mayReplicate = map[string]bool{
		"publish": true, "spublish": true, "pfcount": true, "eval": true, "evalsha": true, "fcall": true,
	}
	protected = map[string]bool{
		"debug": true, "module|load": true, "module|loadex": true, "module|unload": true,
	}
	// getKeys names the function of keys_special.go that finds keys where the key specs fail.
	getKeys = map[string]string{
		"sort": "sortKeys", "sort_ro": "sortReadOnlyKeys", "migrate": "migrateKeys", "set": "setKeys",
		"bitfield": "bitfieldKeys", "georadius": "georadiusKeys", "georadiusbymember": "georadiusKeys",
		"xread": "xreadKeys", "xreadgroup": "xreadKeys",
		"zunion": "numkeysAt1", "zinter": "numkeysAt1", "zdiff": "numkeysAt1", "zintercard": "numkeysAt1",
		"sintercard": "numkeysAt1", "lmpop": "numkeysAt1", "zmpop": "numkeysAt1",
		"blmpop": "numkeysAt2", "bzmpop": "numkeysAt2",
		"eval": "numkeysAt2", "eval_ro": "numkeysAt2", "evalsha": "numkeysAt2", "evalsha_ro": "numkeysAt2",
		"fcall": "numkeysAt2", "fcall_ro": "numkeysAt2",
		"zunionstore": "numkeysAfterStore", "zinterstore": "numkeysAfterStore", "zdiffstore": "numkeysAfterStore",
	}
)

// How the words of the replies are called in package command.
var (
	commandFlags = map[string]string{
		"write": "Write", "readonly": "ReadOnly", "denyoom": "DenyOOM", "module": "Module", "admin": "Admin",
		"pubsub": "PubSub", "noscript": "NoScript", "blocking": "Blocking", "loading": "Loading", "stale": "Stale",
		"skip_monitor": "SkipMonitor", "skip_slowlog": "SkipSlowlog", "asking": "Asking", "fast": "Fast",
		"no_auth": "NoAuth", "no_mandatory_keys": "NoMandatoryKeys", "no_async_loading": "NoAsyncLoading",
		"no_multi": "NoMulti", "movablekeys": "MovableKeys", "allow_busy": "AllowBusy",
	}
	keyFlags = map[string]string{
		"RO": "KeyRO", "RW": "KeyRW", "OW": "KeyOW", "RM": "KeyRM", "access": "KeyAccess", "update": "KeyUpdate",
		"insert": "KeyInsert", "delete": "KeyDelete", "not_key": "KeyNotKey", "incomplete": "KeyIncomplete",
		"variable_flags": "KeyVariable",
	}
	argFlags = map[string]string{
		"optional": "Optional", "multiple": "Multiple", "multiple_token": "MultipleToken",
	}
	argTypes = map[string]string{
		"string": "StringArg", "integer": "IntegerArg", "double": "DoubleArg", "key": "KeyArg", "pattern": "PatternArg",
		"unix-time": "UnixTimeArg", "pure-token": "PureToken", "oneof": "OneOf", "block": "BlockArg",
	}
)

// emitter collects Go source.
type emitter struct{ bytes.Buffer }

// field writes one field unless its value is the zero value.
func (e *emitter) field(name, value string) {
	if value != "" && value != "0" && value != `""` {
		fmt.Fprintf(e, "%s: %s,\n", name, value)
	}
}

func (e *emitter) spec(c *command, parent string) error {
	name := strings.TrimPrefix(c.full, parent+"|")
	flags, err := flagSet(c.row[2], commandFlags)
	if err != nil {
		return err
	}
	flags = withHidden(flags, c.full)
	e.WriteString("{\n")
	e.field("Name", quote(name))
	e.field("Parent", quote(parent))
	if parent != "" {
		e.field("full", quote(c.full))
	}
	e.field("Arity", number(c.row[1]))
	e.field("Flags", flags)
	e.field("FirstKey", number(c.row[3]))
	e.field("LastKey", number(c.row[4]))
	e.field("Step", number(c.row[5]))
	e.field("ACL", stringSlice(c.row[6], "@"))
	e.field("Tips", stringSlice(c.row[7], ""))
	if err := e.keySpecs(c.row[8].([]any)); err != nil {
		return err
	}
	e.field("GetKeys", getKeys[c.full])
	if err := e.docs(c.doc); err != nil {
		return err
	}
	if len(c.subs) != 0 {
		e.WriteString("Subs: []*Spec{\n")
		for _, s := range c.subs {
			if err := e.spec(s, name); err != nil {
				return fmt.Errorf("%s: %w", s.full, err)
			}
			e.WriteString(",\n")
		}
		e.WriteString("},\n")
	}
	e.WriteString("}")
	return nil
}

func withHidden(flags, full string) string {
	var hidden []string
	if flags != "" {
		hidden = append(hidden, flags)
	}
	if mayReplicate[full] {
		hidden = append(hidden, "MayReplicate")
	}
	if protected[full] {
		hidden = append(hidden, "Protected")
	}
	return strings.Join(hidden, " | ")
}

func (e *emitter) docs(doc map[any]any) error {
	e.field("Group", text(doc, "group"))
	e.field("Since", text(doc, "since"))
	e.field("Summary", text(doc, "summary"))
	e.field("Complexity", text(doc, "complexity"))
	e.field("DocFlags", stringSlice(doc["doc_flags"], ""))
	e.field("Replaced", text(doc, "replaced_by"))
	e.field("Deprecated", text(doc, "deprecated_since"))
	if h, ok := doc["history"].([]any); ok {
		e.WriteString("History: [][2]string{\n")
		for _, pair := range h {
			p := pair.([]any)
			fmt.Fprintf(e, "{%s, %s},\n", quote(p[0].(string)), quote(p[1].(string)))
		}
		e.WriteString("},\n")
	}
	args, ok := doc["arguments"].([]any)
	if !ok {
		return nil
	}
	e.WriteString("Args: ")
	if err := e.args(args); err != nil {
		return err
	}
	e.WriteString(",\n")
	return nil
}

func (e *emitter) args(list []any) error {
	e.WriteString("[]Arg{\n")
	for _, a := range list {
		if err := e.arg(a.(map[any]any)); err != nil {
			return err
		}
	}
	e.WriteString("}")
	return nil
}

func (e *emitter) arg(a map[any]any) error {
	kind, ok := argTypes[a["type"].(string)]
	if !ok {
		return fmt.Errorf("unknown argument type %v", a["type"])
	}
	fmt.Fprintf(e, "{Name: %s, Type: %s", text(a, "name"), kind)
	if k, ok := a["key_spec_index"].(int64); ok {
		fmt.Fprintf(e, ", Key: %d", k+1)
	}
	for _, f := range [...][2]string{{"Token", "token"}, {"Since", "since"}, {"Deprecated", "deprecated_since"}} {
		if v := text(a, f[1]); v != "" {
			fmt.Fprintf(e, ", %s: %s", f[0], v)
		}
	}
	if a["flags"] != nil {
		flags, err := flagSet(a["flags"], argFlags)
		if err != nil {
			return err
		}
		fmt.Fprintf(e, ", Flags: %s", flags)
	}
	if sub, ok := a["arguments"].([]any); ok {
		e.WriteString(", Args: ")
		if err := e.args(sub); err != nil {
			return err
		}
	}
	e.WriteString("},\n")
	return nil
}

func (e *emitter) keySpecs(list []any) error {
	if len(list) == 0 {
		return nil
	}
	e.WriteString("KeySpecs: []KeySpec{\n")
	for _, v := range list {
		k := v.(map[any]any)
		flags, err := flagSet(k["flags"], keyFlags)
		if err != nil {
			return err
		}
		e.WriteString("{")
		if n := text(k, "notes"); n != "" {
			fmt.Fprintf(e, "Notes: %s, ", n)
		}
		begin, err := begin(k["begin_search"].(map[any]any))
		if err != nil {
			return err
		}
		find, err := find(k["find_keys"].(map[any]any))
		if err != nil {
			return err
		}
		fmt.Fprintf(e, "Flags: %s, Begin: Begin{%s}, Find: Find{%s}},\n", flags, begin, find)
	}
	e.WriteString("},\n")
	return nil
}

func begin(b map[any]any) (string, error) {
	spec, _ := b["spec"].(map[any]any)
	switch b["type"] {
	case "index":
		return "Kind: AtIndex, Index: " + number(spec["index"]), nil
	case "keyword":
		return fmt.Sprintf("Kind: AfterKeyword, Keyword: %s, StartFrom: %s", text(spec, "keyword"), number(spec["startfrom"])), nil
	case "unknown":
		return "", nil
	}
	return "", fmt.Errorf("unknown begin_search type %v", b["type"])
}

func find(f map[any]any) (string, error) {
	spec, _ := f["spec"].(map[any]any)
	switch f["type"] {
	case "range":
		return fmt.Sprintf("Kind: Range, LastKey: %s, KeyStep: %s, Limit: %s",
			number(spec["lastkey"]), number(spec["keystep"]), number(spec["limit"])), nil
	case "keynum":
		return fmt.Sprintf("Kind: KeyNum, NumIndex: %s, FirstKey: %s, KeyStep: %s",
			number(spec["keynumidx"]), number(spec["firstkey"]), number(spec["keystep"])), nil
	case "unknown":
		return "", nil
	}
	return "", fmt.Errorf("unknown find_keys type %v", f["type"])
}

func number(v any) string { return strconv.FormatInt(v.(int64), 10) }

func text(m map[any]any, key string) string {
	s, ok := m[key].(string)
	if !ok || s == "" {
		return ""
	}
	return quote(s)
}

// quote writes a Go string in the form that reads best.
func quote(s string) string {
	if strings.Contains(s, `"`) && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func stringSlice(v any, trim string) string {
	list, _ := v.([]any)
	if len(list) == 0 {
		return ""
	}
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = quote(strings.TrimPrefix(w.(string), trim))
	}
	return "[]string{" + strings.Join(words, ", ") + "}"
}

// flagSet turns the words of a reply into an expression of constants.
func flagSet(v any, names map[string]string) (string, error) {
	var words []string
	for _, w := range v.([]any) {
		name, ok := names[w.(string)]
		if !ok {
			return "", fmt.Errorf("unknown flag %v", w)
		}
		words = append(words, name)
	}
	sort.Strings(words)
	return strings.Join(words, " | "), nil
}
