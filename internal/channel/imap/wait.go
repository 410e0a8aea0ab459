package imap

import (
	"context"
	"io"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// body reads the text of one fetched mail, if it is the one that was asked for.
func body(m *imapclient.FetchMessageData, uid uint32, most int64) (raw []byte, large bool, err error) {
	right := false
	for item := m.Next(); item != nil; item = m.Next() {
		switch d := item.(type) {
		case imapclient.FetchItemDataUID:
			right = uint32(d.UID) == uid
		case imapclient.FetchItemDataBodySection:
			if d.Literal == nil {
				continue
			}
			if d.Literal.Size() > most {
				return nil, true, nil
			}
			if raw, err = io.ReadAll(io.LimitReader(d.Literal, most+1)); err != nil {
				return nil, false, err
			}
		}
	}
	if !right || int64(len(raw)) > most {
		return nil, int64(len(raw)) > most, nil
	}
	return raw, false, nil
}

// idleMost is how long one IDLE lasts before it is sent anew: servers may end one
// after half an hour.
const idleMost = 28 * time.Minute

// Wait returns when something new may have come, or after a while; a server
// without IDLE is only asked at the end of it. A fault is Unavailable.
func (x *Session) Wait(ctx context.Context, while time.Duration) error {
	const op = "imap.Wait"
	while = min(while, idleMost)
	timer := time.NewTimer(while)
	defer timer.Stop()
	if !x.idles {
		select {
		case <-ctx.Done():
			return broken(op, ctx, ctx.Err())
		case <-x.c.Closed():
			return broken(op, ctx, io.EOF)
		case <-timer.C:
		}
		return x.noop(ctx)
	}
	x.conn.left.Store(listsMost)
	stop := context.AfterFunc(ctx, func() { _ = x.conn.Close() })
	defer stop()
	idle, err := x.c.Idle()
	if err != nil {
		return broken(op, ctx, err)
	}
	lost := false
	select {
	case <-ctx.Done():
		lost = true
	case <-x.c.Closed():
		lost = true
	case <-x.news:
	case <-timer.C:
	}
	if lost {
		return broken(op, ctx, io.EOF)
	}
	return x.endIdle(ctx, idle)
}

// endIdle leaves IDLE; a server that does not answer is not waited for.
func (x *Session) endIdle(ctx context.Context, idle *imapclient.IdleCommand) error {
	err := x.exchange(ctx, listsMost, func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
	if err != nil {
		return broken("imap.Wait", ctx, err)
	}
	return nil
}

func (x *Session) noop(ctx context.Context) error {
	err := x.exchange(ctx, listsMost, func() error { return x.c.Noop().Wait() })
	if err != nil {
		return broken("imap.Wait", ctx, err)
	}
	return nil
}
