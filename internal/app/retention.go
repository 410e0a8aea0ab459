package app

import (
	"context"
	"errors"
	"time"

	"amanah/internal/privacy/retention"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// enclosures lists every home and every workspace, for the sweep.
type enclosures struct{ a *App }

// Tenants gives each with its home and service.
func (e enclosures) Tenants(ctx context.Context) ([]store.Scope, error) {
	var all []store.Scope
	for _, home := range e.a.homes("rights") {
		all = append(all, home)
		err := e.a.db.Read(ctx, home, func(tx *store.Tx) error {
			spaces, err := tenant.ListActive(ctx, tx)
			for _, w := range spaces {
				s := home
				s.Tenant = w.Key()
				all = append(all, s)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Retain removes what is due at a moment, or only counts it: rows, and the letters
// that lie in a folder because no relay is set.
func (a *App) Retain(ctx context.Context, asOf time.Time, dryRun bool) (retention.Report, error) {
	report, err := a.retention.Run(ctx, asOf, dryRun)
	return report, errors.Join(err, a.sweepLetters(ctx, asOf, dryRun, &report))
}

func (a *App) sweep(ctx context.Context) error {
	_, err := a.Retain(ctx, a.Clock.Now(), false)
	return err
}

// witnesses are the tables that what happened to people is read from.
var witnesses = map[string]string{"accounts": "account.closed"}

// closings tells whose accounts were closed; what else happens has a clock in
// its own row.
type closings struct{ a *App }

// Happened answers for account.closed alone.
func (c closings) Happened(ctx context.Context, s store.Scope, event string, until time.Time) ([]retention.Happening, bool, error) {
	if event != "account.closed" {
		return nil, false, nil
	}
	home := s
	home.Tenant = s.Home
	all, err := c.a.identity.Closings(ctx, home, until)
	var out []retention.Happening
	for _, one := range all {
		out = append(out, retention.Happening{Subject: one.Subject, At: one.At})
	}
	return out, true, err
}
