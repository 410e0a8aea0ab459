package billing

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Debtor describes who is to pay.
type Debtor struct {
	Subject id.Subject // whose key seals the name
	Ref     string     // what the debtor stands for, unique with the issuer
	Name    string
	Address string
	TaxID   string // NPWP, where there is one
}

// Ensure gives the debtor of a Ref, made anew where there is none, with name,
// address and person brought up to date.
func (s *Service) Ensure(ctx context.Context, tx *store.Tx, d Debtor) (*Party, error) {
	const op = "billing.Ensure"
	if d.Ref == "" || len(d.Ref) > 200 || len(d.Name) > 200 || len(d.Address) > 500 || len(d.TaxID) > 40 {
		return nil, fault.New(fault.Invalid, op, "billing.debtor.invalid")
	}
	p, err := store.One[Party](ctx, tx, "WHERE tenant_id = $1 AND ref = $2", tx.Tenant(), d.Ref)
	if fault.Is(err, fault.NotFound) {
		n, err := next(ctx, tx, "debtor", 0)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		p = &Party{Ref: d.Ref, Number: n, CreatedAt: tx.Now(), Subject: d.Subject, Name: vault.Seal(d.Name), Address: vault.Seal(d.Address), TaxID: vault.Seal(d.TaxID)}
		return p, fault.Wrap(op, store.Insert(ctx, tx, p))
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if p.Subject != d.Subject || p.Name.Reveal() != d.Name || p.Address.Reveal() != d.Address || p.TaxID.Reveal() != d.TaxID {
		p.Subject, p.Name, p.Address, p.TaxID = d.Subject, vault.Seal(d.Name), vault.Seal(d.Address), vault.Seal(d.TaxID)
		err = store.Update(ctx, tx, p)
	}
	return p, fault.Wrap(op, err)
}

// partyOf finds the debtor of a Ref; nil where there is none.
func partyOf(ctx context.Context, tx *store.Tx, ref string) (*Party, error) {
	p, err := store.One[Party](ctx, tx, "WHERE tenant_id = $1 AND ref = $2", tx.Tenant(), ref)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return p, err
}
