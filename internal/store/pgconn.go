package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"amanah/internal/id"
)

// pgConn is a transaction of PostgreSQL that saves round trips: it begins with its
// first statement, and what nobody waits for goes with the next one or the commit.
//
// A reading one begins nothing: each query goes in one piece with the setting of its
// tenant, which PostgreSQL takes as a transaction of its own. At its usual level of
// isolation a query sees what was committed before it either way.
type pgConn struct {
	c      *pgxpool.Conn
	tenant id.Tenant
	write  bool
	// eager: nothing waits. A transaction of several callers answers for each.
	eager bool
	tx    pgx.Tx // nil until something was sent
	later []statement
}

type statement struct {
	text string
	args []any
}

const (
	bindText     = "select set_config('amanah.tenant', $1, true)"
	bindReadText = "select set_config('amanah.tenant', $1, true), set_config('transaction_read_only', 'on', true)"
)

// bindValue is the setting of a tenant; none for the zero one.
func bindValue(t id.Tenant) string {
	if t.IsZero() {
		return ""
	}
	return t.String()
}

// begin takes a connection. Nothing is sent yet.
func (e *pgEngine) begin(ctx context.Context, pool *pgxpool.Pool, tenant id.Tenant, write bool) (*pgConn, error) {
	c, err := pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return &pgConn{c: c, tenant: tenant, write: write}, nil
}

// batch begins with what has to go before a statement; heads is how many results
// come before the statement's own.
func (c *pgConn) batch() (b *pgx.Batch, heads int) {
	b = &pgx.Batch{}
	switch {
	case !c.write:
		b.Queue(bindReadText, bindValue(c.tenant))
	case c.tx == nil:
		b.BeginTx(pgx.TxOptions{})
		b.Queue(bindText, bindValue(c.tenant))
	}
	for _, s := range c.later {
		b.Queue(s.text, s.args...)
	}
	c.later = nil
	return b, b.Len()
}

// send sends a batch and reads what comes before the statement's own result.
func (c *pgConn) send(ctx context.Context, b *pgx.Batch, heads int) (pgx.BatchResults, error) {
	r := c.c.Conn().SendBatch(ctx, b)
	if c.write && c.tx == nil {
		c.tx = r.Tx()
	}
	for range heads {
		if _, err := r.Exec(); err != nil {
			return nil, errors.Join(err, ignore(r.Close()))
		}
	}
	return r, nil
}

// ignore drops the second telling of an error.
func ignore(error) error { return nil }

// alone tells whether a statement can go as it is.
func (c *pgConn) alone() bool { return c.tx != nil && len(c.later) == 0 }

func (c *pgConn) exec(ctx context.Context, text string, args []any) (int64, error) {
	if c.alone() {
		tag, err := c.tx.Exec(ctx, text, args...)
		return tag.RowsAffected(), err
	}
	b, heads := c.batch()
	b.Queue(text, args...)
	r, err := c.send(ctx, b, heads)
	if err != nil {
		return 0, err
	}
	tag, err := r.Exec()
	if closed := r.Close(); err == nil {
		err = closed
	}
	return tag.RowsAffected(), err
}

func (c *pgConn) query(ctx context.Context, text string, args []any) (Rows, error) {
	if c.alone() {
		return c.tx.Query(ctx, text, args...) //nolint:sqlclosecheck // the caller closes
	}
	b, heads := c.batch()
	b.Queue(text, args...)
	r, err := c.send(ctx, b, heads)
	if err != nil {
		return nil, err
	}
	rows, err := r.Query() //nolint:sqlclosecheck // the caller closes
	if err != nil {
		rows.Close()
		_ = r.Close()
		return nil, err
	}
	return &pgRows{rows, r}, nil
}

// put has a statement run before the next one, or with the commit.
func (c *pgConn) put(ctx context.Context, text string, args []any) error {
	if c.eager {
		_, err := c.exec(ctx, text, args)
		return err
	}
	c.later = append(c.later, statement{text, args})
	return nil
}

// bind makes another tenant's rows the visible ones.
func (c *pgConn) bind(ctx context.Context, to id.Tenant) error {
	if c.tx == nil && len(c.later) == 0 {
		c.tenant = to
		return nil
	}
	return c.put(ctx, bindText, []any{bindValue(to)})
}

// flush sends what waits, and begins where nothing was sent yet.
func (c *pgConn) flush(ctx context.Context) error {
	if c.alone() {
		return nil
	}
	b, heads := c.batch()
	r, err := c.send(ctx, b, heads)
	if err != nil {
		return err
	}
	return r.Close()
}

// commit ends the transaction with what waits, in one round trip.
func (c *pgConn) commit(ctx context.Context) error {
	switch {
	case c.alone():
		return c.tx.Commit(ctx)
	case c.tx == nil && len(c.later) == 0:
		return nil
	}
	b, heads := c.batch()
	b.Queue("commit")
	r, err := c.send(ctx, b, heads)
	if err != nil {
		return err
	}
	tag, err := r.Exec()
	if closed := r.Close(); err == nil {
		err = closed
	}
	if err == nil && tag.String() != "COMMIT" {
		err = pgx.ErrTxCommitRollback
	}
	return err
}

// end gives the connection back, and rolls back what was not committed.
func (c *pgConn) end() {
	defer c.c.Release()
	if c.tx == nil || c.c.Conn().PgConn().TxStatus() == 'I' {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	_ = c.tx.Rollback(ctx)
}

// pgRows are the rows of a batch's last statement; the connection is free again
// when they end.
type pgRows struct {
	pgx.Rows
	batch pgx.BatchResults
}

func (r *pgRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	_ = r.batch.Close() // Err says it
	return false
}

func (r *pgRows) Close() {
	r.Rows.Close()
	_ = r.batch.Close()
}
