package cardstatement

import (
	"context"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

func (s *Service) last4Index(ctx context.Context, tx *store.Tx, f *File) (vault.Index, error) {
	return s.db.Vault().Index(ctx, tx.Tenant(), "statement_cards.last4", f.Issuer+" "+f.Last4.Reveal())
}

// accountOfCard is the account that the card was bound to before, if it is one
// alone and still fits; otherwise zero.
func (s *Service) accountOfCard(ctx context.Context, tx *store.Tx, f *File) (none id.ID, err error) {
	if f.Last4.IsZero() {
		return none, nil
	}
	v, err := s.Cash.View(ctx, tx, f.Subject)
	if fault.Is(err, fault.NotFound) {
		return none, nil // left the family meanwhile
	}
	if err != nil {
		return none, err
	}
	x, err := s.last4Index(ctx, tx, f)
	if err != nil {
		return none, err
	}
	cards, err := store.FindOpen[card](ctx, tx, "WHERE tenant_id = $1 AND last4_index = $2 ORDER BY created_at DESC LIMIT 20", tx.Tenant(), x)
	if err != nil {
		return none, err
	}
	found := none
	for _, c := range cards {
		a, err := s.account(ctx, tx, v, c.Account, f.Currency)
		if fault.Is(err, fault.Invalid) || err == nil && a.ID == found {
			continue
		}
		if err != nil {
			return none, err
		}
		if !found.IsZero() {
			return none, nil // two: the person says which
		}
		found = a.ID
	}
	return found, nil
}

// account reads a card account of the books that the person sees.
func (s *Service) account(ctx context.Context, tx *store.Tx, v cash.View, key id.ID, c money.Currency) (a *cash.Account, err error) {
	err = books(ctx, tx, func() (err error) {
		a, err = s.Cash.Account(ctx, tx, v, key)
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && (a.Kind != cash.Card || a.Currency != c || !a.ArchivedAt.IsZero()) {
		return nil, fault.New(fault.Invalid, "cardstatement.account", "cardstatement.account.unfit").On("account")
	}
	return a, err
}

// Cards are the accounts that a statement can be bound to.
func (s *Service) Cards(ctx context.Context, tx *store.Tx, v cash.View, c money.Currency) (out []cash.Account, err error) {
	err = books(ctx, tx, func() error {
		all, err := s.Cash.Accounts(ctx, tx, v)
		for _, a := range all {
			if a.Kind == cash.Card && a.Currency == c && a.ArchivedAt.IsZero() {
				out = append(out, a)
			}
		}
		return err
	})
	return out, fault.Wrap("cardstatement.Cards", err)
}

// Binding is which account a statement is of. Where Account is zero a new card
// account is made, which begins with what the statement says was owed before.
type Binding struct {
	Account id.ID
	Name    string
	Shared  bool
}

// Bind says which account a statement is of, and remembers it for the card. It can
// be changed until the first decision. Faults: Invalid on "account" or "name";
// Conflict, Forbidden, NotFound.
func (s *Service) Bind(ctx context.Context, sc store.Scope, who id.Subject, key id.ID, b Binding) error {
	const op = "cardstatement.Bind"
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who)
		if err != nil {
			return err
		}
		f, err := s.Get(ctx, tx, v, key)
		if err != nil {
			return err
		}
		if f.Subject != who || !v.Write {
			return fault.New(fault.Forbidden, op, "cash.forbidden")
		}
		decided := 0
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM statement_matches WHERE tenant_id = $1 AND statement_id = $2 AND COALESCE(undone_at, 0) = 0", []any{tx.Tenant(), f.ID}, &decided); err != nil {
			return err
		}
		if !f.wasRead() || decided > 0 {
			return fault.New(fault.Conflict, op, "cardstatement.account.decided").On("account")
		}
		a, err := s.bound(ctx, tx, v, f, b)
		if err != nil {
			return err
		}
		f.Account, f.State, f.Revision = a.ID, Open, f.Revision+1
		if err := store.Update(ctx, tx, f); err != nil || f.Last4.IsZero() {
			return err
		}
		x, err := s.last4Index(ctx, tx, f)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM statement_cards WHERE tenant_id = $1 AND subject = $2 AND last4_index = $3", tx.Tenant(), who, x); err != nil {
			return err
		}
		return store.Insert(ctx, tx, &card{Subject: who, Last4: f.Last4, Last4Index: x, Account: a.ID, CreatedAt: tx.Now()})
	}))
}

// bound is the account of a binding, made where it is new.
func (s *Service) bound(ctx context.Context, tx *store.Tx, v cash.View, f *File, b Binding) (a *cash.Account, err error) {
	if !b.Account.IsZero() {
		return s.account(ctx, tx, v, b.Account, f.Currency)
	}
	err = books(ctx, tx, func() error {
		a, err = s.Cash.AddAccount(ctx, tx, v, cash.NewAccount{Kind: cash.Card, Name: b.Name, Currency: f.Currency, Shared: b.Shared, Holds: max(f.Previous, 0)})
		return err
	})
	return a, err
}
