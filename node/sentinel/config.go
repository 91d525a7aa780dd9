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
	if _, err := netip.ParseAddr(host); err == nil {
		return host, nil
	}
	if !names || c.Resolve == nil {
		return "", errResolve
	}
	return c.Resolve(host)
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
