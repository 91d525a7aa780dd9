package config

import "slices"

// Info describes a directive.
type Info struct {
	Name    string
	Aliases []string
	Kind    string   // "yes/no", "integer", "memory", "enum", "string", …
	Default string   // as CONFIG GET shows it
	Values  []string // of enums and flags, in Redis's order

	Min, Max int64 // of numbers; of unsigned ones the bits
	Unsigned bool

	Mutable     bool   // CONFIG SET may change it
	Protected   bool   // … but only with enable-protected-configs
	Secret      bool   // its value must not be logged
	Hidden      bool   // CONFIG GET shows it only by its full name
	DenyLoading bool   // CONFIG SET must wait for the data set to be loaded
	FileOnly    bool   // exists in files only; CONFIG does not know it
	Effect      Effect // what it does in this server
	Only        string // when not "", the only value that this server accepts, and Why
	Why         string
}

// Table describes every directive: those that CONFIG knows, then those of files only.
func Table() []Info {
	var out []Info
	for _, d := range slices.Concat(table()...) {
		i := Info{Name: d.name, Default: d.def, Effect: d.effect,
			Mutable: d.traits&fixed == 0, Protected: d.traits&guarded != 0, Secret: d.traits&secret != 0,
			Hidden: d.traits&hidden != 0, DenyLoading: d.traits&unready != 0}
		if d.alias != "" {
			i.Aliases = []string{d.alias}
		}
		d.kind.describe(&i)
		for _, r := range refusals() {
			if r.name == d.name {
				i.Only, i.Why = r.only, r.atStart
			}
		}
		out = append(out, i)
	}
	for _, d := range fileOnly() {
		out = append(out, Info{Name: d.name, Kind: "line", FileOnly: true, Effect: d.effect})
	}
	return out
}
