package app

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// demoRequests puts cases in every state before the officers of each service: what
// ran by itself, what waits, what is urgent, and what was refused.
func (a *App) demoRequests(ctx context.Context) error {
	people := demoMain()
	for _, s := range a.services {
		who, found, err := a.identity.Find(ctx, s.Slug, people[s.Slug])
		if err != nil || !found {
			return err
		}
		if err := a.demoCases(ctx, s.Slug, who, people[s.Slug]); err != nil {
			return err
		}
	}
	return nil
}

// demoMain is the person of each service whom the demo is about.
func demoMain() map[string]string {
	people := map[string]string{"ctt": demoAccounts[0].Email}
	for _, one := range demoOthers {
		people[one.service] = one.email
	}
	return people
}

func (a *App) demoCases(ctx context.Context, service string, who id.Subject, address string) error {
	home := a.scope(service, id.Tenant{})
	home.Purpose, home.Actor = request.Purpose, store.Actor{Kind: "person", ID: id.ID(who)}
	before := 0
	err := a.db.Read(ctx, home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM requests WHERE tenant_id = $1", []any{tx.Tenant()}, &before)
	})
	if err != nil || before > 0 {
		return err
	}
	own := func(r request.Ask) request.Ask {
		r.Subject, r.Proven, r.Via, r.Lang = who, request.BySession, request.ByPage, "id"
		return r
	}
	for _, ask := range []request.Ask{
		own(request.Ask{Right: request.Copy}),
		own(request.Ask{Right: request.Correct, Text: "Nama perusahaan saya sudah berubah. Mohon diperbaiki di catatan lama juga."}),
		own(request.Ask{Right: request.Human, Text: "Sebuah surel saya ditolak otomatis. Mohon diperiksa orang."}),
		own(request.Ask{Right: request.Claim, Text: "Data saya terkirim ke alamat yang salah pada bulan lalu."}),
		{Right: request.Question, Via: request.ByMail, Contact: "putri.anggraini@example.com", Text: "Apakah layanan ini menyimpan data saya? Saya tidak punya akun.", Lang: "id"},
		{Right: request.Copy, Via: request.ByLetter, By: request.Proxy, Name: "Hendra Saputra", Paper: "surat kuasa", About: who, Text: "Meminta salinan atas nama pemilik akun " + address + ".", Lang: "id"},
	} {
		if _, _, err := a.requests.Open(ctx, home, ask); err != nil {
			return err
		}
	}
	return a.demoRefusal(ctx, service, home, who)
}

// demoRefusal has an officer refuse one with its ground and reasons.
func (a *App) demoRefusal(ctx context.Context, service string, home store.Scope, who id.Subject) error {
	c, _, err := a.requests.Open(ctx, home, request.Ask{Right: request.Correct, Field: "account.name", Wish: "Rina", Text: "Nama lain.", Subject: who, Proven: request.ByOfficer, Seen: "KTP", Via: request.InPerson, Name: "Pemilik akun", Lang: "id"})
	if err != nil {
		return err
	}
	officer, found, err := a.identity.Find(ctx, service, demoOfficers[0].email)
	if err != nil || !found {
		return err
	}
	home.Actor = store.Actor{Kind: "staff", ID: id.ID(officer)}
	return a.db.Write(ctx, home, func(tx *store.Tx) error {
		role, err := tenant.RoleOf(ctx, tx, tx.Tenant(), officer)
		if err != nil || role != tenant.Officer {
			return fault.Wrap("app.demoRefusal", err)
		}
		return a.requests.Refuse(ctx, tx, c.ID, "verified-accurate", "Nama di akun sudah sama dengan KTP yang ditunjukkan.")
	})
}
