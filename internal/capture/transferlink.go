package capture

import (
	"context"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// link makes two rows the halves of one movement between own accounts. Both go
// through the clearing account, which they leave empty.
func (s *Service) link(ctx context.Context, tx *store.Tx, t *Transfer, zone *time.Location) error {
	out, err := store.Get[Captured](ctx, tx, t.Out)
	if err != nil {
		return err
	}
	in, err := store.Get[Captured](ctx, tx, t.In)
	if err != nil {
		return err
	}
	if out.State != Booked || in.State != Booked || !out.leaves() || !in.comes() || out.Minor < in.Minor || out.Currency != in.Currency {
		return fault.New(fault.Conflict, "capture.link", "capture.changed")
	}
	t.State, t.ChangedAt = Linked, tx.Now()
	t.OutDirection, t.OutCategory, t.OutFee = out.Direction, out.Category, out.FeeMinor
	t.InDirection, t.InCategory = in.Direction, in.Category
	if t.ID.IsZero() {
		if err := s.putTransfer(ctx, tx, t); err != nil {
			return err
		}
	} else if err := store.Update(ctx, tx, t); err != nil {
		return err
	}
	fee := out.FeeMinor
	if out.Minor > in.Minor {
		fee = out.Minor - in.Minor
	} else if fee > 0 {
		fee = 0 // the other account got all of it
	}
	if err := s.become(ctx, tx, out, "internal", "transfer", fee, zone); err != nil {
		return err
	}
	if err := s.become(ctx, tx, in, "internal", "transfer", in.FeeMinor, zone); err != nil {
		return err
	}
	// What else was proposed for one of them is none now.
	_, err = tx.Exec(ctx, "DELETE FROM capture_transfers WHERE tenant_id = $1 AND state = $2 AND (out_id = $3 OR in_id = $4)", tx.Tenant(), string(Proposed), t.Out, t.In)
	return err
}

// putTransfer stores a pair, in the place of a proposal of it.
func (s *Service) putTransfer(ctx context.Context, tx *store.Tx, t *Transfer) error {
	if _, err := tx.Exec(ctx, "DELETE FROM capture_transfers WHERE tenant_id = $1 AND out_id = $2 AND in_id = $3", tx.Tenant(), t.Out, t.In); err != nil {
		return err
	}
	return store.Insert(ctx, tx, t)
}

// become changes a half, as a new revision with a new entry. What a person chose
// as its category stays.
func (s *Service) become(ctx context.Context, tx *store.Tx, c *Captured, direction, category string, fee int64, zone *time.Location) error {
	if c.Direction == direction && c.FeeMinor == fee && c.Category == category {
		return nil
	}
	c.turn(direction)
	c.FeeMinor = fee
	if !has(c.Edited, "category") {
		c.Category = category
	}
	c.Revision, c.ChangedAt = c.Revision+1, tx.Now()
	return s.rebook(ctx, tx, c, zone)
}

// unpair dissolves the pair that a row is half of, if it is: the other half goes
// back to what it was. The row itself is the caller's.
func (s *Service) unpair(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) error {
	if _, err := tx.Exec(ctx, "DELETE FROM capture_transfers WHERE tenant_id = $1 AND state = $2 AND (out_id = $3 OR in_id = $3)", tx.Tenant(), string(Proposed), c.ID); err != nil {
		return err
	}
	t, err := s.transferOf(ctx, tx, c.ID, Linked)
	if err != nil || t == nil {
		return err
	}
	t.State, t.ChangedAt = Unlinked, tx.Now()
	if err := store.Update(ctx, tx, t); err != nil {
		return err
	}
	other := t.Out
	if other == c.ID {
		other = t.In
	}
	return s.restore(ctx, tx, t, other, zone)
}

// restore gives a half back what it was before it was linked.
func (s *Service) restore(ctx context.Context, tx *store.Tx, t *Transfer, half id.ID, zone *time.Location) error {
	c, err := store.Get[Captured](ctx, tx, half)
	if err != nil || c.State != Booked {
		return err
	}
	if half == t.Out {
		return s.become(ctx, tx, c, t.OutDirection, t.OutCategory, t.OutFee, zone)
	}
	return s.become(ctx, tx, c, t.InDirection, t.InCategory, c.FeeMinor, zone)
}

// repair looks at pairs anew after a row was changed: a half that was turned, or
// has another amount or account, is none any more.
func (s *Service) repair(ctx context.Context, tx *store.Tx, was, c *Captured, zone *time.Location) error {
	if was.Direction == c.Direction && was.Minor == c.Minor && was.Account == c.Account && was.Currency == c.Currency {
		return nil
	}
	if err := s.unpair(ctx, tx, c, zone); err != nil {
		return err
	}
	return s.pair(ctx, tx, c, zone)
}

// LinkTransfer says that a proposed pair is a transfer between own accounts.
func (s *Service) LinkTransfer(ctx context.Context, tx *store.Tx, key id.ID, zone *time.Location) error {
	const op = "capture.LinkTransfer"
	t, err := s.claimTransfer(ctx, tx, key, Proposed)
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.link(ctx, tx, t, zone))
}

