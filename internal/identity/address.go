package identity

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// AddressOf gives the mail address of a person with an active account, for a
// letter that the service owes them; fault NotFound otherwise.
func (s *Service) AddressOf(ctx context.Context, slug string, who id.Subject) (string, error) {
	const op = "identity.AddressOf"
	v, ok := s.services[slug]
	if !ok {
		return "", fault.New(fault.NotFound, op, "not_found")
	}
	var to string
	err := s.cfg.DB.Read(ctx, visitor(v, "notify"), func(tx *store.Tx) error {
		a, err := bySubject(ctx, tx, who)
		if err == nil {
			to = a.Email.Reveal()
		}
		return err
	})
	return to, fault.Wrap(op, err)
}

// Closing says when a person's account was closed.
type Closing struct {
	Subject id.Subject
	At      time.Time
}

// Closings lists the accounts of a home that were closed at or before a moment.
func (s *Service) Closings(ctx context.Context, home store.Scope, until time.Time) ([]Closing, error) {
	var out []Closing
	err := s.cfg.DB.Read(ctx, home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id, closed_at FROM accounts WHERE tenant_id = $1 AND closed_at <= $2", tx.Tenant(), clock.At(until))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one Closing
			var at clock.Instant
			if err := rows.Scan(&one.Subject, &at); err != nil {
				return err
			}
			one.At = at.Time()
			out = append(out, one)
		}
		return rows.Err()
	})
	return out, fault.Wrap("identity.Closings", err)
}

// Confirm tells whether a password is the signed-in person's, before something
// that cannot be undone. The page that asks limits the tries.
func (s *Service) Confirm(ctx context.Context, p Principal, password string) (bool, error) {
	const op = "identity.Confirm"
	v, ok := s.services[p.Service]
	if !ok {
		return false, fault.New(fault.NotFound, op, "not_found")
	}
	var hash []byte
	err := s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		a, err := bySubject(ctx, tx, p.Subject)
		if err == nil {
			hash = a.Password
		}
		return err
	})
	if err != nil {
		return false, fault.Wrap(op, err)
	}
	right, err := s.hasher.matches(ctx, hash, password)
	return right, fault.Wrap(op, err)
}
