package egress

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"amanah/internal/fault"
)

// mailPorts are where a raw connection may go: submission and relay of mail,
// and IMAP. Others only where the administrator trusts the place.
var mailPorts = []string{"25", "465", "587", "2525", "143", "993"}

// DialContext gives a dial function bound to a use, for protocols that are not
// HTTP: the mail relay, later IMAP. Each connection asks the notice, is
// checked like a web address and is one Transfer, completed when it is closed.
// TLS is for the caller to add, with the host's name.
func (d *Door) DialContext(u Use) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		const op = "egress.DialContext"
		p, err := d.rawPlace(network, addr, u.Recipient.Key)
		t := d.transfer(u, p.host)
		if err != nil {
			return nil, d.refuse(ctx, t, err)
		}
		if err := d.permit(ctx, op, u, p.host); err != nil {
			return nil, d.refuse(ctx, t, err)
		}
		if p, err = d.locate(ctx, p, false); err != nil {
			return nil, d.refuse(ctx, t, err)
		}
		if err := d.intend(ctx, op, t); err != nil {
			return nil, err
		}
		c, err := d.connect(ctx, network, p)
		if err != nil {
			err = sendFault(err)
			d.complete(ctx, t, Failed, fault.Of(err).Key)
			return nil, err
		}
		return &counted{Conn: c, done: func(n int64) {
			t.Bytes = n
			d.complete(ctx, t, Sent, "closed")
		}}, nil
	}
}

func (d *Door) rawPlace(network, addr, recipient string) (place, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || !slices.Contains([]string{"tcp", "tcp4", "tcp6"}, network) {
		return place{}, bad("egress.bad_url")
	}
	p := place{port: port}
	if p.host, err = normal(host); err != nil {
		return place{}, err
	}
	p.trusted = d.trusts(recipient, p)
	n, err := strconv.Atoi(port)
	demo := d.o.AllowLoopback && err == nil && n >= 1024 && n <= 65535
	if !p.trusted && !demo && !slices.Contains(mailPorts, port) {
		return place{}, bad("egress.port")
	}
	return p, nil
}

// connect tries the checked addresses of a place in turn, never its name.
func (d *Door) connect(ctx context.Context, network string, p place) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.o.DialTimeout)
	defer cancel()
	var last error
	for _, a := range p.addrs {
		c, err := d.o.connect(ctx, network, net.JoinHostPort(a.String(), p.port))
		if err == nil {
			return c, nil
		}
		last = err
	}
	return nil, last
}

// plain connects for a web request without TLS.
func (d *Door) plain(ctx context.Context, network string, p place) (net.Conn, error) {
	c, err := d.connect(ctx, network, p)
	if err != nil {
		return nil, err
	}
	return &quiet{Conn: c, asked: make(chan struct{})}, nil
}

// secure connects for a web request with TLS, verified against the host's name.
func (d *Door) secure(ctx context.Context, network string, p place) (net.Conn, error) {
	c, err := d.connect(ctx, network, p)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.o.DialTimeout)
	defer cancel()
	t := tls.Client(c, &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: d.o.RootCAs, ServerName: p.host})
	if err := t.HandshakeContext(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return &quiet{Conn: t, asked: make(chan struct{})}, nil
}

// quiet holds back what a server says before it was asked: net/http would
// write those bytes into the standard log.
type quiet struct {
	net.Conn
	asked chan struct{}
	once  sync.Once
}

func (q *quiet) Read(b []byte) (int, error) {
	<-q.asked
	return q.Conn.Read(b)
}

func (q *quiet) Write(b []byte) (int, error) {
	q.once.Do(func() { close(q.asked) })
	return q.Conn.Write(b)
}

func (q *quiet) Close() error {
	q.once.Do(func() { close(q.asked) })
	return q.Conn.Close()
}

// counted counts what is written to a raw connection and says so at its end.
type counted struct {
	net.Conn
	n    atomic.Int64
	once sync.Once
	done func(n int64)
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.n.Add(int64(n))
	return n, err
}

func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { c.done(c.n.Load()) })
	return err
}
