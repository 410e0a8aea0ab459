package profile

import (
	"context"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
)

// Doubt is a person whom an officer has to look at.
type Doubt struct {
	ID          id.ID
	Name, Email string
	AskedAt     clock.Instant
}

// Doubts are the open tasks, the oldest first. Whoever looks is written down.
func (s *Service) Doubts(ctx context.Context, officer identity.Principal) ([]Doubt, error) {
	var out []Doubt
	err := s.Store.Write(ctx, desk.Scope(officer), func(tx *store.Tx) error {
		rows, err := store.Find[review](ctx, tx, "WHERE tenant_id = $1 ORDER BY asked_at, id", tx.Tenant())
		if err != nil {
			return err
		}
		for _, r := range rows {
			c, err := s.Contact(ctx, tx, r.Subject)
			if fault.Is(err, fault.NotFound) || store.Closed(err) {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, Doubt{r.ID, c.Name, c.Email, r.AskedAt})
			if err := audit.Record(ctx, tx, audit.Act{Name: "profile.doubt.seen", Subject: r.Subject, Count: 1, Told: true}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, fault.Wrap("profile.Doubts", err)
}

// Settle ends a task: the person is of age, and nothing changes for them; or they are
// not, and the account is closed and erased at once. Fault NotFound for a task that
// is settled.
func (s *Service) Settle(ctx context.Context, officer identity.Principal, task id.ID, underage bool) (receipt id.ID, err error) {
	const op = "profile.Settle"
	var who id.Subject
	var address string
	err = s.Store.Write(ctx, desk.Scope(officer), func(tx *store.Tx) error {
		r, err := store.Get[review](ctx, tx, task)
		if err != nil {
			return err
		}
		who = r.Subject
		c, err := s.Contact(ctx, tx, who)
		if err != nil {
			return err
		}
		address = c.Email
		if _, err := store.Delete[review](ctx, tx, task); err != nil {
			return err
		}
		if err := deadline.Met(ctx, tx, task, "review"); err != nil {
			return err
		}
		act := "profile.of_age"
		if underage {
			act = "profile.under_age"
		}
		return audit.Record(ctx, tx, audit.Act{Name: act, Subject: who, Count: 1, Told: !underage})
	})
	if err != nil || !underage {
		return receipt, fault.Wrap(op, err)
	}
	receipt, err = s.Underage().Underage(ctx, officer, address)
	return receipt, fault.Wrap(op, err)
}
