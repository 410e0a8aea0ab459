package guardian

import (
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Path is the page of what is missing, within a service.
const Path = "/guardian"

// Routes adds the pages of a service whose notice runs the module. The sign-up is
// open by its nature and counts its tries as every sign-up does; whoever has the
// link of a letter is who it was mailed to.
func (s *Service) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET /signup/young"), s.public(slug, s.signUpPage))
	mux.Handle(web.Under(slug, "POST /signup/young"), s.public(slug, s.signUpPage))
	mux.Handle(web.Under(slug, "GET /guardian/answer/{token}"), s.public(slug, s.answerPage))
	mux.Handle(web.Under(slug, "POST /guardian/answer/{token}"), s.public(slug, s.answerPost))
	mux.Handle(web.Under(slug, "GET /guardian/keep/{token}"), s.public(slug, s.keepPage))
	mux.Handle(web.Under(slug, "POST /guardian/keep/{token}"), s.public(slug, s.keepPost))
	mux.Handle(web.Under(slug, "GET "+Path), identity.Page(s.statusPage))
	mux.Handle(web.Under(slug, "POST /guardian/ask"), identity.Page(s.askPost))
}

// letter is a request of somebody without a session.
type letter struct {
	w     http.ResponseWriter
	r     *http.Request
	slug  string
	token string
}

func (l letter) t(key string, args ...any) string { return i18n.T(web.Context(l.r), key, args...) }
func (l letter) lang() string                     { return string(i18n.From(web.Context(l.r)).Lang) }
func (l letter) path(p string) string             { return web.ServiceOf(l.r.Context()).Path(p) }

func (s *Service) public(slug string, f func(letter) error) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		l := letter{w: w, r: r, slug: slug, token: r.PathValue("token")}
		if l.token != "" {
			addr := ""
			if ip := web.ClientAddr(r); ip.IsValid() {
				addr = ip.String()
			}
			if wait, ok := s.tries.Allow(addr); !ok {
				return web.TooMany("guardian.link", wait)
			}
		}
		// The address holds a secret: it goes to no other site and into no cache.
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		return f(l)
	})
}

func (s *Service) signUpPage(l letter) error {
	n, g, err := s.rule(l.slug)
	if err != nil {
		return err
	}
	f, status := ui.NewForm(nil), http.StatusOK
	if l.r.Method == http.MethodPost {
		if err := web.ParseForm(l.r); err != nil {
			return err
		}
		f = ui.NewForm(l.r.PostForm)
		y := Young{Born: f.Value("born"), Programme: f.Value("programme") == "yes", Guardian: f.Value("guardian_name"), GuardianEmail: f.Value("guardian_email"),
			Institution: f.Value("institution_name"), InstitutionMail: f.Value("institution_email")}
		err := s.SignUp(l.r.Context(), l.slug, identity.ReadSignUp(l.r), y)
		if err == nil {
			web.Redirect(l.w, l.r, l.path("/signup/sent"))
			return nil
		}
		if !f.Take(err) {
			return err
		}
		status = identity.Refusal(err)
	}
	web.Render(l.w, l.r, status, web.Page{Title: l.t("guardian.signup.title"), Lead: l.t("guardian.signup.lead", "from", g.Ages[0], "to", g.Ages[1], "for", g.For.In(l.lang())), Form: f,
		Back: &ui.Tab{Label: l.t("guardian.signup.adult", "age", n.MinimumAge()), Href: l.path("/signup")}}, signUpForm(f, g, l.lang()))
	return nil
}

// asking is what who was asked sees.
type asking struct {
	Form    *ui.Form
	Party   *Party
	Ward    *Ward
	Child   string
	Notice  *notice.Notice
	For     string
	Action  string
	Lang    string
	Options []ui.Option
}

