package app

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/notify"
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
func (c contacts) Contact(ctx context.Context, service string, who id.Subject) (notify.Contact, error) {
	found, err := c.accounts.ContactOf(ctx, service, who)
	return notify.Contact{Email: found.Email, Lang: found.Lang}, err
}
