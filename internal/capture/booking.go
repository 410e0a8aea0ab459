package capture

import (
	"context"
	"strconv"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

func month(at clock.Instant, zone *time.Location) string { return ledger.Month(at, zone) }

// book posts a row's entry and notes its id in the row.
func (s *Service) book(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) error {
	e, err := s.entry(ctx, tx, c, zone)
	if err != nil {
		return err
	}
	if c.Entry, _, err = ledger.Post(ctx, tx, e); err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, "UPDATE captured SET entry_id = $1 WHERE tenant_id = $2 AND id = $3", c.Entry, tx.Tenant(), c.ID); err != nil || s.Booked == nil {
		return err
	}
	return s.Booked(ctx, tx, c, zone)
}

// entry makes the ledger's form of a row: the account against the category, the
// fee on an account of its own. Between a person's own accounts money passes
// through a clearing account, which the other account's mail empties again.
func (s *Service) entry(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) (ledger.Entry, error) {
	e := ledger.Entry{Source: "capture:" + c.ID.String() + ":" + strconv.FormatInt(c.Revision, 10), Subject: c.Subject, At: c.At, Zone: zone}
	own, err := s.ownAccount(ctx, tx, c)
	if err != nil {
		return e, err
	}
	add := func(account id.ID, minor int64) {
		if minor != 0 {
			e.Lines = append(e.Lines, ledger.Line{Account: account, Amount: money.Amount{Minor: minor, Currency: c.Currency}})
		}
	}
	kind, code := ledger.Expense, "expense."+c.Category
	sign := int64(1)
	switch c.Direction {
	case "in":
		kind, code, sign = ledger.Income, "income."+c.Category, -1
	case "internal":
		kind, code = ledger.Asset, "clearing"
		if c.Inward {
			sign = -1
		}
	}
	fee := int64(0)
	if sign > 0 && c.FeeMinor > 0 && c.FeeMinor <= c.Minor {
		fee = c.FeeMinor
	}
	other, err := s.plain(ctx, tx, kind, code, c.Currency)
	if err != nil {
		return e, err
	}
	add(other, sign*(c.Minor-fee))
	if fee > 0 {
		fees, err := s.plain(ctx, tx, ledger.Expense, "expense.fee", c.Currency)
		if err != nil {
			return e, err
		}
		add(fees, fee)
	}
	add(own, -sign*c.Minor)
	return e, nil
}

func (s *Service) plain(ctx context.Context, tx *store.Tx, kind ledger.Kind, code string, c money.Currency) (id.ID, error) {
	return ledger.Ensure(ctx, tx, ledger.NewAccount{Code: code + "." + string(c), Kind: kind, Currency: c})
}

// ownAccount is the ledger's account of the row's bank account, card or wallet.
func (s *Service) ownAccount(ctx context.Context, tx *store.Tx, c *Captured) (id.ID, error) {
	if c.Account.IsZero() {
		return s.plain(ctx, tx, ledger.Asset, "account.unknown", c.Currency)
	}
	a, err := store.Get[BankAccount](ctx, tx, c.Account)
	if err != nil {
		return id.ID{}, err
	}
	kind := ledger.Asset
	if a.Kind == "card" {
		kind = ledger.Liability
	}
	return ledger.Ensure(ctx, tx, ledger.NewAccount{Code: accountCode(a.ID) + string(c.Currency), Kind: kind, Currency: c.Currency, Owner: a.Subject})
}

func accountCode(account id.ID) string { return "account." + account.String() + "." }
