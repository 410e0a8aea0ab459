package capture

import (
	"context"
	"strconv"
	"time"

	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// around is what a piece of a file may repeat: one look-up for all its rows.
type around struct {
	lines map[int64]bool       // of this file, from a run before
	inner map[vault.Index]bool // rows of other files
	near  map[sum3][]Captured  // of the same amount, about the same time
}

// sum3 is what two alike transactions have in common.
type sum3 struct {
	minor     int64
	currency  money.Currency
	direction string
}

// nearby looks up what the rows may repeat. Rows of the same file count only by
// their line: two lines of one file are two movements.
func (s *Service) nearby(ctx context.Context, tx *store.Tx, source id.ID, rows []*Captured) (*around, error) {
	a := &around{lines: map[int64]bool{}, inner: map[vault.Index]bool{}, near: map[sum3][]Captured{}}
	minors, inner := map[int64]bool{}, map[vault.Index]bool{}
	low, high := rows[0].Line, rows[0].Line
	from, to := rows[0].At, rows[0].At
	for _, c := range rows {
		low, high = min(low, c.Line), max(high, c.Line)
		from, to = min(from, c.At), max(to, c.At)
		minors[c.Minor] = true
		if !c.InnerIndex.IsZero() {
			inner[c.InnerIndex] = true
		}
	}
	err := each(ctx, tx, "SELECT line FROM captured WHERE tenant_id = $1 AND message_id = $2 AND line >= $3 AND line <= $4",
		[]any{tx.Tenant(), source, low, high}, func(r store.Rows) error {
			var line int64
			err := r.Scan(&line)
			a.lines[line] = true
			return err
		})
	if err != nil {
		return nil, err
	}
	args := []any{tx.Tenant()}
	if marks := listed(inner, &args); marks != "" {
		err = each(ctx, tx, "SELECT inner_index FROM captured WHERE tenant_id = $1 AND inner_index IN ("+marks+")", args, func(r store.Rows) error {
			var x vault.Index
			err := r.Scan(&x)
			a.inner[x] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	const day = 36 * time.Hour
	args = []any{tx.Tenant(), source, int64(from) - day.Microseconds(), int64(to) + day.Microseconds(), string(Rejected)}
	err = each(ctx, tx, `SELECT id, message_id, minor, currency, direction, at, precision, merchant_id, account_id, issuer, reference_index, inner_index
		FROM captured WHERE tenant_id = $1 AND message_id <> $2 AND at >= $3 AND at <= $4 AND state <> $5 AND minor IN (`+listed(minors, &args)+")", args, func(r store.Rows) error {
		var c Captured
		err := r.Scan(&c.ID, &c.Message, &c.Minor, &c.Currency, &c.Direction, &c.At, &c.Precision, &c.Merchant, &c.Account, &c.Issuer, &c.ReferenceIndex, &c.InnerIndex)
		k := sum3{c.Minor, c.Currency, c.Direction}
		a.near[k] = append(a.near[k], c)
		return err
	})
	return a, err
}

func each(ctx context.Context, tx *store.Tx, text string, args []any, f func(store.Rows) error) error {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// listed writes the marks of an IN list and adds its values to the arguments.
func listed[K comparable](set map[K]bool, args *[]any) string {
	marks := ""
	for k := range set {
		*args = append(*args, k)
		marks += ", $" + strconv.Itoa(len(*args))
	}
	if marks == "" {
		return ""
	}
	return marks[2:]
}

// weigh says what becomes of a row, and remembers it for those after it.
func (a *around) weigh(c *Captured, hold string) State {
	if a.lines[c.Line] || a.inner[c.InnerIndex] && !c.InnerIndex.IsZero() {
		return same
	}
	a.lines[c.Line] = true
	if !c.InnerIndex.IsZero() {
		a.inner[c.InnerIndex] = true
	}
	state := Booked
	if hold != "" {
		state, c.Reason = Review, hold
	}
	k := sum3{c.Minor, c.Currency, c.Direction}
	for i := range a.near[k] {
		switch o := &a.near[k][i]; alike(c, o) {
		case isSame:
			return same
		case mayBeSame:
			state, c.Twin, c.Reason = Review, o.ID, or(c.Reason, "duplicate.other_source")
		}
	}
	return state
}
