package config

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// refusal is a directive of which this server can honour one value only. Accepting others would be worse than a refusal:
// nothing would be saved, encrypted or protected although the configuration says so.
type refusal struct {
	name    string
	only    string // as CONFIG GET shows it
	atStart string // why the start stops
	atSet   string // why CONFIG SET fails
}

// refusals is the one place that says so.
func refusals() []refusal {
	const noAOF = "appendonly yes is not supported by this node yet: remove it (RDB snapshots are available), " +
		"nothing would be saved to an append only file"
	const noTLS = " is not supported by this node: remove it, connections would not be encrypted"
	const tlsFailed = "Unable to update TLS configuration. Check server logs."
	return []refusal{
		{"appendonly", "no", noAOF, noAOF},
		{"tls-port", "0", "tls-port" + noTLS, tlsFailed},
		{"tls-replication", "no", "tls-replication yes" + noTLS, tlsFailed},
		{"tls-cluster", "no", "tls-cluster yes" + noTLS, tlsFailed},
		{"aclfile", "", "aclfile is not supported by this node yet: remove it, its users would not be known", ""},
	}
}

// refusal says why this server cannot honour a value, or "".
func (s *Set) refusal(row int, v value, starting bool) string {
	for _, r := range refusals() {
		if r.name != s.rows[row].name || r.only == s.rows[row].kind.show(v) {
			continue
		}
		if starting {
			return r.atStart
		}
		return r.atSet
	}
	return ""
}

// refuseUsers checks the "user" lines. Access rules are not enforced here, so the only acceptable user is the default
// one with every right and the password that requirepass sets, which is what CONFIG REWRITE writes.
func (s *Set) refuseUsers() error {
	for _, l := range s.lines["user"] {
		if l.Args[0] != "default" || !s.fullAccess(l.Args[1:]) {
			return l.Fatal("user rules are not supported by this node yet: remove the line, it would not be enforced " +
				"(requirepass protects the default user)")
		}
		s.sanitize = true
	}
	return nil
}

// fullAccess tells whether ACL rules leave the default user as it is without them. A user line starts from nothing, so
// each right has to be there.
func (s *Set) fullAccess(rules []string) bool {
	pass := s.String("requirepass")
	rights := map[string]string{"on": "on", "~*": "keys", "allkeys": "keys", "&*": "channels", "allchannels": "channels",
		"+@all": "commands", "allcommands": "commands", "sanitize-payload": "", "skip-sanitize-payload": ""}
	if pass == "" {
		rights["nopass"] = "password"
	} else {
		rights[">"+pass], rights["#"+hashPassword(pass)] = "password", "password"
	}
	given := map[string]bool{}
	for _, r := range rules {
		right, known := rights[r]
		if !known {
			right, known = rights[lowerString(r)]
		}
		if !known || r[0] == '>' && r != ">"+pass {
			return false
		}
		given[right] = true
	}
	return given["on"] && given["keys"] && given["channels"] && given["commands"] && given["password"]
}

func hashPassword(pass string) string {
	sum := sha256.Sum256([]byte(pass))
	return hex.EncodeToString(sum[:])
}

// userLine words the default user as Redis's ACL describes it.
func (s *Set) userLine() string {
	words := []string{"user", "default", "on"}
	pass := s.String("requirepass")
	if pass == "" {
		words = append(words, "nopass")
	}
	if s.sanitize {
		words = append(words, "sanitize-payload")
	}
	if pass != "" {
		words = append(words, "#"+hashPassword(pass))
	}
	return strings.Join(slices.Concat(words, []string{"~*", "&*", "+@all"}), " ")
}
