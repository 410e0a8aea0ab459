package family

import (
	"context"
	"errors"

	"amanah/internal/audit"
	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Leave ends the principal's membership; fate says what becomes of their entries.
// It gives the tenant of the books of their own, where they work from now on.
// Faults: Conflict for the last owner (tenant.owner.last) and while a legal hold
// stands (family.held); Invalid on "fate"; NotFound for who is no member.
func (s *Service) Leave(ctx context.Context, p identity.Principal, fate cash.Fate) (id.Tenant, error) {
	const op = "family.Leave"
	if !p.Is() {
		return id.Tenant{}, fault.New(fault.NotFound, op, "not_found")
	}
	return s.leave(ctx, p.HomeScope("rights"), p.Workspace, p.Subject, fate, "family.left")
}

// Remove ends another's membership. They lose nothing by it: all that is theirs
// goes into books of their own. Faults: Forbidden for all but owners and for
// oneself, NotFound, Conflict as of Leave.
func (s *Service) Remove(ctx context.Context, p identity.Principal, who id.Subject) error {
	const op = "family.Remove"
	if p.Role != tenant.Owner || who == p.Subject {
		return fault.New(fault.Forbidden, op, "")
	}
	_, err := s.leave(ctx, p.HomeScope("rights"), p.Workspace, who, cash.FateTaken, "family.removed")
	return err
}

func (s *Service) leave(ctx context.Context, home store.Scope, family id.Tenant, who id.Subject, fate cash.Fate, act string) (id.Tenant, error) {
	const op = "family.Leave"
	if fate != cash.FateTaken && fate != cash.FateFreed && fate != cash.FateErased {
		return id.Tenant{}, fault.New(fault.Invalid, op, "family.fate.missing").On("fate")
	}
	l := &leaving{Subject: who, Workspace: family, Fate: fate}
	err := s.Store.Write(ctx, home, func(tx *store.Tx) error {
		l.AskedAt = tx.Now()
		if err := s.part(ctx, tx, l); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: act, Subject: who, Object: string(fate), Count: 1, Told: true})
	})
	if err != nil {
		return id.Tenant{}, fault.Wrap(op, err)
	}
	// What was begun is done, also when the browser leaves; a crash is made good by
	// Resume.
	return l.Own, fault.Wrap(op, s.finish(context.WithoutCancel(ctx), l))
}

// part ends the membership: from here on the person enters and sees nothing there.
func (s *Service) part(ctx context.Context, tx *store.Tx, l *leaving) error {
	if s.Held != nil {
		held, err := s.Held(ctx, tx, l.Subject, l.Workspace)
		if err != nil {
			return err
		}
		if held {
			return fault.New(fault.Conflict, "family.Leave", "family.held")
		}
	}
	if err := tenant.Leave(ctx, tx, l.Workspace, l.Subject); err != nil {
		return err
	}
	w, err := tenant.Get(ctx, tx, l.Workspace)
	if err != nil {
		return err
	}
	heir, err := heirOf(ctx, tx, l.Workspace)
	if err != nil {
		return err
	}
	if w.Owner == l.Subject {
		w.Owner = heir
		if err := store.Update(ctx, tx, w); err != nil {
			return err
		}
	}
	if l.Own, err = ownBooks(ctx, tx, l.Subject, w.Zone); err != nil {
		return err
	}
	if err := silence(ctx, tx, l.Subject, l.Workspace); err != nil {
		return err
	}
	for _, text := range []string{
		"DELETE FROM cash_chats WHERE tenant_id = $1 AND subject = $2 AND workspace_id = $3",
		"DELETE FROM cash_links WHERE tenant_id = $1 AND subject = $2 AND workspace_id = $3",
	} {
		if _, err := tx.Exec(ctx, text, tx.Tenant(), l.Subject, l.Workspace); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "UPDATE sessions SET workspace_id = $4 WHERE tenant_id = $1 AND subject_id = $2 AND workspace_id = $3", tx.Tenant(), l.Subject, l.Workspace, l.Own); err != nil {
		return err
	}
	return store.Insert(ctx, tx, l)
}

// heirOf is who takes over what others need: the first owner.
func heirOf(ctx context.Context, tx *store.Tx, family id.Tenant) (id.Subject, error) {
	members, err := tenant.Members(ctx, tx, family)
	for _, m := range members {
		if m.Role == tenant.Owner {
			return m.Subject, nil
		}
	}
	return id.Subject{}, err
}

// ownBooks are the person's own, which they had before, or new ones.
func ownBooks(ctx context.Context, tx *store.Tx, who id.Subject, zone string) (id.Tenant, error) {
	places, err := tenant.Of(ctx, tx, who)
	if err != nil {
		return id.Tenant{}, err
	}
	for _, p := range places {
		if p.Workspace.Owner == who {
			return p.Workspace.Key(), nil
		}
	}
	w, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Zone: zone, Owner: who})
	if err != nil {
		return id.Tenant{}, err
	}
	return w.Key(), nil
}

// finish moves and removes. Each step can be done again.
func (s *Service) finish(ctx context.Context, l *leaving) error {
	const op = "family.finish"
	var zone string
	var heir id.Subject
	err := s.Store.Read(ctx, s.home("rights"), func(tx *store.Tx) error {
		w, err := tenant.Get(ctx, tx, l.Workspace)
		if err != nil {
			return err
		}
		zone = w.Zone
		heir, err = heirOf(ctx, tx, l.Workspace)
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	v := cash.View{Subject: l.Subject, All: true, Write: true, Zone: clock.Zone(zone)}
	if l.Fate != cash.FateErased {
		var bag *cash.Luggage
		err := s.Store.Read(ctx, s.in(l.Workspace), func(tx *store.Tx) (err error) {
			bag, err = s.Cash.Pack(ctx, tx, l.Subject, l.Fate)
			return err
		})
		if err == nil {
			err = s.Store.Write(ctx, s.in(l.Own), func(tx *store.Tx) error { return s.Cash.Unpack(ctx, tx, v, bag) })
		}
		if err != nil {
			return fault.Wrap(op, err)
		}
	}
	err = s.Store.Write(ctx, s.in(l.Workspace), func(tx *store.Tx) error {
		pictures, err := s.Cash.Depart(ctx, tx, v, l.Subject, heir, l.Fate)
		if err != nil || l.Fate != cash.FateErased {
			return err
		}
		// A picture goes before the row that names it: what is left can be found again.
		for _, f := range pictures {
			if err := s.Store.Vault().DeleteFile(ctx, s.Home, l.Subject, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && s.Purge != nil {
		err = s.Purge(ctx, s.in(l.Workspace), l.Subject)
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.Store.Write(ctx, s.home("rights"), func(tx *store.Tx) error {
		_, err := store.Delete[leaving](ctx, tx, l.ID)
		return err
	}))
}

// Resume goes on with leavings that a crash stopped, and tells how many there were.
func (s *Service) Resume(ctx context.Context) (int, error) {
	var open []leaving
	err := s.Store.Read(ctx, s.home("rights"), func(tx *store.Tx) (err error) {
		open, err = store.Find[leaving](ctx, tx, "WHERE tenant_id = $1 ORDER BY id", tx.Tenant())
		return err
	})
	errs := []error{err}
	for i := range open {
		errs = append(errs, s.finish(ctx, &open[i]))
	}
	return len(open), fault.Wrap("family.Resume", errors.Join(errs...))
}
