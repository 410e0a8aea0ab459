package capture

import (
	"context"
	"sort"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Sums are what came in and went out, in minor units, both counted upwards.
type Sums struct{ In, Out int64 }

// MonthFigures is what a dashboard shows of a month and the months before it.
type MonthFigures struct {
	Month    string
	Currency money.Currency
	Sums     Sums
	// Months are the twelve months up to Month, the oldest first; those without
	// an entry are there with nought.
	Months    []MonthOf
	Merchants []Share // the largest by what went out, ten at most
	Accounts  []AccountSums
	// Others are the currencies of the month beside Currency.
	Others []money.Currency
}

// MonthOf is one month's sums.
type MonthOf struct {
	Month string
	Sums
}

// Share is what went out to a merchant.
type Share struct {
	Merchant id.ID // zero: mails that name none
	Name     string
	Minor    int64
	Count    int64
}

// AccountSums is what an account moved in the month.
type AccountSums struct {
	Account id.ID // zero: mails that name none
	Issuer  string
	Last    string
	Kind    string
	Sums
}

// Month gives the figures of a month ("2026-11") in a currency. Sums come from
// the ledger's kept sums, merchants from a covering index of the month.
func (s *Service) Month(ctx context.Context, tx *store.Tx, of string, currency money.Currency) (MonthFigures, error) {
	const op = "capture.Month"
	f := MonthFigures{Month: of, Currency: currency}
	first, err := time.Parse("2006-01", of)
	if err != nil {
		return f, fault.New(fault.Invalid, op, "ledger.month")
	}
	sums, err := ledger.Months(ctx, tx, first.AddDate(0, -11, 0).Format("2006-01"), of)
	if err != nil {
		return f, fault.Wrap(op, err)
	}
	own := f.addUp(first, sums)
	if f.Merchants, err = topMerchants(ctx, tx, of, currency); err != nil {
		return f, fault.Wrap(op, err)
	}
	var shops []id.ID
	for _, m := range f.Merchants {
		shops = append(shops, m.Merchant)
	}
	b, err := openBook(ctx, tx, shops)
	if err != nil {
		return f, fault.Wrap(op, err)
	}
	for i := range f.Merchants {
		f.Merchants[i].Name = b.merchants[f.Merchants[i].Merchant]
	}
	f.accounts(own, b)
	return f, nil
}

// addUp fills in the months and gives the month's sums of the person's own
// accounts by their code.
func (f *MonthFigures) addUp(first time.Time, sums []ledger.MonthSum) map[string]Sums {
	by, own, others := map[string]*Sums{}, map[string]Sums{}, map[money.Currency]bool{}
	for i := range 12 {
		f.Months = append(f.Months, MonthOf{Month: first.AddDate(0, i-11, 0).Format("2006-01")})
	}
	for i := range f.Months {
		by[f.Months[i].Month] = &f.Months[i].Sums
	}
	for _, m := range sums {
		if m.Currency != f.Currency {
			if m.Month == f.Month {
				others[m.Currency] = true
			}
			continue
		}
		switch {
		case by[m.Month] == nil:
		case m.Kind == ledger.Income:
			by[m.Month].In += m.Credit - m.Debit
		case m.Kind == ledger.Expense:
			by[m.Month].Out += m.Debit - m.Credit
		case m.Month == f.Month && strings.HasPrefix(m.Code, "account."):
			own[m.Code] = Sums{In: m.Debit, Out: m.Credit}
		}
	}
	f.Sums = f.Months[11].Sums
	for c := range others {
		f.Others = append(f.Others, c)
	}
	sort.Slice(f.Others, func(i, j int) bool { return f.Others[i] < f.Others[j] })
	return own
}

func (f *MonthFigures) accounts(own map[string]Sums, b book) {
	for key, a := range b.accounts {
		if sums, ok := own[accountCode(key)+string(f.Currency)]; ok {
			f.Accounts = append(f.Accounts, AccountSums{Account: key, Issuer: a.Issuer, Last: a.Last.Reveal(), Kind: a.Kind, Sums: sums})
		}
	}
	if sums, ok := own["account.unknown."+string(f.Currency)]; ok {
		f.Accounts = append(f.Accounts, AccountSums{Sums: sums})
	}
	sort.Slice(f.Accounts, func(i, j int) bool {
		a, c := f.Accounts[i], f.Accounts[j]
		if a.Out != c.Out {
			return a.Out > c.Out
		}
		return a.Account.String() < c.Account.String()
	})
}

func topMerchants(ctx context.Context, tx *store.Tx, of string, currency money.Currency) ([]Share, error) {
	rows, err := tx.Query(ctx, `SELECT merchant_id, CAST(SUM(minor) AS BIGINT) AS total, COUNT(*) FROM captured
		WHERE tenant_id = $1 AND month = $2 AND state = $3 AND direction = $4 AND currency = $5
		GROUP BY merchant_id ORDER BY total DESC, merchant_id LIMIT 10`, tx.Tenant(), of, string(Booked), "out", currency)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Share
	for rows.Next() {
		var m Share
		if err := rows.Scan(&m.Merchant, &m.Minor, &m.Count); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// silent is how long no mail may come before the person is told.
const silent = 7 * 24 * time.Hour

// Standing is what the dashboard shows beside the figures.
type Standing struct {
	LastMailAt clock.Instant
	Mails      int64
	// Silent: mails used to come, and none did for a week. Forwarding may have
	// been switched off.
	Silent     bool
	Reviews    int64
	Failing    []Target // paused because nothing arrived for long
	Forwarding []ForwardingCode
}

// Standing reads it.
func (s *Service) Standing(ctx context.Context, tx *store.Tx) (Standing, error) {
	const op = "capture.Standing"
	var st Standing
	err := tx.QueryRow(ctx, "SELECT last_mail_at, mails FROM capture_mailboxes WHERE tenant_id = $1", []any{tx.Tenant()}, &st.LastMailAt, &st.Mails)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return st, fault.Wrap(op, err)
	}
	st.Silent = !st.LastMailAt.IsZero() && s.clock.Now().Sub(st.LastMailAt.Time()) > silent
	if st.Reviews, err = reviews(ctx, tx); err != nil {
		return st, fault.Wrap(op, err)
	}
	st.Failing, err = store.FindOpen[Target](ctx, tx, "WHERE tenant_id = $1 AND state = $2 AND reason = $3 ORDER BY id", tx.Tenant(), string(TargetPaused), "target.failing")
	if err != nil {
		return st, fault.Wrap(op, err)
	}
	// A code is good for some days; after the first booked mail nobody needs it.
	since := clock.At(s.clock.Now().Add(-silent))
	st.Forwarding, err = store.FindOpen[ForwardingCode](ctx, tx, "WHERE tenant_id = $1 AND at >= $2 ORDER BY at DESC LIMIT 3", tx.Tenant(), since)
	return st, fault.Wrap(op, err)
}

func reviews(ctx context.Context, tx *store.Tx) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM captured WHERE tenant_id = $1 AND state = $2", []any{tx.Tenant(), string(Review)}, &n)
	return n, err
}
