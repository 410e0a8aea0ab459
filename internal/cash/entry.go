package cash

import (
	"context"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// maxMinor bounds an amount: ten billion billion would not add up in 64 bits.
const maxMinor = 1_000_000_000_000_000

// NewEntry is one movement of money as it is entered or corrected.
type NewEntry struct {
	Kind   Kind
	Amount money.Amount
	// Arrived is what came to the other account of a transfer; zero: the same.
	Arrived money.Amount
	At      time.Time
	Timed   bool // the hour counts
	// Account is where the money lay or lies; zero: UsualAccount.
	Account id.ID
	To      id.ID // of a transfer
	// Category is a built-in key or the id of an own one; "": found by merchant and note.
	Category string
	Merchant string
	Note     string
	Private  bool
	Receipt  id.ID
	Items    []NewItem
	Shares   []Share
	// Source makes it once: with a source that was here, Enter gives what is there.
	// "" makes one. It holds nothing that a person wrote.
	Source string
	Way    Way
}

// Enter books a new entry of the person and says whether it did. Faults: Forbidden;
// Invalid on amount, arrived, at, account, to, category, merchant, note, items,
// shares; NotFound for an account that is not seen.
func (s *Service) Enter(ctx context.Context, tx *store.Tx, v View, n NewEntry) (*Entry, bool, error) {
	const op = "cash.Enter"
	if !v.Write {
		return nil, false, fault.New(fault.Forbidden, op, "cash.forbidden")
	}
	e := &Entry{Subject: v.Subject, Source: n.Source, Way: n.Way, Receipt: n.Receipt, State: Booked, CreatedAt: tx.Now()}
	e.ID = tx.NewID()
	if e.Source == "" {
		e.Source = "own:" + e.ID.String()
	}
	have, err := store.One[Entry](ctx, tx, "WHERE tenant_id = $1 AND source = $2", tx.Tenant(), e.Source)
	if err == nil && v.Sees(have.Subject, have.Private) {
		return have, false, nil
	}
	if err == nil {
		return nil, false, fault.New(fault.Conflict, op, "cash.source_known")
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, false, fault.Wrap(op, err)
	}
	if err := s.fill(ctx, tx, v, e, n); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if err := s.post(ctx, tx, v, e, ""); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if err := store.Insert(ctx, tx, e); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if err := s.putItems(ctx, tx, e, n.Items); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if err := s.putShares(ctx, tx, e, n.Shares); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	return e, true, fault.Wrap(op, s.changed(ctx, tx, e))
}

// fill checks what was entered and writes it into the row.
func (s *Service) fill(ctx context.Context, tx *store.Tx, v View, e *Entry, n NewEntry) error {
	if err := n.check(tx.Now().Time()); err != nil {
		return err
	}
	acc, err := s.accountOf(ctx, tx, v, n)
	if err != nil {
		return err
	}
	e.Kind, e.Minor, e.Currency, e.Account = n.Kind, n.Amount.Minor, n.Amount.Currency, acc.ID
	e.To, e.ToMinor, e.ToCurrency = id.ID{}, 0, ""
	e.Private = n.Private || !acc.Shared
	if n.Kind == Transfer {
		to, err := s.arrival(ctx, tx, v, e, n)
		if err != nil {
			return err
		}
		e.Private = n.Private || !acc.Shared && !to.Shared
	}
	at := clock.At(n.At)
	e.At, e.Timed, e.Day, e.Month = at, n.Timed, ledger.Day(at, v.Zone), ledger.Month(at, v.Zone)
	e.Note, e.ChangedAt = vault.Seal(strings.TrimSpace(n.Note)), tx.Now()
	shop, err := s.merchant(ctx, tx, e.Subject, n.Merchant)
	if err != nil {
		return err
	}
	e.Merchant = id.ID{}
	if shop != nil {
		e.Merchant = shop.ID
	}
	e.Category, err = s.categoryFor(ctx, tx, e.Subject, n, shop)
	return err
}

// check refuses what cannot be an entry, before the database is asked.
func (n *NewEntry) check(now time.Time) error {
	const op = "cash.check"
	bad := func(key, field string) error { return fault.New(fault.Invalid, op, key).On(field) }
	if n.Amount.Currency == "" {
		n.Amount.Currency = money.IDR
	}
	switch {
	case !n.Kind.valid():
		return bad("cash.kind_unknown", "kind")
	case !n.Amount.Currency.Valid():
		return bad("cash.currency_unknown", "currency")
	case n.Amount.Minor <= 0 || n.Amount.Minor > maxMinor:
		return bad("cash.amount_invalid", "amount")
	case n.At.IsZero() || n.At.Year() < 1990 || n.At.After(now.AddDate(1, 0, 0)):
		return bad("cash.date_invalid", "at")
	case len([]rune(n.Merchant)) > 120:
		return bad("cash.text_long", "merchant")
	case len([]rune(n.Note)) > 1000:
		return bad("cash.text_long", "note")
	case len(n.Items) > maxItems:
		return bad("cash.items_many", "items")
	case n.Kind == Transfer && n.To.IsZero():
		return bad("cash.transfer_to", "to")
	case len(n.Shares) > 0 && n.Kind != Out:
		return bad("cash.shares_kind", "shares")
	}
	return checkShares(n.Shares, n.Amount)
}

func (s *Service) accountOf(ctx context.Context, tx *store.Tx, v View, n NewEntry) (*Account, error) {
	if n.Account.IsZero() {
		return s.UsualAccount(ctx, tx, v, n.Amount.Currency)
	}
	a, err := s.Account(ctx, tx, v, n.Account)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Invalid, "cash.accountOf", "cash.account_unknown").On("account")
	}
	if err == nil && a.Currency != n.Amount.Currency {
		return nil, fault.New(fault.Invalid, "cash.accountOf", "cash.currency_differs").On("account")
	}
	return a, err
}

// arrival fills in the other side of a transfer.
func (s *Service) arrival(ctx context.Context, tx *store.Tx, v View, e *Entry, n NewEntry) (*Account, error) {
	const op = "cash.arrival"
	to, err := s.Account(ctx, tx, v, n.To)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Invalid, op, "cash.account_unknown").On("to")
	}
	if err != nil {
		return nil, err
	}
	if to.ID == e.Account {
		return nil, fault.New(fault.Invalid, op, "cash.transfer_same").On("to")
	}
	e.To, e.ToMinor, e.ToCurrency = to.ID, n.Arrived.Minor, to.Currency
	if to.Currency == e.Currency {
		e.ToMinor = e.Minor
	}
	if n.Arrived.Currency != "" && n.Arrived.Currency != to.Currency || e.ToMinor <= 0 || e.ToMinor > maxMinor {
		return nil, fault.New(fault.Invalid, op, "cash.arrived_invalid").On("arrived")
	}
	return to, nil
}

// Entry reads one that the person sees; fault NotFound otherwise.
func (s *Service) Entry(ctx context.Context, tx *store.Tx, v View, key id.ID) (*Entry, error) {
	e, err := store.Get[Entry](ctx, tx, key)
	if err == nil && !v.Sees(e.Subject, e.Private) {
		err = fault.New(fault.NotFound, "cash.Entry", "not_found")
	}
	return e, fault.Wrap("cash.Entry", err)
}
