package app

import (
	"context"

	"amanah/internal/billing"
	"amanah/internal/config"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// billingOfDemo switches billing on with an invented issuer, so that it is seen.
func billingOfDemo(c config.Billing) config.Billing {
	c.On, c.Tax = true, "ppn"
	c.Issuer = config.BillingIssuer{Name: "CTT (demo)", Address: "Jl. Contoh 1, Jakarta Pusat", TaxID: "00.000.000.0-000.000", Contact: "tagihan@ctt.example"}
	c.QRIS = config.QRIS{MCC: "7372", Name: "CTT DEMO", City: "JAKARTA", Postal: "10220",
		Accounts: []config.QRISAccount{{Tag: "51", GUID: "ID.CO.QRIS.WWW", ID: "ID1020000000001", Criteria: "UMI"}}}
	c.VirtualAccounts = []config.VirtualAccount{{Bank: "BCA", Prefix: "12608", Digits: 8}}
	return c
}

// demoBilling gives Rina a plan that she paid for, and the invoice of a larger one
// that waits.
func (a *App) demoBilling(ctx context.Context, who id.Subject, workspace id.Tenant, name string) error {
	if a.billing == nil {
		return nil
	}
	home := tenant.HomeOf("ctt")
	s := store.Scope{Tenant: home, Home: home, Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(who)}, Purpose: "billing"}
	c := billing.Customer{Workspace: workspace, Subject: who, Name: name}
	return a.db.Write(ctx, s, func(tx *store.Tx) error {
		var inv *billing.Invoice
		for range 2 { // the trial first, then the invoice that ends it
			var err error
			if inv, err = a.billing.Choose(ctx, tx, c, "plus"); err != nil {
				return err
			}
		}
		if inv == nil {
			return fault.New(fault.Internal, "app.demoBilling", "")
		}
		if _, err := a.billing.Record(ctx, tx, inv.ID, inv.Left(), "DEMO-0001", vault.Seal("Mutasi rekening")); err != nil {
			return err
		}
		_, err := a.billing.Choose(ctx, tx, c, "business")
		return err
	})
}
