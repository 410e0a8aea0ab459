package identity

import (
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/web"
	"amanah/internal/web/qr"
	"amanah/internal/web/ui"
)

func (h pages) security(w http.ResponseWriter, r *http.Request) error {
	held, err := h.Factors(r.Context(), me(r))
	if err != nil {
		return err
	}
	_, passkeys, err := h.site(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.security.title"), Lead: title(r, "identity.security.lead"),
		Back: &ui.Tab{Label: title(r, "shell.account"), Href: at.Path("/account")}}, securityPage(at, me(r), held, passkeys))
	return nil
}

// app shows the key for an app of one-time codes and takes its first code.
func (h pages) app(w http.ResponseWriter, r *http.Request) error {
	p, _ := almost(r)
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	next := nextIn(at, r.FormValue("next"), "")
	var refused error
	if posted {
		var got Added
		if got, refused = h.AddApp(r.Context(), p, f.Value("code"), device(r)); refused == nil {
			return h.added(w, r, p, got, next)
		}
		if !f.Take(refused) {
			return refused
		}
	}
	secret, err := h.BeginApp(r.Context(), p)
	if err != nil {
		return err
	}
	picture, err := qr.Draw(factor.Address(secret, h.v.Title(device(r).Lang), p.Email))
	if err != nil {
		return err
	}
	hint, err := h.demo(r, p)
	if err != nil {
		return err
	}
	forget(f, "code")
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.app.title"), Form: f, Sensitive: true,
		Back: back(r, p)}, appPage(f, at, next, secret, picture, hint))
	return nil
}

// back leads from the page of a new factor to where it was asked for.
func back(r *http.Request, p Principal) *ui.Tab {
	at := web.ServiceOf(r.Context())
	if p.Step == StepEnrol {
		return &ui.Tab{Label: title(r, "identity.secure.title"), Href: at.Path("/signin/secure")}
	}
	return &ui.Tab{Label: title(r, "identity.security.title"), Href: at.Path("/account/security")}
}

// added goes on after a new factor: to the first recovery codes, if these are.
func (h pages) added(w http.ResponseWriter, r *http.Request, p Principal, got Added, next string) error {
	at := web.ServiceOf(r.Context())
	fallback := at.Path("/account/security")
	if p.Step == StepEnrol {
		fallback = h.landing(r)
	}
	next = nextIn(at, next, fallback)
	if len(got.Codes) == 0 {
		h.Arrive(w, r, h.v.Slug, got.Ticket, next, web.Flash{Tone: ui.Success, Key: "identity.factor.added"})
		return nil
	}
	h.setCookie(w, r, h.v.Slug, got.Ticket)
	h.showCodes(w, r, got.Codes, next)
	return nil
}

func (h pages) showCodes(w http.ResponseWriter, r *http.Request, codes []string, next string) {
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.codes"), Lead: title(r, "identity.codes.lead"), Sensitive: true},
		codesPage(web.ServiceOf(r.Context()), codes, next))
}

func (h pages) newCodes(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.NewCodes(r.Context(), me(r))
	if err != nil {
		return err
	}
	h.showCodes(w, r, codes, web.ServiceOf(r.Context()).Path("/account/security"))
	return nil
}

func (h pages) newPasskey(w http.ResponseWriter, r *http.Request) error {
	p, _ := almost(r)
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	next := nextIn(at, r.FormValue("next"), "")
	var refused error
	if posted {
		proof, err := h.proofOf(r, f)
		var got Added
		if refused = err; err == nil {
			got, refused = h.AddPasskey(r.Context(), p, proof.Site, f.Value("name"), proof.Answer)
		}
		if refused == nil {
			return h.added(w, r, p, got, next)
		}
		if !f.Take(refused) {
			return refused
		}
	}
	forget(f, "answer")
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.passkey.add"), Form: f, Passkey: true, Back: back(r, p)}, newPasskeyPage(f, at, next))
	return nil
}

func (h pages) askPasskey(w http.ResponseWriter, r *http.Request) error {
	p, _ := almost(r)
	return h.ask(w, r, p, factor.ForNew)
}

