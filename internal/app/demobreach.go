package app

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/breach"
)

// demoBreach is a drill: what if the account of the demo's person had been used by
// somebody else? Nothing is sent, and its list of people is kept nowhere.
func (a *App) demoBreach(ctx context.Context, service string, who id.Subject) error {
	now := a.Clock.Now()
	_, err := a.breaches.Drill(ctx, breach.Order{Service: service, Title: "Latihan: satu akun dipakai orang lain", Kinds: []breach.Kind{breach.Access, breach.Defeat},
		Query: breach.Query{Account: who, From: clock.At(now.AddDate(0, 0, -1)), To: clock.At(now)}}, func(string, []byte) error { return nil })
	return err
}
