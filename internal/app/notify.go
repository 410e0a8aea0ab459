package app

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/notify"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// openNotify makes the one that tells people what they must know.
func (a *App) openNotify(context.Context) (err error) {
	a.notify, err = notify.New(notify.Config{DB: a.db, Jobs: a.jobs, Post: a.post, People: contacts{a.identity}, Catalog: a.catalog,
		Address: a.address, Title: a.title})
	if err == nil {
		a.jobs.Handle(notify.MailTask, a.notify.Mail)
	}
	return err
}

// title is a service's name in a language.
func (a *App) title(service, lang string) string {
	for _, s := range a.services {
		if s.Slug == service {
			return s.Title(lang)
		}
	}
	return service
}

// contacts tells notify where a person is written to.
type contacts struct{ accounts *identity.Service }

// Contact asks the account.
func (c contacts) Contact(ctx context.Context, service, purpose string, who id.Subject) (notify.Contact, error) {
	found, err := c.accounts.ContactFor(ctx, service, purpose, who)
	return notify.Contact{Email: found.Email, Lang: found.Lang}, err
}

// teller hands notify to the privacy packages, which stand below it.
type teller struct{ a *App }

func (a *App) teller() teller { return teller{a} }

// Tell says the same to notify.
func (t teller) Tell(ctx context.Context, tx *store.Tx, m tell.Message) error {
	return t.a.notify.Tell(ctx, tx, notify.Message{Subject: m.Subject, Key: m.Key, Args: m.Args, Link: m.Link, Once: m.Once, Tone: notify.Tone(m.Tone), Quiet: m.Quiet})
}

// TellOfficers tells each officer of the service.
func (t teller) TellOfficers(ctx context.Context, tx *store.Tx, m tell.Message) error {
	staff, err := tenant.StaffOf(ctx, tx)
	for _, one := range staff {
		if err == nil && one.Role == tenant.Officer {
			m.Subject = one.Subject
			err = t.Tell(ctx, tx, m)
		}
	}
	return err
}
