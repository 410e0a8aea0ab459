package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// ClientAddr is the address of the person's device: that of the connection, or
// the last one in X-Forwarded-For that no known proxy wrote. It is personal data:
// it may go into an acceptance record that the notice names, never into a log.
func ClientAddr(r *http.Request) netip.Addr {
	if st := stateOf(r.Context()); st != nil {
		return st.shell.clientAddr(r)
	}
	return remote(r)
}

// ClientKey is the key that limits of a client count by: the address, for IPv6
// its /64, which one household or one server has.
func (s *Shell) ClientKey(r *http.Request) string {
	a := s.clientAddr(r)
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// AddressKey is ClientKey of the shell that a request runs in.
func AddressKey(r *http.Request) string {
	if st := stateOf(r.Context()); st != nil {
		return st.shell.ClientKey(r)
	}
	return remote(r).String()
}

func (s *Shell) clientAddr(r *http.Request) netip.Addr {
	addr := remote(r)
	if !s.trusted(addr) {
		return addr
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			return addr
		}
		addr = a.Unmap().WithZone("")
		if !s.trusted(addr) {
			return addr
		}
	}
	return addr
}

func (s *Shell) trusted(a netip.Addr) bool {
	for _, p := range s.cfg.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func remote(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}
