package telegram

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"amanah/internal/fault"
)

// Lease lets one node of all do something at a time. inbox.Inbox.Turn makes one.
type Lease interface {
	// Take takes the lease or keeps it, for d from now; false: another node has it.
	Take(ctx context.Context, d time.Duration) (bool, error)
	// Give gives it back, if this node has it.
	Give(ctx context.Context) error
}

// Poller asks Telegram for updates and hands them on one after the other, in order.
// Telegram keeps an update (for a day) until the next one is asked for, and that is
// done only after the handler took it: a crash repeats updates and loses none.
type Poller struct {
	Client *Client
	Kinds  []string // messages where none is named
	Handle Handler
	Lease  Lease // nil: this is the only node
	Log    *slog.Logger
	// Wait is how long one question may stay open; 0 means 25 seconds. The Door of
	// Client must be a little more patient than that.
	Wait time.Duration
	// Sleep waits for a time or until the context ends; nil by the machine's clock.
	Sleep func(context.Context, time.Duration) error
}

const (
	pollWait  = 25 * time.Second
	pollLease = time.Minute      // longer than a question and its updates mostly take
	pollFirst = time.Second      // the pause after a first failure; it doubles
	pollLast  = 2 * time.Minute  // and ends here
	pollOther = 20 * time.Second // until a node that has no lease looks again
)

// Run works until the context ends, and then returns nil; it gives the lease back.
// A token that Telegram does not know ends it too, with that error.
func (p Poller) Run(ctx context.Context) error {
	if p.Wait <= 0 {
		p.Wait = pollWait
	}
	if p.Sleep == nil {
		p.Sleep = pause
	}
	if p.Lease != nil {
		defer func() { _ = p.Lease.Give(context.WithoutCancel(ctx)) }() // it ends by itself
	}
	var from int64
	for failures := 0; ctx.Err() == nil; {
		mine, err := p.mine(ctx)
		if err == nil && !mine {
			from = 0 // the other node moves on meanwhile
			_ = p.Sleep(ctx, pollOther)
			continue
		}
		if err == nil {
			was := from
			if from, err = p.once(ctx, from); from != was {
				failures = 0
			}
		}
		if err == nil {
			failures = 0
			continue
		}
		if ctx.Err() != nil {
			break
		}
		var e *Error
		if errors.As(err, &e) && e.Code == http.StatusUnauthorized {
			return err
		}
		p.Log.Warn("the bot could not be asked", "code", fault.CodeOf(err), "status", statusOf(err))
		_ = p.Sleep(ctx, p.after(ctx, err, failures))
		failures++
	}
	return nil
}

func (p Poller) mine(ctx context.Context) (bool, error) {
	if p.Lease == nil {
		return true, nil
	}
	return p.Lease.Take(ctx, pollLease)
}

// once asks, and hands on what there is. It gives the number to go on from, which
// is past what was handled and no further.
func (p Poller) once(ctx context.Context, from int64) (int64, error) {
	all, err := p.Client.Updates(ctx, from, p.Wait, p.Kinds...)
	if err != nil {
		return from, err
	}
	for _, u := range all {
		if u.ID < from {
			continue
		}
		if mine, err := p.mine(ctx); err != nil || !mine {
			return from, err
		}
		if err := p.Handle(ctx, u); err != nil {
			return from, err
		}
		from = u.ID + 1
	}
	return from, nil
}

// after is the pause that follows a failure: what Telegram asked for, else longer
// each time.
func (p Poller) after(ctx context.Context, err error, failures int) time.Duration {
	d := pollFirst << min(failures, 10)
	var e *Error
	if errors.As(err, &e) {
		d = max(d, e.Wait)
		// A webhook of an earlier set-up keeps questions from being answered. Where it
		// is another program that asks, taking the webhook away does no harm.
		if e.Code == http.StatusConflict && failures == 0 {
			_ = p.Client.DeleteWebhook(ctx)
		}
		if e.Wait > pollLast {
			return e.Wait
		}
	}
	return min(d, pollLast)
}

func statusOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}
