package phone

import (
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds the pages of a service, under its slug; all need a session.
func (s *Service) Routes(mux web.Mux, slug string) {
	for pattern, f := range map[string]web.HandlerFunc{
		"GET /" + slug + "/account/phone":         s.show,
		"POST /" + slug + "/account/phone":        s.ask,
		"POST /" + slug + "/account/phone/code":   s.confirm,
		"POST /" + slug + "/account/phone/remove": s.remove,
	} {
		mux.Handle(pattern, identity.Require(f))
	}
}

func me(r *http.Request) identity.Principal { p, _ := identity.FromContext(r.Context()); return p }

// heading names the form by what a person has.
func heading(st State) string {
	switch {
	case st.Waiting != "":
		return "phone.other"
	case st.Number != "":
		return "phone.change"
	}
	return "phone.add"
}

func (s *Service) show(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, ui.NewForm(nil), ui.NewForm(nil), nil)
}

func (s *Service) render(w http.ResponseWriter, r *http.Request, number, code *ui.Form, refused error) error {
	st, err := s.Of(r.Context(), me(r))
	if err != nil {
		return err
	}
	shown := ""
	if s.cfg.Shown != nil && st.Waiting != "" {
		shown = s.cfg.Shown(me(r).Subject)
	}
	status, form := http.StatusOK, number
	if !code.OK() {
		form = code
	}
	switch {
	case fault.Is(refused, fault.TooMany):
		status = http.StatusTooManyRequests
	case fault.Is(refused, fault.Unavailable):
		status = http.StatusServiceUnavailable
	case refused != nil:
		status = http.StatusUnprocessableEntity
	}
	ctx, at := web.Context(r), web.ServiceOf(r.Context())
	web.Render(w, r, status, web.Page{
		Title: i18n.T(ctx, "phone.title"), Lead: i18n.T(ctx, "phone.lead"), Form: form, Sensitive: true,
		Back: &ui.Tab{Label: i18n.T(ctx, "shell.account"), Href: at.Path("/account")},
	}, page(at, st, number, code, shown))
	return nil
}

func (s *Service) ask(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	f := ui.NewForm(r.PostForm)
	err := s.Ask(r.Context(), me(r), f.Value("number"), identity.DeviceOf(r))
	if err == nil {
		web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/phone"), web.Flash{Tone: ui.Success, Key: "phone.asked"})
		return nil
	}
	// A sender that does not work is told beside the number: what was typed stays.
	if fault.Of(err).Key == "phone.unsent" {
		f.Add("number", "phone.unsent")
	} else if !f.Take(err) {
		return err
	}
	return s.render(w, r, f, ui.NewForm(nil), err)
}

func (s *Service) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	f := ui.NewForm(r.PostForm)
	err := s.Confirm(r.Context(), me(r), f.Value("code"))
	if err == nil {
		web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/phone"), web.Flash{Tone: ui.Success, Key: "phone.done"})
		return nil
	}
	if !f.Take(err) {
		return err
	}
	if fault.Of(err).Key == "phone.code.over" { // the field is gone: the message belongs to the page
		f.Errors[len(f.Errors)-1].Field = "number"
		return s.render(w, r, &ui.Form{Errors: f.Errors}, ui.NewForm(nil), err)
	}
	return s.render(w, r, ui.NewForm(nil), f, err)
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	if err := s.Remove(r.Context(), me(r)); err != nil {
		return err
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/phone"), web.Flash{Tone: ui.Success, Key: "phone.removed"})
	return nil
}
