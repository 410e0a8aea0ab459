package ledger

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Kind says on which side of the books an account stands.
type Kind string

// The five kinds.
const (
	Asset     Kind = "asset"
	Liability Kind = "liability"
	Income    Kind = "income"
	Expense   Kind = "expense"
	Equity    Kind = "equity"
)

func (k Kind) valid() bool {
	switch k {
	case Asset, Liability, Income, Expense, Equity:
		return true
	}
	return false
}

// NewAccount describes an account to [Ensure].
type NewAccount struct {
	Code     string // unique in the tenant; nothing that a person wrote
	Kind     Kind
	Currency money.Currency
	Name     vault.Text // optional
	Owner    id.Subject // whose key seals the name; zero for the tenant's own
}

// Ensure gives the account of a code and makes it if there is none. Fault
// Invalid for a wrong kind, currency or code, Conflict if the code names an
// account of another kind or currency.
func Ensure(ctx context.Context, tx *store.Tx, a NewAccount) (id.ID, error) {
	const op = "ledger.Ensure"
	if !a.Kind.valid() || !a.Currency.Valid() || a.Code == "" || len(a.Code) > 200 {
		return id.ID{}, fault.New(fault.Invalid, op, "ledger.account_invalid")
	}
	// Most calls name an account that is there: an upsert would lock and write.
	have, err := accountByCode(ctx, tx, a.Code)
	if fault.Is(err, fault.NotFound) {
		row := &Account{Owner: a.Owner, Kind: a.Kind, Currency: a.Currency, Code: a.Code, Name: a.Name, CreatedAt: tx.Now()}
		if _, err = store.InsertOnce(ctx, tx, row, "tenant_id, code"); err != nil {
			return id.ID{}, fault.Wrap(op, err)
		}
		have, err = accountByCode(ctx, tx, a.Code)
	}
	if err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	if have.kind != a.Kind || have.currency != a.Currency {
		return id.ID{}, fault.New(fault.Conflict, op, "ledger.account_differs")
	}
	return have.id, nil
}

// accountKey is what posting needs to know of an account.
type accountKey struct {
	id       id.ID
	owner    id.Subject
	kind     Kind
	currency money.Currency
}

func accountByCode(ctx context.Context, tx *store.Tx, code string) (accountKey, error) {
	var a accountKey
	err := tx.QueryRow(ctx, "SELECT id, owner, kind, currency FROM ledger_accounts WHERE tenant_id = $1 AND code = $2",
		[]any{tx.Tenant(), code}, &a.id, &a.owner, &a.kind, &a.currency)
	return a, err
}

func accountByID(ctx context.Context, tx *store.Tx, key id.ID) (accountKey, error) {
	var a accountKey
	err := tx.QueryRow(ctx, "SELECT id, owner, kind, currency FROM ledger_accounts WHERE tenant_id = $1 AND id = $2",
		[]any{tx.Tenant(), key}, &a.id, &a.owner, &a.kind, &a.currency)
	return a, err
}

// Get reads one account; fault NotFound if there is none.
func Get(ctx context.Context, tx *store.Tx, account id.ID) (*Account, error) {
	a, err := store.Get[Account](ctx, tx, account)
	return a, fault.Wrap("ledger.Get", err)
}

// Accounts reads all accounts of the tenant, by code.
func Accounts(ctx context.Context, tx *store.Tx) ([]Account, error) {
	as, err := store.FindOpen[Account](ctx, tx, "WHERE tenant_id = $1 ORDER BY code", tx.Tenant())
	return as, fault.Wrap("ledger.Accounts", err)
}

// Rename changes an account's name; its code stays.
func Rename(ctx context.Context, tx *store.Tx, account id.ID, name vault.Text) error {
	a, err := store.Get[Account](ctx, tx, account)
	if err == nil {
		a.Name = name
		err = store.Update(ctx, tx, a)
	}
	return fault.Wrap("ledger.Rename", err)
}
