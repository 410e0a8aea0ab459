package factor

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"amanah/internal/fault"
)

// Site is a service as a passkey knows it: bound to its host and its origin.
type Site struct{ rp *webauthn.WebAuthn }

// NewSite makes it from the service's title and its absolute address. ok is false
// where passkeys cannot be: a browser takes none for an IP address, nor over
// plain HTTP beyond this machine.
func NewSite(title, address string) (s Site, ok bool, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return s, false, fault.Wrap("factor.NewSite", err)
	}
	host := strings.ToLower(u.Hostname())
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if _, err := netip.ParseAddr(host); err == nil || u.Scheme != "https" && !local {
		return s, false, nil
	}
	s.rp, err = webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: title, RPOrigins: []string{u.Scheme + "://" + strings.ToLower(u.Host)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	return s, err == nil, fault.Wrap("factor.NewSite", err)
}

// Loopback gives "http://localhost:port" where the service's address is an IP
// address of this machine and the browser was sent to localhost instead; the
// service's address otherwise.
func Loopback(address, host string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return address
	}
	ip, err := netip.ParseAddr(u.Hostname())
	name, port, splitErr := net.SplitHostPort(host)
	if err != nil || !ip.IsLoopback() || splitErr != nil || !strings.EqualFold(name, "localhost") || port != u.Port() {
		return address
	}
	return "http://localhost:" + port
}