func (h pages) namePasskey(w http.ResponseWriter, r *http.Request) error {
	return h.onKey(w, r, "identity.saved", func(f *ui.Form, key id.ID) error {
		return h.RenamePasskey(r.Context(), me(r), key, f.Value("name"))
	})
}

func (h pages) removePasskey(w http.ResponseWriter, r *http.Request) error {
	return h.onKey(w, r, "identity.factor.removed", func(_ *ui.Form, key id.ID) error { return h.RemovePasskey(r.Context(), me(r), key) })
}

func (h pages) onKey(w http.ResponseWriter, r *http.Request, done string, do func(*ui.Form, id.ID) error) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	key, err := id.Parse(f.Value("key"))
	if err != nil {
		return fault.New(fault.NotFound, "identity.onKey", "not_found")
	}
	if err := do(f, key); err != nil {
		return err
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/security"), web.Flash{Tone: ui.Success, Key: done})
	return nil
}

func (h pages) removeApp(w http.ResponseWriter, r *http.Request) error {
	if err := h.RemoveApp(r.Context(), me(r)); err != nil {
		return err
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/security"), web.Flash{Tone: ui.Success, Key: "identity.factor.removed"})
	return nil
}

// log is what happened with the person's own account.
func (h pages) log(w http.ResponseWriter, r *http.Request) error {
	var before id.ID
	if text := r.URL.Query().Get(ui.AfterParam); text != "" {
		var err error
		if before, err = id.Parse(text); err != nil {
			return fault.New(fault.NotFound, "identity.log", "not_found")
		}
	}
	lines, more, err := h.Log(r.Context(), me(r), before)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	paging := ui.Paging{At: *r.URL}
	paging.At.Path = at.Path("/account/log")
	if more {
		paging.After = lines[len(lines)-1].ID.String()
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.log.title"), Lead: title(r, "identity.log.lead"),
		Back: &ui.Tab{Label: title(r, "shell.account"), Href: at.Path("/account")}}, logPageOf(lines, paging))
	return nil
}

// notMe is the page behind the letter about an unusual sign-in. Opening it uses
// nothing up.
func (h pages) notMe(w http.ResponseWriter, r *http.Request) error {
	_, posted, err := sent(r)
	if err != nil {
		return err
	}
	at, token := web.ServiceOf(r.Context()), r.FormValue("token")
	if posted {
		if err = h.Disown(r.Context(), h.v.Slug, token, device(r)); err == nil {
			h.setCookie(w, r, h.v.Slug, Ticket{})
			web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.notme.done")}, saidPage(title(r, "identity.notme.done.text")))
			return nil
		}
	} else {
		err = h.Disowned(r.Context(), h.v.Slug, token, device(r))
	}
	if deadLink(err) {
		return h.dead(w, r, at.Path("/reset"), "identity.reset.ask")
	}
	if err != nil {
		return err
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.notme.title"), Lead: title(r, "identity.notme.lead"), Sensitive: true, NoIndex: true}, notMePage(at, token))
	return nil
}

// address is the page behind the letter to a new address.
func (h pages) address(w http.ResponseWriter, r *http.Request) error {
	_, posted, err := sent(r)
	if err != nil {
		return err
	}
	at, token := web.ServiceOf(r.Context()), r.FormValue("token")
	if posted {
		if err = h.NewAddress(r.Context(), h.v.Slug, token, device(r)); err == nil {
			web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.address.done")}, saidPage(title(r, "identity.address.done.text")))
			return nil
		}
	} else {
		_, err = h.tokenAccount(r.Context(), h.v, kindAddress, token, device(r))
	}
	if deadLink(err) {
		return h.dead(w, r, at.Path("/account"), "shell.account")
	}
	if err != nil {
		return err
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.address.title"), Lead: title(r, "identity.address.lead"), Sensitive: true, NoIndex: true}, addressPage(at, token))
	return nil
}

// askAddress takes the form of the account page.
func (h pages) askAddress(w http.ResponseWriter, r *http.Request) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	err = h.AskAddress(r.Context(), me(r), f.Value("email"), device(r))
	if err == nil {
		web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account"), web.Flash{Tone: ui.Success, Key: "identity.address.sent"})
		return nil
	}
	if !f.Take(err) {
		return err
	}
	return h.showAccount(w, r, accountForms{address: f}, err)
}
