package identity

import (
	"net/http"

	"github.com/a-h/templ"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// me is the principal of a page behind Require.
func me(r *http.Request) Principal { p, _ := FromContext(r.Context()); return p }

func (h pages) account(w http.ResponseWriter, r *http.Request) error {
	return h.showAccount(w, r, accountForms{}, nil)
}

// accountForms are the forms of the account page; nil for an untouched one.
type accountForms struct{ profile, pass, address *ui.Form }

func (h pages) showAccount(w http.ResponseWriter, r *http.Request, forms accountForms, refused error) error {
	places, err := h.Places(r.Context(), me(r))
	if err != nil {
		return err
	}
	page := web.Page{Title: title(r, "shell.account"), Form: ui.NewForm(nil)}
	for _, f := range []**ui.Form{&forms.profile, &forms.pass, &forms.address} {
		if *f == nil {
			*f = ui.NewForm(nil)
		} else {
			page.Form = *f
		}
	}
	web.Render(w, r, statusOf(page.Form, refused), page, templ.Join(accountPage(web.ServiceOf(r.Context()), me(r), forms, places), waysPart(web.ServiceOf(r.Context()), h.more())))
	return nil
}

func (h pages) saveProfile(w http.ResponseWriter, r *http.Request) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	err = h.SaveProfile(r.Context(), me(r), Profile{Name: f.Value("name"), Lang: f.Value("lang"), Zone: f.Value("zone")})
	if err == nil {
		// The chosen language shows at once, also where the browser keeps another.
		to := web.ServiceOf(r.Context()).Path("/account?lang=" + language(f.Value("lang")))
		web.Redirect(w, r, to, web.Flash{Tone: ui.Success, Key: "identity.saved"})
		return nil
	}
	if !f.Take(err) {
		return err
	}
	return h.showAccount(w, r, accountForms{profile: f}, err)
}

func (h pages) changePassword(w http.ResponseWriter, r *http.Request) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	err = h.ChangePassword(r.Context(), me(r), f.Value("current"), f.Value("password"), device(r))
	if err == nil {
		web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account"), web.Flash{Tone: ui.Success, Key: "identity.account.password.done"})
		return nil
	}
	if !f.Take(err) {
		return err
	}
	return h.showAccount(w, r, accountForms{pass: f}, err)
}

func (h pages) switchWorkspace(w http.ResponseWriter, r *http.Request) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	to, err := id.ParseTenant(f.Value("workspace"))
	if err != nil {
		return fault.New(fault.NotFound, "identity.switchWorkspace", "not_found")
	}
	if err := h.Switch(r.Context(), me(r), to); err != nil {
		return err
	}
	web.Redirect(w, r, h.landing(r))
	return nil
}

func (h pages) sessions(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Sessions(r.Context(), me(r))
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	web.Render(w, r, http.StatusOK, web.Page{
		Title: title(r, "identity.sessions.title"), Lead: title(r, "identity.sessions.lead"),
		Back: &ui.Tab{Label: title(r, "shell.account"), Href: at.Path("/account")},
	}, sessionsPage(at, list))
	return nil
}

func (h pages) endSession(w http.ResponseWriter, r *http.Request) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	switch which := f.Value("session"); which {
	case "others":
		err = h.EndOtherSessions(r.Context(), me(r))
	case "all":
		if err = h.EndAllSessions(r.Context(), me(r)); err == nil {
			h.setCookie(w, r, h.v.Slug, Ticket{})
			web.Redirect(w, r, at.Path("/signin"), web.Flash{Tone: ui.Success, Key: "identity.signout.done"})
			return nil
		}
	default:
		var key id.ID
		if key, err = id.Parse(which); err != nil {
			err = fault.New(fault.NotFound, "identity.endSession", "not_found")
		} else {
			err = h.EndSession(r.Context(), me(r), key)
		}
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, at.Path("/account/sessions"), web.Flash{Tone: ui.Success, Key: "identity.sessions.ended"})
	return nil
}

func (h pages) members(w http.ResponseWriter, r *http.Request) error {
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	if ask := h.joining(h.v.Slug); ask != nil { // the members have a page of their own
		web.Redirect(w, r, at.Path(ask.People))
		return nil
	}
	var refused error
	if posted {
		refused = h.Invite(r.Context(), me(r), f.Value("email"), tenant.Role(f.Value("role")), device(r))
		if refused == nil {
			web.Redirect(w, r, at.Path("/account/members"), web.Flash{Tone: ui.Success, Key: "identity.members.invited"})
			return nil
		}
		if !f.Take(refused) {
			return refused
		}
	}
	people, err := h.Colleagues(r.Context(), me(r))
	if err != nil {
		return err
	}
	web.Render(w, r, statusOf(f, refused), web.Page{
		Title: title(r, "identity.members.title"), Lead: me(r).WorkspaceName, Form: f, Wide: true,
		Back: &ui.Tab{Label: title(r, "shell.account"), Href: at.Path("/account")},
	}, membersPage(at, me(r), people, f))
	return nil
}

func (h pages) removeMember(w http.ResponseWriter, r *http.Request) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	which, err := id.Parse(f.Value("member") + f.Value("invitation"))
	switch {
	case err != nil:
		return fault.New(fault.NotFound, "identity.removeMember", "not_found")
	case f.Value("invitation") != "":
		err = h.Uninvite(r.Context(), me(r), which)
	default:
		err = h.Remove(r.Context(), me(r), id.Subject(which))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/members"), web.Flash{Tone: ui.Success, Key: "identity.members.removed"})
	return nil
}
