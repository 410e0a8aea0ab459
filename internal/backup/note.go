package backup

import (
	"context"
	"errors"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/store"
)

func (u *use) describe(m *Manifest) {
	u.MadeAt = clock.At(m.At)
	u.Rows, u.Files = m.Database.Rows(), m.Files.Count
}

// note writes a use down in every service's home and its audit log.
func (s *Service) note(ctx context.Context, u use, began time.Time) error {
	now := s.Clock.Now()
	u.At, u.Took = clock.At(now), now.Sub(began).Milliseconds()
	var errs []error
	for _, home := range s.Homes {
		errs = append(errs, s.DB.Write(context.WithoutCancel(ctx), home, func(tx *store.Tx) error {
			row := u
			row.By = tx.Scope().Actor.Kind
			if err := store.Insert(ctx, tx, &row); err != nil {
				return err
			}
			name := "backup." + u.Act
			if !u.Good {
				name += ".failed"
			}
			return audit.Record(ctx, tx, audit.Act{Name: name, Object: "backup", Count: u.Rows})
		}))
	}
	return errors.Join(errs...)
}

// Use is one thing that was done with a backup.
type Use struct {
	At, MadeAt  time.Time
	Act         string
	Archive     string
	Rows, Files int64
	Bytes       int64
	Took        time.Duration
	Good        bool
	Why, By     string
}

// Uses are the newest of them, in a service's home.
func Uses(ctx context.Context, tx *store.Tx, most int) ([]Use, error) {
	rows, err := store.Find[use](ctx, tx, "WHERE tenant_id = $1 ORDER BY at DESC, id DESC LIMIT $2", tx.Tenant(), most)
	return uses(rows), err
}

// LastGood is the newest use of a kind that went well; false where there is none.
func LastGood(ctx context.Context, tx *store.Tx, act string) (Use, bool, error) {
	rows, err := store.Find[use](ctx, tx, "WHERE tenant_id = $1 AND act = $2 AND good = $3 ORDER BY at DESC, id DESC LIMIT 1", tx.Tenant(), act, true)
	if err != nil || len(rows) == 0 {
		return Use{}, false, err
	}
	return uses(rows)[0], true, nil
}

func uses(rows []use) []Use {
	out := make([]Use, len(rows))
	for i, r := range rows {
		out[i] = Use{r.At.Time(), r.MadeAt.Time(), r.Act, r.Archive, r.Rows, r.Files, r.Bytes, time.Duration(r.Took) * time.Millisecond, r.Good, r.Why, r.By}
	}
	return out
}
