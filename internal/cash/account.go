package cash

import (
	"context"
	"slices"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// maxAccounts is how many a family may have.
const maxAccounts = 200

// NewAccount describes an account to AddAccount. An empty Name shows the kind's word.
type NewAccount struct {
	Kind     AccountKind
	Name     string
	Currency money.Currency // "" is IDR
	Shared   bool
	// Holds is what lies in it now; of a card what is owed. Never negative.
	Holds int64
}

// AddAccount sets up an account of the person. Faults: Forbidden for who may not
// write; Invalid on "kind", "name", "currency", "holds"; TooMany.
func (s *Service) AddAccount(ctx context.Context, tx *store.Tx, v View, n NewAccount) (*Account, error) {
	const op = "cash.AddAccount"
	n.Name = strings.TrimSpace(n.Name)
	if n.Currency == "" {
		n.Currency = money.IDR
	}
	switch {
	case !v.Write:
		return nil, fault.New(fault.Forbidden, op, "cash.forbidden")
	case !slices.Contains(AccountKinds(), n.Kind):
		return nil, fault.New(fault.Invalid, op, "cash.account.kind_unknown").On("kind")
	case len([]rune(n.Name)) > 60:
		return nil, fault.New(fault.Invalid, op, "cash.text_long").On("name")
	case !n.Currency.Valid():
		return nil, fault.New(fault.Invalid, op, "cash.currency_unknown").On("currency")
	case n.Holds < 0 || n.Holds > maxMinor:
		return nil, fault.New(fault.Invalid, op, "cash.amount_invalid").On("holds")
	}
	count := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM cash_accounts WHERE tenant_id = $1", []any{tx.Tenant()}, &count); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if count >= maxAccounts {
		return nil, fault.New(fault.TooMany, op, "cash.account.many")
	}
	a := &Account{Subject: v.Subject, Kind: n.Kind, Name: vault.Seal(n.Name), Currency: n.Currency, Shared: n.Shared, CreatedAt: tx.Now()}
	a.ID = tx.NewID()
	kind := ledger.Asset
	if n.Kind == Card {
		kind = ledger.Liability
	}
	var err error
	if a.Ledger, err = ledger.Ensure(ctx, tx, ledger.NewAccount{Code: "account." + a.ID.String(), Kind: kind, Currency: n.Currency, Owner: v.Subject}); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := store.Insert(ctx, tx, a); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if n.Holds > 0 {
		_, _, err = s.Enter(ctx, tx, v, NewEntry{Kind: Opening, Amount: money.Amount{Minor: n.Holds, Currency: n.Currency}, At: tx.Now().Time(), Account: a.ID,
			Source: "opening:" + a.ID.String(), Way: ByForm})
	}
	return a, fault.Wrap(op, err)
}

// ChangeAccount renames an account, shares it or not, and puts it aside or takes
// it back. Sharing changes what is seen of entries that are made from then on; an
// account that is no longer shared makes them private.
func (s *Service) ChangeAccount(ctx context.Context, tx *store.Tx, v View, key id.ID, name string, shared, aside bool) error {
	const op = "cash.ChangeAccount"
	name = strings.TrimSpace(name)
	if len([]rune(name)) > 60 {
		return fault.New(fault.Invalid, op, "cash.text_long").On("name")
	}
	a, err := s.Account(ctx, tx, v, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if a.Subject != v.Subject && !v.Mend || !v.Write {
		return fault.New(fault.Forbidden, op, "cash.forbidden")
	}
	if a.Subject != v.Subject && !shared {
		return fault.New(fault.Invalid, op, "cash.account.not_yours").On("shared")
	}
	a.Name, a.Shared = vault.Seal(name), shared
	switch {
	case aside && a.ArchivedAt.IsZero():
		a.ArchivedAt = tx.Now()
	case !aside:
		a.ArchivedAt = 0
	}
	return fault.Wrap(op, store.Update(ctx, tx, a))
}

// Account reads one that the person sees; fault NotFound otherwise.
func (s *Service) Account(ctx context.Context, tx *store.Tx, v View, key id.ID) (*Account, error) {
	a, err := store.Get[Account](ctx, tx, key)
	if err == nil && !a.Shared && a.Subject != v.Subject {
		err = fault.New(fault.NotFound, "cash.Account", "not_found")
	}
	return a, fault.Wrap("cash.Account", err)
}

// Accounts reads all that the person sees, the oldest first; those that were put
// aside come last.
func (s *Service) Accounts(ctx context.Context, tx *store.Tx, v View) ([]Account, error) {
	all, err := store.FindOpen[Account](ctx, tx, "WHERE tenant_id = $1 AND (shared OR subject = $2) ORDER BY CASE WHEN COALESCE(archived_at, 0) = 0 THEN 0 ELSE 1 END, created_at, id", tx.Tenant(), v.Subject)
	return all, fault.Wrap("cash.Accounts", err)
}

// Holding is an account with what it holds.
type Holding struct {
	Account
	Balance money.Amount // of a card negative: owed
}

// Holdings are the accounts that the person sees, with their balances.
func (s *Service) Holdings(ctx context.Context, tx *store.Tx, v View) ([]Holding, error) {
	const op = "cash.Holdings"
	all, err := s.Accounts(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	sums, err := ledger.Balances(ctx, tx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	by := make(map[id.ID]money.Amount, len(sums))
	for _, h := range sums {
		by[h.Account] = h.Balance
	}
	out := make([]Holding, len(all))
	for i, a := range all {
		b, ok := by[a.Ledger]
		if !ok {
			b.Currency = a.Currency
		}
		out[i] = Holding{a, b}
	}
	return out, nil
}

// UsualAccount is where the person's money lies if they say nothing: the shared
// account of their last entry in that currency, else the first shared one, else a
// new one of cash. One of their own is named, never guessed.
func (s *Service) UsualAccount(ctx context.Context, tx *store.Tx, v View, c money.Currency) (*Account, error) {
	const op = "cash.UsualAccount"
	all, err := s.Accounts(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	var last id.ID
	err = tx.QueryRow(ctx, `SELECT e.account_id FROM cash_entries e JOIN cash_accounts a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
		WHERE e.tenant_id = $1 AND e.subject = $2 AND e.currency = $3 AND e.kind <> 'opening' AND a.shared ORDER BY e.day DESC, e.id DESC LIMIT 1`,
		[]any{tx.Tenant(), v.Subject, c}, &last)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, fault.Wrap(op, err)
	}
	var first *Account
	for i := range all {
		a := &all[i]
		if a.Currency != c || !a.Shared || !a.ArchivedAt.IsZero() {
			continue
		}
		if a.ID == last {
			return a, nil
		}
		if first == nil {
			first = a
		}
	}
	if first != nil {
		return first, nil
	}
	a, err := s.AddAccount(ctx, tx, v, NewAccount{Kind: Cash, Currency: c, Shared: true})
	return a, fault.Wrap(op, err)
}
