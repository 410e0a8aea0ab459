package mail

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"
	"time"
)

// Resolver looks up DNS. *net.Resolver is one; tests hand in records. A name
// that does not exist is a *net.DNSError with IsNotFound; any other error
// counts as temporary.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// Where the DNS did not answer in time for slowAfter letters in a row, the
// next ones wait only hurried for it, until one answer comes.
const (
	slowAfter = 3
	hurried   = 250 * time.Millisecond
)

// patience remembers whether the DNS answers. With no DNS at all, letters must
// not each wait the full time.
type patience struct{ silent atomic.Int32 }

func (p *patience) within(full time.Duration) time.Duration {
	if p.silent.Load() >= slowAfter {
		return min(full, hurried)
	}
	return full
}

// lookups are the DNS look-ups of one letter. They end with ctx even if the
// resolver does not heed it.
type lookups struct {
	ctx      context.Context
	r        Resolver
	answered atomic.Bool
	timedOut atomic.Bool
}

var errNoResolver = errors.New("no resolver")

// ask runs one look-up. Its error is nil, "not found" or temporary, in the
// form that all three checking libraries understand.
func ask[T any](l *lookups, name string, f func(ctx context.Context) (T, error)) (T, error) {
	type answer struct {
		v   T
		err error
	}
	var none T
	if l.r == nil {
		return none, temporary(name, errNoResolver)
	}
	// Buffered: a late answer finds nobody and must not block.
	done := make(chan answer, 1)
	go func() {
		v, err := f(l.ctx)
		done <- answer{v, err}
	}()
	select {
	case <-l.ctx.Done():
		l.timedOut.Store(true)
		return none, temporary(name, l.ctx.Err())
	case a := <-done:
		var dns *net.DNSError
		switch {
		case a.err == nil:
			l.answered.Store(true)
			return a.v, nil
		case errors.As(a.err, &dns) && dns.IsNotFound:
			l.answered.Store(true)
			return none, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		case l.ctx.Err() != nil:
			l.timedOut.Store(true)
		}
		return none, temporary(name, a.err)
	}
}

func temporary(name string, cause error) error {
	return &net.DNSError{Err: cause.Error(), Name: name, IsTemporary: true, IsTimeout: true}
}

// maxTXT bounds one record: an RSA key of absurd length costs seconds to use.
const maxTXT = 4096

func (l *lookups) txt(name string) ([]string, error) {
	return ask(l, name, func(ctx context.Context) ([]string, error) {
		found, err := l.r.LookupTXT(ctx, name)
		return slices.DeleteFunc(found, func(t string) bool { return len(t) > maxTXT }), err
	})
}

// LookupTXT and its sisters serve the SPF library; its context is ours.
func (l *lookups) LookupTXT(_ context.Context, name string) ([]string, error) { return l.txt(name) }

func (l *lookups) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return ask(l, name, func(ctx context.Context) ([]*net.MX, error) { return l.r.LookupMX(ctx, name) })
}

func (l *lookups) LookupIPAddr(_ context.Context, host string) ([]net.IPAddr, error) {
	return ask(l, host, func(ctx context.Context) ([]net.IPAddr, error) { return l.r.LookupIPAddr(ctx, host) })
}

func (l *lookups) LookupAddr(_ context.Context, addr string) ([]string, error) {
	return ask(l, addr, func(ctx context.Context) ([]string, error) { return l.r.LookupAddr(ctx, addr) })
}
