package app

import (
	"context"
	"time"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/support"
	"amanah/internal/tenant"
)

// demoStaff is who answers people in the demo.
var demoStaff = struct {
	SignIn
	name string
}{SignIn{"ctt", "dewi.anggraini@example.com", "Amanah-demo-2026"}, "Dewi Anggraini"}

// demoSupport makes the staff of the demo, and a question of Rina's that waits
// for an answer.
func (a *App) demoSupport(ctx context.Context, rina id.Subject, workspace id.Tenant, fresh bool) error {
	if a.support == nil {
		return nil
	}
	staff, _, _, err := a.demoPerson(ctx, demoStaff.SignIn, demoStaff.name)
	if err != nil {
		return err
	}
	home := a.scope("ctt", id.Tenant{})
	home.Purpose = "support"
	home.Actor = store.Actor{Kind: "person", ID: id.ID(rina)}
	return a.db.Write(ctx, home, func(tx *store.Tx) error {
		if err := tenant.Hire(ctx, tx, staff, tenant.Worker); err != nil || !fresh {
			return err
		}
		t, err := a.support.OpenTicket(ctx, tx, support.Request{Subject: rina, Workspace: workspace, Via: "web", Title: "Transaksi kopi tercatat dua kali?",
			Text: "Pagi tadi saya bayar kopi satu kali, tetapi di daftar seperti ada dua. Bisa tolong diperiksa?"})
		if err == nil {
			err = a.support.Give(ctx, tx, rina, t.ID, "transactions", 24*time.Hour)
		}
		return err
	})
}
