package target

import (
	"net/netip"
	"net/url"
	"strings"

	"amanah/internal/fault"
)

// Host reads the address of a receiver and refuses what the Door would refuse
// anyway, so that the person sees it in the form. The Door decides at every
// delivery. loopback lets plain http go to this machine: demo and tests.
func Host(address string, loopback bool) (string, error) {
	wrong := func(key string) error {
		return fault.New(fault.Invalid, "target.Host", key).On("url")
	}
	u, err := url.Parse(address)
	if err != nil || len(address) > 2000 || u.Host == "" || u.User != nil || u.Fragment != "" {
		return "", wrong("capture.target.bad_url")
	}
	host := strings.ToLower(u.Hostname())
	ip, ipErr := netip.ParseAddr(host)
	here := host == "localhost" || ipErr == nil && ip.IsLoopback()
	switch {
	case here && loopback && (u.Scheme == "http" || u.Scheme == "https"):
		return strings.ToLower(u.Host), nil
	case u.Scheme != "https":
		return "", wrong("capture.target.insecure")
	case here, ipErr == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()), ipErr != nil && !strings.Contains(host, "."):
		return "", wrong("capture.target.private")
	}
	return strings.ToLower(u.Host), nil
}
