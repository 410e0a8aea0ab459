package identity

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
)

// provingTime is how long an account may wait for its address to be proven.
const provingTime = 7 * 24 * time.Hour

// Abandoned lists the accounts of a service that never proved their address and
// had a week for it. To remove a person is the caller's: it takes more than rows.
func (s *Service) Abandoned(ctx context.Context, slug string) (out []id.Subject, err error) {
	v, err := s.service(slug)
	if err != nil {
		return nil, err
	}
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM accounts WHERE tenant_id = $1 AND state = $2 AND verified_at IS NULL AND created_at < $3 ORDER BY id LIMIT 500",
			tx.Tenant(), stateActive, clock.At(tx.Now().Time().Add(-provingTime)))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var who id.Subject
			if err := rows.Scan(&who); err != nil {
				return err
			}
			out = append(out, who)
		}
		return rows.Err()
	})
	return out, fault.Wrap("identity.Abandoned", err)
}

// Proven tells whether a person's address was ever proven to be theirs; false for
// nobody.
func (s *Service) Proven(ctx context.Context, slug string, who id.Subject) (bool, error) {
	v, err := s.service(slug)
	if err != nil {
		return false, err
	}
	proven := false
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		a, err := bySubject(ctx, tx, who)
		proven = err == nil && !a.VerifiedAt.IsZero()
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return proven, fault.Wrap("identity.Proven", err)
}

// Clean removes what is of no more use in a service: counters a day after the
// last try, mailed tokens a day after their end, invitations at their end.
// It says how many rows went.
func (s *Service) Clean(ctx context.Context, slug string) (removed int64, err error) {
	v, err := s.service(slug)
	if err != nil {
		return 0, err
	}
	sc := visitor(v, "security")
	sc.Actor.Kind = "job"
	err = s.cfg.DB.Write(ctx, sc, func(tx *store.Tx) error {
		now := tx.Now()
		old := clock.At(now.Time().Add(-keep))
		for _, d := range []struct {
			text   string
			before clock.Instant
		}{
			{"DELETE FROM attempts WHERE tenant_id = $1 AND last_at < $2", old},
			{"DELETE FROM verifications WHERE tenant_id = $1 AND ends_at < $2", old},
			{"DELETE FROM invitations WHERE tenant_id = $1 AND ends_at <= $2", now},
		} {
			n, err := tx.Exec(ctx, d.text, tx.Tenant(), d.before)
			if err != nil {
				return err
			}
			removed += n
		}
		n, err := factor.Clean(ctx, tx, old)
		removed += n
		return err
	})
	return removed, fault.Wrap("identity.Clean", err)
}