func (s *Service) load(l letter, by func(tx *store.Tx) (*Party, *Ward, error)) (a asking, err error) {
	n, g, err := s.rule(l.slug)
	if err != nil {
		return a, err
	}
	a = asking{Form: ui.NewForm(nil), Notice: n, For: g.For.In(l.lang()), Lang: l.lang(), Action: web.ServiceOf(l.r.Context()).Path("") + l.r.URL.Path}
	err = s.DB.Read(l.r.Context(), s.home(l.slug), func(tx *store.Tx) error {
		if a.Party, a.Ward, err = by(tx); err != nil {
			return err
		}
		c, err := s.Contact(l.r.Context(), tx, a.Party.Subject)
		a.Child = c.Name
		return err
	})
	if err != nil {
		return a, err
	}
	for _, r := range relations[a.Party.Role] {
		a.Options = append(a.Options, ui.Option{Value: r, Label: l.t("guardian.relation." + r)})
	}
	return a, nil
}

func (s *Service) answerPage(l letter) error {
	a, err := s.load(l, func(tx *store.Tx) (*Party, *Ward, error) { return ByToken(l.r.Context(), tx, l.token) })
	if err != nil {
		return err
	}
	return s.showAnswer(l, a, http.StatusOK)
}

func (s *Service) showAnswer(l letter, a asking, status int) error {
	a.Action = l.path("/guardian/answer/" + l.token)
	web.Render(l.w, l.r, status, web.Page{Title: l.t("guardian.answer.title", "name", a.Child), Lead: l.t("guardian.answer.lead."+a.Party.Role, "name", a.Child, "for", a.For), Form: a.Form}, answerForm(a))
	return nil
}

func (s *Service) answerPost(l letter) error {
	a, err := s.load(l, func(tx *store.Tx) (*Party, *Ward, error) { return ByToken(l.r.Context(), tx, l.token) })
	if err != nil {
		return err
	}
	if err := web.ParseForm(l.r); err != nil {
		return err
	}
	a.Form = ui.NewForm(l.r.PostForm)
	f := a.Form
	in := Answer{Name: f.Value("name"), Relation: f.Value("relation"), Sure: f.Value("sure") == "yes", Device: identity.DeviceOf(l.r)}
	switch f.Value("answer") {
	case "yes":
		in.Yes = true
	case "no":
	default:
		return fault.New(fault.Invalid, "guardian.answerPost", "guardian.answer.missing")
	}
	if err := s.Answer(l.r.Context(), l.slug, l.token, in); err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showAnswer(l, a, identity.Refusal(err))
	}
	key := "guardian.answered.no"
	if in.Yes {
		key = "guardian.answered.yes"
	}
	web.Render(l.w, l.r, http.StatusOK, web.Page{Title: l.t(key + ".title")}, said(l.t(key+".text", "name", a.Child)))
	return nil
}

func (s *Service) keepPage(l letter) error {
	a, err := s.load(l, func(tx *store.Tx) (*Party, *Ward, error) { return ByKeep(l.r.Context(), tx, l.token) })
	if err != nil {
		return err
	}
	a.Action = l.path("/guardian/keep/" + l.token)
	web.Render(l.w, l.r, http.StatusOK, web.Page{Title: l.t("guardian.keep.title", "name", a.Child), Lead: l.t("guardian.keep.lead")}, keepView(a))
	return nil
}

func (s *Service) keepPost(l letter) error {
	if err := s.Withdraw(l.r.Context(), l.slug, l.token, identity.DeviceOf(l.r)); err != nil {
		return err
	}
	web.Redirect(l.w, l.r, l.path("/guardian/keep/"+l.token), web.Flash{Tone: ui.Success, Key: "guardian.taken_back"})
	return nil
}

func (s *Service) statusPage(v identity.Visit) error {
	var w *Ward
	var all []Party
	err := v.Read(s.DB, Purpose, func(tx *store.Tx) (err error) {
		if w, err = Of(v.R.Context(), tx, v.Who.Subject); err != nil {
			return err
		}
		all, err = Parties(v.R.Context(), tx, v.Who.Subject)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("guardian.status.title"), Lead: v.T("guardian.status.lead." + string(w.State)),
		Back: &ui.Tab{Label: v.T("shell.me"), Href: v.Path("/privacy/me")}}, statusView(w, all, s.DB.Clock().Now()))
}

func (s *Service) askPost(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	if err := s.Ask(v.R.Context(), v.Who, f.Value("role")); err != nil {
		return err
	}
	return v.To(Path, "guardian.asked")
}
