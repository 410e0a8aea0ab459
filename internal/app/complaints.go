package app

import (
	"context"

	"amanah/internal/channel/mail"
	"amanah/internal/id"
	"amanah/internal/privacy/complaint"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// openComplaints makes the one that takes complaints.
func (a *App) openComplaints(context.Context) (err error) {
	a.complaints, err = complaint.New(complaint.Config{DB: a.db, Jobs: a.jobs, Calendar: a.calendar, Teller: a.teller(), Officers: a.teller(), Guard: a.desk,
		Post: strangersPost{a}, Key: a.keys.signing, Notice: a.notice, Home: a.rightsHome, Words: a.words})
	return err
}

// words says a sentence outside of a page.
func (a *App) words(lang, key string, args ...any) string {
	l, _ := i18n.Known(lang)
	return a.catalog.Printer(l, nil).T(key, args...)
}

// strangersPost sends letters to who has no account.
type strangersPost struct{ a *App }

// SendTo sends one about a complaint.
func (p strangersPost) SendTo(ctx context.Context, home store.Scope, who id.Subject, to, lang, subject, text string) error {
	return p.a.post.Send(ctx, mail.Letter{To: to, Lang: lang, Subject: subject, Text: text, Service: home.Service, Tenant: home.Tenant, Person: who,
		Purpose: "rights", Categories: []string{"complaint.record"}})
}
