package mailbox

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"amanah/internal/channel/imap"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// preset is a mail provider whose server the person need not know.
type preset struct {
	key, host string
	port      int
	security  string
}

var presets = []preset{
	{"gmail", "imap.gmail.com", 993, imap.TLS},
	{"outlook", "outlook.office365.com", 993, imap.TLS},
	{"yahoo", "imap.mail.yahoo.com", 993, imap.TLS},
	{"own", "", 993, imap.TLS},
}

func presetOf(key string) (preset, bool) {
	for _, p := range presets {
		if p.key == key {
			return p, true
		}
	}
	return preset{}, false
}

// visitor is a request of a person who belongs to the workspace.
type visitor struct {
	w   http.ResponseWriter
	r   *http.Request
	ctx context.Context
	who identity.Principal
}

// Routes puts the pages below "/<slug>/app/mailboxes". A person sees their own
// mailboxes only.
func (s *Service) Routes(mux web.Mux) {
	at := "/" + s.Slug + "/app/mailboxes"
	for pattern, f := range map[string]func(visitor) error{
		"GET " + at:                     s.listPage,
		"GET " + at + "/new":            s.newPage,
		"POST " + at:                    s.connect,
		"GET " + at + "/{id}":           s.onePage,
		"POST " + at + "/{id}/password": s.newPassword,
		"POST " + at + "/{id}/{act}":    s.act,
	} {
		mux.Handle(pattern, s.page(f))
	}
}

func (s *Service) page(f func(visitor) error) http.Handler {
	return identity.Require(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := identity.FromContext(r.Context())
		if !ok || who.Workspace.IsZero() || who.Service != s.Slug {
			return fault.New(fault.NotFound, "mailbox.page", "")
		}
		return f(visitor{w: w, r: r, ctx: web.Context(r), who: who})
	}), tenant.Owner, tenant.Worker)
}

func path(ctx context.Context, p string) string { return web.ServiceOf(ctx).Path("/app" + p) }

func (v visitor) t(key string) string { return i18n.T(v.ctx, key) }

func (v visitor) back() *ui.Tab {
	return &ui.Tab{Label: v.t("mailbox.title"), Href: path(v.ctx, "/mailboxes")}
}

func (s *Service) listPage(v visitor) error {
	all, err := s.List(v.r.Context(), v.who.Workspace, v.who.Subject)
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("mailbox.title"), Lead: v.t("mailbox.lead")}, listView(all))
	return nil
}

// newPage asks for the provider first, then for what it needs.
func (s *Service) newPage(v visitor) error {
	p, chosen := presetOf(v.r.URL.Query().Get("at"))
	if !chosen {
		web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("mailbox.new"), Lead: v.t("mailbox.new.lead"), Back: v.back()}, providersView())
		return nil
	}
	f := ui.NewForm(url.Values{"at": {p.key}, "host": {p.host}, "port": {strconv.Itoa(p.port)}, "security": {p.security}, "user": {v.who.Email}, "folder": {"INBOX"}, "days": {"0"}})
	s.ask(v, p, f, http.StatusOK)
	return nil
}

func (s *Service) ask(v visitor, p preset, f *ui.Form, status int) {
	web.Render(v.w, v.r, status, web.Page{Title: v.t("mailbox.new." + p.key), Lead: v.t("mailbox.new." + p.key + ".lead"), Back: v.back(), Form: f}, newView(p, f, s.Loopback))
}

func (s *Service) connect(v visitor) error {
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	form := v.r.PostForm
	p, ok := presetOf(form.Get("at"))
	if !ok {
		p = presets[len(presets)-1]
	}
	e := Entry{Host: p.host, Port: p.port, Security: p.security, User: form.Get("user"), Password: strings.TrimSpace(form.Get("password")), Folder: form.Get("folder"), Senders: form.Get("senders")}
	if p.host == "" {
		e.Host, e.Security = form.Get("host"), form.Get("security")
		e.Port, _ = strconv.Atoi(form.Get("port"))
	}
	if p.key == "gmail" {
		e.Password = strings.ReplaceAll(e.Password, " ", "") // Google shows it in groups of four
	}
	e.Days, _ = strconv.Atoi(form.Get("days"))
	key, err := s.Connect(v.r.Context(), v.who.Scope("capture"), v.who.Subject, e)
	if err != nil {
		f := ui.NewForm(form)
		if !f.Take(err) {
			return err
		}
		s.ask(v, p, f, http.StatusUnprocessableEntity)
		return nil
	}
	return v.done("/mailboxes/"+key.String(), "mailbox.connected", ui.Success)
}

