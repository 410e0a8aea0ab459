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

// PostAll books many entries as Post does, and adds each account's sums up once.
// Their sources must be new: fault Conflict if one is booked already, and then
// the transaction is over. The ids come back in the entries' order.
func PostAll(ctx context.Context, tx *store.Tx, entries []Entry) ([]id.ID, error) {
	const op = "ledger.PostAll"
	keys := make([]id.ID, len(entries))
	heads := make([]entryRow, len(entries))
	var lines []postingRow
	total := totals{}
	for i, e := range entries {
		if err := e.check(op); err != nil {
			return nil, err
		}
		heads[i] = entryRow{Subject: e.Subject, Source: e.Source, At: e.At, Month: Month(e.At, e.Zone), Day: Day(e.At, e.Zone), Reason: e.Reason, CreatedAt: tx.Now()}
		heads[i].ID = tx.NewID()
		keys[i] = heads[i].ID
		for n, l := range e.Lines {
			if err := total.add(l, heads[i].Month); err != nil {
				return nil, err
			}
			lines = append(lines, postingRow{Subject: e.Subject, Entry: keys[i], Account: l.Account, Line: int64(n), Minor: l.Amount.Minor,
				Currency: l.Amount.Currency, At: e.At, Month: heads[i].Month, CreatedAt: heads[i].CreatedAt})
		}
	}
	if err := store.InsertAll(ctx, tx, heads); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := store.InsertAll(ctx, tx, lines); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return keys, fault.Wrap(op, total.write(ctx, tx))
}

// monthOf is an account in a month.
type monthOf struct {
	account  id.ID
	currency money.Currency
	month    string
}

// totals are what many entries add to accounts and months.
type totals map[monthOf]*sum

func (t totals) add(l Line, month string) error {
	k := monthOf{l.Account, l.Amount.Currency, month}
	s := t[k]
	if s == nil {
		s = &sum{account: l.Account, currency: l.Amount.Currency}
		t[k] = s
	}
	s.postings++
	side, by := &s.debit, l.Amount.Minor
	if by < 0 {
		side, by = &s.credit, -by
	}
	if *side > math.MaxInt64-by {
		return overflow("ledger.PostAll")
	}
	*side += by
	return nil
}

// write takes the accounts' locks in the order that Post takes them in.
func (t totals) write(ctx context.Context, tx *store.Tx) error {
	keys := make([]monthOf, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b monthOf) int {
		if c := bytes.Compare(a.account[:], b.account[:]); c != 0 {
			return c
		}
		return bytes.Compare([]byte(a.month), []byte(b.month))
	})
	for _, k := range keys {
		if err := t[k].add(ctx, tx, k.month); err != nil {
			return err
		}
	}
	return nil
}
