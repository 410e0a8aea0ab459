package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"amanah/internal/channel/mail"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/guardian"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// growUp hands over to those who came of age.
const growUp = "guardian.daily"

// openGuardians makes the consent of guardians.
func (a *App) openGuardians(context.Context) (err error) {
	a.guardians, err = guardian.New(guardian.Config{
		DB: a.db, Notice: a.notice, Digest: versions{a}.Digest, Accounts: a.identity, Contact: identity.ContactIn, Post: guardianPost{a},
		Eraser: childEraser{a.erasure}, EndSessions: identity.EndSessions, Rand: rand.Reader, Address: a.address, Home: a.rightsHome,
	})
	if err != nil {
		return err
	}
	a.jobs.Handle(growUp, func(ctx context.Context, _ job.Task) error {
		var failed []error
		for _, s := range a.services {
			_, err := a.guardians.Daily(ctx, s.Slug)
			failed = append(failed, err)
		}
		return errors.Join(failed...)
	})
	return nil
}

// waitsForGuardian is identity's First: the page of what is missing.
func (a *App) waitsForGuardian(slug string, who id.Subject) string {
	if a.gate.State(slug, who) == gate.Guardian {
		return guardian.Path
	}
	return ""
}

// withoutConsent are the first path segments within a service that a young person
// may use while a consent is missing.
var withoutConsent = map[string]bool{"": true, "guardian": true, "privacy": true, "signout": true, "signin": true, "verify": true, "terms": true,
	"promises": true, "complaint": true, "cookies": true, "api": true, "account": true, "staff": true, "hooks": true}

// agreeFirst leads a young person whose guardian has not agreed from the pages of
// the service to the page that says what is missing. The gate refuses in any case;
// this only says it kindly.
func (a *App) agreeFirst(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := web.ServiceOf(r.Context())
		rest := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/"+v.Slug), "/")
		first, _, _ := strings.Cut(rest, "/")
		if r.Method == http.MethodGet && !web.WantsJSON(r) && a.uses(v.Slug, guardian.Module) && !withoutConsent[first] {
			if who, ok := identity.FromContext(r.Context()); ok && a.waitsForGuardian(v.Slug, who.Subject) != "" {
				web.Redirect(w, r, v.Path(guardian.Path))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// childEraser erases young people: what was kept without the consent that it
// needed was kept unlawfully, and there is no grace time.
type childEraser struct{ erasure *erasure.Erasure }

// Erase gives the number of the receipt.
func (e childEraser) Erase(ctx context.Context, who id.Subject, by string, lang i18n.Lang) (id.ID, error) {
	done, err := e.erasure.Erase(ctx, who, erasure.Request{Ground: erasure.GroundUnlawful, By: by, Language: lang})
	if fault.Is(err, fault.NotFound) { // gone already
		err = nil
	}
	return done.Number, err
}

// guardianPost carries the letters about a young person. They are about rights,
// which stay open while everything else is stopped.
type guardianPost struct{ a *App }

// Person writes to the young person's own, proven address.
func (p guardianPost) Person(ctx context.Context, home store.Scope, who id.Subject, key string, args ...any) error {
	c, proven, err := p.a.identity.OwnContact(ctx, home.Service, who)
	if err != nil || !proven {
		return fault.New(fault.Unavailable, "app.guardianPost", "mail.unproven").Cause(err)
	}
	return p.send(ctx, home, who, c.Email, c.Lang, "account.email", key, args)
}

// Party writes to who was asked.
func (p guardianPost) Party(ctx context.Context, home store.Scope, who id.Subject, to, lang, key string, args ...any) error {
	return p.send(ctx, home, who, to, lang, "guardian.contact", key, args)
}

func (p guardianPost) send(ctx context.Context, home store.Scope, who id.Subject, to, lang, category, key string, args []any) error {
	l, ok := i18n.Known(lang)
	if !ok {
		l = i18n.ID
	}
	say, of := p.a.catalog.Printer(l, nil), p.a.rules.notice(home.Service)
	args = append(args, "service", of.Name(string(l)), "contact", of.Ask().Email)
	return p.a.post.Send(ctx, mail.Letter{To: to, Lang: string(l), Subject: say.T(key+".subject", args...), Text: say.T(key+".text", args...) + "\n",
		Service: home.Service, Tenant: home.Tenant, Person: who, Purpose: "rights", Categories: []string{category}})
}
