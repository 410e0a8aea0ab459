package imap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"amanah/internal/fault"
)

// How a connection is kept from readers on the way.
const (
	TLS      = "tls"      // from the first byte, as on port 993
	StartTLS = "starttls" // begun in clear, and given up where it does not change to TLS
	Plain    = "plain"    // this machine only
)

// Server is where a mailbox lies and who asks for it.
type Server struct {
	Host     string
	Port     int
	Security string
	User     string
	Password string
}

// Options are what Open needs.
type Options struct {
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	RootCAs *x509.CertPool // nil: the system's
	// Within bounds each exchange with the server; a minute where 0.
	Within time.Duration
	// MaxMail bounds a mail; 10 MiB where 0.
	MaxMail int64
}

// Session is a signed-in connection. It is for one goroutine.
type Session struct {
	o     Options
	c     *imapclient.Client
	conn  *bounded
	news  chan struct{}
	idles bool
}

// Open connects and signs in.
func Open(ctx context.Context, s Server, o Options) (*Session, error) {
	const op = "imap.Open"
	if o.Within == 0 {
		o.Within = time.Minute
	}
	if o.MaxMail == 0 {
		o.MaxMail = 10 << 20
	}
	ctx, cancel := context.WithTimeout(ctx, o.Within)
	defer cancel()
	raw, err := o.Dial(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, dialFault(op, err)
	}
	x := &Session{o: o, news: make(chan struct{}, 1)}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	if err := x.greet(ctx, raw, s); err != nil {
		_ = raw.Close()
		return nil, err
	}
	if err := x.c.Login(s.User, s.Password).Wait(); err != nil {
		x.Close()
		return nil, loginFault(op, ctx, err)
	}
	x.idles = x.c.Caps().Has(imap.CapIdle)
	return x, nil
}

// greet makes the connection a secure one and reads the server's greeting.
func (x *Session) greet(ctx context.Context, raw net.Conn, s Server) error {
	const op = "imap.Open"
	secure := &tls.Config{ServerName: s.Host, RootCAs: x.o.RootCAs, MinVersion: tls.VersionTLS12}
	opts := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(d *imapclient.UnilateralDataMailbox) {
		if d.NumMessages != nil {
			select {
			case x.news <- struct{}{}:
			default:
			}
		}
	}}}
	var err error
	switch s.Security {
	case TLS:
		secure.NextProtos = []string{"imap"}
		t := tls.Client(raw, secure)
		if err := t.HandshakeContext(ctx); err != nil {
			return tlsFault(op, err)
		}
		x.conn = newBounded(t)
		x.c = imapclient.New(x.conn, opts)
	case StartTLS:
		opts.TLSConfig = secure
		x.conn = newBounded(raw)
		if x.c, err = imapclient.NewStartTLS(x.conn, opts); err != nil {
			return tlsFault(op, err)
		}
	case Plain:
		if !here(raw) {
			return fault.New(fault.Invalid, op, "imap.insecure")
		}
		x.conn = newBounded(raw)
		x.c = imapclient.New(x.conn, opts)
	default:
		return fault.New(fault.Invalid, op, "imap.insecure")
	}
	if err := x.c.WaitGreeting(); err != nil {
		return fault.New(fault.Invalid, op, "imap.not_imap").Cause(errors.New("no greeting"))
	}
	return nil
}

// here tells that a connection leads to this machine.
func here(c net.Conn) bool {
	a, err := netip.ParseAddrPort(c.RemoteAddr().String())
	return err == nil && a.Addr().Unmap().IsLoopback()
}

// Close ends the session at once.
func (x *Session) Close() { _ = x.c.Close() }

// exchange bounds one exchange with the server in time and bytes.
func (x *Session) exchange(ctx context.Context, bytes int64, f func() error) error {
	ctx, cancel := context.WithTimeout(ctx, x.o.Within)
	defer cancel()
	x.conn.left.Store(bytes)
	stop := context.AfterFunc(ctx, func() { _ = x.conn.Close() })
	defer stop()
	return f()
}

func dialFault(op string, err error) error {
	f := fault.Of(err)
	if f.Code == fault.Forbidden || f.Code == fault.Invalid {
		return fault.Wrap(op, err) // the door refused: its own words are better
	}
	return fault.New(fault.Unavailable, op, "imap.unreachable").Cause(errors.New("no connection"))
}

func tlsFault(op string, err error) error {
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return fault.New(fault.Invalid, op, "imap.certificate")
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		return fault.New(fault.Invalid, op, "imap.not_imap")
	}
	var no *imap.Error
	if errors.As(err, &no) {
		return fault.New(fault.Invalid, op, "imap.insecure")
	}
	return fault.New(fault.Unavailable, op, "imap.unreachable").Cause(errors.New("no secure connection"))
}

// loginFault tells a refused password from a server that cannot check it now.
func loginFault(op string, ctx context.Context, err error) error {
	var no *imap.Error
	switch {
	case !errors.As(err, &no):
		return broken(op, ctx, err)
	case no.Code == imap.ResponseCodeUnavailable, no.Code == imap.ResponseCodeInUse, no.Code == imap.ResponseCodeLimit, no.Code == imap.ResponseCodeServerBug, no.Type == imap.StatusResponseTypeBye:
		return fault.New(fault.Unavailable, op, "imap.broken")
	}
	return fault.New(fault.Unauthorized, op, "imap.login")
}

// broken is what went wrong on the line.
func broken(op string, ctx context.Context, err error) error {
	why := errors.New("connection lost")
	switch {
	case ctx.Err() != nil:
		why = ctx.Err()
	case errors.Is(err, errTooMuch):
		why = errTooMuch
	}
	return fault.New(fault.Unavailable, op, "imap.broken").Cause(why)
}

var errTooMuch = errors.New("imap: the server sent more than it was asked for")

// bounded is a connection that ends where more is read than an exchange allows.
type bounded struct {
	net.Conn
	left atomic.Int64
}

// greetingMost is what a server may say before it is asked for anything.
const greetingMost = 256 << 10

func newBounded(c net.Conn) *bounded {
	b := &bounded{Conn: c}
	b.left.Store(greetingMost)
	return b
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if b.left.Add(-int64(n)) < 0 {
		_ = b.Conn.Close()
		return 0, errTooMuch
	}
	if errors.Is(err, net.ErrClosed) {
		err = io.EOF
	}
	return n, err
}
