// Package keyring keeps the wrapped keys of tenants and persons, apart from the
// data: in a file of its own beside SQLite's, in a schema of its own on
// PostgreSQL. A copy of the data holds no key, so a key destroyed here is gone
// from every copy of the data too. Keep one copy of the ring at most, replaced
// and not collected (docs/keys.md).
//
// It must never hold an unwrapped key, and it knows nobody's name.
package keyring

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Ring is the key ring; it implements vault.Keys.
type Ring struct {
	db    *sql.DB
	close func() error
	dollar,
	compact bool
	prefix string
}

const schema = `
CREATE TABLE IF NOT EXISTS {p}tenant_keys (tenant TEXT PRIMARY KEY, wrapped BYTEA, destroyed BOOLEAN NOT NULL);
CREATE TABLE IF NOT EXISTS {p}person_keys (home TEXT NOT NULL, subject TEXT NOT NULL, wrapped BYTEA, destroyed BOOLEAN NOT NULL, PRIMARY KEY (home, subject))`

// Open opens the ring of an installation: keys.db in dir, or the schema
// amanah_keys where url names a PostgreSQL database.
func Open(ctx context.Context, url, dir string, fileKey []byte) (*Ring, error) {
	if url == "" {
		db, err := store.OpenSQLiteFile(filepath.Join(dir, "keys.db"), fileKey)
		if err != nil {
			return nil, fault.Wrap("keyring.Open", err)
		}
		r := &Ring{db: db, close: db.Close, compact: true}
		return r, r.prepare(ctx)
	}
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap("keyring.Open", errors.New("the database URL cannot be read"))
	}
	cfg.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fault.Wrap("keyring.Open", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	r := &Ring{db: db, dollar: true, prefix: "amanah_keys.", close: func() error { err := db.Close(); pool.Close(); return err }}
	// Nodes that start together race for CREATE … IF NOT EXISTS; a lock settles it.
	_, err = db.ExecContext(ctx, `BEGIN; SELECT pg_advisory_xact_lock(7264002); CREATE SCHEMA IF NOT EXISTS amanah_keys; `+strings.ReplaceAll(schema, "{p}", r.prefix)+`; COMMIT`)
	if err != nil {
		_ = r.Close()
		return nil, fault.Wrap("keyring.Open", err)
	}
	return r, nil
}

func (r *Ring) prepare(ctx context.Context) error {
	if _, err := r.db.ExecContext(ctx, strings.ReplaceAll(schema, "{p}", "")); err != nil {
		_ = r.Close()
		return fault.Wrap("keyring.Open", err)
	}
	return nil
}

// Close closes the ring.
func (r *Ring) Close() error { return r.close() }

func (r *Ring) text(s string) string {
	s = strings.ReplaceAll(s, "{p}", r.prefix)
	if r.dollar {
		return s
	}
	return strings.ReplaceAll(s, "$", "?")
}

func (r *Ring) exec(ctx context.Context, op, text string, args ...any) (int64, error) {
	res, err := r.db.ExecContext(ctx, r.text(text), args...)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	n, err := res.RowsAffected()
	return n, fault.Wrap(op, err)
}

// Tenant gives a tenant's wrapped key; fault NotFound if there is none or it was destroyed.
func (r *Ring) Tenant(ctx context.Context, t id.Tenant) ([]byte, error) {
	var wrapped []byte
	err := r.db.QueryRowContext(ctx, r.text("SELECT wrapped FROM {p}tenant_keys WHERE tenant = $1"), t.String()).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "keyring.Tenant", vault.KeyMissing)
	}
	if err == nil && wrapped == nil {
		return nil, fault.New(fault.NotFound, "keyring.Tenant", vault.KeyDestroyed)
	}
	return wrapped, fault.Wrap("keyring.Tenant", err)
}

// PutTenant keeps a new tenant's key; fault Conflict if there is or was one.
func (r *Ring) PutTenant(ctx context.Context, t id.Tenant, wrapped []byte) error {
	n, err := r.exec(ctx, "keyring.PutTenant", "INSERT INTO {p}tenant_keys (tenant, wrapped, destroyed) VALUES ($1, $2, $3) ON CONFLICT (tenant) DO NOTHING", t.String(), wrapped, false)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "keyring.PutTenant", "vault.key_exists")
	}
	return err
}

// Person gives a person's wrapped key, or says that it was destroyed; fault
// NotFound if there never was one.
func (r *Ring) Person(ctx context.Context, home id.Tenant, s id.Subject) (wrapped []byte, destroyed bool, err error) {
	err = r.db.QueryRowContext(ctx, r.text("SELECT wrapped, destroyed FROM {p}person_keys WHERE home = $1 AND subject = $2"), home.String(), s.String()).Scan(&wrapped, &destroyed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, fault.New(fault.NotFound, "keyring.Person", vault.KeyMissing)
	}
	return wrapped, destroyed, fault.Wrap("keyring.Person", err)
}

// PutPerson keeps a new person's key; fault Conflict if there is or was one.
func (r *Ring) PutPerson(ctx context.Context, home id.Tenant, s id.Subject, wrapped []byte) error {
	n, err := r.exec(ctx, "keyring.PutPerson", "INSERT INTO {p}person_keys (home, subject, wrapped, destroyed) VALUES ($1, $2, $3, $4) ON CONFLICT (home, subject) DO NOTHING", home.String(), s.String(), wrapped, false)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "keyring.PutPerson", "vault.key_exists")
	}
	return err
}

// Destroy removes a person's key for good and leaves a tombstone, so that no
// key can be made for this person again. It does so for one who had none, too.
func (r *Ring) Destroy(ctx context.Context, home id.Tenant, s id.Subject) error {
	_, err := r.exec(ctx, "keyring.Destroy", "INSERT INTO {p}person_keys (home, subject, wrapped, destroyed) VALUES ($1, $2, NULL, $3) ON CONFLICT (home, subject) DO UPDATE SET wrapped = NULL, destroyed = $3", home.String(), s.String(), true)
	return errors.Join(err, r.forget(ctx))
}

// DestroyTenant removes a tenant's key and its people's.
func (r *Ring) DestroyTenant(ctx context.Context, t id.Tenant) error {
	_, err := r.exec(ctx, "keyring.DestroyTenant", "INSERT INTO {p}tenant_keys (tenant, wrapped, destroyed) VALUES ($1, NULL, $2) ON CONFLICT (tenant) DO UPDATE SET wrapped = NULL, destroyed = $2", t.String(), true)
	if err == nil {
		_, err = r.exec(ctx, "keyring.DestroyTenant", "UPDATE {p}person_keys SET wrapped = NULL, destroyed = $2 WHERE home = $1", t.String(), true)
	}
	return errors.Join(err, r.forget(ctx))
}

// forget empties SQLite's log, where the old page with the key still stands.
func (r *Ring) forget(ctx context.Context) error {
	if !r.compact {
		return nil
	}
	_, err := r.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return fault.Wrap("keyring.forget", err)
}
