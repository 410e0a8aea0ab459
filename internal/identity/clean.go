package identity

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
)

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
