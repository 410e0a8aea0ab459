package promise

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/store"
)

// backupEvery is how old the newest good backup may be, and tryEvery the newest
// trial restore.
const (
	backupEvery = 2 * day
	tryEvery    = 8 * day
)

// backups looks for the newest good backup and for the newest trial restore that
// succeeded.
func backups(ctx context.Context, s Site, _ Args) (Finding, error) {
	var made, tried clock.Instant
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		for act, at := range map[string]*clock.Instant{"made": &made, "tried": &tried} {
			if err := tx.QueryRow(ctx, "SELECT MAX(at) FROM backup_uses WHERE tenant_id = $1 AND act = $2 AND good", []any{tx.Tenant(), act}, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Finding{}, err
	}
	if made.IsZero() {
		return found(AtRisk, Fig("backup_none")), nil
	}
	f := newest(s.Now, made.Time(), backupEvery, "backup_made")
	if tried.IsZero() {
		f.State = worse(f.State, AtRisk)
		f.Figures = append(f.Figures, Fig("backup_untried"))
		return f, nil
	}
	t := newest(s.Now, tried.Time(), tryEvery, "backup_tried")
	return Finding{worse(f.State, t.State), append(f.Figures, t.Figures...)}, nil
}

func newest(now, at time.Time, limit time.Duration, key string) Finding {
	return found(within(now.Sub(at), limit), Fig(key, "age", Span(now.Sub(at)), "limit", Span(limit)))
}
