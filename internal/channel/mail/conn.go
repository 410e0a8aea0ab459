package mail

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"amanah/internal/clock"
)

// drainGrace is how long a client in a transaction may be silent once the
// server is ending.
const drainGrace = 5 * time.Second

// errEnding is what a read gives when the server ends. It is an SMTP error so
// that the library answers 421 wherever it meets it.
var errEnding = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Service is restarting, try again soon"}

// listener counts connections and refuses those above the limits.
type listener struct {
	net.Listener
	s *Server
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if in := l.s.admit(c); in != nil {
			return in, nil
		}
		l.s.stats.refusedConnections.Add(1)
		_ = c.SetWriteDeadline(wall().Add(time.Second))
		_, _ = io.WriteString(c, "421 4.7.0 Too many connections, try again later\r\n")
		_ = c.Close()
	}
}

// wall is the machine's clock: deadlines of sockets are compared with it by the
// kernel, whatever clock the program was given.
func wall() time.Time { return clock.System{}.Now() }

func (s *Server) admit(nc net.Conn) *conn {
	ip := remoteIP(nc)
	from := network(ip)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining || (s.cfg.MaxConnections > 0 && len(s.conns) >= s.cfg.MaxConnections) ||
		(s.cfg.MaxConnectionsPerIP > 0 && s.byIP[from] >= s.cfg.MaxConnectionsPerIP) {
		return nil
	}
	c := &conn{Conn: nc, s: s, ip: ip, net: from, replies: s.cfg.MaxReplies}
	s.conns[c] = struct{}{}
	s.byIP[from]++
	s.stats.connections.Add(1)
	return c
}

func remoteIP(c net.Conn) netip.Addr {
	ap, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// network is what limits count by: an IPv4 address, or the /64 of an IPv6 one,
// since a /64 is what one customer gets.
func network(ip netip.Addr) string {
	if ip.Is6() {
		p, err := ip.Prefix(64)
		if err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// conn is one client's connection with its deadlines and quotas. The library
// sets none of its own.
type conn struct {
	net.Conn
	s   *Server
	ip  netip.Addr
	net string

	mu      sync.Mutex
	open    bool      // a mail transaction is running
	until   time.Time // its end at the latest
	quota   int64     // bytes that it may still send
	doomed  bool      // close at the next read
	eof     bool      // the client has gone
	replies int       // lines that may still be written; below zero: cut
	once    sync.Once
}

func (c *conn) Read(b []byte) (int, error) {
	deadline, err := c.deadline()
	if err != nil {
		return 0, err
	}
	_ = c.Conn.SetReadDeadline(deadline)
	// drain may have come between; it sets an earlier deadline or is seen here.
	if _, err := c.deadline(); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if errors.Is(err, io.EOF) {
		c.eof = true
	}
	if c.open {
		c.quota -= int64(n)
		if c.quota < 0 {
			c.eof = true
			return 0, io.EOF
		}
	}
	if err != nil && !c.open && c.s.isDraining() {
		return n, errEnding
	}
	return n, err
}

func (c *conn) deadline() (time.Time, error) {
	draining := c.s.isDraining()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.doomed:
		return time.Time{}, io.EOF
	case draining && !c.open:
		return time.Time{}, errEnding
	}
	idle := c.s.cfg.IdleTimeout
	if draining {
		idle = min(idle, drainGrace)
	}
	d := wall().Add(idle)
	if c.open && c.until.Before(d) {
		d = c.until
	}
	return d, nil
}

func (c *conn) Write(b []byte) (int, error) {
	c.mu.Lock()
	c.replies--
	cut := c.s.cfg.MaxReplies > 0 && c.replies < 0
	c.mu.Unlock()
	if cut {
		_ = c.Close()
		return 0, io.ErrClosedPipe
	}
	_ = c.Conn.SetWriteDeadline(wall().Add(c.s.cfg.IdleTimeout))
	return c.Conn.Write(b)
}

func (c *conn) Close() error {
	c.once.Do(func() {
		c.s.mu.Lock()
		delete(c.s.conns, c)
		if c.s.byIP[c.net]--; c.s.byIP[c.net] <= 0 {
			delete(c.s.byIP, c.net)
		}
		c.s.mu.Unlock()
	})
	return c.Conn.Close()
}

// begin opens a transaction: the client gets time and bytes for one letter.
// Twice the size may flow, so that a letter that is too large can be read to
// its end and answered with 552 instead of a cut line.
func (c *conn) begin() {
	c.mu.Lock()
	c.open, c.until, c.quota = true, wall().Add(c.s.cfg.DataTimeout), 2*c.s.cfg.MaxSize+1<<20
	c.mu.Unlock()
}

func (c *conn) end() { c.mu.Lock(); c.open = false; c.mu.Unlock() }

func (c *conn) doom() { c.mu.Lock(); c.doomed = true; c.mu.Unlock() }

func (c *conn) gone() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.eof }

// drain wakes a client that waits outside a transaction.
func (c *conn) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		_ = c.Conn.SetReadDeadline(wall().Add(drainGrace))
		return
	}
	_ = c.Conn.SetReadDeadline(wall())
}

func (s *Server) isDraining() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.draining }

// under finds our connection below a possible TLS layer.
func under(c net.Conn) *conn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	own, _ := c.(*conn)
	return own
}
