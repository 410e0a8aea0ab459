package app

import (
	"context"
	"errors"
	"slices"

	"amanah/internal/cash"
	"amanah/internal/cash/family"
	"amanah/internal/cash/profile"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/ledger"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/promise"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// familyTick goes on with leavings, and does what withdrawn consents ask.
const familyTick = "family.tick"

// openFamily makes what looks after who belongs to a family.
func (a *App) openFamily(context.Context) error {
	if a.cash == nil || !a.uses(jaga, family.Module) {
		return nil
	}
	a.family = family.New(family.Options{Store: a.db, Slug: jaga, Home: tenant.HomeOf(jaga), Cash: a.cash, Accounts: a.identity, Consents: a.consents,
		Purge: a.purge, Held: held, Log: a.Log})
	a.jobs.Handle(familyTick, func(ctx context.Context, _ job.Task) error {
		_, resumed := a.family.Resume(ctx)
		_, lapsed := a.family.Lapse(ctx)
		return errors.Join(resumed, lapsed, a.afterWithdrawal(ctx))
	})
	return nil
}

// afterWithdrawal does what follows from consents that were withdrawn.
func (a *App) afterWithdrawal(ctx context.Context) error {
	var failed []error
	if a.family != nil {
		_, err := a.family.Withdrawn(ctx)
		failed = append(failed, err)
	}
	if a.profiles != nil {
		_, err := a.profiles.Withdrawn(ctx)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// openProfiles makes what people may add about themselves.
func (a *App) openProfiles(context.Context) error {
	if !a.uses(jaga, profile.Module) {
		return nil
	}
	a.profiles = profile.New(profile.Options{Store: a.db, Slug: jaga, Home: tenant.HomeOf(jaga), Notice: a.notice, Consents: a.consents, Officers: a.teller(), Contact: identity.ContactIn,
		Underage: func() profile.Underager { return a.guardians }})
	return nil
}

// withdrew is told of each withdrawal on the page or by a call. What could not be
// done now is done by the next tick.
func (a *App) withdrew(ctx context.Context, service string) {
	if service != jaga {
		return
	}
	if err := a.afterWithdrawal(context.WithoutCancel(ctx)); err != nil {
		a.Log.Warn("a withdrawal is carried out with the next look", "error", err)
	}
}

// joining is what JagaCash asks of who joins a family.
func (a *App) joining(slug string) *identity.Joining {
	if slug != jaga || !a.uses(jaga, family.Module) {
		return nil
	}
	return &identity.Joining{Purpose: cash.Others, Key: "family.join.agree", People: family.Path}
}

// invitationAnswered forgets what an inviter wrote of a relative.
func (a *App) invitationAnswered(ctx context.Context, tx *store.Tx, invitation id.ID) error {
	if tx.Scope().Service != jaga || !a.uses(jaga, family.Module) {
		return nil
	}
	return family.Answered(ctx, tx, invitation)
}

// linkFirst are the services whose first way in is a mailed link, as their
// documents say.
var linkFirst = []string{jaga}

// links are the services that let people in by a mailed link.
func (a *App) links() []string {
	out := slices.Clone(a.cfg.SignIn.Links)
	for _, slug := range linkFirst {
		if !slices.Contains(out, slug) {
			out = append(out, slug)
		}
	}
	return out
}

// held tells whether a legal hold may cover what a person entered in a family.
func held(ctx context.Context, tx *store.Tx, who id.Subject, workspace id.Tenant) (bool, error) {
	all, err := hold.Read(ctx, tx)
	return len(all.Touching(who, []id.Tenant{workspace})) > 0, err
}

// familyProducts are the modules whose rows go with who leaves a family.
var familyProducts = []string{cash.Module, "statement", family.Module}

// purge removes what is still kept of a person in a family that they left, by the
// data map: the tables of what families use, not those of rights and logs.
func (a *App) purge(ctx context.Context, at store.Scope, who id.Subject) error {
	mine := map[string]bool{}
	for _, p := range parts() {
		if p.product != "" && slices.ContainsFunc(p.modules(), func(m string) bool { return slices.Contains(familyProducts, m) }) {
			mine[p.tables.Module] = true
		}
	}
	home := at
	home.Tenant = at.Home
	err := a.schema.Each(func(t rowset.Table) error {
		if !mine[t.Module] || !t.Personal() {
			return nil
		}
		fixed, err := t.Fixed(ctx, a.db, home)
		if err != nil {
			return err
		}
		return a.purgeTable(ctx, at, t, who, fixed)
	})
	if err != nil {
		return err
	}
	return a.db.Write(ctx, at, func(tx *store.Tx) error { return ledger.Rebuild(ctx, tx) })
}

func (a *App) purgeTable(ctx context.Context, at store.Scope, t rowset.Table, who id.Subject, fixed map[string]bool) error {
	var after id.ID
	for {
		n := 0
		err := a.db.Write(ctx, at, func(tx *store.Tx) error {
			rows, err := t.Keys(ctx, tx, t.Of(who), after, rowset.Batch)
			if err != nil || len(rows) == 0 {
				return err
			}
			n, after = len(rows), rows[len(rows)-1].ID
			var gone []rowset.Row
			for _, r := range rows {
				if t.Whole(r, who.String(), fixed) {
					gone = append(gone, r)
				} else if err := t.Free(ctx, tx, r, who); err != nil {
					return err
				}
			}
			if _, err := t.DropFiles(ctx, a.keys.vault, at, gone, nil); err != nil {
				return err
			}
			_, err = t.Delete(ctx, tx, gone)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// familiesHandedOver gives what the others of a person's families still need to one
// of them, before the person is erased: shared accounts, categories, shares.
func (a *App) familiesHandedOver(ctx context.Context, home store.Scope, who id.Subject) error {
	if a.cash == nil || home.Service != jaga {
		return nil
	}
	type place struct {
		family id.Tenant
		heir   id.Subject
	}
	var all []place
	err := a.db.Read(ctx, home, func(tx *store.Tx) error {
		places, err := tenant.Of(ctx, tx, who)
		for _, p := range places {
			members, e := tenant.Members(ctx, tx, p.Workspace.Key())
			for _, m := range members {
				if m.Role == tenant.Owner && m.Subject != who {
					all = append(all, place{p.Workspace.Key(), m.Subject})
					break
				}
			}
			err = errors.Join(err, e)
		}
		return err
	})
	for _, p := range all {
		if err != nil {
			break
		}
		at := home
		at.Tenant = p.family
		err = a.db.Write(ctx, at, func(tx *store.Tx) error { return a.cash.HandOver(ctx, tx, who, p.heir) })
	}
	return fault.Wrap("app.familiesHandedOver", err)
}

// relativesConsented is the check that nobody belongs to somebody else's family who
// did not consent to it in person.
func (a *App) relativesConsented() promise.Check {
	return promise.Check{Name: "relatives-consented", Look: func(ctx context.Context, s promise.Site, _ promise.Args) (promise.Finding, error) {
		var kept, without int64
		err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
			all, err := tenant.ListActive(ctx, tx)
			for _, w := range all {
				members, err := tenant.Members(ctx, tx, w.Key())
				if err != nil {
					return err
				}
				for _, m := range members {
					if m.Subject == w.Owner {
						continue
					}
					kept++
					if why := a.gate.Allow(s.Home.Service, m.Subject, cash.Others, "").Why; why == gate.NoConsent || why == gate.Withdrawn {
						without++
					}
				}
			}
			return err
		})
		f := promise.Finding{State: promise.Kept, Figures: []promise.Figure{promise.Fig("relatives", "kept", promise.Number(kept), "without", promise.Number(without))}}
		if without > 0 {
			f.State = promise.Broken
		}
		return f, err
	}}
}
