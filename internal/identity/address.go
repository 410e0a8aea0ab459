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

// ClosedAt tells when a person's account was closed; zero while it is open.
// home is the scope of the service's own enclosure. fault NotFound where there
// is no such account any more.
func (s *Service) ClosedAt(ctx context.Context, home store.Scope, who id.Subject) (time.Time, error) {
	var at clock.Instant
	err := s.cfg.DB.Read(ctx, home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT closed_at FROM accounts WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), who}, &at)
	})
	return at.Time(), fault.Wrap("identity.ClosedAt", err)
}
