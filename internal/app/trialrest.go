package app

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/identity"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Calls gives the program's handler and a personal token of the person that reads
// transactions by the API.
func (t *Trial) Calls(ctx context.Context) (h http.Handler, token string, err error) {
	p := identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: t.person, Workspace: t.workspace, Session: t.app.db.NewID()}
	// The notice asks owners for a second factor; without one no token opens anything.
	err = t.app.db.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error { return factor.Plant(ctx, tx, t.person, "JBSWY3DPEHPK3PXP") })
	if err == nil {
		token, _, err = t.app.bearers["ctt"].Make(ctx, p, "bench", []string{"transactions:read"}, t.app.Clock.Now().Add(24*time.Hour))
	}
	return t.app.handler, token, err
}
