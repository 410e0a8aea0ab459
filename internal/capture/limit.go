package capture

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Limits says how much a workspace may take. It never has anything refused: what
// is over a limit is kept and waits for review.
type Limits interface {
	// MayTake gives the reason why one more has to wait, "" for none. have below
	// nought asks for what was counted. It opens transactions of its own.
	MayTake(ctx context.Context, workspace id.Tenant, what string, have int64) (reason string, err error)
	// Took counts one in the workspace's transaction.
	Took(ctx context.Context, tx *store.Tx, what string) error
}

// What is limited.
const (
	limitMails   = "mails"
	limitDeliver = "deliver"
)

// heldBack are the reasons that go by themselves, when a limit does not hold any more.
const heldBack = "billing.%"

// over asks whether a mail's transactions have to wait.
func (s *Service) over(ctx context.Context, workspace id.Tenant) (string, error) {
	if s.Limits == nil {
		return "", nil
	}
	return s.Limits.MayTake(ctx, workspace, limitMails, -1)
}

// counted notes that a mail was read.
func (s *Service) counted(ctx context.Context, tx *store.Tx) error {
	if s.Limits == nil {
		return nil
	}
	return s.Limits.Took(ctx, tx, limitMails)
}

// ReleaseHeld books what waits only because of a limit, the oldest first, until
// one is reached again. It tells how many it booked.
func (s *Service) ReleaseHeld(ctx context.Context, workspace id.Tenant) (booked int, err error) {
	const op = "capture.ReleaseHeld"
	sc := s.scope(workspace, "capture")
	zone := s.zone(ctx, workspace)
	for {
		var next id.ID
		err := s.db.Read(ctx, sc, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, "SELECT id FROM captured WHERE tenant_id = $1 AND state = $2 AND reason LIKE $3 ORDER BY created_at, id LIMIT 1", []any{tx.Tenant(), string(Review), heldBack}, &next)
		})
		if fault.Is(err, fault.NotFound) {
			return booked, nil
		}
		if err != nil {
			return booked, fault.Wrap(op, err)
		}
		if why, err := s.over(ctx, workspace); err != nil || why != "" {
			return booked, fault.Wrap(op, err)
		}
		err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
			c, err := claim(ctx, tx, next, op, -1, Review)
			if err != nil {
				return err
			}
			c.State, c.Reason = Booked, ""
			if err := store.Update(ctx, tx, c); err != nil {
				return err
			}
			if err := s.book(ctx, tx, c, zone); err != nil {
				return err
			}
			if err := s.counted(ctx, tx); err != nil {
				return err
			}
			return s.announce(ctx, tx, c, EventCaptured)
		})
		if fault.Is(err, fault.Conflict) {
			continue // a person was quicker
		}
		if err != nil {
			return booked, fault.Wrap(op, err)
		}
		booked++
	}
}
