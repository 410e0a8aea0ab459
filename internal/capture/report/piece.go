package report

import (
	"context"
	"strconv"
	"strings"
	"time"

	"amanah/internal/capture"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

// piece is a sum of booked transactions that are alike.
type piece struct {
	month     string
	day       int64 // since 1970, in the zone
	currency  money.Currency
	direction string
	category  string
	account   id.ID
	minor     int64 // fees included
	fee       int64
	count     int64
}

// part is what a piece means for one category.
type part struct {
	category string
	Sums
}

// split parts a piece as the ledger books it: the fee on an account of its own,
// and of what goes between own accounts the fee alone.
func (p piece) split() []part {
	var out []part
	switch p.direction {
	case "in":
		return []part{{p.category, Sums{In: p.minor, Count: p.count}}}
	case "out":
		out = append(out, part{p.category, Sums{Out: p.minor - p.fee, Count: p.count}})
	}
	if p.fee > 0 {
		out = append(out, part{Fee, Sums{Out: p.fee}})
	}
	return out
}

// index is the place of a piece among a span's periods.
func (p piece) index(s Span) int {
	if s.Year() {
		n, err := strconv.Atoi(strings.TrimPrefix(p.month, string(s)+"-"))
		if err != nil {
			return -1
		}
		return n - 1
	}
	return int(p.day - s.start().Unix()/86400)
}

// feeSum adds up the fees that are booked apart, as capture.entry does.
const feeSum = "CAST(SUM(CASE WHEN direction <> 'in' AND fee_minor > 0 AND fee_minor <= minor THEN fee_minor ELSE 0 END) AS BIGINT)"

// pieces gives what is booked from a month to a month, by day where days.
func pieces(ctx context.Context, tx *store.Tx, q Query, from, to string, days bool, f func(piece)) error {
	day := "0"
	if days {
		_, offset := q.Span.start().AddDate(0, 0, 14).In(q.Zone).Zone()
		day = "(at + " + strconv.FormatInt(int64(offset)*1_000_000, 10) + ") / 86400000000"
	}
	text := "SELECT month, " + day + " AS day, currency, direction, category, account_id, CAST(SUM(minor) AS BIGINT), " + feeSum + `, COUNT(*)
		FROM captured WHERE tenant_id = $1 AND state = $2`
	args := []any{tx.Tenant(), string(capture.Booked)}
	text += among(from, to, &args)
	if !q.Account.IsZero() {
		args = append(args, q.Account)
		text += " AND account_id = $" + strconv.Itoa(len(args))
	}
	rows, err := tx.Query(ctx, text+" GROUP BY 1, 2, currency, direction, category, account_id", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p piece
		if err := rows.Scan(&p.month, &p.day, &p.currency, &p.direction, &p.category, &p.account, &p.minor, &p.fee, &p.count); err != nil {
			return err
		}
		f(p)
	}
	return rows.Err()
}

// compare fills in the spans before and the twelve months up to this. Without an
// account it reads the ledger's kept sums, whose cost does not grow with entries.
func (r *Report) compare(ctx context.Context, tx *store.Tx) error {
	_, last := r.Span.months()
	end := Span(last)
	first := end.add(-11)
	for i := range 12 {
		r.History = append(r.History, Period{Month: string(end.add(i - 11))})
	}
	from := string(first)
	for _, s := range []Span{r.Span.add(-1), r.Span.yearAgo()} {
		if m, _ := s.months(); m < from {
			from = m
		}
	}
	before := map[string]*Sums{}
	err := r.monthly(ctx, tx, from, last, func(month, category string, s Sums) {
		if r.Category != "" && category != r.Category {
			return
		}
		if i := int(end.start().Sub(Span(month).start()).Hours()/24/30.4 + 0.5); i >= 0 && i < 12 {
			r.History[11-i].add(s)
		}
		if within(month, r.Span.add(-1)) {
			r.Before.add(s)
			if before[category] == nil {
				before[category] = &Sums{}
			}
			before[category].add(s)
		}
		if within(month, r.Span.yearAgo()) {
			r.YearAgo.add(s)
		}
	})
	for i, g := range r.Categories {
		if b := before[g.Category]; b != nil {
			r.Categories[i].Before = *b
			delete(before, g.Category)
		}
	}
	for category, b := range before { // spent before, not any more
		r.Categories = append(r.Categories, Group{Category: category, Before: *b})
	}
	return err
}

func within(month string, s Span) bool { return strings.HasPrefix(month, string(s)) }

func (r *Report) monthly(ctx context.Context, tx *store.Tx, from, to string, f func(month, category string, s Sums)) error {
	if !r.Account.IsZero() {
		return pieces(ctx, tx, r.Query, from, to, false, func(p piece) {
			if p.currency == r.Currency {
				for _, one := range p.split() {
					one.Count = 0 // the ledger's sums have none
					f(p.month, one.category, one.Sums)
				}
			}
		})
	}
	sums, err := ledger.Months(ctx, tx, from, to)
	for _, m := range sums {
		if m.Currency != r.Currency {
			continue
		}
		_, name, _ := strings.Cut(m.Code, ".")
		name = strings.TrimSuffix(name, "."+string(m.Currency))
		switch m.Kind {
		case ledger.Income:
			f(m.Month, name, Sums{In: m.Credit - m.Debit})
		case ledger.Expense:
			f(m.Month, name, Sums{Out: m.Debit - m.Credit})
		}
	}
	return err
}

// among names each month of a span: engines then go straight to each in an index
// that goes on behind the month, which they cannot with a range.
func among(from, to string, args *[]any) string {
	text := ""
	for m := Span(from); string(m) <= to; m = m.add(1) {
		*args = append(*args, string(m))
		text += ", $" + strconv.Itoa(len(*args))
	}
	return " AND month IN (" + strings.TrimPrefix(text, ", ") + ")"
}

// where is the condition of rows of the report beside tenant, state and months.
func (r *Report) where(args *[]any) string {
	text := ""
	add := func(column string, v any) {
		*args = append(*args, v)
		text += " AND " + column + " = $" + strconv.Itoa(len(*args))
	}
	add("currency", r.Currency)
	if !r.Account.IsZero() {
		add("account_id", r.Account)
	}
	if r.Category != "" {
		add("category", r.Category)
	}
	return text
}

func (r *Report) merchants(ctx context.Context, tx *store.Tx) error {
	from, to := r.Span.months()
	args := []any{tx.Tenant(), string(capture.Booked)}
	rows, err := tx.Query(ctx, `SELECT merchant_id, CAST(SUM(minor) AS BIGINT) AS total, COUNT(*) FROM captured
		WHERE tenant_id = $1 AND state = $2 AND direction = 'out'`+among(from, to, &args)+r.where(&args)+`
		GROUP BY merchant_id ORDER BY total DESC, merchant_id LIMIT 20`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var g Group
		if err := rows.Scan(&g.Merchant, &g.Out, &g.Count); err != nil {
			return err
		}
		r.Merchants = append(r.Merchants, g)
	}
	return rows.Err()
}

func (r *Report) biggest(ctx context.Context, tx *store.Tx) error {
	from, to := r.Span.months()
	args := []any{tx.Tenant(), string(capture.Booked)}
	// The sign keeps the engine from walking through all amounts of all months.
	rows, err := store.FindOpen[capture.Captured](ctx, tx, "WHERE tenant_id = $1 AND state = $2 AND direction IN ('out', 'in')"+among(from, to, &args)+
		r.where(&args)+" ORDER BY +minor DESC, id LIMIT 10", args...)
	for _, c := range rows {
		r.Biggest = append(r.Biggest, capture.View{Captured: c, AccountIssuer: c.Issuer})
	}
	return err
}

// names opens the names that the report shows.
func (r *Report) names(ctx context.Context, tx *store.Tx) error {
	keys := map[id.ID]string{}
	for _, g := range r.Merchants {
		keys[g.Merchant] = ""
	}
	for _, v := range r.Biggest {
		keys[v.Merchant] = ""
	}
	for _, g := range r.Regular {
		keys[g.Merchant] = ""
	}
	delete(keys, id.ID{})
	for key := range keys {
		m, err := store.Get[capture.Merchant](ctx, tx, key)
		if err != nil && !fault.Is(err, fault.NotFound) && !store.Closed(err) {
			return err
		}
		if err == nil {
			keys[key] = m.Name.Reveal()
		}
	}
	for i := range r.Merchants {
		r.Merchants[i].Name = keys[r.Merchants[i].Merchant]
	}
	for i := range r.Regular {
		r.Regular[i].Name = keys[r.Regular[i].Merchant]
	}
	all, err := store.FindOpen[capture.BankAccount](ctx, tx, "WHERE tenant_id = $1 ORDER BY id LIMIT 20000", tx.Tenant())
	accounts := map[id.ID]capture.BankAccount{}
	for _, a := range all {
		accounts[a.ID] = a
	}
	for i, g := range r.Accounts {
		r.Accounts[i].Name, r.Accounts[i].Last = accounts[g.Account].Issuer, accounts[g.Account].Last.Reveal()
	}
	for i := range r.Biggest {
		v := &r.Biggest[i]
		v.MerchantName = keys[v.Merchant]
		if a, ok := accounts[v.Account]; ok {
			v.AccountIssuer, v.AccountLast, v.AccountKind = a.Issuer, a.Last.Reveal(), a.Kind
		}
	}
	return err
}

// dayOf is noon of a day of a month, so that no zone moves it.
func dayOf(month string, day int) time.Time {
	return Span(month).start().AddDate(0, 0, max(day, 1)-1).Add(5 * time.Hour)
}
