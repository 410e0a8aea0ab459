package app

import (
	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
)

// newGate compiles the notices into what the store and the door out ask.
func (a *App) newGate() (*gate.Gate, error) {
	return gate.New(gate.Config{Admit: a.admit, Policy: a.rules.policy, Choices: consent.Choices,
		Home: func(service string) store.Scope { return a.scope(service, id.Tenant{}) }})
}
