package sentinel

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// Config is what a machine is given by its surroundings and cannot change.
type Config struct {
	Port        int    // where this sentinel listens: announced unless announce-port says otherwise
	RequirePass string // requirepass: used towards other sentinels when sentinel-pass is not set

	// Timing holds the intervals to begin with; zero is DefaultTiming.
	Timing Timing
	// Resolve gives a host name's IP address. It is asked only with resolve-hostnames yes, and while it works nothing
	// else happens. nil resolves nothing.
	Resolve func(host string) (ip string, err error)
	// Executable tells whether a script can be executed; nil believes it of every one.
	Executable func(path string) bool
	// Match is Redis's glob matching (store.Match), for SENTINEL RESET and CONFIG GET; nil knows equal and "*" only.
	Match func(pattern, text string, fold bool) bool
}

func (c *Config) timing() Timing {
	if c.Timing == (Timing{}) {
		return DefaultTiming()
	}
	return c.Timing
}

func (c *Config) executable(path string) bool { return c.Executable == nil || c.Executable(path) }

func (c *Config) match(pattern, text string, fold bool) bool {
	if c.Match != nil {
		return c.Match(pattern, text, fold)
	}
	return pattern == "*" || pattern == text || fold && strings.EqualFold(pattern, text)
}

// Addr is the address of an instance: the host as it was given, and the IP address that it has.
type Addr struct {
	Host string
	IP   string // "" as long as the host could not be resolved
	Port int
}

func (a Addr) equal(b Addr) bool { return a.Port == b.Port && strings.EqualFold(a.IP, b.IP) }

// same also takes two addresses for equal that could not be resolved and have the same name.
func (a Addr) same(b Addr) bool {
	return a.Port == b.Port && (a.IP == b.IP || strings.EqualFold(a.Host, b.Host))
}

var (
	errPort    = errors.New("Invalid port number.")
	errResolve = errors.New("Can't resolve instance hostname.")
)

// addr makes an address. With lenient a host that cannot be resolved now is taken, if host names are resolved at all.
func (c *Config) addr(names bool, host string, port int, lenient bool) (Addr, error) {
	if port < 0 || port > 65535 {
		return Addr{}, errPort
	}
	ip, err := c.resolve(names, host)
	if err != nil && (!names || !lenient) {
		return Addr{}, errResolve
	}
	return Addr{Host: host, IP: ip, Port: port}, nil
}

func (c *Config) resolve(names bool, host string) (string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), nil // of the many ways to write an IPv6 address the usual one
	}
	if ip, ok := shortIPv4(host); ok {
		return ip, nil
	}
	if !names || c.Resolve == nil {
		return "", errResolve
	}
	return c.Resolve(host)
}

// shortIPv4 reads the forms of an IPv4 address that C's inet_aton knows besides the usual one: fewer than four numbers, the
// last of which fills what is left ("127.1"), and octal and hexadecimal ones.
func shortIPv4(host string) (string, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return "", false
	}
	var ip [4]byte
	last := len(parts) - 1
	for i, p := range parts {
		bits := 8
		if i == last {
			bits = 8 * (4 - last)
		}
		n, err := strconv.ParseUint(p, 0, bits)
		if err != nil || strings.ContainsAny(p, "_oO") || len(p) > 1 && (p[1] == 'b' || p[1] == 'B') { // Go's own forms
			return "", false
		}
		for j := range bits / 8 {
			ip[i+j] = byte(n >> (bits - 8 - 8*j))
		}
	}
	return netip.AddrFrom4(ip).String(), true
}

// joinHostPort gives "host:port", with brackets around an IPv6 address.
func joinHostPort(host string, port int) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(port)
}

// atoi reads the number at the beginning of s, 0 if there is none: C's atoi, which reads most of Sentinel's numbers.
func atoi(s string) int {
	n, _ := strconv.ParseInt(leadingInt(s), 10, 64)
	return int(int32(n))
}

func parseEpoch(s string) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(leadingInt(s), "+"), 10, 64)
	return n
}

func leadingInt(s string) string {
	s = strings.TrimLeft(s, " \t")
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	return s[:end]
}
