package app

import (
	"context"

	"amanah/internal/channel/mail"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
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

// gateFlag says on every page of a person whose data are only stored that they are.
func (a *App) gateFlag(p *web.Page, who identity.Principal) {
	if why := a.gate.State(who.Service, who.Subject); why != "" {
		p.Flash = append(p.Flash, web.Flash{Tone: ui.Warning, Key: "gate.flag." + why})
	}
}

// asked is a sender that asks the gate, whether letters go through the door out or
// into the operator's folder.
type asked struct {
	mail.Sender
	a *App
}

// outbox is the folder that letters lie in; nil with a relay.
func (a *App) outbox() *mail.Folder {
	post := a.post
	if s, ok := post.(asked); ok {
		post = s.Sender
	}
	f, _ := post.(*mail.Folder)
	return f
}

// Send sends what may be sent to the person for the letter's purpose.
func (s asked) Send(ctx context.Context, l mail.Letter) error {
	if err := s.a.gate.MaySend(ctx, l.Service, l.Person, l.Purpose, l.Categories); err != nil {
		return err
	}
	return s.Sender.Send(ctx, l)
}
