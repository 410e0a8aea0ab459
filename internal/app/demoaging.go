package app

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/complaint"
	"amanah/internal/store"
	"amanah/internal/support"
	"amanah/internal/tenant"
)

// demoLeaver is somebody of each service whose account is closed and whose erasure
// waits, so that the demo has what is kept for a while after an account.
var demoLeaver = struct{ email, name string }{"galih.santoso@example.com", "Galih Santoso"}

// demoAging gives each service what its notice keeps for a while after something
// ended: a session, a question that was solved, a complaint that was taken back,
// an account that was closed.
func (a *App) demoAging(ctx context.Context, people map[string]string) error {
	for _, s := range a.services {
		in := SignIn{s.Slug, demoLeaver.email, demoPassword}
		left, err := a.demoLeft(ctx, s.Slug)
		if err != nil {
			return err
		}
		if left {
			continue
		}
		if err := a.demoEnded(ctx, s.Slug, people[s.Slug]); err != nil {
			return err
		}
		who, _, _, err := a.demoPerson(ctx, in, demoLeaver.name)
		if err != nil {
			return err
		}
		if err := a.demoSession(ctx, in); err != nil {
			return err
		}
		home := a.scope(s.Slug, id.Tenant{})
		home.Purpose = "security"
		if err := a.db.Write(ctx, home, func(tx *store.Tx) error { return identity.CloseAccount(ctx, tx, who) }); err != nil {
			return err
		}
	}
	return a.orderAudits(ctx) // what nobody has put into the log has not begun to age
}

// demoLeft tells whether the account was closed at an earlier start.
func (a *App) demoLeft(ctx context.Context, service string) (bool, error) {
	n := 0
	err := a.db.Read(ctx, a.rightsHome(service), func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM accounts WHERE tenant_id = $1 AND closed_at IS NOT NULL", []any{tx.Tenant()}, &n)
	})
	return n > 0, err
}

// demoSession signs in once; a second factor is not given.
func (a *App) demoSession(ctx context.Context, in SignIn) error {
	_, err := a.identity.SignIn(ctx, in.Service, in.Email, in.Password, identity.Device{IP: "127.0.0.1", Agent: "demo", Lang: "id"})
	return err
}

// demoEnded is what ended for the person of a service who stays.
func (a *App) demoEnded(ctx context.Context, service, email string) error {
	if err := a.demoSession(ctx, SignIn{service, email, demoPassword}); err != nil {
		return err
	}
	who, found, err := a.identity.Find(ctx, service, email)
	if err != nil || !found {
		return err
	}
	home := a.scope(service, id.Tenant{})
	home.Purpose = "security"
	if err := a.db.Write(ctx, home, func(tx *store.Tx) error { return identity.EndSessions(ctx, tx, who) }); err != nil {
		return err
	}
	err = a.db.Write(ctx, a.rightsHome(service), func(tx *store.Tx) error {
		c, err := a.complaints.File(ctx, tx, complaint.Filing{Subject: who, Contact: email, Lang: "id", Via: complaint.ViaPage,
			Text: "Saya tidak menemukan tombol untuk mengunduh salinan data saya.", Wanted: "Petunjuk letaknya."})
		if err == nil {
			err = a.complaints.Withdraw(ctx, tx, c)
		}
		return err
	})
	if err != nil || a.support == nil || !a.uses(service, "support") {
		return err
	}
	home.Purpose = "support"
	home.Actor = store.Actor{Kind: "person", ID: id.ID(who)}
	return a.db.Write(ctx, home, func(tx *store.Tx) error {
		places, err := tenant.Of(ctx, tx, who)
		if err != nil || len(places) == 0 {
			return err
		}
		t, err := a.support.OpenTicket(ctx, tx, support.Request{Subject: who, Workspace: places[0].Workspace.Key(), Via: "web", Title: "Bahasa tampilan",
			Text: "Bagaimana cara mengganti bahasa tampilan?"})
		if err == nil {
			err = a.support.Answer(ctx, tx, t.ID, "Pilih bahasa di kaki halaman. Pilihan Anda diingat.")
		}
		if err != nil {
			return err
		}
		if t, err = support.Own(ctx, tx, who, t.ID); err != nil {
			return err
		}
		return a.support.Solve(ctx, tx, t)
	})
}
