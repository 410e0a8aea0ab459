package capture

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// maxNames bounds how many names are opened in memory for one page.
const maxNames = 20_000

// normal makes spellings of a name equal: capitals, one space.
func normal(name string) string { return strings.Join(strings.Fields(strings.ToUpper(name)), " ") }

// merchant finds a name in the person's dictionary and adds it if it is new.
func (s *Service) merchant(ctx context.Context, tx *store.Tx, who id.Subject, name string) (*Merchant, error) {
	if normal(name) == "" {
		return &Merchant{}, nil
	}
	index, err := s.db.Vault().Index(ctx, tx.Tenant(), "merchants.name", normal(name))
	if err != nil {
		return nil, err
	}
	const one = "WHERE tenant_id = $1 AND subject = $2 AND name_index = $3"
	have, err := store.One[Merchant](ctx, tx, one, tx.Tenant(), who, index)
	if !fault.Is(err, fault.NotFound) {
		return have, err
	}
	m := &Merchant{Subject: who, Name: vault.Seal(strings.Join(strings.Fields(name), " ")), NameIndex: index, CreatedAt: tx.Now()}
	if created, err := store.InsertOnce(ctx, tx, m, "tenant_id, subject, name_index"); err != nil || created {
		return m, err
	}
	return store.One[Merchant](ctx, tx, one, tx.Tenant(), who, index)
}

// wallets are the issuers whose accounts are electronic money.
var wallets = []string{"GOPAY", "GOJEK", "OVO", "GRAB", "DANA", "SHOPEEPAY", "SHOPEE", "LINKAJA", "PAYPAL"}

func accountKind(issuer, channel string) string {
	switch {
	case channel == "credit_card":
		return "card"
	case slices.Contains(wallets, strings.ToUpper(issuer)):
		return "wallet"
	}
	return "bank"
}

// account finds the account of an issuer by its last digits and adds it if it
// is new. A mail without digits belongs to the issuer's account without digits.
func (s *Service) account(ctx context.Context, tx *store.Tx, who id.Subject, issuer, last, holder, channel string) (*BankAccount, error) {
	kind := accountKind(issuer, channel)
	index, err := s.db.Vault().Index(ctx, tx.Tenant(), "bank_accounts.last", kind+"|"+normal(issuer)+"|"+last)
	if err != nil {
		return nil, err
	}
	const one = "WHERE tenant_id = $1 AND subject = $2 AND last_index = $3"
	have, err := store.One[BankAccount](ctx, tx, one, tx.Tenant(), who, index)
	if err == nil && have.Holder.IsZero() && holder != "" {
		have.Holder = vault.Seal(holder)
		return have, store.Update(ctx, tx, have)
	}
	if !fault.Is(err, fault.NotFound) {
		return have, err
	}
	a := &BankAccount{Subject: who, Kind: kind, Issuer: issuer, Last: vault.Seal(last), LastIndex: index, Holder: vault.Seal(holder), CreatedAt: tx.Now()}
	if created, err := store.InsertOnce(ctx, tx, a, "tenant_id, subject, last_index"); err != nil || created {
		return a, err
	}
	return store.One[BankAccount](ctx, tx, one, tx.Tenant(), who, index)
}

// names opens the tenant's dictionary; names of erased people are empty.
func names(ctx context.Context, tx *store.Tx) (map[id.ID]string, error) {
	ms, err := store.FindOpen[Merchant](ctx, tx, "WHERE tenant_id = $1 ORDER BY id DESC LIMIT $2", tx.Tenant(), maxNames)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]string, len(ms))
	for _, m := range ms {
		out[m.ID] = m.Name.Reveal()
	}
	return out, nil
}

// namesOf opens the names of some merchants.
func namesOf(ctx context.Context, tx *store.Tx, keys []id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	args := []any{tx.Tenant()}
	marks := ""
	for _, k := range keys {
		if _, known := out[k]; known || k.IsZero() {
			continue
		}
		out[k] = ""
		args = append(args, k)
		marks += ", $" + strconv.Itoa(len(args))
	}
	if marks == "" {
		return out, nil
	}
	ms, err := store.FindOpen[Merchant](ctx, tx, "WHERE tenant_id = $1 AND id IN ("+marks[2:]+")", args...)
	for _, m := range ms {
		out[m.ID] = m.Name.Reveal()
	}
	return out, err
}

// accounts are the tenant's accounts, by issuer and age.
func accounts(ctx context.Context, tx *store.Tx) ([]BankAccount, error) {
	return store.FindOpen[BankAccount](ctx, tx, "WHERE tenant_id = $1 ORDER BY issuer, created_at, id LIMIT $2", tx.Tenant(), maxNames)
}
