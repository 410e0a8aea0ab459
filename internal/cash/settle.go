package cash

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Waiting are the person's receipts that ask for something, the oldest first.
func (s *Service) Waiting(ctx context.Context, tx *store.Tx, v View) ([]Receipt, error) {
	rows, err := store.FindOpen[Receipt](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND state = 'asking' ORDER BY received_at, id LIMIT 100", tx.Tenant(), v.Subject)
	return rows, fault.Wrap("cash.Waiting", err)
}

// Decide books a receipt that asks, with what the person says of it: change gets
// what would be entered. Faults: NotFound; Conflict if it asks no more.
func (s *Service) Decide(ctx context.Context, tx *store.Tx, v View, key id.ID, change func(*NewEntry)) (*Entry, error) {
	const op = "cash.Decide"
	r, err := s.asking(ctx, tx, v, key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	f := r.Said()
	n, _ := s.entryOf(v, r, f)
	if n.Amount.Minor <= 0 && len(f.Totals) > 0 {
		n.Amount.Minor = f.Totals[0]
	}
	change(&n)
	if n.Amount.Minor != f.Total || f.Contradicts {
		n.Items = nil // they do not make this total
	}
	n.Source, n.Receipt, n.Way = "receipt:"+r.ID.String(), r.ID, ByReceipt
	e, _, err := s.Enter(ctx, tx, v, n)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	r.State, r.Reason, r.Entry, r.DoneAt = Settled, "", e.ID, tx.Now()
	return e, fault.Wrap(op, store.Update(ctx, tx, r))
}

// Drop says of a receipt that asks that it is none, or one that is here already: its
// picture is destroyed. The receipt that it repeats keeps its own.
func (s *Service) Drop(ctx context.Context, tx *store.Tx, v View, key id.ID) error {
	const op = "cash.Drop"
	r, err := s.asking(ctx, tx, v, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	gone := *r
	r.State, r.DoneAt = Dropped, tx.Now()
	r.File = vault.FileID{}
	if err := store.Update(ctx, tx, r); err != nil {
		return fault.Wrap(op, err)
	}
	if _, err := tx.Exec(ctx, "DELETE FROM cash_people WHERE tenant_id = $1 AND receipt_id = $2", tx.Tenant(), r.ID); err != nil {
		return fault.Wrap(op, err)
	}
	family := tx.Tenant()
	tx.AfterCommit(func() { s.Forget(ctx, &Taken{row: gone, family: family}) })
	return nil
}

func (s *Service) asking(ctx context.Context, tx *store.Tx, v View, key id.ID) (*Receipt, error) {
	if _, err := tx.Exec(ctx, "UPDATE cash_receipts SET state = state WHERE tenant_id = $1 AND id = $2", tx.Tenant(), key); err != nil {
		return nil, err
	}
	r, err := s.Receipt(ctx, tx, v, key)
	if err != nil {
		return nil, err
	}
	if r.Subject != v.Subject || !v.Write {
		return nil, fault.New(fault.NotFound, "cash.asking", "not_found")
	}
	if r.State != Asking {
		return nil, fault.New(fault.Conflict, "cash.asking", "cash.receipt.decided")
	}
	return r, nil
}
