package app

import (
	"context"
	"errors"
	"time"

	"amanah/internal/job"
	"amanah/internal/privacy/hold"
	"amanah/internal/store"
)

// breakSilence tells people of holds that they may know of from now on.
const breakSilence = "hold.told"

// openHolds makes the book of legal holds.
func (a *App) openHolds(context.Context) (err error) {
	a.jobs.Handle(resumeErasures, func(ctx context.Context, _ job.Task) error { return a.resume(ctx) })
	a.jobs.Handle(sweepRetention, func(ctx context.Context, _ job.Task) error { return a.sweep(ctx) })
	a.jobs.Handle(breakSilence, func(ctx context.Context, _ job.Task) error { return a.breakSilences(ctx) })
	a.holds, err = hold.NewBook(hold.Config{DB: a.db, Teller: a.teller(), Lifted: a.lifted})
	return err
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
