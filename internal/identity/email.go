package identity

import (
	"context"
	"net/mail"
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"amanah/internal/fault"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// emailMost is the longest address that SMTP carries.
const emailMost = 254

// normalEmail gives the form by which addresses are compared: lower case, the
// domain in ASCII. Two spellings of one mailbox are one account. Fault Invalid,
// on the field email, for what is no address.
func normalEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	local, domain, _ := strings.Cut(s, "@")
	bad := err != nil || a.Address != s || len(s) > emailMost || strings.ContainsAny(s, " <>\"\\,;") || strings.ContainsFunc(s, unicode.IsControl)
	ascii := ""
	if !bad {
		ascii, err = idna.Lookup.ToASCII(strings.ToLower(domain))
	}
	if bad || err != nil || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") {
		return "", fault.New(fault.Invalid, "identity.email", "identity.email.invalid").On("email")
	}
	return strings.ToLower(local) + "@" + ascii, nil
}

// emailIndex is the blind index of an address within a service.
func (s *Service) emailIndex(ctx context.Context, v tenant.Service, normal string) (vault.Index, error) {
	x, err := s.cfg.DB.Vault().Index(ctx, v.Home, "accounts.email", normal)
	return x, fault.Wrap("identity.emailIndex", err)
}

// network is what an IP address is counted by: itself, for IPv6 its /64, which
// one household or one server has.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
