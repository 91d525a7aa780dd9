package kit

// Expand fills {host:ID}, {port:ID}, {addr:ID} and {val:NAME} in from the run;
// what is not known yet stays as it is.
func (r *Runner) Expand(s string) string { return r.expand(s) }
