package ledger

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Balance is an account's debits less its credits, of all that is dated at or
// before a moment; the zero moment means all that is booked.
func Balance(ctx context.Context, tx *store.Tx, account id.ID, at clock.Instant) (money.Amount, error) {
	const op = "ledger.Balance"
	var sum money.Amount
	err := tx.QueryRow(ctx, "SELECT currency, debit - credit FROM ledger_accounts WHERE tenant_id = $1 AND id = $2",
		[]any{tx.Tenant(), account}, &sum.Currency, &sum.Minor)
	if err != nil || at.IsZero() {
		return sum, fault.Wrap(op, err)
	}
	// A month is named in the zone of its time, and no zone is a month away: what
	// lies two months back is whole in the sums, the rest is added up by posting.
	near := at.Time().AddDate(0, 0, 1-at.Time().Day()).AddDate(0, -1, 0).Format("2006-01")
	var old, recent int64
	err = tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(debit), 0) - COALESCE(SUM(credit), 0) AS BIGINT) FROM ledger_months WHERE tenant_id = $1 AND account_id = $2 AND month < $3",
		[]any{tx.Tenant(), account, near}, &old)
	if err != nil {
		return sum, fault.Wrap(op, err)
	}
	err = tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM ledger_postings WHERE tenant_id = $1 AND account_id = $2 AND month >= $3 AND at <= $4",
		[]any{tx.Tenant(), account, near, at}, &recent)
	sum.Minor = old + recent
	return sum, fault.Wrap(op, err)
}

// Holding is what an account holds now.
type Holding struct {
	Account id.ID
	Kind    Kind
	Code    string
	Balance money.Amount
}

// Balances are the balances of all accounts, by code, of all that is booked.
func Balances(ctx context.Context, tx *store.Tx) ([]Holding, error) {
	const op = "ledger.Balances"
	rows, err := tx.Query(ctx, "SELECT id, kind, code, currency, debit - credit FROM ledger_accounts WHERE tenant_id = $1 ORDER BY code", tx.Tenant())
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer rows.Close()
	out := []Holding{}
	for rows.Next() {
		var h Holding
		if err := rows.Scan(&h.Account, &h.Kind, &h.Code, &h.Balance.Currency, &h.Balance.Minor); err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, h)
	}
	return out, fault.Wrap(op, rows.Err())
}

// MonthSum is what an account moved in a month: Debit and Credit in minor units
// of Currency, both without sign. An entry that was taken back counts on neither
// side; Postings counts every line, also of mistakes and their mending.
type MonthSum struct {
	Month         string
	Account       id.ID
	Kind          Kind
	Code          string
	Currency      money.Currency
	Debit, Credit int64
	Postings      int64
}

// Net is debits less credits.
func (m MonthSum) Net() money.Amount {
	return money.Amount{Minor: m.Debit - m.Credit, Currency: m.Currency}
}

// Months are the sums of the months from to to ("2026-01", both included), by
// month and account code. Its cost grows with the number of accounts and
// months, not of entries.
func Months(ctx context.Context, tx *store.Tx, from, to string) ([]MonthSum, error) {
	const op = "ledger.Months"
	for _, m := range []string{from, to} {
		if _, err := time.Parse("2006-01", m); err != nil {
			return nil, fault.New(fault.Invalid, op, "ledger.month")
		}
	}
	rows, err := tx.Query(ctx, `SELECT m.month, m.account_id, a.kind, a.code, a.currency, m.debit, m.credit, m.postings
		FROM ledger_months m JOIN ledger_accounts a ON a.tenant_id = m.tenant_id AND a.id = m.account_id
		WHERE m.tenant_id = $1 AND m.month >= $2 AND m.month <= $3 ORDER BY m.month, a.code`, tx.Tenant(), from, to)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer rows.Close()
	out := []MonthSum{}
	for rows.Next() {
		var m MonthSum
		if err := rows.Scan(&m.Month, &m.Account, &m.Kind, &m.Code, &m.Currency, &m.Debit, &m.Credit, &m.Postings); err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, m)
	}
	return out, fault.Wrap(op, rows.Err())
}
