package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// reviewNotices sets the dates on which notices are to be looked at again.
const reviewNotices = "notice.review"

// signUps records what a sign-up showed: the notice in force and, where people are
// being told of one, the coming version too.
type signUps struct {
	consent.ForSignUp
	a *App
}

// Accept records the acceptance that came with a sign-up.
func (s signUps) Accept(ctx context.Context, tx *store.Tx, in identity.Acceptance) error {
	if err := s.ForSignUp.Accept(ctx, tx, in); err != nil || s.a.changes == nil {
		return err
	}
	service := tx.Scope().Service
	next, _, ok := versions{s.a}.Coming(service)
	if !ok || next.Version() == in.Notice {
		return nil
	}
	return consent.Accept(ctx, tx, in.Subject, in.Terms, consent.Proof{Notice: next.Version(), Digest: versions{s.a}.Digest(service, next.Version()),
		How: consent.BySignUp, Lang: in.Lang, IP: in.IP, Agent: in.Agent})
}

// sight is one person and one version of a notice.
type sight struct {
	who     id.Subject
	version string
}

// showNotice records at a person's first page after a notice changed that the new
// version was shown, once per person and version. It consents to nothing: the
// new version was told of before it took effect, and each page leads to it.
func (a *App) showNotice(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			if who, ok := identity.FromContext(r.Context()); ok && who.Service == web.ServiceOf(r.Context()).Slug {
				a.noteShown(r, who)
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (a *App) noteShown(r *http.Request, who identity.Principal) {
	n, ok := a.notice(who.Service)
	if !ok {
		return
	}
	key := sight{who.Subject, n.Version()}
	if _, known := a.sights.LoadOrStore(key, true); known {
		return
	}
	d := identity.DeviceOf(r)
	home := who.HomeScope("rights")
	seen := false
	err := a.db.Read(r.Context(), home, func(tx *store.Tx) (err error) {
		seen, err = consent.Current(r.Context(), tx, who.Subject, n.Version())
		return err
	})
	if err == nil && !seen {
		err = a.db.Write(r.Context(), home, func(tx *store.Tx) error {
			if seen, err := consent.Current(r.Context(), tx, who.Subject, n.Version()); err != nil || seen {
				return err
			}
			return consent.Accept(r.Context(), tx, who.Subject, "", consent.Proof{Notice: n.Version(), Digest: versions{a}.Digest(who.Service, n.Version()),
				How: consent.ByUse, Lang: string(i18n.From(web.Context(r)).Lang), IP: d.IP, Agent: d.Agent})
		})
	}
	if err != nil {
		a.sights.Delete(key)
		a.Log.Warn("that a notice was shown is not recorded", "service", who.Service, "error", err)
	}
}

// linkConsent is asked in the transaction that links a Google account: in a service
// whose notice has a purpose on consent for that data, the yes stands before the
// link; in any other it is recorded that the notice was shown.
func (a *App) linkConsent(ctx context.Context, tx *store.Tx, who id.Subject) error {
	service := tx.Scope().Service
	n, ok := a.notice(service)
	if !ok {
		return fault.New(fault.NotFound, "app.linkConsent", "not_found")
	}
	proof := consent.Proof{Notice: n.Version(), Digest: versions{a}.Digest(service, n.Version()), How: consent.ByLink, Lang: string(i18n.From(ctx).Lang)}
	asked := false
	c, _ := n.Category("account.google_id")
	for _, key := range c.For {
		p, ok := n.Purpose(key)
		if !ok || !p.NeedsConsent() {
			continue
		}
		asked = true
		if err := consent.Ask(ctx, tx, consent.Question{Who: who, Purpose: key, Proof: proof}, func(*store.Tx) error { return nil }); err != nil {
			return err
		}
	}
	if asked {
		return nil
	}
	return consent.Accept(ctx, tx, who, "", proof)
}

// openReviews sets the reviews and keeps them up.
func (a *App) openReviews(ctx context.Context) error {
	a.jobs.Handle(reviewNotices, func(ctx context.Context, _ job.Task) error { return a.setReviews(ctx) })
	return a.setReviews(ctx)
}

// setReviews gives each notice in force a date for the next look at it, a year
// after it was published (ours). Officers are reminded before and warned when it is
// overdue; publishing a version is the review of the one before.
func (a *App) setReviews(ctx context.Context) error {
	var failed []error
	for _, s := range a.services {
		n, ok := a.notice(s.Slug)
		if !ok {
			continue
		}
		all, err := a.book.List(ctx, s.Slug)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		err = a.db.Write(ctx, a.rightsHome(s.Slug), func(tx *store.Tx) error {
			for _, e := range all {
				if e.Notice == nil || e.Notice.Version() == n.Version() || !e.Notice.Published().Before(n.Published()) {
					continue
				}
				if err := deadline.Met(ctx, tx, reviewOf(s.Slug, e.Notice.Version()), "review"); err != nil {
					return err
				}
			}
			from := n.Published()
			return deadline.Set(ctx, tx, deadline.New{Matter: "notice", Ref: reviewOf(s.Slug, n.Version()), Name: "review", Start: from, Due: from.AddDate(1, 0, 0),
				Remind: []time.Time{from.AddDate(0, 11, 0)}, Link: "/staff/privacy/notices", Title: n.Name("id") + " " + n.Version(), Rule: "P1Y"})
		})
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// reviewOf is the same number each time for a version of a notice.
func reviewOf(service, version string) (key id.ID) {
	sum := sha256.Sum256([]byte(tenant.HomeOf(service).String() + " review " + version))
	copy(key[:], sum[:])
	key[6], key[8] = key[6]&0x0f|0x80, key[8]&0x3f|0x80 // a UUID of version 8, RFC 9562
	return key
}