// UnlinkTransfer says that a pair is none: both halves go back to what they were,
// and it is not proposed again.
func (s *Service) UnlinkTransfer(ctx context.Context, tx *store.Tx, key id.ID, zone *time.Location) error {
	const op = "capture.UnlinkTransfer"
	t, err := s.claimTransfer(ctx, tx, key, Proposed, Linked)
	if err != nil {
		return fault.Wrap(op, err)
	}
	linked := t.State == Linked
	t.State, t.ChangedAt = Unlinked, tx.Now()
	if err := store.Update(ctx, tx, t); err != nil || !linked {
		return fault.Wrap(op, err)
	}
	for _, half := range []id.ID{t.Out, t.In} {
		if err := s.restore(ctx, tx, t, half, zone); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

func (s *Service) claimTransfer(ctx context.Context, tx *store.Tx, key id.ID, from ...TransferState) (*Transfer, error) {
	if _, err := tx.Exec(ctx, "UPDATE capture_mailboxes SET mails = mails WHERE tenant_id = $1", tx.Tenant()); err != nil {
		return nil, err
	}
	t, err := store.Get[Transfer](ctx, tx, key)
	if err != nil {
		return nil, err
	}
	for _, f := range from {
		if t.State == f {
			return t, nil
		}
	}
	return nil, fault.New(fault.Conflict, "capture.claimTransfer", "capture.changed")
}

// Pair is a transfer with its other half, as a transaction's page shows it.
type Pair struct {
	Transfer
	Other View
}

// Pairs are the transfers that a transaction is half of, or may be.
func (s *Service) Pairs(ctx context.Context, tx *store.Tx, row id.ID) ([]Pair, error) {
	all, err := store.Find[Transfer](ctx, tx, "WHERE tenant_id = $1 AND (out_id = $2 OR in_id = $2) AND state <> $3 ORDER BY id LIMIT 10", tx.Tenant(), row, string(Unlinked))
	if err != nil {
		return nil, fault.Wrap("capture.Pairs", err)
	}
	var out []Pair
	for _, t := range all {
		other := t.Out
		if other == row {
			other = t.In
		}
		v, err := s.View(ctx, tx, other)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{Transfer: t, Other: v})
	}
	return out, nil
}

// Proposals are the pairs that wait for a person, the newest first.
func (s *Service) Proposals(ctx context.Context, tx *store.Tx) ([]Pair, error) {
	all, err := store.FindOpen[Transfer](ctx, tx, "WHERE tenant_id = $1 AND state = $2 ORDER BY id DESC LIMIT 50", tx.Tenant(), string(Proposed))
	if err != nil {
		return nil, fault.Wrap("capture.Proposals", err)
	}
	var out []Pair
	for _, t := range all {
		v, err := s.View(ctx, tx, t.Out)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{Transfer: t, Other: v})
	}
	return out, nil
}
