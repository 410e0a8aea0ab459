package google

import (
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/federate"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

func me(r *http.Request) identity.Principal { p, _ := identity.FromContext(r.Context()); return p }

// enter signs the owner of a Google account in; false where the account was
// closed meanwhile, and the Google account is nobody's again. next is where a try
// that is used up already was to lead; else the try says it.
func (h pages) enter(w http.ResponseWriter, r *http.Request, t federate.Ticket, owner id.Subject, next string) (bool, error) {
	ticket, err := h.cfg.Accounts.Enter(r.Context(), h.v.Slug, owner, identity.ByGoogle, identity.DeviceOf(r))
	if fault.Is(err, fault.NotFound) {
		return false, h.forget(r.Context(), h.v.Slug, owner)
	}
	if err != nil {
		return true, err
	}
	to, err := h.end(r.Context(), h.v.Slug, t)
	if err != nil {
		return true, err
	}
	if next == "" {
		next = to
	}
	h.give(w, r, "")
	h.cfg.Accounts.Arrive(w, r, h.v.Slug, ticket, next)
	return true, nil
}

// signUp asks whom Google vouched for what every newcomer declares.
func (h pages) signUp(w http.ResponseWriter, r *http.Request) error {
	ctx, t := r.Context(), h.ticket(r)
	row, err := h.waiting(ctx, h.v.Slug, t)
	if err != nil {
		return h.trouble(w, r, err)
	}
	f := ui.NewForm(nil)
	if r.Method == http.MethodPost {
		if err := web.ParseForm(r); err != nil {
			return err
		}
		f = ui.NewForm(r.PostForm)
		in := identity.ReadSignUp(r)
		in.Kind = tenant.Person
		who, err := h.SignUp(ctx, h.v.Slug, t, in)
		switch {
		case err == nil:
			_, err = h.enter(w, r, t, who, row.Next)
			return err
		case fault.Is(err, fault.Conflict) || fault.Of(err).Key == "federate.state":
			return h.trouble(w, r, fault.New(fault.Conflict, "google.signUp", "google.taken"))
		case !f.Take(err):
			return err
		}
	}
	status := http.StatusOK
	if !f.OK() {
		status = http.StatusUnprocessableEntity
	}
	pc := web.Context(r)
	web.Render(w, r, status, web.Page{
		Title: i18n.T(pc, "google.signup.title"), Form: f, Sensitive: true,
		Lead: i18n.T(pc, "google.signup.lead", "service", h.v.Title(string(i18n.From(pc).Lang))),
	}, signUpPage(f, web.ServiceOf(ctx), h.v, row.Email.Reveal(), row.Name.Reveal()))
	return nil
}

// known asks the owner of an account with the same address to sign in once, as
// they do else, and to connect the two then.
func (h pages) known(w http.ResponseWriter, r *http.Request) error {
	row, err := h.waiting(r.Context(), h.v.Slug, h.ticket(r))
	if err != nil {
		return h.trouble(w, r, err)
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(web.Context(r), "google.known.title"), Sensitive: true},
		knownPage(web.ServiceOf(r.Context()), row.Email.Reveal()))
	return nil
}

// connect asks whether the Google account is to open this account.
func (h pages) connect(w http.ResponseWriter, r *http.Request) error {
	ctx, t, at := r.Context(), h.ticket(r), web.ServiceOf(r.Context())
	row, err := h.waiting(ctx, h.v.Slug, t)
	if err != nil {
		return h.trouble(w, r, err)
	}
	if r.Method == http.MethodPost {
		if err := h.Connect(ctx, me(r), t); err != nil {
			return h.trouble(w, r, err)
		}
		h.give(w, r, "")
		web.Redirect(w, r, at.Path("/account/google"), web.Flash{Tone: ui.Success, Key: "google.linked"})
		return nil
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(web.Context(r), "google.connect.title"), Sensitive: true},
		connectPage(at, row.Email.Reveal(), me(r).Email))
	return nil
}

func (h pages) account(w http.ResponseWriter, r *http.Request) error {
	return h.showAccount(w, r, ui.NewForm(nil))
}

func (h pages) showAccount(w http.ResponseWriter, r *http.Request, f *ui.Form) error {
	since, linked, err := h.Linked(r.Context(), me(r))
	if err != nil {
		return err
	}
	ctx, at, status := web.Context(r), web.ServiceOf(r.Context()), http.StatusOK
	if !f.OK() {
		status = http.StatusConflict
	}
	web.Render(w, r, status, web.Page{
		Title: i18n.T(ctx, "google.title"), Lead: i18n.T(ctx, "google.account.lead"), Form: f,
		Back: &ui.Tab{Label: i18n.T(ctx, "shell.account"), Href: at.Path("/account")},
	}, accountPage(at, f, linked, since))
	return nil
}

func (h pages) unlink(w http.ResponseWriter, r *http.Request) error {
	err := h.Disconnect(r.Context(), me(r))
	if err == nil {
		web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/google"), web.Flash{Tone: ui.Success, Key: "google.unlinked"})
		return nil
	}
	f := ui.NewForm(nil)
	if !f.Take(err) {
		return err
	}
	return h.showAccount(w, r, f)
}
