package app

import (
	"context"
	"crypto/rand"
	"strings"

	"amanah/internal/channel/mail"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// openRequests makes the desk of what people ask about their data.
func (a *App) openRequests(context.Context) (err error) {
	a.requests, err = request.New(request.Config{
		DB: a.db, Jobs: a.jobs, Vault: a.keys.vault, Rand: rand.Reader, Notice: a.notice, Packs: a.rules.packs, Calendar: a.calendar,
		Teller: a.teller(), Officers: a.teller(), Accounts: askers{a.identity}, Corrector: profiles{a.identity}, Eraser: eraser{a.erasure},
		Confirmer: a.identity, Guard: a.desk, Post: requestPost{a.post}, Rights: a.rights, Key: a.keys.signing, Catalog: a.catalog, Address: a.address,
		Home: func(service string) store.Scope {
			s := a.scope(service, id.Tenant{})
			s.Purpose = request.Purpose
			return s
		},
	})
	if err == nil {
		a.mine.Requests = a.requests
	}
	return err
}

// askers finds the people who ask.
type askers struct{ accounts *identity.Service }

// Find tells whose account an address is.
func (k askers) Find(ctx context.Context, service, address string) (id.Subject, bool, error) {
	return k.accounts.Find(ctx, service, address)
}

// Contact asks the account, for the person's rights: also of who has stopped all
// other purposes.
func (k askers) Contact(ctx context.Context, service string, who id.Subject) (request.Contact, error) {
	c, err := k.accounts.ContactFor(ctx, service, "rights", who)
	return request.Contact{Name: c.Name, Email: c.Email, Lang: c.Lang}, err
}

// profiles corrects what stands in the account itself.
type profiles struct{ accounts *identity.Service }

// Fields are the account's that have no proof of their own: an address or a
// number is proven by its owner on another page.
func (profiles) Fields(string) []request.Field {
	return []request.Field{{Key: "account.name", Category: "account.name", Alone: true}}
}

// Correct changes the name.
func (p profiles) Correct(ctx context.Context, home store.Scope, who id.Subject, field, value string) error {
	if field != "account.name" {
		return fault.New(fault.NotFound, "app.Correct", "not_found")
	}
	c, err := p.accounts.ContactOf(ctx, home.Service, who)
	if err != nil {
		return err
	}
	err = p.accounts.SaveProfile(ctx, identity.Principal{Service: home.Service, Home: home.Tenant, Subject: who}, identity.Profile{Name: value, Lang: c.Lang})
	if fault.Is(err, fault.Invalid) {
		return fault.Of(err).On("wish")
	}
	return err
}

// eraser closes accounts for requests.
type eraser struct{ erasure *erasure.Erasure }

// Erase gives the number of the receipt.
func (e eraser) Erase(ctx context.Context, who id.Subject, by string, lang i18n.Lang) (id.ID, error) {
	done, err := e.erasure.Erase(ctx, who, erasure.Request{Ground: erasure.GroundRequest, By: by, Language: lang})
	return done.Number, err
}

// requestPost carries letters to those who have no account.
type requestPost struct{ out mail.Sender }

// Send says to the door that it is about rights.
func (p requestPost) Send(ctx context.Context, home store.Scope, l request.Letter) error {
	return p.out.Send(ctx, mail.Letter{To: l.To, Subject: l.Subject, Text: l.Text + "\n\n" + l.Link + "\n", Lang: l.Lang, Service: l.Service, Tenant: home.Tenant, Purpose: request.Purpose, Categories: []string{"account.email"}})
}

// privacyDesk takes mails to the services' privacy addresses in.
type privacyDesk struct{ a *App }

// lookup tells which service's privacy address it is: the one of its notice, or
// <local part>@ and <service>-<local part>@ the domain of the agent addresses.
func (d privacyDesk) lookup(local, domain string) (service string, ok bool) {
	for _, n := range d.a.rules.notices {
		own, at, _ := strings.Cut(n.Ask().Email, "@")
		agent := strings.EqualFold(domain, d.a.cfg.SMTP.Domain)
		switch {
		case own == "":
		case strings.EqualFold(domain, at) && strings.EqualFold(local, own),
			agent && strings.EqualFold(local, n.Service()+"-"+own),
			agent && n.Service() == "ctt" && strings.EqualFold(local, own) && !forSupport(local):
			return n.Service(), true
		}
	}
	return "", false
}

// domains are those of the privacy addresses.
func (d privacyDesk) domains() []string {
	var out []string
	for _, n := range d.a.rules.notices {
		if _, at, ok := strings.Cut(n.Ask().Email, "@"); ok {
			out = append(out, strings.ToLower(at))
		}
	}
	return out
}

// accept opens a case: for the account whose address the mail provably comes from,
// or for whoever opens the link that the answer has.
func (d privacyDesk) accept(ctx context.Context, service string, m mail.Message) error {
	proven := m.Auth.Aligned != "" && m.Auth.DMARC != mail.Fail || d.a.Demo && proofs(m) == email.Auth{}
	home := d.a.scope(service, id.Tenant{})
	_, err := d.a.requests.TakeMail(ctx, home, m.Raw, proven, string(i18n.ID))
	return err
}
