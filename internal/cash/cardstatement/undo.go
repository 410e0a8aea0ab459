package cardstatement

import (
	"context"
	"slices"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Undo takes a decision back, with what it did to the books. It stays in the
// history. Fault Conflict for one that was taken back already.
func (s *Service) Undo(ctx context.Context, sc store.Scope, who id.Subject, key, decision id.ID) error {
	const op = "cardstatement.Undo"
	return fault.Wrap(op, s.decide(ctx, sc, who, key, func(tx *store.Tx, b *Board) error {
		i := slices.IndexFunc(b.Decided, func(d Decision) bool { return d.ID == decision })
		if i < 0 {
			return changed(op)
		}
		d := b.Decided[i]
		if err := books(ctx, tx, func() error { return s.unbook(ctx, tx, b, d) }); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "UPDATE statement_matches SET undone_at = $1, undoer = $2 WHERE tenant_id = $3 AND id = $4 AND COALESCE(undone_at, 0) = 0", tx.Now(), who, tx.Tenant(), decision)
		if err == nil && n == 0 {
			err = changed(op)
		}
		return err
	}))
}

// unbook gives the books back what a decision changed in them. An entry that is
// gone meanwhile needs nothing.
func (s *Service) unbook(ctx context.Context, tx *store.Tx, b *Board, d Decision) error {
	switch d.Act {
	case Booked:
		for _, l := range d.Entries {
			if _, err := s.Cash.Undo(ctx, tx, b.view, l.ID); err != nil {
				return err
			}
		}
	case Dropped:
		for _, l := range d.Entries {
			if _, err := s.Cash.Restore(ctx, tx, b.view, l.ID); err != nil {
				return err
			}
		}
	case Took, Moved:
		for _, w := range d.was() {
			if !slices.ContainsFunc(d.Entries, func(l cash.Line) bool { return l.ID == w.Entry && l.State == cash.Booked }) {
				continue
			}
			_, err := s.Cash.Correct(ctx, tx, b.view, w.Entry, cash.AnyRevision, func(n *cash.NewEntry) {
				if d.Act == Moved {
					n.Account = w.Account
					return
				}
				setAmount(n, money.Amount{Minor: w.Minor, Currency: n.Amount.Currency})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Step is one line of a statement's history.
type Step struct {
	By    id.Subject
	At    clock.Instant
	Act   Act
	Undid bool  // the act was taken back
	Count int   // of rows, or of entries where no row is in it
	Line  int64 // its first row; 0 for none
}

// History are all decisions and what was taken back, the latest first.
func (b *Board) History() []Step {
	var out []Step
	add := func(m Match) {
		st := Step{By: m.Decider, At: m.DecidedAt, Act: m.Act, Count: max(len(m.lines()), 1)}
		if l := m.lines(); len(l) > 0 {
			st.Line = l[0]
		}
		out = append(out, st)
		if !m.UndoneAt.IsZero() {
			st.By, st.At, st.Undid = m.Undoer, m.UndoneAt, true
			out = append(out, st)
		}
	}
	for _, d := range b.Decided {
		add(d.Match)
	}
	for _, m := range b.undone {
		add(m)
	}
	slices.SortStableFunc(out, func(x, y Step) int { return int(min(max(int64(y.At)-int64(x.At), -1), 1)) })
	return out
}
