package egress

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"amanah/internal/fault"
)

// closed are the networks of the IANA special-purpose registries that lead
// into a machine, a private network or nowhere, and the public addresses at
// which clouds answer their own machines.
var closed = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var (
	global6 = netip.MustParsePrefix("2000::/3")     // all of IPv6 that is public so far
	nat64   = netip.MustParsePrefix("64:ff9b::/96") // an IPv4 address behind a translator
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		list[i] = netip.MustParsePrefix(t)
	}
	return list
}

// public tells whether an address is one of the open internet. IPv4 inside
// IPv6 counts as what it holds; 6to4 and Teredo, which hide an IPv4 address,
// are never public here.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if a.Is6() && !global6.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(closed, func(p netip.Prefix) bool { return p.Contains(a) })
}

// place is a checked destination.
type place struct {
	host    string // normal form: ASCII, lower case, no dot at the end
	port    string
	trusted bool
	addrs   []netip.Addr
}

func (p place) String() string { return net.JoinHostPort(p.host, p.port) }

func bad(key string) *fault.Error { return fault.New(fault.Invalid, "egress.check", key) }

// normal gives a host in its one spelling. Numbers that some systems read as
// an address (127.1, 0x7f000001, 2130706433) are refused.
func normal(host string) (string, error) {
	host = strings.TrimSuffix(host, ".")
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return "", bad("egress.private_address")
		}
		return a.Unmap().String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" || len(ascii) > 253 {
		return "", bad("egress.bad_url")
	}
	if a, err := netip.ParseAddr(ascii); err == nil {
		return a.Unmap().String(), nil
	}
	// A name that does not stay itself would be another one to whoever reads it next.
	if again, err := idna.Lookup.ToASCII(ascii); err != nil || again != ascii {
		return "", bad("egress.bad_url")
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if last == "" || strings.HasPrefix(last, "0x") || strings.Trim(last, "0123456789") == "" {
		return "", bad("egress.bad_url")
	}
	return ascii, nil
}

// web parses a URL that something is to be sent to.
func (d *Door) web(u *url.URL, recipient string) (place, error) {
	if u == nil || u.Host == "" || u.Opaque != "" || u.User != nil {
		return place{}, bad("egress.bad_url")
	}
	p := place{port: u.Port()}
	var err error
	if p.host, err = normal(u.Hostname()); err != nil {
		return place{}, err
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return place{}, bad("egress.bad_url")
	case p.port == "" && u.Scheme == "https":
		p.port = "443"
	case p.port == "":
		p.port = "80"
	}
	p.trusted = d.trusts(recipient, p)
	if p.trusted {
		return p, nil
	}
	if u.Scheme == "http" && !d.o.AllowLoopback {
		return place{}, bad("egress.insecure")
	}
	if !webPort(p.port) {
		return place{}, bad("egress.port")
	}
	return p, nil
}

func (d *Door) trusts(recipient string, p place) bool {
	return recipient != Target && slices.Contains(d.o.Trusted[recipient], p.String())
}

// otherTrades are ports from 1024 up at which something else than a web server
// is at home; HTTP must not be spoken at it.
var otherTrades = []int{
	1433, 1521, 1719, 1720, 1723, 1883, 2049, 2375, 2376, 2379, 2380, 2525, 3268, 3306, 3389, 3659,
	4045, 4190, 5060, 5061, 5222, 5269, 5432, 5671, 5672, 5900, 6000, 6379, 6566, 6665, 6666, 6667,
	6668, 6669, 6679, 6697, 8883, 9042, 9092, 10080, 10250, 11211, 27017, 50000,
}

func webPort(port string) bool {
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return false
	}
	return n == 443 || n == 80 || n >= 1024 && !slices.Contains(otherTrades, n)
}

// locate finds the addresses of a place, once. One that may not be reached
// spoils all: an honest name does not mix them.
func (d *Door) locate(ctx context.Context, p place, plain bool) (place, error) {
	if a, err := netip.ParseAddr(p.host); err == nil {
		p.addrs = []netip.Addr{a}
	} else {
		ctx, cancel := context.WithTimeout(ctx, d.o.DialTimeout)
		defer cancel()
		found, err := d.o.Resolver.LookupNetIP(ctx, "ip", p.host)
		if err != nil || len(found) == 0 {
			return place{}, nameFault(err)
		}
		p.addrs = found
	}
	for i, a := range p.addrs {
		p.addrs[i] = a.Unmap()
		if err := d.reachable(p.addrs[i], p.trusted, plain); err != nil {
			return place{}, err
		}
	}
	return p, nil
}

func (d *Door) reachable(a netip.Addr, trusted, plain bool) error {
	switch {
	case trusted:
		return nil
	case d.o.AllowLoopback && a.IsLoopback():
		return nil
	case !public(a), slices.ContainsFunc(d.o.Refuse, func(p netip.Prefix) bool { return p.Contains(a) }):
		return bad("egress.private_address")
	case plain:
		return bad("egress.insecure")
	}
	return nil
}

func nameFault(err error) error {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return bad("egress.dns")
	}
	return fault.New(fault.Unavailable, "egress.locate", "egress.dns")
}

// Check tells whether a URL could be sent to now: for the form in which a user
// enters a target. It sends nothing. The address is checked again at each use.
func (d *Door) Check(ctx context.Context, rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return bad("egress.bad_url")
	}
	p, err := d.web(u, Target)
	if err != nil {
		return err
	}
	_, err = d.locate(ctx, p, u.Scheme == "http")
	return err
}
