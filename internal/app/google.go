package app

import (
	"context"
	"strings"

	"amanah/internal/identity"
	"amanah/internal/identity/federate"
	"amanah/internal/identity/google"
	"amanah/internal/notify"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// openGoogle lets people in with Google, in each service whose notice has the
// module, where the operator set Google up.
func (a *App) openGoogle(context.Context) (err error) {
	clients := map[string]*federate.Client{}
	g := a.cfg.Providers.Google
	for _, s := range a.services {
		if !a.withGoogle(s.Slug) {
			continue
		}
		use := egress.Use{Service: s.Slug, Tenant: tenant.HomeOf(s.Slug), Recipient: egress.Recipient{Key: "google", Kind: egress.Chosen},
			Purpose: "security", Categories: []string{"account.google_id"}}
		clients[s.Slug], err = federate.New(federate.Config{ClientID: g.ClientID, Secret: g.Secret, Issuer: g.Issuer, Authorize: g.Authorize, Token: g.Token,
			Keys: g.Keys, Redirect: a.address(s.Slug) + "/oauth/google", Client: a.door.Client(use), Now: a.Clock.Now})
		if err != nil {
			return err
		}
	}
	a.google, err = google.New(google.Config{DB: a.db, Accounts: a.identity, Clients: clients, Events: googleEvents{a}})
	return err
}

func (a *App) withGoogle(slug string) bool {
	return a.cfg.Providers.Google.On() && a.uses(slug, "google")
}

// ways are the ways into a service beside the password.
func (a *App) ways(slug string) []identity.Way {
	if a.withGoogle(slug) {
		return []identity.Way{{Key: "google.button", Path: "/oauth/google/start"}}
	}
	return nil
}

// accountPages are pages of an account that modules beside identity have.
func (a *App) accountPages(slug string) []identity.Way {
	var out []identity.Way
	if a.uses(slug, "phone") {
		out = append(out, identity.Way{Key: "phone.title", Path: "/account/phone"})
	}
	out = append(out, identity.Way{Key: "bearer.page.title", Path: "/account/tokens"})
	if a.withGoogle(slug) {
		out = append(out, identity.Way{Key: "google.title", Path: "/account/google"})
	}
	return out
}

// googleEvents keeps the security log, and tells the owner of a new way in.
type googleEvents struct{ a *App }

// Record writes in the transaction of what happened.
func (g googleEvents) Record(ctx context.Context, tx *store.Tx, e identity.Event) error {
	if e.Name == "google.linked" {
		if err := g.a.linkConsent(ctx, tx, e.Subject); err != nil {
			return err
		}
	}
	if err := (recorder{}).Record(ctx, tx, e); err != nil {
		return err
	}
	return g.a.notify.Tell(ctx, tx, notify.Message{Subject: e.Subject, Key: "google.told." + strings.TrimPrefix(e.Name, "google."), Link: "/account/google", Tone: notify.Warning})
}
