package identity

import (
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// deadLink tells whether a fault says that a mailed link works no more.
func deadLink(err error) bool { return err != nil && fault.Of(err).Key == "identity.token.wrong" }

// verify shows the page of a mailed link. Opening it uses nothing up: mail
// scanners open links too.
func (h pages) verify(w http.ResponseWriter, r *http.Request) error {
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at, token := web.ServiceOf(r.Context()), r.FormValue("token")
	var refused error
	if posted {
		var t Ticket
		t, refused = h.Verify(r.Context(), h.v.Slug, token, f.Value("password"), device(r))
		if refused == nil {
			h.Arrive(w, r, h.v.Slug, t, "", web.Flash{Tone: ui.Success, Key: "identity.verify.done"})
			return nil
		}
		if fault.Of(refused).Key == "identity.signin.wrong" {
			refused = fault.New(fault.Invalid, "identity.verify", "identity.current.wrong").On("password")
		}
		if deadLink(refused) {
			return h.dead(w, r, at.Path("/verify/again"), "identity.verify.again")
		}
		if !f.Take(refused) {
			return refused
		}
	} else if _, err := h.tokenAccount(r.Context(), h.v, kindEmail, token, device(r)); deadLink(err) {
		return h.dead(w, r, at.Path("/verify/again"), "identity.verify.again")
	} else if err != nil {
		return err
	}
	web.Render(w, r, statusOf(f, refused), web.Page{
		Title: title(r, "identity.verify.title"), Lead: title(r, "identity.verify.lead"), Form: f, Sensitive: true,
	}, verifyPage(f, at, token))
	return nil
}

func (h pages) dead(w http.ResponseWriter, r *http.Request, href, button string) error {
	web.Render(w, r, http.StatusNotFound, web.Page{Title: title(r, "identity.token.title")},
		deadLinkPage(web.ServiceOf(r.Context()), href, title(r, button)))
	return nil
}

func (h pages) again(w http.ResponseWriter, r *http.Request) error {
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	var refused error
	if posted {
		refused = h.Resend(r.Context(), h.v.Slug, f.Value("email"), device(r))
		if refused == nil {
			web.Redirect(w, r, at.Path("/signup/sent"))
			return nil
		}
		if !f.Take(refused) {
			return refused
		}
	}
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.again.title"), Lead: title(r, "identity.again.lead"), Form: f},
		askPage(f, at.Path("/verify/again"), title(r, "identity.again.submit")))
	return nil
}

func (h pages) reset(w http.ResponseWriter, r *http.Request) error {
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	var refused error
	if posted {
		refused = h.AskReset(r.Context(), h.v.Slug, f.Value("email"), device(r))
		if refused == nil {
			web.Redirect(w, r, at.Path("/reset/sent"))
			return nil
		}
		if !f.Take(refused) {
			return refused
		}
	}
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.reset.title"), Lead: title(r, "identity.reset.lead"), Form: f},
		askPage(f, at.Path("/reset"), title(r, "identity.reset.ask")))
	return nil
}

func (h pages) resetSent(w http.ResponseWriter, r *http.Request) error {
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.sent.title")},
		sentPage(web.ServiceOf(r.Context()), title(r, "identity.reset.sent")))
	return nil
}

func (h pages) newPassword(w http.ResponseWriter, r *http.Request) error {
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at, token := web.ServiceOf(r.Context()), r.FormValue("token")
	var refused error
	if posted {
		refused = h.Reset(r.Context(), h.v.Slug, token, f.Value("password"), device(r))
		if refused == nil {
			web.Redirect(w, r, at.Path("/signin"), web.Flash{Tone: ui.Success, Key: "identity.reset.done"})
			return nil
		}
		if deadLink(refused) {
			return h.dead(w, r, at.Path("/reset"), "identity.reset.ask")
		}
		if !f.Take(refused) {
			return refused
		}
	} else if _, err := h.tokenAccount(r.Context(), h.v, kindReset, token, device(r)); deadLink(err) {
		return h.dead(w, r, at.Path("/reset"), "identity.reset.ask")
	} else if err != nil {
		return err
	}
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.reset.new"), Lead: title(r, "identity.reset.new.lead"), Form: f, Sensitive: true},
		resetPage(f, at, token))
	return nil
}

// invite shows an invitation, and takes it: for who is signed in by a button,
// for a newcomer with a sign-up of their own.
func (h pages) invite(w http.ResponseWriter, r *http.Request) error {
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at, token := web.ServiceOf(r.Context()), r.FormValue("token")
	inv, err := h.Invited(r.Context(), h.v.Slug, token, device(r))
	if deadLink(err) {
		return h.dead(w, r, at.Path("/"), "error.back")
	}
	if err != nil {
		return err
	}
	p, signedIn := FromContext(r.Context())
	ask := h.joining(h.v.Slug)
	if posted && f.Value("answer") == "no" && ask != nil {
		if err := h.Decline(r.Context(), h.v.Slug, token, device(r)); err != nil && !deadLink(err) {
			return err
		}
		web.Redirect(w, r, at.Path("/"), web.Flash{Tone: ui.Success, Key: "identity.invite.declined"})
		return nil
	}
	if posted {
		err := h.join(w, r, inv, p, signedIn, token)
		if err == nil {
			return nil
		}
		if deadLink(err) {
			return h.dead(w, r, at.Path("/"), "error.back")
		}
		if !f.Take(err) {
			return err
		}
	}
	web.Render(w, r, statusOf(f, nil), web.Page{Title: title(r, "identity.invite.title", "workspace", inv.Workspace), Form: f, Sensitive: true},
		invitePage(inviteView{Form: f, At: at, Service: h.v, Inv: inv, Token: token, Fellow: p.Name, Ask: ask, LinkFirst: h.linkFirst(h.v.Slug)}))
	return nil
}

// inviteView is what the page of an invitation shows.
type inviteView struct {
	Form          *ui.Form
	At            web.Service
	Service       tenant.Service
	Inv           Invited
	Token, Fellow string
	Ask           *Joining
	LinkFirst     bool
}

// join takes an invitation as the page's form has it, and leads on.
func (h pages) join(w http.ResponseWriter, r *http.Request, inv Invited, p Principal, signedIn bool, token string) error {
	in := signUpForm(r)
	if signedIn && inv.Known {
		if err := h.AcceptInvitation(r.Context(), p, token, Declared{Age: in.Age, Agree: in.Agree, Device: in.Device}); err != nil {
			return err
		}
		web.Redirect(w, r, h.landing(r), web.Flash{Tone: ui.Success, Key: "identity.invite.done"})
		return nil
	}
	if signedIn && h.joining(h.v.Slug) != nil { // nobody answers for somebody else
		return errToken()
	}
	t, err := h.SignUpInvited(r.Context(), h.v.Slug, token, in)
	if err != nil {
		return err
	}
	h.Arrive(w, r, h.v.Slug, t, "", web.Flash{Tone: ui.Success, Key: "identity.invite.done"})
	return nil
}
