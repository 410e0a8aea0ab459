package report

import (
	"context"
	"slices"
	"time"

	"amanah/internal/capture"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"strings"
)

// Line is a budget in a month, and what became of it.
type Line struct {
	Category string
	Currency money.Currency
	Limit    int64 // minor units
	Spent    int64 // fees are in the budget of fees and in that of everything
	// Once says that the limit is of this month alone.
	Once bool
	// Forecast is what the month comes to if it goes on as until today; 0 for
	// other months than the present one and in its first days.
	Forecast int64
}

// Share is how much of the limit is spent, in thousandths.
func (l Line) Share() int64 {
	if l.Limit <= 0 {
		return 0
	}
	return l.Spent * 1000 / l.Limit
}

// Left is what may still be spent; minus what is over.
func (l Line) Left() int64 { return l.Limit - l.Spent }

// BudgetCategories are what budgets are for.
func BudgetCategories() []string {
	out := []string{All}
	for _, c := range capture.Categories() {
		if c != "income" {
			out = append(out, c)
		}
	}
	return append(out, Fee)
}

// Set keeps a budget from a month on, or for that month alone. Nought ends it
// from that month on. Fault Invalid names the field.
func (s *Service) Set(ctx context.Context, tx *store.Tx, who id.Subject, b Budget) error {
	const op = "report.Set"
	switch {
	case !slices.Contains(BudgetCategories(), b.Category):
		return fault.New(fault.Invalid, op, "report.budget.category").On("category")
	case Span(b.Month).Year() || Span(b.Month).check(op) != nil:
		return fault.New(fault.Invalid, op, "report.span").On("month")
	case !b.Currency.Valid():
		return fault.New(fault.Invalid, op, "capture.edit.currency").On("currency")
	case b.Minor < 0 || b.Minor > 1e15:
		return fault.New(fault.Invalid, op, "report.budget.amount").On("amount")
	}
	n, err := tx.Exec(ctx, "UPDATE budgets SET minor = $1 WHERE tenant_id = $2 AND category = $3 AND currency = $4 AND month = $5 AND once = $6",
		b.Minor, tx.Tenant(), b.Category, b.Currency, b.Month, b.Once)
	if err != nil || n > 0 {
		return fault.Wrap(op, err)
	}
	b.Subject, b.CreatedAt = who, tx.Now()
	_, err = store.InsertOnce(ctx, tx, &b, "tenant_id, category, currency, month, once")
	return fault.Wrap(op, err)
}

// Lines are the budgets of a month, that of everything first. now and zone say
// how far the month has come.
func (s *Service) Lines(ctx context.Context, tx *store.Tx, month Span, now time.Time, zone *time.Location) ([]Line, error) {
	const op = "report.Lines"
	if err := month.check(op); err != nil || month.Year() {
		return nil, fault.New(fault.Invalid, op, "report.span")
	}
	all, err := store.FindOpen[Budget](ctx, tx, "WHERE tenant_id = $1 AND month <= $2 ORDER BY month, id", tx.Tenant(), string(month))
	if err != nil || len(all) == 0 {
		return nil, fault.Wrap(op, err)
	}
	lines := limits(all, string(month))
	sums, err := ledger.Months(ctx, tx, string(month), string(month))
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	for i := range lines {
		l := &lines[i]
		for _, m := range sums {
			if m.Kind == ledger.Expense && m.Currency == l.Currency && (l.Category == All || m.Code == "expense."+l.Category+"."+string(l.Currency)) {
				l.Spent += m.Debit - m.Credit
			}
		}
		l.Forecast = forecast(l.Spent, l.Currency, month, now, zone)
	}
	return lines, nil
}

// limits are what holds in a month: what is set for it alone, or else the latest
// that was set from a month on.
func limits(all []Budget, month string) []Line {
	found := map[string]Line{}
	for _, b := range all { // the oldest first
		key := b.Category + string(b.Currency)
		if b.Once && b.Month != month || !b.Once && found[key].Once {
			continue
		}
		found[key] = Line{Category: b.Category, Currency: b.Currency, Limit: b.Minor, Once: b.Once}
	}
	var out []Line
	for _, l := range found {
		if l.Limit > 0 {
			out = append(out, l)
		}
	}
	order := BudgetCategories()
	slices.SortFunc(out, func(a, b Line) int {
		if a.Currency != b.Currency {
			return strings.Compare(string(a.Currency), string(b.Currency))
		}
		return slices.Index(order, a.Category) - slices.Index(order, b.Category)
	})
	return out
}

// forecast goes on as until today. Of less than three days nothing is said.
func forecast(spent int64, c money.Currency, month Span, now time.Time, zone *time.Location) int64 {
	day := now.In(zone).Day()
	if spanOf(now, zone) != month || day < 3 {
		return 0
	}
	unit := int64(1) // a guess has no minor digits
	for range c.Digits() {
		unit *= 10
	}
	return spent / int64(day) * int64(month.days()) / unit * unit
}
