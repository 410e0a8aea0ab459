package report

import (
	"context"
	"slices"
	"sort"
	"time"

	"amanah/internal/capture"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Query says what a report is about.
type Query struct {
	Span     Span
	Currency money.Currency // IDR where empty
	Account  id.ID          // of one account; zero: all
	Category string         // of one category; "": all
	Zone     *time.Location
}

// Sums are what came in and went out in minor units, both counted upwards, and
// how many transactions that were.
type Sums struct{ In, Out, Count int64 }

// Net is what is left.
func (s Sums) Net() int64 { return s.In - s.Out }

func (s *Sums) add(o Sums) { s.In += o.In; s.Out += o.Out; s.Count += o.Count }

// Group is one line of a report: a category, a merchant or an account.
type Group struct {
	Category string
	Merchant id.ID
	Account  id.ID
	Name     string // of a merchant; an account's issuer
	Last     string // of an account: its last digits
	Sums
	Before Sums // the span before; of categories only
}

// Period is a day, a week or a month.
type Period struct {
	Day   int    // 1 to 31; of weeks the first day
	To    int    // of weeks: the last day
	Month string // "2026-11"
	Sums
}

// Report is what a month or a year adds up to, in one currency.
type Report struct {
	Query
	Total      Sums
	Before     Sums // the month or year before
	YearAgo    Sums // the same month a year before
	Categories []Group
	Merchants  []Group // the twenty largest by what went out
	Accounts   []Group
	Periods    []Period // days of a month, months of a year; all of them
	Weeks      []Period // of a month: Monday to Sunday
	History    []Period // twelve months up to the span's last
	Biggest    []capture.View
	Regular    []Regular
	Reviews    int64            // what waits for a person, in any currency
	Others     []money.Currency // that the span has beside Currency
}

// Service makes reports and keeps budgets. It is safe for concurrent use.
type Service struct {
	capture *capture.Service
	db      *store.DB
	slug    string
	tell    Teller
}

// New makes the service; a nil teller warns nobody.
func New(c *capture.Service, t Teller) *Service {
	return &Service{capture: c, db: c.Store, slug: c.Slug, tell: t}
}

// Report adds up. Fault Invalid for a span that is none.
func (s *Service) Report(ctx context.Context, tx *store.Tx, q Query) (Report, error) {
	const op = "report.Report"
	if err := q.Span.check(op); err != nil {
		return Report{}, err
	}
	if q.Currency == "" {
		q.Currency = money.IDR
	}
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	r := Report{Query: q}
	for _, step := range []func(context.Context, *store.Tx) error{r.sums, r.compare, r.merchants, r.biggest, r.regular, r.names, r.waiting} {
		if err := step(ctx, tx); err != nil {
			return r, fault.Wrap(op, err)
		}
	}
	r.arrange()
	return r, nil
}

// sums reads the span once, in the finest pieces that anything is made of.
func (r *Report) sums(ctx context.Context, tx *store.Tx) error {
	days := make([]Period, 0, 31)
	if r.Span.Year() {
		for i := range 12 {
			days = append(days, Period{Month: r.Span.start().AddDate(0, i, 0).Format("2006-01")})
		}
	} else {
		for i := range r.Span.days() {
			days = append(days, Period{Day: i + 1, Month: string(r.Span)})
		}
	}
	cats, accounts, others := map[string]*Group{}, map[id.ID]*Group{}, map[money.Currency]bool{}
	from, to := r.Span.months()
	err := pieces(ctx, tx, r.Query, from, to, !r.Span.Year(), func(p piece) {
		if p.currency != r.Currency {
			others[p.currency] = true
			return
		}
		for _, part := range p.split() {
			if r.Category != "" && part.category != r.Category {
				continue
			}
			r.Total.add(part.Sums)
			if i := p.index(r.Span); i >= 0 && i < len(days) {
				days[i].add(part.Sums)
			}
			if cats[part.category] == nil {
				cats[part.category] = &Group{Category: part.category}
			}
			cats[part.category].add(part.Sums)
			if accounts[p.account] == nil {
				accounts[p.account] = &Group{Account: p.account}
			}
			accounts[p.account].add(part.Sums)
		}
	})
	r.Periods = days
	for _, g := range cats {
		r.Categories = append(r.Categories, *g)
	}
	for _, g := range accounts {
		r.Accounts = append(r.Accounts, *g)
	}
	for c := range others {
		r.Others = append(r.Others, c)
	}
	slices.Sort(r.Others)
	return err
}

// arrange puts everything in its order, the largest first.
func (r *Report) arrange() {
	for _, all := range [][]Group{r.Categories, r.Accounts} {
		sort.Slice(all, func(i, j int) bool {
			a, b := all[i], all[j]
			if a.Out != b.Out {
				return a.Out > b.Out
			}
			if a.In != b.In {
				return a.In > b.In
			}
			return a.Category+a.Account.String() < b.Category+b.Account.String()
		})
	}
	if r.Span.Year() {
		return
	}
	for _, d := range r.Periods {
		day := r.Span.start().AddDate(0, 0, d.Day-1)
		if len(r.Weeks) == 0 || day.Weekday() == time.Monday {
			r.Weeks = append(r.Weeks, Period{Day: d.Day, Month: d.Month})
		}
		w := &r.Weeks[len(r.Weeks)-1]
		w.add(d.Sums)
		w.To = d.Day
	}
}

// waiting counts what is not in the figures because a person has not looked yet.
func (r *Report) waiting(ctx context.Context, tx *store.Tx) error {
	from, to := r.Span.months()
	return tx.QueryRow(ctx, "SELECT COUNT(*) FROM captured WHERE tenant_id = $1 AND state = $2 AND month >= $3 AND month <= $4",
		[]any{tx.Tenant(), string(capture.Review), from, to}, &r.Reviews)
}
