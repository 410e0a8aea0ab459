package app

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"

	"amanah/internal/channel/sms"
	"amanah/internal/channel/whatsapp"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/phone"
	"amanah/internal/notify"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// openPhone is how telephone numbers are proven, and how codes get there.
func (a *App) openPhone(context.Context) (err error) {
	c := phone.Config{DB: a.db, Sender: codes{a}, Events: phoneEvents{a}, Catalog: a.catalog, Title: a.title}
	if a.Demo && a.cfg.Phone.Sender == "log" {
		c.Shown = func(who id.Subject) string { return a.texted().Last(who) }
	}
	a.phone, err = phone.New(c)
	return err
}

// uses tells whether a service's notice switches a product on.
func (a *App) uses(slug, product string) bool {
	n, ok := a.notice(slug)
	return ok && slices.Contains(n.Modules(), product)
}

// texted is the folder of codes that were not sent.
func (a *App) texted() *sms.Folder {
	return &sms.Folder{Dir: filepath.Join(a.cfg.Data, "outbox"), IDs: id.NewMaker(a.Clock.Now)}
}

// codes sends by what the operator has set up.
type codes struct{ a *App }

// SendCode goes through the door, but for the folder, from which nothing leaves.
func (c codes) SendCode(ctx context.Context, m phone.Message) error {
	cfg := c.a.cfg
	use := egress.Use{Service: m.Service, Tenant: m.Home, Subject: m.Person, Recipient: egress.Recipient{Key: "phone-code", Kind: egress.Processor},
		Purpose: "security", Categories: []string{"account.phone"}}
	text := sms.Message{Number: m.Number, Text: m.Text, Code: m.Code, Service: m.Service, Home: m.Home, Person: m.Person}
	switch cfg.Phone.Sender {
	case "sms":
		g := sms.Gateway{URL: cfg.Phone.URL, Form: cfg.Phone.Format == "form", Headers: cfg.Phone.Headers, Body: cfg.Phone.Body, Token: cfg.Phone.Token,
			Client: func(sms.Message) *http.Client { return c.a.door.Client(use) }}
		return g.Send(ctx, text)
	case "whatsapp":
		w := cfg.Providers.WhatsApp
		s := whatsapp.Sender{BaseURL: w.BaseURL, Version: w.Version, PhoneNumberID: w.PhoneNumberID, Token: w.Token, Template: w.Template,
			Client: func(whatsapp.Code) *http.Client { return c.a.door.Client(use) }}
		return s.SendCode(ctx, whatsapp.Code{Number: m.Number, Code: m.Code, Lang: m.Lang, Service: m.Service, Home: m.Home, Person: m.Person})
	}
	return c.a.texted().Send(ctx, text)
}

// phoneEvents keeps the security log, and tells the owner when the number that
// guards an account became another.
type phoneEvents struct{ a *App }

// Record writes in the transaction of what happened.
func (p phoneEvents) Record(ctx context.Context, tx *store.Tx, e identity.Event) error {
	if err := (recorder{}).Record(ctx, tx, e); err != nil || e.Name == "phone.failed" {
		return err
	}
	return p.a.notify.Tell(ctx, tx, notify.Message{Subject: e.Subject, Key: "phone.told." + e.Name[len("phone."):], Link: "/account/phone", Tone: notify.Warning})
}
