package report

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/plan"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the index that reports read.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }

// Sums are what came in and went out, minor units, both counted upwards.
type Sums struct{ In, Out, Count int64 }

// Left is what is left.
func (s Sums) Left() int64 { return s.In - s.Out }

func (s *Sums) add(kind cash.Kind, minor, count int64) {
	if kind == cash.In {
		s.In += minor
	} else {
		s.Out += minor
	}
	s.Count += count
}

// Group is one line: a category, a member or a merchant.
type Group struct {
	Category string
	Member   id.Subject
	Shop     string // a merchant's name; "" for entries without one
	Sums
	Before Sums // the month before; of categories only
}

// Period is a month or a day.
type Period struct {
	Month string
	Day   int
	Sums
}

// Worth is what the accounts that the person sees held at a month's end, cards owed
// taken off.
type Worth struct {
	Month string
	Minor int64
}

// Report is what a month adds up to, in one currency, as one person sees it.
type Report struct {
	Month      string
	Currency   money.Currency
	Total      Sums
	Before     Sums // the month before
	Categories []Group
	Members    []Group
	Merchants  []Group  // the ten largest by what went out
	Days       []Period // all days of the month
	History    []Period // twelve months up to this
	Worth      []Worth  // likewise
	Budgets    []plan.Line
	Others     []money.Currency // that the twelve months have beside Currency
}

// Options are what a Service needs.
type Options struct {
	Store *store.DB
	Slug  string
	Home  id.Tenant
	Cash  *cash.Service
	Plan  *plan.Service
	// Names are the names of a family's members; nil: there are none.
	Names func(ctx context.Context, s store.Scope) (map[id.Subject]string, error)
	// Teller tells what a month came to; nil tells nobody.
	Teller plan.Teller
	Log    *slog.Logger
}

// Service makes reports. It is safe for concurrent use.
type Service struct {
	Options
	db *store.DB
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Options: o, db: o.Store}
}

// Report adds a month up. Fault Invalid for what is no month or currency.
func (s *Service) Report(ctx context.Context, tx *store.Tx, v cash.View, month string, c money.Currency) (Report, error) {
	const op = "report.Report"
	r := Report{Month: month, Currency: c}
	start, err := time.Parse("2006-01", month)
	switch {
	case err != nil || start.Year() < 1970 || start.Year() > 2200:
		return r, fault.New(fault.Invalid, op, "cash.month_invalid").On("month")
	case !c.Valid():
		return r, fault.New(fault.Invalid, op, "cash.currency_unknown").On("currency")
	}
	for _, step := range []func(context.Context, *store.Tx, cash.View, time.Time) error{
		func(ctx context.Context, tx *store.Tx, v cash.View, start time.Time) error {
			return r.months(ctx, tx, s.Cash, v, start)
		},
		r.days,
		func(ctx context.Context, tx *store.Tx, v cash.View, _ time.Time) error {
			return r.merchants(ctx, tx, s.Cash, v)
		},
		func(ctx context.Context, tx *store.Tx, v cash.View, start time.Time) error {
			return r.worth(ctx, tx, s.Cash, v, start)
		},
	} {
		if err := step(ctx, tx, v, start); err != nil {
			return r, fault.Wrap(op, err)
		}
	}
	all, err := s.Plan.Budgets(ctx, tx, v, month)
	for _, l := range all {
		if l.Currency == c {
			r.Budgets = append(r.Budgets, l)
		}
	}
	return r, fault.Wrap(op, err)
}

// months reads the kept sums of twelve months: categories, this month, the one
// before, the history.
func (r *Report) months(ctx context.Context, tx *store.Tx, c *cash.Service, v cash.View, start time.Time) error {
	at := func(n int) string { return start.AddDate(0, n, 0).Format("2006-01") }
	sums, err := c.Sums(ctx, tx, v, at(-11), r.Month)
	if err != nil {
		return err
	}
	place := map[string]int{}
	for i := range 12 {
		place[at(i-11)] = i
		r.History = append(r.History, Period{Month: at(i - 11)})
	}
	groups := map[string]*Group{}
	for _, k := range sums {
		if k.Currency != r.Currency {
			if !slices.Contains(r.Others, k.Currency) {
				r.Others = append(r.Others, k.Currency)
			}
			continue
		}
		r.History[place[k.Month]].add(k.Kind, k.Minor, 0)
		if k.Month != r.Month && k.Month != at(-1) {
			continue
		}
		g := groups[k.Category]
		if g == nil {
			g = &Group{Category: k.Category}
			groups[k.Category] = g
		}
		if k.Month == r.Month {
			g.add(k.Kind, k.Minor, 0)
		} else {
			g.Before.add(k.Kind, k.Minor, 0)
		}
	}
	for _, g := range groups {
		r.Categories = append(r.Categories, *g)
	}
	r.Total, r.Before = r.History[11].Sums, r.History[10].Sums
	slices.Sort(r.Others)
	slices.SortFunc(r.Categories, func(a, b Group) int {
		return cmp.Or(-cmp.Compare(a.Out, b.Out), -cmp.Compare(a.In, b.In), -cmp.Compare(a.Before.Out, b.Before.Out), cmp.Compare(a.Category, b.Category))
	})
	return nil
}

