package keyring

import (
	"context"
	"errors"

	"amanah/internal/fault"
)

// Entry is one key of the ring as it lies there: wrapped, or destroyed. Subject is
// "" for a tenant's own key.
type Entry struct {
	Home, Subject string
	Wrapped       []byte // nil where Destroyed
	Destroyed     bool
}

// Each gives every entry, the tenants' first, from one snapshot.
func (r *Ring) Each(ctx context.Context, f func(Entry) error) error {
	const op = "keyring.Each"
	rows, err := r.db.QueryContext(ctx, r.text("SELECT tenant, '', wrapped, destroyed, 0 FROM {p}tenant_keys UNION ALL SELECT home, subject, wrapped, destroyed, 1 FROM {p}person_keys ORDER BY 5"))
	if err != nil {
		return fault.Wrap(op, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var e Entry
		var kind int
		if err := rows.Scan(&e.Home, &e.Subject, &e.Wrapped, &e.Destroyed, &kind); err != nil {
			return fault.Wrap(op, err)
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return fault.Wrap(op, rows.Err())
}

// Load fills an empty ring, all or nothing; fault Conflict where it is not empty.
func (r *Ring) Load(ctx context.Context, entries func(put func(Entry) error) error) error {
	const op = "keyring.Load"
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return fault.Wrap(op, err)
	}
	defer func() { _ = tx.Rollback() }()
	var n int
	if err := tx.QueryRowContext(ctx, r.text("SELECT (SELECT count(*) FROM {p}tenant_keys) + (SELECT count(*) FROM {p}person_keys)")).Scan(&n); err != nil {
		return fault.Wrap(op, err)
	}
	if n > 0 {
		return fault.New(fault.Conflict, op, "conflict").Cause(errors.New("the key ring is not empty"))
	}
	err = entries(func(e Entry) error {
		var wrapped any
		if !e.Destroyed {
			wrapped = e.Wrapped
		}
		if e.Subject == "" {
			_, err := tx.ExecContext(ctx, r.text("INSERT INTO {p}tenant_keys (tenant, wrapped, destroyed) VALUES ($1, $2, $3)"), e.Home, wrapped, e.Destroyed)
			return err
		}
		_, err := tx.ExecContext(ctx, r.text("INSERT INTO {p}person_keys (home, subject, wrapped, destroyed) VALUES ($1, $2, $3, $4)"), e.Home, e.Subject, wrapped, e.Destroyed)
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, tx.Commit())
}
