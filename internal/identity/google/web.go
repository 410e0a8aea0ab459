package google

import (
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/identity/federate"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// cookie is the name that notices give it.
const cookie = "oauth"

// Routes adds the pages of a service, under its slug; none where the service does
// not offer this way in. Those below /oauth are open to strangers by their nature:
// what begins a try counts it, and all others need the try's cookie.
func (s *Service) Routes(mux web.Mux, slug string) {
	v, ok := s.cfg.Accounts.Named(slug)
	if !ok || !s.Offers(slug) {
		return
	}
	h := pages{s, v}
	for pattern, f := range map[string]web.HandlerFunc{
		"GET /" + slug + "/oauth/google/start":   h.start,
		"GET /" + slug + "/oauth/google":         h.answer,
		"GET /" + slug + "/oauth/google/signup":  h.signUp,
		"POST /" + slug + "/oauth/google/signup": h.signUp,
		"GET /" + slug + "/oauth/google/known":   h.known,
	} {
		mux.Handle(pattern, f)
	}
	for pattern, f := range map[string]web.HandlerFunc{
		"GET /" + slug + "/oauth/google/connect":   h.connect,
		"POST /" + slug + "/oauth/google/connect":  h.connect,
		"GET /" + slug + "/account/google":         h.account,
		"POST /" + slug + "/account/google/unlink": h.unlink,
	} {
		mux.Handle(pattern, identity.Require(f))
	}
}

// pages are the pages of one service.
type pages struct {
	*Service
	v tenant.Service
}

func (h pages) name(r *http.Request) string {
	if h.cfg.Accounts.Safe(r) {
		return "__Host-" + cookie
	}
	return cookie
}

// give hands the browser its ticket; an empty one takes it away.
func (h pages) give(w http.ResponseWriter, r *http.Request, t federate.Ticket) {
	c := &http.Cookie{Name: h.name(r), Value: string(t), Path: "/", HttpOnly: true, Secure: h.cfg.Accounts.Safe(r), SameSite: http.SameSiteLaxMode, MaxAge: int(tryTime / time.Second)}
	if t == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func (h pages) ticket(r *http.Request) federate.Ticket {
	c, _ := r.Cookie(h.name(r)) // the only error is that there is none
	if c == nil {
		return ""
	}
	return federate.Ticket(c.Value)
}

// away sends the browser to another site; web.Redirect keeps to this one.
func leave(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// start sends the browser to Google. It is a link and not a form: the policy of
// the pages lets no form lead to another site.
func (h pages) start(w http.ResponseWriter, r *http.Request) error {
	if err := h.cfg.Accounts.Count(r.Context(), h.v.Slug, identity.DeviceOf(r)); err != nil {
		return err
	}
	t, to, err := h.begin(r.Context(), h.v.Slug, web.LocalPath(r.URL.Query().Get("next"), ""))
	if err != nil {
		return err
	}
	h.give(w, r, t)
	leave(w, r, to)
	return nil
}

// answer takes what Google sent the browser back with.
func (h pages) answer(w http.ResponseWriter, r *http.Request) error {
	ctx, t, q := r.Context(), h.ticket(r), r.URL.Query()
	if !federate.Fits(t, q) {
		return h.trouble(w, r, errTry())
	}
	if err := h.claim(ctx, h.v.Slug, t); err != nil {
		return h.trouble(w, r, err)
	}
	who, err := h.cfg.Clients[h.v.Slug].Finish(ctx, t, q)
	if err != nil {
		return h.trouble(w, r, err)
	}
	owner, found, err := h.owner(ctx, h.v.Slug, who.Subject)
	if err != nil {
		return err
	}
	me, here := identity.FromContext(ctx)
	switch {
	case here && found && owner != me.Subject:
		return h.trouble(w, r, fault.New(fault.Conflict, "google.answer", "google.taken"))
	case here && found:
		return h.trouble(w, r, fault.New(fault.Conflict, "google.answer", "google.already"))
	case here:
		return h.next(w, r, t, who, "/oauth/google/connect")
	case found:
		if done, err := h.enter(w, r, t, owner, ""); done || err != nil {
			return err
		}
	}
	return h.stranger(w, r, t, who)
}

// stranger leads on whom no account here belongs to.
func (h pages) stranger(w http.ResponseWriter, r *http.Request, t federate.Ticket, who federate.Identity) error {
	if !who.Verified {
		return h.trouble(w, r, fault.New(fault.Invalid, "google.answer", "google.unverified"))
	}
	_, has, err := h.cfg.Accounts.Find(r.Context(), h.v.Slug, who.Email)
	if fault.Is(err, fault.Invalid) { // an address that nobody here can have
		return h.trouble(w, r, fault.New(fault.Invalid, "google.answer", "google.unverified"))
	}
	if err != nil {
		return err
	}
	if has {
		return h.next(w, r, t, who, "/oauth/google/known")
	}
	return h.next(w, r, t, who, "/oauth/google/signup")
}

// next keeps who it is and leads to the page that asks what next.
func (h pages) next(w http.ResponseWriter, r *http.Request, t federate.Ticket, who federate.Identity, path string) error {
	fresh, err := h.keep(r.Context(), h.v.Slug, t, who)
	if err != nil {
		return err
	}
	h.give(w, r, fresh)
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path(path))
	return nil
}

// trouble tells what went wrong in the person's words, and how to go on.
func (h pages) trouble(w http.ResponseWriter, r *http.Request, err error) error {
	f := fault.Of(err)
	ctx := web.Context(r)
	key := f.Key
	switch {
	case f.Code == fault.TooMany || f.Code == fault.Internal:
		return err
	case !i18n.From(ctx).Has(key) || f.Code == fault.Unavailable:
		key = "federate.unreachable"
	}
	if _, ended := h.end(r.Context(), h.v.Slug, h.ticket(r)); ended != nil {
		return ended
	}
	h.give(w, r, "")
	status := web.Status(f.Code)
	if f.Key == "federate.denied" {
		status = http.StatusOK
	}
	_, here := identity.FromContext(r.Context())
	web.Render(w, r, status, web.Page{Title: i18n.T(ctx, "google.title"), Form: ui.NewForm(nil)}, troublePage(web.ServiceOf(r.Context()), key, here))
	return nil
}
