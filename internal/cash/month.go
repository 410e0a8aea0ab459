package cash

import (
	"cmp"
	"context"
	"slices"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Sum is what a kind and category of entries moved in a month, in one currency.
type Sum struct {
	Month    string
	Kind     Kind // In or Out
	Category string
	Currency money.Currency
	Minor    int64
}

// Savable tells what can still be saved in a month; package cash/plan has one.
type Savable interface {
	// Savable gives the amount and whether it can be told; why is a message key with
	// its arguments, which says how it came about.
	Savable(ctx context.Context, tx *store.Tx, v View, month string) (amount money.Amount, why string, ok bool, err error)
}

// Sums are the figures of the months from to to (both included), by month, kind,
// category and currency: all that the person sees. Transfers are no spending.
func (s *Service) Sums(ctx context.Context, tx *store.Tx, v View, from, to string) ([]Sum, error) {
	const op = "cash.Sums"
	for _, m := range []string{from, to} {
		if _, err := time.Parse("2006-01", m); err != nil {
			return nil, fault.New(fault.Invalid, op, "cash.month_invalid").On("month")
		}
	}
	get := s.summed
	if v.All { // the books have kept these sums already
		get = s.booked
	}
	by, err := get(ctx, tx, v, from, to)
	out := make([]Sum, 0, len(by))
	for k, minor := range by {
		if k.Minor = minor; minor != 0 {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Minor, a.Minor), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Currency, b.Currency))
	})
	return out, fault.Wrap(op, err)
}

// booked reads the sums from the books.
func (s *Service) booked(ctx context.Context, tx *store.Tx, v View, from, to string) (map[Sum]int64, error) {
	all, err := ledger.Months(ctx, tx, from, to)
	by := map[Sum]int64{}
	for _, m := range all {
		owner, kind, category, ok := meaning(m.Code)
		if !ok || !owner.IsZero() && owner != v.Subject {
			continue
		}
		minor := m.Debit - m.Credit
		if kind == In {
			minor = -minor
		}
		by[Sum{Month: m.Month, Kind: kind, Category: category, Currency: m.Currency}] += minor
	}
	return by, err
}

// summed adds the entries up, for who sees only those of some.
func (s *Service) summed(ctx context.Context, tx *store.Tx, v View, from, to string) (map[Sum]int64, error) {
	seen, args := v.where("", []any{tx.Tenant(), from, to})
	rows, err := tx.Query(ctx, `SELECT month, kind, category, currency, CAST(SUM(minor) AS BIGINT) FROM cash_entries
		WHERE tenant_id = $1 AND month >= $2 AND month <= $3 AND state = 'booked' AND kind IN ('in', 'out') AND `+seen+` GROUP BY month, kind, category, currency`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	by := map[Sum]int64{}
	for rows.Next() {
		var k Sum
		var minor int64
		if err := rows.Scan(&k.Month, &k.Kind, &k.Category, &k.Currency, &minor); err != nil {
			return nil, err
		}
		by[k] = minor
	}
	return by, rows.Err()
}

// Totals is what came in and went out, in one currency.
type Totals struct {
	Currency money.Currency
	In, Out  int64
}

// Left is what came in less what went out.
func (t Totals) Left() money.Amount { return money.Amount{Minor: t.In - t.Out, Currency: t.Currency} }

// Totalled adds sums up by currency: IDR first, then by name.
func Totalled(sums []Sum) []Totals {
	by := map[money.Currency]*Totals{}
	for _, k := range sums {
		t := by[k.Currency]
		if t == nil {
			t = &Totals{Currency: k.Currency}
			by[k.Currency] = t
		}
		if k.Kind == In {
			t.In += k.Minor
		} else {
			t.Out += k.Minor
		}
	}
	out := make([]Totals, 0, len(by))
	for _, t := range by {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Totals) int {
		if (a.Currency == money.IDR) != (b.Currency == money.IDR) {
			if a.Currency == money.IDR {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Currency, b.Currency)
	})
	return out
}

// Owed is what members owe each other from shared entries: what each paid for
// others less what others paid for them, by currency. It counts entries that the
// person sees.
func (s *Service) Owed(ctx context.Context, tx *store.Tx, v View, from, until string) (map[id.Subject]map[money.Currency]int64, error) {
	seen, args := v.where("e.", []any{tx.Tenant(), from, until})
	rows, err := tx.Query(ctx, `SELECT e.subject, s.subject, s.currency, CAST(SUM(s.minor) AS BIGINT) FROM cash_splits s
		JOIN cash_entries e ON e.tenant_id = s.tenant_id AND e.id = s.entry_id
		WHERE s.tenant_id = $1 AND e.day >= $2 AND e.day <= $3 AND e.state = 'booked' AND e.subject <> s.subject AND `+seen+` GROUP BY e.subject, s.subject, s.currency`, args...)
	if err != nil {
		return nil, fault.Wrap("cash.Owed", err)
	}
	defer rows.Close()
	out := map[id.Subject]map[money.Currency]int64{}
	for rows.Next() {
		var paid, bears id.Subject
		var c money.Currency
		var minor int64
		if err := rows.Scan(&paid, &bears, &c, &minor); err != nil {
			return nil, fault.Wrap("cash.Owed", err)
		}
		for who, by := range map[id.Subject]int64{paid: minor, bears: -minor} {
			if out[who] == nil {
				out[who] = map[money.Currency]int64{}
			}
			out[who][c] += by
		}
	}
	return out, fault.Wrap("cash.Owed", rows.Err())
}
