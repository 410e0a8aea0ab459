package mail

import (
	"context"
	"errors"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"amanah/internal/fault"
)

// maxUnknown is how many wrong recipients one connection may try before it is
// closed: guessing addresses must not be cheap.
const maxUnknown = 10

// firstBuffer is what a letter gets before its size is known.
const firstBuffer = 32 << 10

type session struct {
	s       *Server
	c       *conn
	helo    string
	tls     bool
	from    string
	rcpts   []Recipient
	unknown int
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	own := under(c.Conn())
	if own == nil {
		return nil, replyUnavailable
	}
	_, secure := c.TLSConnectionState()
	return &session{s: s, c: own, helo: c.Hostname(), tls: secure}, nil
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.cfg.RequireTLS && !x.tls {
		return replyNeedTLS
	}
	sender := strings.ToLower(from)
	if sender == "" {
		// All bounces of a host share one bucket, not all bounces of the world.
		sender = "<>" + x.c.net
	}
	if !x.s.perIP.allow(x.c.net) || !x.s.perSnd.allow(sender) {
		x.s.stats.throttled.Add(1)
		return replyThrottled
	}
	x.Reset()
	x.from = from
	x.c.begin()
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	at := strings.LastIndexByte(to, '@')
	if at <= 0 {
		return x.refuse(replyUnknown)
	}
	local, domain := to[:at], strings.ToLower(to[at+1:])
	if !slices.Contains(x.s.cfg.Domains, domain) {
		x.s.stats.relay.Add(1)
		return x.refuse(replyRelay)
	}
	ctx, cancel := context.WithTimeout(x.s.base, 5*time.Second)
	defer cancel()
	r, err := x.s.known.Lookup(ctx, local, domain)
	switch {
	case fault.Is(err, fault.NotFound):
		x.s.stats.unknown.Add(1)
		return x.refuse(replyUnknown)
	case fault.Is(err, fault.TooMany):
		return replyThrottled
	case err != nil:
		return replyUnavailable
	}
	if slices.ContainsFunc(x.rcpts, func(o Recipient) bool { return o.Address == r.Address }) {
		return nil
	}
	if !x.s.perRcp.allow(r.Address) {
		x.s.stats.throttled.Add(1)
		return replyThrottled
	}
	x.rcpts = append(x.rcpts, r)
	return nil
}

func (x *session) refuse(reply *smtp.SMTPError) error {
	if x.unknown++; x.unknown >= maxUnknown {
		x.c.doom()
		return replyGuessing
	}
	return reply
}

// Data takes the letter, looks at it and hands it over. A panic on the way is
// a temporary failure of this letter alone.
func (x *session) Data(r io.Reader) (err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value may hold parts of the letter; the stack does not.
			x.s.stats.panics.Add(1)
			x.s.cfg.Logger.Error("letter could not be handled", "stack", string(debug.Stack()))
			err = replyUnavailable
		}
	}()
	raw, release, err := x.read(r)
	defer release()
	if err != nil {
		return err
	}
	head, _ := splitHeader(raw)
	if looped(head, x.rcpts) {
		x.s.stats.looped.Add(1)
		return replyLoop
	}
	m := Message{
		Recipients: x.rcpts, EnvelopeFrom: x.from, RemoteIP: x.c.ip, Helo: x.helo,
		TLS: x.tls, Received: x.s.cfg.Clock.Now(), Raw: raw,
	}
	m.Auth = x.s.checks.check(x.s.base, m)
	ctx, cancel := context.WithTimeout(x.s.base, x.s.cfg.AcceptTimeout)
	defer cancel()
	if err := x.s.keep.Accept(ctx, m); err != nil {
		x.s.stats.failed.Add(1)
		x.s.cfg.Logger.Warn("letter not kept", "code", string(fault.CodeOf(err)))
		return replyTo(err)
	}
	x.s.stats.accepted.Add(1)
	return nil
}

// read takes the letter into memory. Every byte of the buffer is first taken
// out of the budget; release gives it back and must always be called.
func (x *session) read(r io.Reader) (raw []byte, release func(), err error) {
	var held int64
	release = func() { x.s.budget.Release(held) }
	take := func(n int64) bool {
		if !x.s.budget.TryAcquire(n) {
			return false
		}
		held += n
		return true
	}
	if !take(firstBuffer) {
		return nil, release, x.busy()
	}
	buf := make([]byte, 0, firstBuffer)
	for {
		if len(buf) == cap(buf) {
			grow := min(int64(cap(buf)), x.s.cfg.MaxSize+1-int64(cap(buf)))
			if grow <= 0 {
				return nil, release, x.tooLarge()
			}
			if !take(grow) {
				return nil, release, x.busy()
			}
			buf = append(make([]byte, 0, int64(cap(buf))+grow), buf...)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == nil {
			continue
		}
		// A chunked letter whose client went away ends like a whole one in the
		// library: only the connection knows that it was cut.
		if errors.Is(err, io.EOF) && !x.c.gone() {
			return buf, release, nil
		}
		return nil, release, x.readFault(err)
	}
}

func (x *session) busy() error     { x.s.stats.busy.Add(1); return replyBusy }
func (x *session) tooLarge() error { x.s.stats.tooLarge.Add(1); return smtp.ErrDataTooLarge }

func (x *session) readFault(err error) error {
	switch {
	case errors.Is(err, smtp.ErrDataTooLarge):
		return x.tooLarge()
	case errors.Is(err, smtp.ErrTooLongLine):
		return replyLongLine
	}
	x.s.stats.aborted.Add(1)
	return replyAborted
}

// Reset ends the transaction.
func (x *session) Reset() {
	x.from, x.rcpts = "", nil
	x.c.end()
}

// Logout has nothing to free.
func (x *session) Logout() error { return nil }
