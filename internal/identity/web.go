package identity

import (
	"net/http"

	"github.com/a-h/templ"

	"amanah/internal/fault"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds the pages of a service, under its slug. The sign-in, sign-up and
// mailed-link pages are open to strangers by their nature: each counts its tries
// (attempt.go) and answers alike for every address. All others need a session.
func (s *Service) Routes(mux web.Mux, slug string) {
	v, err := s.service(slug)
	if err != nil {
		return
	}
	h := pages{s, v}
	open := map[string]web.HandlerFunc{
		"GET /signup": h.signUp, "POST /signup": h.signUp, "GET /signup/sent": h.signUpSent,
		"GET /signin": h.signIn, "POST /signin": h.signIn,
		"GET /verify": h.verify, "POST /verify": h.verify,
		"GET /verify/again": h.again, "POST /verify/again": h.again,
		"GET /reset": h.reset, "POST /reset": h.reset, "GET /reset/sent": h.resetSent,
		"GET /reset/new": h.newPassword, "POST /reset/new": h.newPassword,
		"GET /invite": h.invite, "POST /invite": h.invite, "POST /signout": h.signOut,
		"POST /signin/passkey": h.signInPasskey, "POST /signin/passkey/ask": h.askSignIn,
		// These serve half sessions alone, and look for one themselves.
		"GET /signin/second": h.second, "POST /signin/second": h.second, "POST /signin/second/ask": h.askSecond, "GET /signin/secure": h.firstFactor,
		"GET /signin/notme": h.notMe, "POST /signin/notme": h.notMe, "GET /address": h.address, "POST /address": h.address,
	}
	for pattern, f := range open {
		mux.Handle(web.Under(slug, pattern), f)
	}
	for pattern, f := range h.linkRoutes() {
		mux.Handle(web.Under(slug, pattern), f)
	}
	closed := map[string]web.HandlerFunc{
		"GET /account": h.account, "POST /account/profile": h.saveProfile, "POST /account/password": h.changePassword,
		"POST /account/workspace": h.switchWorkspace,
		"GET /account/sessions":   h.sessions, "POST /account/sessions/end": h.endSession,
		"GET /account/security": h.security, "GET /account/log": h.log, "POST /account/security/passkey/name": h.namePasskey,
	}
	for pattern, f := range closed {
		mux.Handle(web.Under(slug, pattern), Require(f))
	}
	h.factorRoutes(mux, slug)
	mux.Handle(web.Under(slug, "GET /account/members"), Require(web.HandlerFunc(h.members), tenant.Roles()...))
	mux.Handle(web.Under(slug, "POST /account/members"), Require(web.HandlerFunc(h.members), tenant.Owner))
	mux.Handle(web.Under(slug, "POST /account/members/remove"), Require(web.HandlerFunc(h.removeMember), tenant.Owner))
}

// factorRoutes are the pages that change how safe an account is: they ask for a
// fresh proof. Those of a new factor also serve who still lacks the first one.
func (h pages) factorRoutes(mux web.Mux, slug string) {
	for pattern, f := range map[string]web.HandlerFunc{
		"GET /account/confirm": h.confirm, "POST /account/confirm": h.confirm, "POST /account/confirm/ask": h.askConfirm,
	} {
		mux.Handle(web.Under(slug, pattern), enrolling(f))
	}
	for pattern, one := range map[string]struct {
		page string
		f    web.HandlerFunc
	}{
		"GET /account/security/app": {"/account/security/app", h.app}, "POST /account/security/app": {"/account/security/app", h.app},
		"GET /account/security/passkey": {"/account/security/passkey", h.newPasskey}, "POST /account/security/passkey": {"/account/security/passkey", h.newPasskey},
		"POST /account/security/passkey/ask": {"/account/security/passkey", h.askPasskey},
	} {
		mux.Handle(web.Under(slug, pattern), enrolling(h.fresh(one.page, one.f)))
	}
	for pattern, one := range map[string]struct {
		page string
		f    web.HandlerFunc
	}{
		"POST /account/security/app/remove": {"/account/security", h.removeApp}, "POST /account/security/passkey/remove": {"/account/security", h.removePasskey},
		"POST /account/security/codes": {"/account/security", h.newCodes}, "POST /account/address": {"/account", h.askAddress},
	} {
		mux.Handle(web.Under(slug, pattern), Require(h.fresh(one.page, one.f)))
	}
}

// User is the signed-in person as the header shows them, for web.Config.Decorate;
// nil for a visitor.
func User(r *http.Request) *web.User {
	p, ok := FromContext(r.Context())
	if !ok {
		return nil
	}
	ctx, w := web.Context(r), web.ServiceOf(r.Context())
	return &web.User{Name: p.Name, SignOut: w.Path("/signout"), Menu: []ui.Tab{
		{Label: i18n.T(ctx, "shell.account"), Href: w.Path("/account")},
		{Label: i18n.T(ctx, "identity.security.title"), Href: w.Path("/account/security")},
		{Label: i18n.T(ctx, "identity.sessions.title"), Href: w.Path("/account/sessions")},
		{Label: i18n.T(ctx, "shell.me"), Href: w.Path("/privacy/me")},
	}}
}

// pages are the pages of one service.
type pages struct {
	*Service
	v tenant.Service
}

// sent reads the form of a POST; for a GET it gives an untouched one.
func sent(r *http.Request) (form *ui.Form, posted bool, err error) {
	if r.Method != http.MethodPost {
		return ui.NewForm(nil), false, nil
	}
	if err := web.ParseForm(r); err != nil {
		return nil, true, err
	}
	return ui.NewForm(r.PostForm), true, nil
}

func device(r *http.Request) Device {
	return deviceOf(r, string(i18n.From(web.Context(r)).Lang))
}

// statusOf is the status of a page with its form: that of the fault that was
// refused.
func statusOf(f *ui.Form, err error) int {
	if f.OK() {
		return http.StatusOK
	}
	if fault.Is(err, fault.TooMany) {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

func title(r *http.Request, key string, args ...any) string {
	return i18n.T(web.Context(r), key, args...)
}

// landing is where a sign-in leads.
func (h pages) landing(r *http.Request) string {
	return web.ServiceOf(r.Context()).Path(h.cfg.Landing(h.v.Slug))
}

// here gives the person who is signed in already; the pages for strangers then
// lead on.
func (h pages) leadOn(w http.ResponseWriter, r *http.Request) bool {
	at := web.ServiceOf(r.Context())
	if p, half := halfway(r.Context()); half && r.Method == http.MethodGet {
		web.Redirect(w, r, stepPath(at, p.Step, nextIn(at, r.URL.Query().Get("next"), "")))
		return true
	}
	if _, ok := FromContext(r.Context()); !ok || r.Method != http.MethodGet {
		return false
	}
	web.Redirect(w, r, nextIn(at, r.URL.Query().Get("next"), h.landing(r)))
	return true
}

func (h pages) signUp(w http.ResponseWriter, r *http.Request) error {
	if h.leadOn(w, r) {
		return nil
	}
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	kind := tenant.Person
	if h.v.Companies && r.FormValue("kind") == string(tenant.Company) {
		kind = tenant.Company
	}
	var refused error
	if posted {
		in := signUpForm(r)
		in.Kind, in.Company = kind, r.PostForm.Get("company")
		refused = h.SignUp(r.Context(), h.v.Slug, in)
		if refused == nil && in.Password == "" { // the link that signs in proves the address
			return h.sendLink(w, r, in.Email, "")
		}
		if refused == nil {
			web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/signup/sent"))
			return nil
		}
		if !f.Take(refused) {
			return refused
		}
	}
	at := web.ServiceOf(r.Context())
	web.Render(w, r, statusOf(f, refused), web.Page{
		Title: title(r, "identity.signup.title"), Form: f,
		Lead: title(r, "identity.signup.lead", "service", h.v.Title(device(r).Lang)),
	}, templ.Join(waysPart(at, h.begins()), signUpPage(f, at, h.v, kind == tenant.Company, h.linkFirst(h.v.Slug))))
	return nil
}

// signUpForm reads what sign-up and invitation ask for alike.
func signUpForm(r *http.Request) SignUp {
	g := r.PostForm.Get
	return SignUp{
		Name: g("name"), Email: g("email"), Password: g("password"),
		Age: g("age") == "yes", Accept: g("accept") == "yes", Agree: g("agree") == "yes", Consents: r.PostForm["consents"], Device: device(r),
	}
}

func (h pages) signUpSent(w http.ResponseWriter, r *http.Request) error {
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.sent.title")},
		sentPage(web.ServiceOf(r.Context()), title(r, "identity.signup.sent")))
	return nil
}

func (h pages) signIn(w http.ResponseWriter, r *http.Request) error {
	if h.leadOn(w, r) {
		return nil
	}
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	next := nextIn(at, r.FormValue("next"), "")
	var refused error
	if posted {
		var t Ticket
		t, refused = h.SignIn(r.Context(), h.v.Slug, f.Value("email"), f.Value("password"), device(r))
		if refused == nil {
			h.Arrive(w, r, h.v.Slug, t, next)
			return nil
		}
		if Sealed(refused) && h.cfg.Sealed != nil {
			to, err := h.cfg.Sealed(r.Context(), h.v.Slug, t.Subject)
			if err == nil {
				web.Redirect(w, r, at.Path(to))
			}
			return err
		}
		if !f.Take(refused) {
			return refused
		}
	}
	return h.showSignIn(w, r, f, next, refused)
}

func (h pages) showSignIn(w http.ResponseWriter, r *http.Request, f *ui.Form, next string, refused error) error {
	at := web.ServiceOf(r.Context())
	_, passkeys, err := h.site(r)
	if err != nil {
		return err
	}
	if h.linkFirst(h.v.Slug) && r.Method == http.MethodGet && r.URL.Query().Get("with") != "password" {
		return h.showAskLink(w, r, f, next, nil)
	}
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.signin.title"), Form: f, Passkey: passkeys},
		signInPage(f, at, next, passkeys, h.ways(next)))
	return nil
}

func (h pages) signOut(w http.ResponseWriter, r *http.Request) error {
	p, ok := FromContext(r.Context())
	if !ok {
		p, ok = halfway(r.Context())
	}
	if ok {
		if err := h.SignOut(r.Context(), p); err != nil {
			return err
		}
	}
	h.setCookie(w, r, h.v.Slug, Ticket{})
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/signin"), web.Flash{Tone: ui.Success, Key: "identity.signout.done"})
	return nil
}
