package bearer

import (
	"net/http"
	"net/url"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds the page of a person's own tokens. Making one needs a workspace.
func (s *Service) Routes(mux web.Mux) {
	base := "/" + s.cfg.Service + "/account/tokens"
	mux.Handle("GET "+base, identity.Require(web.HandlerFunc(s.page)))
	mux.Handle("POST "+base, identity.Require(web.HandlerFunc(s.send)))
	mux.Handle("POST "+base+"/revoke", identity.Require(web.HandlerFunc(s.sendRevoke)))
}

// endings are the ends that the page offers, in days.
var endings = []string{"30", "90", "180", "365"}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, ui.NewForm(url.Values{"days": {"90"}}), "", nil)
}

func (s *Service) show(w http.ResponseWriter, r *http.Request, f *ui.Form, made string, refused error) error {
	p, _ := identity.FromContext(r.Context())
	list, err := s.Tokens(r.Context(), p)
	if err != nil {
		return err
	}
	ctx := web.Context(r)
	status := http.StatusOK
	if refused != nil {
		status = http.StatusUnprocessableEntity
	}
	at := web.ServiceOf(r.Context())
	web.Render(w, r, status, web.Page{Title: i18n.T(ctx, "bearer.page.title"), Lead: i18n.T(ctx, "bearer.page.lead"), Form: f, Sensitive: made != "", NoIndex: true,
		Back: &ui.Tab{Label: i18n.T(ctx, "shell.account"), Href: at.Path("/account")}}, tokensPage(s, f, list, made, s.now()))
	return nil
}

func (s *Service) send(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	f := ui.NewForm(r.PostForm)
	p, _ := identity.FromContext(r.Context())
	days := map[string]int{"30": 30, "90": 90, "180": 180, "365": 365}[f.Value("days")]
	ends := s.now().Truncate(time.Second).AddDate(0, 0, days)
	text, _, err := s.Make(r.Context(), p, f.Value("name"), r.PostForm["scopes"], ends)
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(w, r, f, "", err)
	}
	return s.show(w, r, ui.NewForm(url.Values{"days": {"90"}}), text, nil)
}

func (s *Service) sendRevoke(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	p, _ := identity.FromContext(r.Context())
	k, err := id.Parse(r.PostForm.Get("token"))
	if err != nil {
		return fault.New(fault.NotFound, "bearer.sendRevoke", "not_found")
	}
	if err := s.Revoke(r.Context(), p, k); err != nil {
		return err
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/account/tokens"), web.Flash{Tone: ui.Success, Key: "bearer.page.revoked"})
	return nil
}

// scopeOptions are the boxes of the form.
func (s *Service) scopeOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, v := range s.cfg.Scopes {
		out = append(out, ui.Option{Value: v.Name, Label: p.T("bearer.scope." + v.Name), Hint: v.Name})
	}
	return out
}

func endOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, d := range endings {
		out = append(out, ui.Option{Value: d, Label: p.T("bearer.page.days." + d)})
	}
	return out
}

// state says in a word what a token is.
func (t Token) state(now time.Time) (ui.Tone, string) {
	switch {
	case !t.Revoked.IsZero():
		return ui.Plain, "bearer.state.revoked"
	case !t.Live(now):
		return ui.Plain, "bearer.state.ended"
	case t.Ends < clock.At(now.AddDate(0, 0, 7)):
		return ui.Warning, "bearer.state.soon"
	}
	return ui.Success, "bearer.state.live"
}
