package cash

import (
	"context"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Luggage is what a person takes from one family's books into their own.
type Luggage struct {
	accounts   []Account
	categories []Category
	merchants  []Merchant
	entries    []Entry
	items      []Item
	receipts   []Receipt
	past       []Past
}

// Entries is how many entries there are in it.
func (l *Luggage) Entries() int { return len(l.entries) }

// Pack reads what a person takes along from the transaction's family: all that they
// entered, or for FateFreed only what is private, and every picture either way.
// Accounts of others that their entries name come along without their names.
func (s *Service) Pack(ctx context.Context, tx *store.Tx, who id.Subject, fate Fate) (*Luggage, error) {
	const op = "cash.Pack"
	l := &Luggage{}
	own := "WHERE tenant_id = $1 AND subject = $2"
	mine := own
	if fate == FateFreed {
		mine += " AND private"
	}
	of := own + " AND EXISTS (SELECT 1 FROM cash_entries e WHERE e.tenant_id = $1 AND e.subject = $2 AND e.id = entry_id"
	if fate == FateFreed {
		of += " AND e.private"
	}
	of += ")"
	var errs [7]error
	l.entries, errs[0] = store.Find[Entry](ctx, tx, mine+" ORDER BY day, id", tx.Tenant(), who)
	l.items, errs[1] = store.Find[Item](ctx, tx, of, tx.Tenant(), who)
	l.past, errs[2] = store.Find[Past](ctx, tx, of, tx.Tenant(), who)
	l.receipts, errs[3] = store.Find[Receipt](ctx, tx, own, tx.Tenant(), who)
	l.merchants, errs[4] = store.Find[Merchant](ctx, tx, own, tx.Tenant(), who)
	l.categories, errs[5] = store.Find[Category](ctx, tx, own, tx.Tenant(), who)
	errs[6] = s.packAccounts(ctx, tx, who, l)
	for _, err := range errs {
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	l.bind()
	return l, nil
}

// packAccounts are those that the entries name, and the person's own private ones.
func (s *Service) packAccounts(ctx context.Context, tx *store.Tx, who id.Subject, l *Luggage) error {
	need := map[id.ID]bool{}
	for _, e := range l.entries {
		need[e.Account], need[e.To] = true, true
	}
	all, err := store.Find[Account](ctx, tx, "WHERE tenant_id = $1 ORDER BY created_at, id", tx.Tenant())
	for _, a := range all {
		if !need[a.ID] && (a.Subject != who || a.Shared) {
			continue
		}
		if a.Subject != who { // its name is somebody else's
			a.Name, a.Shared = vault.Text{}, true
		}
		a.Subject = who
		l.accounts = append(l.accounts, a)
	}
	return err
}

// bind drops what points at something that does not come along.
func (l *Luggage) bind() {
	entries, receipts, categories := map[id.ID]bool{}, map[id.ID]bool{}, map[string]bool{}
	for _, e := range l.entries {
		entries[e.ID] = true
	}
	for _, r := range l.receipts {
		receipts[r.ID] = true
	}
	for _, c := range l.categories {
		categories[c.ID.String()] = true
	}
	for i := range l.entries {
		e := &l.entries[i]
		if !receipts[e.Receipt] {
			e.Receipt = id.ID{}
		}
		if !categories[e.Category] && !slices.Contains(BuiltIn(e.Kind), e.Category) {
			e.Category = "other"
		}
	}
	for i := range l.receipts {
		r := &l.receipts[i]
		if !entries[r.Entry] {
			r.Entry = id.ID{}
		}
		// The indexes are those of the books that it came from.
		r.Image, r.Fingerprint, r.Twin = vault.Index{}, vault.Index{}, id.ID{}
	}
	for i := range l.past {
		if l.past[i].Editor != l.past[i].Subject {
			l.past[i].Editor = id.Subject{}
		}
	}
}

// Unpack puts luggage into the books of the transaction's tenant, with the same
// numbers, and books it there. Doing it again changes nothing.
func (s *Service) Unpack(ctx context.Context, tx *store.Tx, v View, l *Luggage) error {
	const op = "cash.Unpack"
	for i := range l.accounts {
		a := &l.accounts[i]
		kind := ledger.Asset
		if a.Kind == Card {
			kind = ledger.Liability
		}
		var err error
		if a.Ledger, err = ledger.Ensure(ctx, tx, ledger.NewAccount{Code: "account." + a.ID.String(), Kind: kind, Currency: a.Currency, Owner: a.Subject}); err != nil {
			return fault.Wrap(op, err)
		}
	}
	for i := range l.merchants {
		m := &l.merchants[i]
		var err error
		if m.NameIndex, err = s.db.Vault().Index(ctx, tx.Tenant(), "cash_merchants.name", normal(m.Name.Reveal())); err != nil {
			return fault.Wrap(op, err)
		}
	}
	for _, put := range []func() error{
		func() error { return unpack(ctx, tx, l.accounts, func(r *Account) *store.Row { return &r.Row }) },
		func() error { return unpack(ctx, tx, l.categories, func(r *Category) *store.Row { return &r.Row }) },
		func() error { return unpack(ctx, tx, l.merchants, func(r *Merchant) *store.Row { return &r.Row }) },
		func() error { return s.unpackEntries(ctx, tx, v, l.entries) },
		func() error { return unpack(ctx, tx, l.items, func(r *Item) *store.Row { return &r.Row }) },
		func() error { return unpack(ctx, tx, l.receipts, func(r *Receipt) *store.Row { return &r.Row }) },
		func() error { return unpack(ctx, tx, l.past, func(r *Past) *store.Row { return &r.Row }) },
	} {
		if err := put(); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

func (s *Service) unpackEntries(ctx context.Context, tx *store.Tx, v View, entries []Entry) error {
	for i := range entries {
		e := &entries[i]
		e.Tenant, e.Booked = id.Tenant{}, id.ID{}
		if e.State == Booked {
			if err := s.post(ctx, tx, v, e, ""); err != nil {
				return err
			}
		}
		if _, err := store.InsertOnce(ctx, tx, e, "tenant_id, id"); err != nil {
			return err
		}
	}
	return nil
}

// unpack inserts rows that are not there yet.
func unpack[T any](ctx context.Context, tx *store.Tx, rows []T, row func(*T) *store.Row) error {
	for i := range rows {
		row(&rows[i]).Tenant = id.Tenant{}
		if _, err := store.InsertOnce(ctx, tx, &rows[i], "tenant_id, id"); err != nil {
			return err
		}
	}
	return nil
}
