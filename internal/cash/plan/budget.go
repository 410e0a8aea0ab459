package plan

import (
	"cmp"
	"context"
	"slices"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// All is the category of a budget for everything that goes out.
const All = "all"

const maxMinor = 1_000_000_000_000_000

// Line is a budget in a month, and what became of it.
type Line struct {
	Category string
	Currency money.Currency
	Limit    int64 // what was set, minor units
	Carried  int64 // from the months before; minus what they spent too much
	Spent    int64
	Once     bool
	Carry    bool
}

// Whole is what may be spent in the month.
func (l Line) Whole() int64 { return l.Limit + l.Carried }

// Left is what may still be spent; minus what is over.
func (l Line) Left() int64 { return l.Whole() - l.Spent }

// Share is how much of it is spent, in thousandths.
func (l Line) Share() int64 {
	switch {
	case l.Whole() > 0:
		return l.Spent * 1000 / l.Whole()
	case l.Spent > 0:
		return 1000
	}
	return 0
}

// SetBudget keeps a budget from a month on, or for that month alone. Nought ends it
// from that month on.
func (s *Service) SetBudget(ctx context.Context, tx *store.Tx, v cash.View, b Budget) error {
	const op = "plan.SetBudget"
	known, err := s.spendable(ctx, tx, b.Category)
	switch {
	case err != nil:
		return fault.Wrap(op, err)
	case !v.Write:
		return forbidden(op)
	case !known:
		return invalid(op, "cash.category.unknown", "category")
	case !isMonth(b.Month):
		return invalid(op, "cash.month_invalid", "month")
	case !b.Currency.Valid():
		return invalid(op, "cash.currency_unknown", "currency")
	case b.Minor < 0 || b.Minor > maxMinor:
		return invalid(op, "cash.amount_invalid", "amount")
	}
	n, err := tx.Exec(ctx, "UPDATE cash_budgets SET minor = $1, carry = $2 WHERE tenant_id = $3 AND category = $4 AND currency = $5 AND month = $6 AND once = $7",
		b.Minor, b.Carry, tx.Tenant(), b.Category, b.Currency, b.Month, b.Once)
	if err != nil || n > 0 {
		return fault.Wrap(op, err)
	}
	b.Subject, b.CreatedAt = v.Subject, tx.Now()
	_, err = store.InsertOnce(ctx, tx, &b, "tenant_id, category, currency, month, once")
	return fault.Wrap(op, err)
}

// spendable tells whether a budget may be for a category.
func (s *Service) spendable(ctx context.Context, tx *store.Tx, c string) (bool, error) {
	if c == All || slices.Contains(cash.BuiltIn(cash.Out), c) {
		return true, nil
	}
	key, err := id.Parse(c)
	if err != nil {
		return false, nil //nolint:nilerr // neither a key nor an id
	}
	kind := ""
	err = tx.QueryRow(ctx, "SELECT kind FROM cash_categories WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), key}, &kind)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return kind == string(cash.Out), err
}

// carriedMonths is over how many months at most something is carried.
const carriedMonths = 24

// Budgets are the budgets of a month with what the person sees spent, that of
// everything first.
func (s *Service) Budgets(ctx context.Context, tx *store.Tx, v cash.View, month string) ([]Line, error) {
	const op = "plan.Budgets"
	if !isMonth(month) {
		return nil, invalid(op, "cash.month_invalid", "month")
	}
	all, err := store.Find[Budget](ctx, tx, "WHERE tenant_id = $1 AND month <= $2 ORDER BY month, id", tx.Tenant(), month)
	if err != nil || len(all) == 0 {
		return nil, fault.Wrap(op, err)
	}
	from := max(all[0].Month, addMonths(month, -carriedMonths))
	sums, err := s.Cash().Sums(ctx, tx, v, from, month)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return lines(all, sums, from, month), nil
}

// lines are the budgets of a month, carried from month to month.
func lines(all []Budget, sums []cash.Sum, from, month string) []Line {
	type what struct {
		category string
		currency money.Currency
	}
	spent := map[string]map[what]int64{}
	for _, k := range sums {
		if k.Kind != cash.Out {
			continue
		}
		if spent[k.Month] == nil {
			spent[k.Month] = map[what]int64{}
		}
		spent[k.Month][what{k.Category, k.Currency}] += k.Minor
		spent[k.Month][what{All, k.Currency}] += k.Minor
	}
	var before map[what]Line
	for m := from; ; m = addMonths(m, 1) {
		now := map[what]Line{}
		for _, b := range all { // the oldest first
			k := what{b.Category, b.Currency}
			if b.Month > m || b.Once && b.Month != m || !b.Once && now[k].Once {
				continue
			}
			now[k] = Line{Category: b.Category, Currency: b.Currency, Limit: b.Minor, Once: b.Once, Carry: b.Carry}
		}
		for k, l := range now {
			l.Spent = spent[m][k]
			if was, ok := before[k]; ok && was.Carry && l.Carry && was.Limit > 0 {
				l.Carried = was.Left()
			}
			now[k] = l
		}
		if before = now; m >= month {
			break
		}
	}
	var out []Line
	for _, l := range before {
		if l.Limit > 0 {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), -cmp.Compare(first(a.Category), first(b.Category)), cmp.Compare(place(a.Category), place(b.Category)), cmp.Compare(a.Category, b.Category))
	})
	return out
}

func first(c string) int {
	if c == All {
		return 1
	}
	return 0
}

// place is where a category stands in lists: the built-in ones in their order, then
// the family's own.
func place(c string) int {
	if i := slices.Index(cash.BuiltIn(cash.Out), c); i >= 0 {
		return i
	}
	return 1000
}

func isMonth(m string) bool {
	t, err := time.Parse("2006-01", m)
	return err == nil && t.Year() >= 1990 && t.Year() < 2200
}

// addMonths goes on from a month by so many.
func addMonths(m string, n int) string {
	t, err := time.Parse("2006-01", m)
	if err != nil {
		return m
	}
	return t.AddDate(0, n, 0).Format("2006-01")
}