// days reads the month's entries once: by day, and by member.
func (r *Report) days(ctx context.Context, tx *store.Tx, v cash.View, start time.Time) error {
	for d := start; d.Month() == start.Month(); d = d.AddDate(0, 0, 1) {
		r.Days = append(r.Days, Period{Month: r.Month, Day: d.Day()})
	}
	seen, args := v.Where("", []any{tx.Tenant(), r.Month, r.Currency})
	rows, err := tx.Query(ctx, `SELECT day, subject, kind, CAST(SUM(minor) AS BIGINT), COUNT(*) FROM cash_entries
		WHERE tenant_id = $1 AND month = $2 AND currency = $3 AND state = 'booked' AND kind IN ('in', 'out') AND `+seen+` GROUP BY day, subject, kind`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	members := map[id.Subject]*Group{}
	for rows.Next() {
		var day string
		var who id.Subject
		var kind cash.Kind
		var minor, count int64
		if err := rows.Scan(&day, &who, &kind, &minor, &count); err != nil {
			return err
		}
		if d, err := time.Parse(time.DateOnly, day); err == nil {
			r.Days[d.Day()-1].add(kind, minor, count)
		}
		if members[who] == nil {
			members[who] = &Group{Member: who}
		}
		members[who].add(kind, minor, count)
		r.Total.Count += count
	}
	for _, g := range members {
		r.Members = append(r.Members, *g)
	}
	slices.SortFunc(r.Members, func(a, b Group) int {
		return cmp.Or(-cmp.Compare(a.Out, b.Out), -cmp.Compare(a.In, b.In), cmp.Compare(a.Member.String(), b.Member.String()))
	})
	return rows.Err()
}

func (r *Report) merchants(ctx context.Context, tx *store.Tx, c *cash.Service, v cash.View) error {
	seen, args := v.Where("", []any{tx.Tenant(), r.Month, r.Currency})
	rows, err := tx.Query(ctx, `SELECT merchant_id, CAST(SUM(minor) AS BIGINT) AS total, COUNT(*) FROM cash_entries
		WHERE tenant_id = $1 AND month = $2 AND currency = $3 AND state = 'booked' AND kind = 'out' AND `+seen+` GROUP BY merchant_id ORDER BY total DESC, merchant_id LIMIT 10`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var keys []id.ID
	for rows.Next() {
		var key id.ID
		var g Group
		if err := rows.Scan(&key, &g.Out, &g.Count); err != nil {
			return err
		}
		keys, r.Merchants = append(keys, key), append(r.Merchants, g)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	names, err := c.Shops(ctx, tx, slices.DeleteFunc(slices.Clone(keys), id.ID.IsZero))
	for i, key := range keys {
		r.Merchants[i].Shop = names[key]
	}
	return err
}

// worth goes back from what the accounts hold now.
func (r *Report) worth(ctx context.Context, tx *store.Tx, c *cash.Service, v cash.View, start time.Time) error {
	all, err := c.Holdings(ctx, tx, v)
	if err != nil {
		return err
	}
	seen, now := map[id.ID]bool{}, int64(0)
	for _, h := range all {
		if h.Currency == r.Currency {
			seen[h.Ledger] = true
			now += h.Balance.Minor
		}
	}
	if len(seen) == 0 {
		return nil
	}
	moves, err := ledger.Months(ctx, tx, start.AddDate(0, -11, 0).Format("2006-01"), "9999-12")
	by := map[string]int64{}
	for _, m := range moves {
		if seen[m.Account] {
			by[m.Month] += m.Debit - m.Credit
		}
	}
	for i := range 12 {
		w := Worth{Month: start.AddDate(0, i-11, 0).Format("2006-01"), Minor: now}
		for month, minor := range by {
			if month > w.Month {
				w.Minor -= minor
			}
		}
		r.Worth = append(r.Worth, w)
	}
	return err
}
