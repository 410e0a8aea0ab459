package ledger

import (
	"bytes"
	"context"
	"math"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Post books an entry and says whether it did: of a source that is booked
// already it gives the entry that is there. Faults: Invalid with
// ledger.unbalanced, ledger.overflow, ledger.line_invalid …; NotFound with
// ledger.no_account.
func Post(ctx context.Context, tx *store.Tx, e Entry) (entry id.ID, created bool, err error) {
	const op = "ledger.Post"
	if err := e.check(op); err != nil {
		return id.ID{}, false, err
	}
	row := &entryRow{Subject: e.Subject, Source: e.Source, At: e.At, Month: Month(e.At, e.Zone), Day: Day(e.At, e.Zone), Reason: e.Reason, CreatedAt: tx.Now()}
	entry, created, err = write(ctx, tx, row, e.Lines)
	return entry, created, fault.Wrap(op, err)
}

// write stores an entry's head and its lines, and adds them to the sums.
func write(ctx context.Context, tx *store.Tx, row *entryRow, lines []Line) (id.ID, bool, error) {
	created, err := store.InsertOnce(ctx, tx, row, "tenant_id, source")
	if err != nil {
		return id.ID{}, false, err
	}
	if !created {
		var have id.ID
		err := tx.QueryRow(ctx, "SELECT id FROM ledger_entries WHERE tenant_id = $1 AND source = $2", []any{tx.Tenant(), row.Source}, &have)
		return have, false, err
	}
	sums, err := sumUp(lines)
	if err != nil {
		return id.ID{}, false, err
	}
	for _, s := range sums {
		if !row.Reverses.IsZero() {
			s = s.takenBack()
		}
		if err := s.add(ctx, tx, row.Month); err != nil {
			return id.ID{}, false, err
		}
	}
	for i, l := range lines {
		p := &postingRow{Subject: row.Subject, Entry: row.ID, Account: l.Account, Line: int64(i), Minor: l.Amount.Minor,
			Currency: l.Amount.Currency, At: row.At, Month: row.Month, CreatedAt: row.CreatedAt}
		if err := store.Insert(ctx, tx, p); err != nil {
			return id.ID{}, false, err
		}
	}
	return row.ID, true, nil
}

// sum is what one entry adds to one account.
type sum struct {
	account       id.ID
	currency      money.Currency
	debit, credit int64
	postings      int64
}

// sumUp adds the lines up by account, sorted by id: every entry takes the
// accounts' locks in the same order, so that two entries never wait for each other.
func sumUp(lines []Line) ([]sum, error) {
	var out []sum
	for _, l := range lines {
		i := slices.IndexFunc(out, func(s sum) bool { return s.account == l.Account })
		if i < 0 {
			out = append(out, sum{account: l.Account, currency: l.Amount.Currency})
			i = len(out) - 1
		}
		s := &out[i]
		if s.currency != l.Amount.Currency {
			return nil, fault.New(fault.Invalid, "ledger.Post", "ledger.currency")
		}
		s.postings++
		side, by := &s.debit, l.Amount.Minor
		if by < 0 {
			side, by = &s.credit, -by
		}
		if *side > math.MaxInt64-by {
			return nil, overflow("ledger.Post")
		}
		*side += by
	}
	slices.SortFunc(out, func(a, b sum) int { return bytes.Compare(a.account[:], b.account[:]) })
	return out, nil
}

// takenBack is what a reversing entry does to the sums: it takes the amounts off
// the side that they stood on. A month then has moved what stands, as if the
// mistake had not been made, and not both sides of it.
func (s sum) takenBack() sum {
	s.debit, s.credit = -s.credit, -s.debit
	return s
}

// add brings the account's own sums and those of its month up to date. The
// account's are never smaller than a month's: if they fit, all do.
func (s sum) add(ctx context.Context, tx *store.Tx, month string) error {
	a, err := accountByID(ctx, tx, s.account)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "ledger.Post", "ledger.no_account")
	}
	if err != nil {
		return err
	}
	if a.currency != s.currency {
		return fault.New(fault.Invalid, "ledger.Post", "ledger.currency")
	}
	// SQLite would turn a sum that does not fit into a float: it is not begun.
	n, err := tx.Exec(ctx, `UPDATE ledger_accounts SET debit = debit + $3, credit = credit + $4
		WHERE tenant_id = $1 AND id = $2 AND debit <= $5 AND credit <= $6`,
		tx.Tenant(), s.account, s.debit, s.credit, math.MaxInt64-max(s.debit, 0), math.MaxInt64-max(s.credit, 0))
	if err != nil {
		return err
	}
	if n == 0 {
		return overflow("ledger.Post")
	}
	_, err = tx.Exec(ctx, `INSERT INTO ledger_months (tenant_id, id, owner, account_id, month, debit, credit, postings)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (tenant_id, account_id, month) DO UPDATE SET debit = ledger_months.debit + excluded.debit,
		credit = ledger_months.credit + excluded.credit, postings = ledger_months.postings + excluded.postings`,
		tx.Tenant(), tx.NewID(), a.owner, s.account, month, s.debit, s.credit, s.postings)
	return err
}