func (v visitor) done(to, key string, tone ui.Tone) error {
	web.Redirect(v.w, v.r, path(v.ctx, to), web.Flash{Tone: tone, Key: key})
	return nil
}

func (s *Service) one(v visitor) (*Mailbox, error) {
	key, err := id.Parse(v.r.PathValue("id"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "mailbox.one", "")
	}
	return s.Get(v.r.Context(), v.who.Workspace, v.who.Subject, key)
}

func (s *Service) onePage(v visitor) error {
	m, err := s.one(v)
	if err != nil {
		return err
	}
	s.show(v, m, &ui.Form{}, http.StatusOK)
	return nil
}

func (s *Service) show(v visitor, m *Mailbox, f *ui.Form, status int) {
	web.Render(v.w, v.r, status, web.Page{Title: m.User.Reveal(), Back: v.back(), Form: f}, oneView(*m, f))
}

func (s *Service) newPassword(v visitor) error {
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	m, err := s.one(v)
	if err != nil {
		return err
	}
	password := strings.TrimSpace(v.r.PostForm.Get("password"))
	if trusted(m.Host.Reveal()) != "" {
		password = strings.ReplaceAll(password, " ", "")
	}
	if err := s.NewPassword(v.r.Context(), m, password); err != nil {
		f := ui.NewForm(v.r.PostForm)
		if !f.Take(err) {
			return err
		}
		s.show(v, m, f, http.StatusUnprocessableEntity)
		return nil
	}
	return v.done("/mailboxes/"+m.ID.String(), "mailbox.password.done", ui.Success)
}

func (s *Service) act(v visitor) error {
	m, err := s.one(v)
	if err != nil {
		return err
	}
	f, ok := map[string]func(context.Context, *Mailbox) error{"pause": s.Pause, "resume": s.Resume, "disconnect": s.Disconnect}[v.r.PathValue("act")]
	if !ok {
		return fault.New(fault.NotFound, "mailbox.act", "")
	}
	if err := f(v.r.Context(), m); err != nil {
		return err
	}
	to := "/mailboxes/" + m.ID.String()
	if v.r.PathValue("act") == "disconnect" {
		to = "/mailboxes"
	}
	return v.done(to, "mailbox."+v.r.PathValue("act")+".done", ui.Success)
}

// badge is a mailbox's state in a word.
func (m *Mailbox) badge(p i18n.Printer) (ui.Tone, string) {
	switch {
	case m.State == Paused && m.Reason == "mailbox.paused":
		return ui.Plain, p.T("mailbox.state.paused")
	case m.State == Paused:
		return ui.Danger, p.T("mailbox.state.needs_you")
	case m.Failures > 0:
		return ui.Warning, p.T("mailbox.state.trying")
	case m.SeenAt.IsZero():
		return ui.Info, p.T("mailbox.state.new")
	}
	return ui.Success, p.T("mailbox.state.active")
}

// why says in words why a mailbox is not read.
func why(p i18n.Printer, key string) string {
	if key != "" && p.Has("mailbox.why."+key) {
		return p.T("mailbox.why." + key)
	}
	return p.T("mailbox.why.other")
}

func securityOptions(p i18n.Printer, loopback bool) []ui.Option {
	out := []ui.Option{{Value: imap.TLS, Label: p.T("mailbox.security.tls")}, {Value: imap.StartTLS, Label: p.T("mailbox.security.starttls")}}
	if loopback {
		out = append(out, ui.Option{Value: imap.Plain, Label: p.T("mailbox.security.plain")})
	}
	return out
}
