package identity

import (
	"context"
	"errors"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// sealedKey is the fault of the gate for an account that is closing.
const sealedKey = "gate.closed.closing"

// Sealed tells whether an error says that the account is closing: its person may
// restore it, and nothing else.
func Sealed(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Key == sealedKey
}

// EndSessions ends every session of a person, in a transaction of the home; the
// account stays.
func EndSessions(ctx context.Context, tx *store.Tx, who id.Subject) error {
	return endSessions(ctx, tx, who, id.ID{})
}

// findSealed finds an account by its address while its gate is closed for all but
// the person's rights.
func (s *Service) findSealed(ctx context.Context, v tenant.Service, x vault.Index) (a *account, err error) {
	err = s.cfg.DB.Read(ctx, visitor(v, "rights"), func(tx *store.Tx) error {
		a, err = byIndex(ctx, tx, x)
		return err
	})
	return a, err
}

// OwnContact is ContactOf for letters about the person's rights: they go out while
// the account is closing too. proven says that the address was proven.
func (s *Service) OwnContact(ctx context.Context, slug string, who id.Subject) (c Contact, proven bool, err error) {
	v, err := s.service(slug)
	if err != nil {
		return c, false, err
	}
	err = s.cfg.DB.Read(ctx, visitor(v, "rights"), func(tx *store.Tx) error {
		a, err := bySubject(ctx, tx, who)
		if err == nil {
			c, proven = Contact{Email: a.Email.Reveal(), Name: a.Name.Reveal(), Lang: a.Lang}, !a.VerifiedAt.IsZero()
		}
		return err
	})
	return c, proven, fault.Wrap("identity.OwnContact", err)
}

// Unseen is a person who did not use the account for long.
type Unseen struct {
	Who  id.Subject
	Seen time.Time
	Lang string
}

// Idle lists the active, proven accounts of a home that were last used before a
// moment and after another, the longest away first, at most 200. Use is a sign-in
// or a request of a session. The service's staff are left out.
func Idle(ctx context.Context, tx *store.Tx, before, after time.Time) (out []Unseen, err error) {
	const op = "identity.Idle"
	rows, err := tx.Query(ctx, `SELECT who, seen, lang FROM (
		SELECT a.id AS who, a.lang AS lang, COALESCE((SELECT MAX(s.seen_at) FROM sessions s WHERE s.tenant_id = a.tenant_id AND s.subject_id = a.id AND s.seen_at > COALESCE(a.last_signin_at, a.created_at)), a.last_signin_at, a.created_at) AS seen
		FROM accounts a WHERE a.tenant_id = $1 AND a.state = $2 AND a.verified_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = a.tenant_id AND m.workspace_id = $5 AND m.subject_id = a.id)) AS people
		WHERE seen < $3 AND seen > $4 ORDER BY seen, who LIMIT 200`, tx.Tenant(), stateActive, before.UnixMicro(), after.UnixMicro(), tx.Tenant())
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer rows.Close()
	for rows.Next() {
		var u Unseen
		var seen clock.Instant
		if err := rows.Scan(&u.Who, &seen, &u.Lang); err != nil {
			return nil, fault.Wrap(op, err)
		}
		u.Seen = seen.Time()
		out = append(out, u)
	}
	return out, fault.Wrap(op, rows.Err())
}
