package app

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/store"
)

// demoHold is one that covers no data of today, so that whoever plays with the
// demo can still erase the account.
func (a *App) demoHold(ctx context.Context, service string, who id.Subject) error {
	now := a.Clock.Now()
	return a.db.Write(ctx, a.rightsHome(service), func(tx *store.Tx) error {
		_, err := a.holds.Place(ctx, tx, hold.New{Who: who, From: now.AddDate(0, -6, 0), Until: now.AddDate(0, -3, 0), Review: now.AddDate(0, 2, 0),
			Reason: "Sengketa tentang tagihan bulan Juni masih diperiksa.", Case: "Memo 14/PDP/2026", OrderedBy: "Ratna Wulandari, pejabat pelindungan data"})
		return err
	})
}
