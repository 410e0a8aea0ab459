package mail

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"

	"github.com/emersion/go-smtp"

	"amanah/internal/fault"
)

// Submit hands a letter to this server by SMTP over a connection inside the
// process: the whole way that a letter from outside takes, with no network. It
// is for the demo and for tests. The client's address is none, so SPF is none.
// A fault is Unavailable where a client would try again, Invalid where not.
func (s *Server) Submit(ctx context.Context, from string, to []string, raw []byte) error {
	const op = "mail.Submit"
	ours, theirs := net.Pipe()
	defer ours.Close()
	if !s.inside.offer(ctx, s, theirs) {
		_ = theirs.Close()
		return fault.New(fault.Unavailable, op, "mail.ending")
	}
	// The exchange has no context of its own; cutting the line ends it.
	stop := context.AfterFunc(ctx, func() { _ = ours.Close() })
	defer stop()
	c := smtp.NewClient(ours)
	err := c.Hello(s.cfg.Host)
	if err == nil {
		err = c.SendMail(from, to, bytes.NewReader(raw))
	}
	if err == nil {
		_ = c.Quit()
		return nil
	}
	var answer *smtp.SMTPError
	if errors.As(err, &answer) && !answer.Temporary() {
		return fault.New(fault.Invalid, op, "mail.refused").With("code", answer.Code)
	}
	return fault.New(fault.Unavailable, op, "mail.not_taken").Cause(err)
}

// pipes is a listener whose connections come from this process.
type pipes struct {
	once  sync.Once
	conns chan net.Conn
	done  chan struct{}
	end   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) offer(ctx context.Context, s *Server, c net.Conn) bool {
	p.once.Do(func() { go func() { _ = s.Serve(p) }() })
	select {
	case p.conns <- c:
		return true
	case <-p.done:
	case <-s.base.Done():
	case <-ctx.Done():
	}
	return false
}

// Accept gives the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (p *pipes) Close() error { p.end.Do(func() { close(p.done) }); return nil }

// Addr is no address.
func (p *pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
