package app

import (
	"context"
	"crypto/rand"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/promise"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// jaga is the service of families' money.
const jaga = "jagacash"

// openCash makes the product JagaCash, where a notice switches it on.
func (a *App) openCash(context.Context) error {
	if !a.uses(jaga, cash.Module) {
		return nil
	}
	a.cash = cash.New(cash.Options{Store: a.db, Slug: jaga, Home: tenant.HomeOf(jaga), Jobs: a.jobs, Rand: rand.Reader, Sign: a.keys.signing, Names: a.familyNames, Savable: a.openPlan(), Log: a.Log})
	return nil
}

// familyNames are the names of a family's members; those of people who stopped
// their account's use are left out.
func (a *App) familyNames(ctx context.Context, s store.Scope) (map[id.Subject]string, error) {
	home := a.scope(jaga, id.Tenant{})
	var people []tenant.Member
	err := a.db.Read(ctx, home, func(tx *store.Tx) (err error) {
		people, err = tenant.Members(ctx, tx, s.Tenant)
		return err
	})
	out := make(map[id.Subject]string, len(people))
	for _, m := range people {
		c, err := a.identity.ContactOf(ctx, jaga, m.Subject)
		if err == nil {
			out[m.Subject] = c.Name
		} else if !store.Closed(err) && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return out, err
}

// namesConsented is the check that names on receipts are kept of nobody's receipts
// who did not consent to it.
func (a *App) namesConsented() promise.Check {
	return promise.Check{Name: "names-consented", Look: func(ctx context.Context, s promise.Site, _ promise.Args) (promise.Finding, error) {
		var kept, without int64
		for _, room := range s.Rooms {
			err := s.DB.Read(ctx, room, func(tx *store.Tx) error {
				rows, err := tx.Query(ctx, "SELECT DISTINCT subject FROM cash_people WHERE tenant_id = $1 AND subject IS NOT NULL", tx.Tenant())
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var who id.Subject
					if err := rows.Scan(&who); err != nil {
						return err
					}
					kept++
					if why := a.gate.Allow(s.Home.Service, who, cash.Others, "").Why; why == gate.NoConsent || why == gate.Withdrawn {
						without++
					}
				}
				return rows.Err()
			})
			if err != nil {
				return promise.Finding{}, err
			}
		}
		f := promise.Finding{State: promise.Kept, Figures: []promise.Figure{promise.Fig("names", "kept", promise.Number(kept), "without", promise.Number(without))}}
		if without > 0 {
			f.State = promise.Broken
		}
		return f, nil
	}}
}
