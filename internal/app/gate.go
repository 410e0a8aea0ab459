package app

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
)

// newGate compiles the notices into what the store and the door out ask.
func (a *App) newGate() (*gate.Gate, error) {
	return gate.New(gate.Config{Admit: a.admit, Policy: a.rules.policy, Choices: consent.Choices, Opened: a.opened,
		Home: func(service string) store.Scope { return a.scope(service, id.Tenant{}) }})
}

// mayLeave is what the door out asks about a person.
func (a *App) mayLeave(ctx context.Context, u egress.Use) error {
	return a.gate.MaySend(ctx, u.Service, u.Subject, u.Purpose, u.Categories)
}

// opened lets go on what waited for a person's stop to be lifted: mails that were
// held are handled at once, tasks within a minute.
func (a *App) opened(string, id.Subject) {
	in := a.running.Load()
	if in == nil {
		return
	}
	go func() {
		if err := in.Again(context.Background()); err != nil {
			a.Log.Warn("held messages wait for the next look", "error", err)
		}
	}()
}
