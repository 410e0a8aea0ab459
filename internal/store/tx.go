package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
)

// Scope is whose data a transaction reaches, who asks, and what for.
type Scope struct {
	// Tenant is the enclosure whose rows are visible.
	Tenant id.Tenant
	// Home is the service's own enclosure: people's keys are kept under it.
	// Zero means that Tenant is it.
	Home id.Tenant
	// Service is the service's name, such as "ctt".
	Service string
	Actor   Actor
	// Purpose is a purpose of the service's notice.
	Purpose string
	// Keep says that the transaction only puts away: it opens no sealed value, and
	// may in return seal values of a person for whom the purpose is stopped. What
	// arrives while data are restricted is stored so, and nothing else is.
	Keep bool
}

// Actor is who acts: a person, staff, a job or the system, by pseudonym.
type Actor struct {
	Kind string // "person", "staff", "operator", "job", "visitor"
	ID   id.ID
	// Credential is the session or the token that the actor came with.
	Credential id.ID
	// Address is the blind index of where the actor's client is.
	Address vault.Index
}

func (s Scope) home() id.Tenant {
	if s.Home.IsZero() {
		return s.Tenant
	}
	return s.Home
}

// Tx is a transaction in a scope. It is good until the function that got it
// returns, and for one goroutine.
type Tx struct {
	db     *DB
	scope  Scope
	conn   conn
	write  bool
	system string
	failed error
	after  []func()
	watch  bool
	reads  []Read
	// touched: a watched table was written to.
	touched bool
}

// conn is what both engines' transactions can do.
type conn interface {
	exec(ctx context.Context, text string, args []any) (int64, error)
	query(ctx context.Context, text string, args []any) (Rows, error)
	// put runs a statement before the next one or the commit.
	put(ctx context.Context, text string, args []any) error
}

// Rows are the answer to a query; Close is idempotent.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Close()
	Err() error
}

// Scope is the transaction's own.
func (tx *Tx) Scope() Scope { return tx.scope }

// Tenant is whose rows are visible.
func (tx *Tx) Tenant() id.Tenant { return tx.scope.Tenant }

// Now is the store's clock.
func (tx *Tx) Now() clock.Instant { return clock.At(tx.db.clock.Now()) }

// NewID makes a row's id.
func (tx *Tx) NewID() id.ID { return tx.db.ids.New() }

// Map is the data map that the store was opened with.
func (tx *Tx) Map() *Map { return tx.db.dataMap }

// AfterCommit calls f once the transaction is durable, and not if it fails.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// SQL gives job's driver the engine's own transaction; nothing else may ask.
func (tx *Tx) SQL() (sqlite *sql.Tx, postgres pgx.Tx) {
	switch c := tx.conn.(type) {
	case sqliteConn:
		return c.tx, nil
	case *pgConn:
		_ = c.flush(context.Background()) // where it fails, the transaction that it gives is closed
		return nil, c.tx
	}
	return nil, nil
}

// Exec runs a statement and says how many rows it touched. After an error the
// transaction is over, as PostgreSQL has it: return the error.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	if !tx.write {
		return 0, fault.New(fault.Internal, "store.Exec", "").Cause(errors.New("a reading transaction does not write"))
	}
	vals, err := values(args)
	if err != nil {
		return 0, fault.Wrap("store.Exec", err)
	}
	n, err := tx.conn.exec(ctx, text, vals)
	if err == nil && tx.db.watch != nil && tx.db.watch.hits(text) {
		tx.touched = true
	}
	if err != nil {
		tx.failed = wrap("store.Exec", err)
	}
	return n, wrap("store.Exec", err)
}

// Put is Exec for what nobody waits for: it runs before the next statement or the
// commit, without a round trip of its own. Its error is the one of that statement,
// or of the commit, and ends the transaction.
func (tx *Tx) Put(ctx context.Context, text string, args ...any) error {
	if !tx.write {
		return fault.New(fault.Internal, "store.Put", "").Cause(errors.New("a reading transaction does not write"))
	}
	vals, err := values(args)
	if err != nil {
		return fault.Wrap("store.Put", err)
	}
	if err := tx.conn.put(ctx, text, vals); err != nil {
		tx.failed = wrap("store.Put", err)
		return tx.failed
	}
	if tx.db.watch != nil && tx.db.watch.hits(text) {
		tx.touched = true
	}
	return nil
}

// Query asks for rows; the caller closes them.
func (tx *Tx) Query(ctx context.Context, text string, args ...any) (Rows, error) {
	vals, err := values(args)
	if err != nil {
		return nil, fault.Wrap("store.Query", err)
	}
	rows, err := tx.conn.query(ctx, text, vals)
	if err == nil && tx.watch {
		rows = tx.noted(rows, text, args)
	}
	return rows, wrap("store.Query", err)
}

// typed asks for rows of one table; who called notes the people in them.
func (tx *Tx) typed(ctx context.Context, text string, args []any) (Rows, error) {
	vals, err := values(args)
	if err != nil {
		return nil, fault.Wrap("store.Query", err)
	}
	rows, err := tx.conn.query(ctx, text, vals)
	return rows, wrap("store.Query", err)
}

// QueryRow scans the first row into dest; fault NotFound if there is none.
func (tx *Tx) QueryRow(ctx context.Context, text string, args []any, dest ...any) error {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return wrap("store.QueryRow", err)
		}
		return fault.New(fault.NotFound, "store.QueryRow", "not_found")
	}
	if err := rows.Scan(dest...); err != nil {
		return wrap("store.QueryRow", err)
	}
	rows.Close()
	return wrap("store.QueryRow", rows.Err())
}

// values asks each argument for what it stores, so that both drivers get only
// plain values and treat them alike.
func values(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		if v, ok := a.(driver.Valuer); ok {
			plain, err := v.Value()
			if err != nil {
				return nil, err
			}
			out[i] = plain
			continue
		}
		out[i] = a
	}
	return out, nil
}

// wrap gives an engine's error its code. The engines' texts can quote values,
// so only their codes go on.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		safe := errors.New("postgres " + pg.Code + " " + pg.TableName + " " + pg.ConstraintName)
		switch pg.Code {
		case "23505":
			return fault.New(fault.Conflict, op, "conflict").Cause(safe)
		case "42501":
			return fault.New(fault.Forbidden, op, "store.foreign_tenant").Cause(safe)
		case "40001", "40P01":
			return fault.New(fault.Unavailable, op, "try_again").Cause(safe)
		case "42601", "42703", "42P01", "42P10", "42804", "42883":
			safe = errors.New("postgres " + pg.Code + " " + pg.Message) // a wrong query text: no values in it
		}
		return fault.New(fault.Internal, op, "").Cause(safe)
	}
	if f := sqliteFault(op, err); f != nil {
		return f
	}
	return fault.Wrap(op, err)
}
