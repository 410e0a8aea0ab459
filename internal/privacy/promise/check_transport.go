package promise

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"time"
)

// Serving is how the web server is reached.
type Serving struct {
	// TLS is the server's own; nil where it has none.
	TLS *tls.Config
	// Proxy says that only a proxy reaches it, which speaks TLS with people; Local
	// that only its own machine does.
	Proxy, Local bool
}

// Transport makes the check of the way between people and the web server.
func Transport(serving func() (Serving, error)) Check {
	return Check{Name: "transport", Look: func(ctx context.Context, s Site, _ Args) (Finding, error) {
		how, err := serving()
		if err != nil {
			return Finding{}, err
		}
		switch {
		case how.TLS != nil:
			return ownTLS(ctx, s.Now, how.TLS)
		case how.Local:
			return found(Kept, Fig("transport_local")), nil
		case how.Proxy:
			return found(Kept, Fig("transport_proxy")), nil
		}
		return found(Broken, Fig("transport_plain")), nil
	}}
}

// ownTLS speaks with the server's own TLS, through a pipe: the old one must be
// turned away.
func ownTLS(ctx context.Context, now time.Time, own *tls.Config) (Finding, error) {
	old := greet(ctx, own, tls.VersionTLS12)
	today := greet(ctx, own, tls.VersionTLS13)
	if old == nil || today != nil {
		return found(Broken, Fig("transport_old")), nil
	}
	var until time.Time
	for _, c := range own.Certificates {
		leaf, err := x509.ParseCertificate(c.Certificate[0])
		if err != nil {
			return Finding{}, err
		}
		if until.IsZero() || leaf.NotAfter.Before(until) {
			until = leaf.NotAfter
		}
	}
	f := found(Kept, Fig("transport", "until", Day(until)))
	switch {
	case now.After(until):
		f = found(Broken, Fig("transport_ends", "until", Day(until)))
	case now.Add(14 * day).After(until):
		f.State = AtRisk
	}
	return f, nil
}

// greet shakes hands as a browser that knows nothing newer than a version. The
// certificate is looked at apart: here only the version counts.
func greet(ctx context.Context, own *tls.Config, newest uint16) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	go func() { _ = tls.Server(there, own).HandshakeContext(ctx) }()
	browser := tls.Client(here, &tls.Config{MaxVersion: newest, MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}) //nolint:gosec // a pipe to ourselves
	return browser.HandshakeContext(ctx)
}
