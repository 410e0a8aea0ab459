package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"amanah/internal/clock"
)

// Notify tells every node that listens on a channel, once the transaction is
// committed. The payload is ids only. SQLite has one process and nothing to tell.
func (tx *Tx) Notify(ctx context.Context, channel, payload string) error {
	if tx.db.pg == nil {
		return nil
	}
	_, err := tx.Exec(ctx, "SELECT pg_notify($1, $2)", channel, payload)
	return err
}

// Listener is what Listen tells of. Its functions are called by one goroutine.
type Listener struct {
	Channel string
	// Started is called whenever listening began anew: whatever was told before is
	// lost, so the listener reads everything again.
	Started func(ctx context.Context) error
	// Told is called with each payload.
	Told func(ctx context.Context, payload string) error
	// Heard is called after everything that was committed before asked was told.
	Heard func(asked time.Time)
	// Every is how often the connection is proven to be alive.
	Every time.Duration
}

// Listen hears what Notify tells, on a connection of its own, until ctx ends. An
// error of the listener, or of the connection, begins it anew after a moment. On
// SQLite it calls Started once and returns: nobody else writes.
func (db *DB) Listen(ctx context.Context, l Listener) error {
	if db.pg == nil {
		return l.Started(ctx)
	}
	for ctx.Err() == nil {
		_ = db.pg.listen(ctx, l)
		select {
		case <-ctx.Done():
		case <-time.After(l.Every):
		}
	}
	return nil
}

func (e *pgEngine) listen(ctx context.Context, l Listener) error {
	conn, err := pgx.ConnectConfig(ctx, e.owner.Config().ConnConfig.Copy())
	if err != nil {
		return err
	}
	defer func() {
		closing, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		_ = conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{l.Channel}.Sanitize()); err != nil {
		return err
	}
	if err := l.Started(ctx); err != nil {
		return err
	}
	for {
		asked := clock.System{}.Now()
		if err := ping(ctx, conn); err != nil {
			return err
		}
		if err := e.hear(ctx, conn, l, 0); err != nil {
			return err
		}
		l.Heard(asked)
		if err := e.hear(ctx, conn, l, l.Every); err != nil {
			return err
		}
	}
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	return conn.Ping(ctx)
}

// hear hands on what comes within a span; 0: what is there already.
func (e *pgEngine) hear(ctx context.Context, conn *pgx.Conn, l Listener, span time.Duration) error {
	wait, stop := context.WithTimeout(ctx, span)
	defer stop()
	for {
		n, err := conn.WaitForNotification(wait)
		if n != nil {
			if err := l.Told(ctx, n.Payload); err != nil {
				return err
			}
			continue
		}
		if ctx.Err() != nil || conn.IsClosed() {
			return err
		}
		if wait.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
