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
	met   map[id.ID]bool       // those that a file has told of
	names map[id.ID]string     // of near and of the rows
	s     *Service
	zone  *time.Location
}

// sum3 is what two alike transactions have in common.
type sum3 struct {
	minor    int64
	currency money.Currency
	way      string
}

// nearby looks up what the rows may repeat. Rows of the same file count only by
// their line: two lines of one file are two movements.
func (s *Service) nearby(ctx context.Context, tx *store.Tx, source id.ID, rows []*Captured, zone *time.Location) (*around, error) {
	a := &around{lines: map[int64]bool{}, inner: map[vault.Index]bool{}, near: map[sum3][]Captured{}, met: map[id.ID]bool{}, s: s, zone: zone}
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
	shops := []id.ID{}
	err = each(ctx, tx, `SELECT id, message_id, minor, currency, direction, at, precision, merchant_id, account_id, issuer, reference_index, inner_index, source, told_id, state, twin, told_direction, inward
		FROM captured WHERE tenant_id = $1 AND message_id <> $2 AND at >= $3 AND at <= $4 AND state <> $5 AND minor IN (`+listed(minors, &args)+")", args, func(r store.Rows) error {
		var c Captured
		err := r.Scan(&c.ID, &c.Message, &c.Minor, &c.Currency, &c.Direction, &c.At, &c.Precision, &c.Merchant, &c.Account, &c.Issuer, &c.ReferenceIndex, &c.InnerIndex, &c.Source, &c.Told, &c.State, &c.Twin, &c.ToldDirection, &c.Inward)
		if c.State == Joined {
			a.met[c.Twin] = a.met[c.Twin] || c.Source == fromFile
			return err
		}
		if c.Source != fromFile {
			shops = append(shops, c.told())
		}
		k := sum3{c.Minor, c.Currency, c.way()}
		a.near[k] = append(a.near[k], c)
		return err
	})
	if err != nil || len(shops) == 0 {
		return a, err
	}
	for _, c := range rows {
		shops = append(shops, c.told())
	}
	a.names, err = namesOf(ctx, tx, shops)
	return a, err
}

// met by this file in an earlier piece: their joined rows have this file's number,
// and are looked up apart.
func (s *Service) metBefore(ctx context.Context, tx *store.Tx, a *around, source id.ID) error {
	return each(ctx, tx, "SELECT twin FROM captured WHERE tenant_id = $1 AND message_id = $2 AND state = $3", []any{tx.Tenant(), source, string(Joined)}, func(r store.Rows) error {
		var twin id.ID
		err := r.Scan(&twin)
		a.met[twin] = true
		return err
	})
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

// meet finds the movement, told by a mail, that a row of a file tells of too.
func (a *around) meet(c *Captured) (*Captured, meeting) {
	var best *Captured
	how := apart
	near := a.near[sum3{c.Minor, c.Currency, c.way()}]
	for i := range near {
		o := &near[i]
		if a.met[o.ID] || !crossing(c, o) {
			continue
		}
		if m := a.s.meet(c, o, a.names[c.told()], a.names[o.told()], a.zone); m > how {
			best, how = o, m
		}
	}
	return best, how
}

// inOrder gives the rows' numbers, those first that name the movement that they
// meet: no other row takes it from them.
func (a *around) inOrder(rows []*Captured) []int {
	var named, rest []int
	for i, c := range rows {
		if _, how := a.meet(c); how == sameName {
			named = append(named, i)
		} else {
			rest = append(rest, i)
		}
	}
	return append(named, rest...)
}

// weigh says what becomes of a row, and remembers it for those after it. A row
// that is the same as what a mail told has that as its twin.
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
	k := sum3{c.Minor, c.Currency, c.way()}
	for i := range a.near[k] {
		o := &a.near[k][i]
		if o.Source != c.Source {
			continue
		}
		switch alike(c, o) {
		case isSame:
			return same
		case mayBeSame:
			state, c.Twin, c.Reason = Review, o.ID, or(c.Reason, "duplicate.other_source")
		}
	}
	o, how := a.meet(c)
	switch how {
	case sameName, oneDay:
		a.met[o.ID] = true
		c.Twin = o.ID
		return same
	case perhaps:
		state, c.Twin, c.Reason = Review, o.ID, or(c.Reason, "duplicate.other_source")
	}
	return state
}
