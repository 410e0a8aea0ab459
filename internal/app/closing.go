package app

import (
	"context"
	"errors"
	"time"

	"amanah/internal/channel/mail"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/factor"
	"amanah/internal/job"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Kinds of the tasks of closing.
const (
	closeDue  = "closing.due"
	closeIdle = "closing.idle"
)

// openClosing makes the pages of sealed accounts and what runs when time passes.
func (a *App) openClosing(context.Context) (err error) {
	a.closing, err = erasure.NewSite(erasure.Site{Erasure: a.erasure, Copier: a.rights, Second: factor.Has, Home: a.rightsHome})
	a.jobs.Handle(closeDue, func(ctx context.Context, _ job.Task) error { return a.dueClosings(ctx) })
	a.jobs.Handle(closeIdle, func(ctx context.Context, _ job.Task) error { return a.idleAccounts(ctx) })
	return err
}

// dueClosings erases the accounts whose grace time is over.
func (a *App) dueClosings(ctx context.Context) error {
	var failed []error
	for _, home := range a.homes("rights") {
		_, err := a.erasure.Due(ctx, home)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// idleAccounts tells people of idle accounts, and closes those whose time is over.
func (a *App) idleAccounts(ctx context.Context) error {
	var failed []error
	for _, home := range a.homes("rights") {
		_, _, err := a.erasure.Sleepers(ctx, home)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// sealedPath is where a person is led who signs in while the account is closing.
func (a *App) sealedPath(ctx context.Context, service string, who id.Subject) (string, error) {
	token, err := a.erasure.Reopen(ctx, a.rightsHome(service), who)
	if fault.Is(err, fault.NotFound) { // an order of erasure waits: nothing can be undone
		return "", fault.New(fault.Forbidden, "app.sealedPath", "gate.closed.closing")
	}
	return "/privacy/closing/" + token, err
}

// sealer closes and opens the gate of a person.
type sealer struct{}

// Seal stops everything but the person's rights and ends the sessions.
func (sealer) Seal(ctx context.Context, tx *store.Tx, who id.Subject) error {
	if err := identity.EndSessions(ctx, tx, who); err != nil {
		return err
	}
	return gate.Stop(ctx, tx, who, gate.All, gate.Closing, id.ID{})
}

// Unseal opens it again.
func (sealer) Unseal(ctx context.Context, tx *store.Tx, who id.Subject) error {
	return gate.Lift(ctx, tx, who, gate.All, gate.Closing)
}

// idlers asks identity who was not seen for long.
type idlers struct{}

// Idle lists them.
func (idlers) Idle(ctx context.Context, tx *store.Tx, before, after time.Time) ([]erasure.Idler, error) {
	list, err := identity.Idle(ctx, tx, before, after)
	out := make([]erasure.Idler, len(list))
	for i, u := range list {
		out[i] = erasure.Idler{Who: u.Who, Seen: u.Seen, Lang: i18n.Lang(u.Lang)}
	}
	return out, err
}

// closingNews writes the letters of a closing.
type closingNews struct{ a *App }

// Sealed sends the link. Where letters only go into a folder they lie there.
func (n closingNews) Sealed(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang, until time.Time, token string) error {
	return n.send(ctx, home, who, lang, "closing.letter", "day", until.Format("2006-01-02"), "link", n.a.address(home.Service)+"/privacy/closing/"+token)
}

// Restored says that the account was opened again.
func (n closingNews) Restored(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang) error {
	return n.send(ctx, home, who, lang, "closing.letter.restored")
}

func (n closingNews) send(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang, key string, args ...any) error {
	c, proven, err := n.a.identity.OwnContact(ctx, home.Service, who)
	if err != nil || !proven {
		return fault.New(fault.Unavailable, "app.closingNews", "mail.unproven").Cause(err)
	}
	if lang == "" {
		lang = i18n.Lang(c.Lang)
	}
	say, of := n.a.catalog.Printer(lang, nil), n.a.rules.notice(home.Service)
	args = append(args, "service", of.Name(string(lang)), "contact", of.Ask().Email)
	return n.a.post.Send(ctx, mail.Letter{To: c.Email, Lang: string(lang), Subject: say.T(key+".subject", args...), Text: say.T(key+".text", args...) + "\n",
		Service: home.Service, Tenant: home.Tenant, Person: who, Purpose: "rights", Categories: []string{"account.email"}})
}
