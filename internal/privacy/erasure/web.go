package erasure

import (
	"context"
	"errors"
	"io"
	"net/http"

	"amanah/internal/id"
	"amanah/internal/privacy/rights"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Copier makes a person's copy; rights.Rights does.
type Copier interface {
	Export(ctx context.Context, who id.Subject, p i18n.Printer, w io.Writer) (rights.Summary, error)
}

// Site is the pages of a sealed account: restore, erase now, copy. Whoever has the
// token is the person: it was given to them, and mailed to their proven address.
type Site struct {
	Erasure *Erasure
	Copier  Copier
	// Second tells whether the account has a second factor: then it is restored
	// first, and the copy made behind that.
	Second func(ctx context.Context, tx *store.Tx, who id.Subject) (bool, error)
	// Home gives the scope of a service's own enclosure.
	Home  func(service string) store.Scope
	tries *web.Limiter
}

// NewSite checks that nothing is missing.
func NewSite(s Site) (*Site, error) {
	if s.Erasure == nil || s.Copier == nil || s.Second == nil || s.Home == nil {
		return nil, errors.New("erasure: NewSite needs an erasure, a copier, second factors and homes")
	}
	s.tries = web.NewLimiter(s.Erasure.DB.Clock(), web.Rate{PerSecond: 1.0 / 10, Burst: 10})
	return &s, nil
}

// Routes adds the pages of a service. They ask for no session: a sealed account
// has none.
func (s *Site) Routes(mux web.Mux, slug string) {
	at := "/" + slug + "/privacy/closing/{token}"
	mux.Handle("GET "+at, s.page(slug, s.show))
	mux.Handle("POST "+at+"/restore", s.page(slug, s.restore))
	mux.Handle("POST "+at+"/erase", s.page(slug, s.erase))
	mux.Handle("POST "+at+"/copy", s.page(slug, s.copy))
}

// asked is one request for a sealed account.
type asked struct {
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	home  store.Scope
	token string
	grace Grace
}

func (s *Site) page(slug string, f func(asked) error) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		a := asked{w: w, r: r, ctx: web.Context(r), home: s.Home(slug), token: r.PathValue("token")}
		addr := ""
		if ip := web.ClientAddr(r); ip.IsValid() {
			addr = ip.String()
		}
		if wait, ok := s.tries.Allow(addr); !ok {
			return web.TooMany("erasure.closing", wait)
		}
		// The address holds a secret: it goes to no other site and into no cache.
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		var err error
		if a.grace, err = s.Erasure.Grace(r.Context(), a.home, a.token); err != nil {
			return err
		}
		return f(a)
	})
}

func (a asked) path(rest string) string {
	return web.ServiceOf(a.r.Context()).Path("/privacy/closing/" + a.token + rest)
}

func (s *Site) show(a asked) error { return s.shown(a, ui.NewForm(nil), http.StatusOK) }

func (s *Site) shown(a asked, f *ui.Form, status int) error {
	second, err := s.second(a)
	if err != nil {
		return err
	}
	web.Render(a.w, a.r, status, web.Page{Title: i18n.T(a.ctx, "closing.title"), Lead: i18n.T(a.ctx, "closing.lead"), Form: f}, closingView(closingPage{Form: f, Grace: a.grace, At: a.path(""), Second: second}))
	return nil
}

func (s *Site) second(a asked) (has bool, err error) {
	err = s.Erasure.DB.Read(a.r.Context(), homeScope(a.home), func(tx *store.Tx) error {
		has, err = s.Second(a.r.Context(), tx, a.grace.Who)
		return err
	})
	return has, err
}

func (s *Site) restore(a asked) error {
	if err := s.Erasure.Restore(a.r.Context(), a.home, a.token); err != nil {
		return err
	}
	web.Redirect(a.w, a.r, web.ServiceOf(a.r.Context()).Path("/signin"), web.Flash{Tone: ui.Success, Key: "closing.restored"})
	return nil
}

func (s *Site) erase(a asked) error {
	if err := web.ParseForm(a.r); err != nil {
		return err
	}
	f := ui.NewForm(a.r.PostForm)
	if f.Value("understood") != "yes" {
		f.Add("understood", "closing.understood.missing")
		return s.shown(a, f, http.StatusUnprocessableEntity)
	}
	// What was ordered is done, also when the browser leaves.
	done, err := s.Erasure.Now(context.WithoutCancel(a.r.Context()), a.home, a.token)
	if err != nil {
		return err
	}
	web.Redirect(a.w, a.r, web.ServiceOf(a.r.Context()).Path("/privacy/receipts/"+done.Number.String()))
	return nil
}

func (s *Site) copy(a asked) error {
	second, err := s.second(a)
	if err != nil {
		return err
	}
	if second {
		f := ui.NewForm(nil)
		f.Add("copy", "closing.copy.second")
		return s.shown(a, f, http.StatusUnprocessableEntity)
	}
	a.w.Header().Set("Content-Type", "application/zip")
	a.w.Header().Set("Content-Disposition", `attachment; filename="`+a.home.Service+`-data.zip"`)
	if _, err := s.Copier.Export(a.r.Context(), a.grace.Who, i18n.From(a.ctx), a.w); err != nil {
		panic(http.ErrAbortHandler) // a cut answer, which no program opens
	}
	return nil
}

// closingPage is what the page shows.
type closingPage struct {
	Form   *ui.Form
	Grace  Grace
	At     string
	Second bool
}
