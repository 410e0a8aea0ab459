package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/hold"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// breakSilence tells people of holds that they may know of from now on.
const breakSilence = "hold.told"

// openHolds makes the book of legal holds.
func (a *App) openHolds(context.Context) (err error) {
	a.jobs.Handle(resumeErasures, func(ctx context.Context, _ job.Task) error { return a.resume(ctx) })
	a.jobs.Handle(sweepRetention, func(ctx context.Context, _ job.Task) error { return a.sweep(ctx) })
	a.jobs.Handle(breakSilence, func(ctx context.Context, _ job.Task) error { return a.breakSilences(ctx) })
	a.holds, err = hold.NewBook(hold.Config{DB: a.db, Teller: a.teller(), Lifted: a.lifted, Notice: a.notice})
	return err
}

// openHoldPages makes the officers' pages of holds and of erasures, and the line on
// a person's own page.
func (a *App) openHoldPages(context.Context) (err error) {
	a.holdPages, err = hold.NewPages(hold.PagesConfig{Book: a.holds, Guard: a.desk, People: accounts{a}, Notice: a.notice, Behind: a.erasure.Behind})
	a.mine.Holds = a.holdPages
	if err == nil {
		a.erasureDesk, err = erasure.NewDesk(a.erasure, a.desk)
	}
	return err
}

// accounts finds people by the addresses of their accounts.
type accounts struct{ a *App }

// ByAddress takes what is no address for nobody's.
func (p accounts) ByAddress(ctx context.Context, service, address string) (id.Subject, bool, error) {
	who, found, err := p.a.identity.Find(ctx, service, address)
	if fault.Is(err, fault.Invalid) {
		return who, false, nil
	}
	return who, found, err
}

// Address is "" for an account that is gone.
func (p accounts) Address(ctx context.Context, service string, who id.Subject) (string, error) {
	c, _, err := p.a.identity.OwnContact(ctx, service, who)
	if fault.Is(err, fault.NotFound) || vault.Destroyed(err) {
		return "", nil
	}
	return c.Email, err
}

// HoldLine is a hold without its words.
type HoldLine struct {
	ID         id.ID         `json:"id"`
	Number     string        `json:"number"`
	Person     *id.Subject   `json:"person,omitempty"`
	Workspace  *id.Tenant    `json:"workspace,omitempty"`
	Categories []string      `json:"categories,omitempty"`
	From       clock.Instant `json:"from,omitzero"`
	Until      clock.Instant `json:"until,omitzero"`
	Review     clock.Instant `json:"review"`
	Silent     bool          `json:"silent,omitempty"`
	Lifted     clock.Instant `json:"lifted,omitzero"`
}

// PlaceHold writes a hold for the operator; it is audited, and the person is told
// unless the hold is silent.
func (a *App) PlaceHold(ctx context.Context, service string, n hold.New) (HoldLine, error) {
	const op = "app.PlaceHold"
	home, err := a.operator(op, service)
	if err != nil {
		return HoldLine{}, err
	}
	var h *hold.Hold
	err = a.db.Write(ctx, home, func(tx *store.Tx) (err error) { h, err = a.holds.Place(ctx, tx, n); return err })
	if err != nil {
		return HoldLine{}, err
	}
	return holdLine(h), nil
}

// Holds lists the holds of a service: those that stand, or all.
func (a *App) Holds(ctx context.Context, service string, all bool) ([]HoldLine, error) {
	const op = "app.Holds"
	home, err := a.operator(op, service)
	if err != nil {
		return nil, err
	}
	var out []HoldLine
	err = a.db.Read(ctx, home, func(tx *store.Tx) error {
		holds, err := a.holds.List(ctx, tx, all)
		for i := range holds {
			out = append(out, holdLine(&holds[i]))
		}
		return err
	})
	return out, fault.Wrap(op, err)
}

// LiftHold ends a hold for the operator. What waited goes on when the program runs.
func (a *App) LiftHold(ctx context.Context, service string, key id.ID, reason string) error {
	home, err := a.operator("app.LiftHold", service)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, home, func(tx *store.Tx) error { return a.holds.Lift(ctx, tx, key, reason) })
}

func holdLine(h *hold.Hold) HoldLine {
	l := HoldLine{ID: h.ID, Number: h.Number(), Categories: strings.Fields(h.Categories), From: h.From, Until: h.Until, Review: h.ReviewAt, Silent: h.ToldAt.IsZero() && h.Silence != hold.Told, Lifted: h.LiftedAt}
	if !h.Who.IsZero() {
		l.Person = &h.Who
	}
	if !h.Workspace.IsZero() {
		l.Workspace = &h.Workspace
	}
	return l
}

// lifted lets go on, right after the commit, what waited for a hold.
func (a *App) lifted(ctx context.Context, tx *store.Tx) error {
	for _, kind := range []string{resumeErasures, sweepRetention} {
		if err := a.jobs.Enqueue(ctx, tx, job.Task{Kind: kind, Service: tx.Scope().Service, Tenant: tx.Tenant()}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// breakSilences tells those whose silence ended, in every service.
func (a *App) breakSilences(ctx context.Context) error {
	var failed []error
	for _, home := range a.homes("rights") {
		failed = append(failed, a.db.Write(ctx, home, func(tx *store.Tx) error { _, err := a.holds.Break(ctx, tx); return err }))
	}
	return errors.Join(failed...)
}
