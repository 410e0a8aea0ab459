package ledger

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Booked is an entry as it stands in the books.
type Booked struct {
	ID        id.ID
	Source    string
	At        clock.Instant
	Month     string
	Day       string
	Reverses  id.ID // the entry that this one takes back
	Reversed  id.ID // the entry that took this one back
	Reason    string
	CreatedAt clock.Instant
	Lines     []Line
}

// Read gives an entry with its lines; fault NotFound if there is none.
func Read(ctx context.Context, tx *store.Tx, entry id.ID) (*Booked, error) {
	const op = "ledger.Read"
	head, err := store.Get[entryRow](ctx, tx, entry)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	b := &Booked{ID: head.ID, Source: head.Source, At: head.At, Month: head.Month, Day: head.Day, Reverses: head.Reverses, Reason: head.Reason, CreatedAt: head.CreatedAt}
	err = tx.QueryRow(ctx, "SELECT id FROM ledger_entries WHERE tenant_id = $1 AND reverses = $2", []any{tx.Tenant(), entry}, &b.Reversed)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, fault.Wrap(op, err)
	}
	rows, err := store.Find[postingRow](ctx, tx, "WHERE tenant_id = $1 AND entry_id = $2 ORDER BY line", tx.Tenant(), entry)
	for _, p := range rows {
		b.Lines = append(b.Lines, Line{p.Account, money.Amount{Minor: p.Minor, Currency: p.Currency}})
	}
	return b, fault.Wrap(op, err)
}

// Reverse takes an entry back by one with all signs turned round, dated as the
// entry itself. Reversing twice gives the same reversing entry. Fault Conflict
// for an entry that is a reversal: book anew instead.
func Reverse(ctx context.Context, tx *store.Tx, entry id.ID, reason string) (id.ID, error) {
	const op = "ledger.Reverse"
	head, err := store.Get[entryRow](ctx, tx, entry)
	if err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	if !head.Reverses.IsZero() {
		return id.ID{}, fault.New(fault.Conflict, op, "ledger.is_reversal")
	}
	rows, err := store.Find[postingRow](ctx, tx, "WHERE tenant_id = $1 AND entry_id = $2 ORDER BY line", tx.Tenant(), entry)
	if err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	var lines []Line
	for _, p := range rows {
		lines = append(lines, Line{p.Account, money.Amount{Minor: -p.Minor, Currency: p.Currency}})
	}
	back := &entryRow{Subject: head.Subject, Source: "reversal:" + entry.String(), At: head.At, Month: head.Month, Day: head.Day,
		Reverses: entry, Reason: reason, CreatedAt: tx.Now()}
	done, _, err := write(ctx, tx, back, lines)
	return done, fault.Wrap(op, err)
}

// Correct reverses an entry and books another in its place, whose source is its
// own. It gives both new entries.
func Correct(ctx context.Context, tx *store.Tx, entry id.ID, reason string, instead Entry) (reversal, corrected id.ID, err error) {
	const op = "ledger.Correct"
	if err := instead.check(op); err != nil {
		return id.ID{}, id.ID{}, err
	}
	if reversal, err = Reverse(ctx, tx, entry, reason); err != nil {
		return id.ID{}, id.ID{}, fault.Wrap(op, err)
	}
	instead.Reason = reason
	corrected, _, err = Post(ctx, tx, instead)
	return reversal, corrected, fault.Wrap(op, err)
}
