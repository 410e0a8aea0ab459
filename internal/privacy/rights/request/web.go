package request

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds a service's pages: a person's own requests, the form for who has no
// account, and the officers'.
func (s *Service) Routes(mux web.Mux, slug string) {
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET /privacy/requests": s.list, "GET /privacy/requests/new": s.newPage, "POST /privacy/requests": s.create,
		"GET /privacy/requests/{id}": s.show, "POST /privacy/requests/{id}": s.write, "POST /privacy/requests/{id}/back": s.back,
		"POST /privacy/requests/{id}/lift": s.lift, "GET /privacy/requests/{id}/proof": s.proof,
	} {
		mux.Handle(web.Under(slug, pattern), identity.Page(f))
	}
	mux.Handle(web.Under(slug, "GET /privacy/ask"), s.askPage(slug))
	mux.Handle(web.Under(slug, "POST /privacy/ask"), s.ask(slug))
	mux.Handle(web.Under(slug, "GET /privacy/ask/{token}"), s.linkPage(slug))
	mux.Handle(web.Under(slug, "POST /privacy/ask/{token}"), s.follow(slug))
	s.staffRoutes(mux, slug)
}

// view is a case as pages show it.
type view struct {
	Case    *Case
	Steps   []Step
	Tasks   []Task
	Clocks  []deadline.Item
	Stops   []Stop
	Notice  *notice.Notice
	Grounds []choice
	Who     Contact // for officers
	Answer  string
	Staff   bool
	Form    *ui.Form
	Lang    string
	Broken  bool // the trail does not hold together
}

// choice is a ground that an officer may choose.
type choice struct{ Key, Says string }

func (s *Service) readView(ctx context.Context, tx *store.Tx, c *Case) (v view, err error) {
	v = view{Case: c}
	if v.Steps, err = Trail(ctx, tx, c); err != nil {
		if !fault.Is(err, fault.Internal) || len(v.Steps) == 0 {
			return v, err
		}
		v.Broken = true
	}
	if v.Tasks, err = Tasks(ctx, tx, c.ID); err != nil {
		return v, err
	}
	v.Clocks, err = deadline.Of(ctx, tx, c.ID)
	return v, err
}

func (s *Service) list(v identity.Visit) error {
	var all []Case
	err := v.Read(s.DB, Purpose, func(tx *store.Tx) (err error) { all, err = Of(v.R.Context(), tx, v.Who.Subject); return err })
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("request.title"), Lead: v.T("request.lead"), Back: &ui.Tab{Label: v.T("rights.title"), Href: v.Path("/privacy/me")}}, listPage(all))
}

func (s *Service) newPage(v identity.Visit) error {
	return s.form(v, http.StatusOK, ui.NewForm(v.R.URL.Query()))
}

// form shows the form of one right.
func (s *Service) form(v identity.Visit, status int, f *ui.Form) error {
	k, ok := kindOf(Right(f.Value("right")))
	if !ok || !k.Asked {
		return fault.New(fault.NotFound, "request.form", "")
	}
	n, err := s.notice(v.Who.Service)
	if err != nil {
		return err
	}
	page := formView{Kind: k, Form: f, Fields: s.Corrector.Fields(v.Who.Service), Purposes: purposes(n, k.Right), Lang: v.Lang(), Password: s.Confirmer != nil}
	return v.Render(status, web.Page{Title: v.T("request.right." + string(k.Right)), Lead: v.T("request.right." + string(k.Right) + ".text"), Form: f,
		Back: &ui.Tab{Label: v.T("request.title"), Href: v.Path("/privacy/requests")}}, newCase(page))
}

type formView struct {
	Kind     Kind
	Form     *ui.Form
	Fields   []Field
	Purposes []notice.Purpose
	Lang     string
	Password bool
}

// purposes are those that a right can be about.
func purposes(n *notice.Notice, r Right) []notice.Purpose {
	var out []notice.Purpose
	for _, p := range n.Purposes() {
		if p.Key != Purpose && (r != Withdraw || p.NeedsConsent() || p.Optional) {
			out = append(out, p)
		}
	}
	return out
}

func (s *Service) create(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	a := Ask{Right: Right(f.Value("right")), Purpose: f.Value("purpose"), Field: f.Value("field"), Wish: f.Value("wish"), Text: f.Value("text"), Via: ByPage, By: Self,
		Subject: v.Who.Subject, Proven: BySession, Lang: v.Lang()}
	gone := a.Right == Erase || a.Right == Destroy
	if gone {
		if err := s.sure(v, f); err != nil {
			return err
		}
		if !f.OK() {
			f.Values.Del("confirm")
			return s.form(v, http.StatusUnprocessableEntity, f)
		}
	}
	home := v.Who.HomeScope(Purpose)
	c, joined, err := s.Open(v.R.Context(), home, a)
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.form(v, identity.Refusal(err), f)
	}
	if gone {
		// The order is durable before anything goes, whatever the browser does.
		number, err := s.Eraser.Erase(context.WithoutCancel(v.R.Context()), v.Who.Subject, "person", i18n.From(v.Ctx).Lang)
		if err != nil {
			return err
		}
		return v.To("/privacy/receipts/"+number.String(), "request.erased")
	}
	done := "request.sent"
	if joined {
		done = "request.joined"
	} else if c.State == Answered {
		done = "request.ran"
	}
	return v.To(personPath(c.ID), done)
}

// sure asks for the password or the address before what cannot be taken back.
func (s *Service) sure(v identity.Visit, f *ui.Form) error {
	if wait, ok := s.tries.Allow(v.Who.Subject.String()); !ok {
		return web.TooMany("request.sure", wait)
	}
	if f.Value("understood") != "yes" {
		f.Add("understood", "request.understood.missing")
	}
	typed := f.Value("confirm")
	ok := v.Who.Email != "" && strings.EqualFold(strings.TrimSpace(typed), v.Who.Email)
	if !ok && typed != "" && s.Confirmer != nil {
		var err error
		if ok, err = s.Confirmer.Confirm(v.R.Context(), v.Who, typed); err != nil {
			return err
		}
	}
	if !ok {
		f.Add("confirm", "request.confirm.wrong")
	}
	return nil
}

func (s *Service) show(v identity.Visit) error { return s.own(v, http.StatusOK, ui.NewForm(nil)) }

func (s *Service) own(v identity.Visit, status int, f *ui.Form) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var page view
	err = v.Read(s.DB, Purpose, func(tx *store.Tx) error {
		c, err := Own(v.R.Context(), tx, v.Who.Subject, key)
		if err != nil {
			return err
		}
		if page, err = s.readView(v.R.Context(), tx, c); err != nil {
			return err
		}
		page.Stops, err = standing(v.R.Context(), tx, v.Who.Subject)
		return err
	})
	if err != nil {
		return err
	}
	page.Notice, _ = s.Notice(v.Who.Service)
	page.Form, page.Lang, page.Answer = f, v.Lang(), s.answerText(i18n.From(v.Ctx), page.Case)
	return v.Render(status, web.Page{Title: v.T("request.right." + string(page.Case.Right)), Lead: v.T("request.number", "number", page.Case.Number), Form: f,
		Back: &ui.Tab{Label: v.T("request.title"), Href: v.Path("/privacy/requests")}}, casePage(page))
}

func (s *Service) write(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = v.Write(s.DB, Purpose, func(tx *store.Tx) error {
		c, err := Own(v.R.Context(), tx, v.Who.Subject, key)
		if err != nil {
			return err
		}
		return s.Write(v.R.Context(), tx, c, f.Value("text"))
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.own(v, identity.Refusal(err), f)
	}
	return v.To(personPath(key), "request.written")
}

func (s *Service) back(v identity.Visit) error {
	return s.act(v, "request.taken_back", s.TakeBack)
}

func (s *Service) lift(v identity.Visit) error { return s.act(v, "request.lifted", s.Lift) }

func (s *Service) proof(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var file []byte
	err = v.Read(s.DB, Purpose, func(tx *store.Tx) error {
		c, err := Own(v.R.Context(), tx, v.Who.Subject, key)
		if err == nil {
			file, err = s.Proof(v.R.Context(), tx, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	return sendProof(v.W, key.String(), file)
}

// act runs f on one of the visitor's own cases.
func (s *Service) act(v identity.Visit, done string, f func(context.Context, *store.Tx, id.Subject, id.ID) error) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.R); err != nil {
		return err
	}
	if err := v.Write(s.DB, Purpose, func(tx *store.Tx) error { return f(v.R.Context(), tx, v.Who.Subject, key) }); err != nil {
		return err
	}
	return v.To(personPath(key), done)
}

// Card is what the page of what is kept shows of requests: the way to ask, and
// what is open.
func (s *Service) Card(ctx context.Context, p identity.Principal) (templ.Component, error) {
	var all []Case
	err := s.DB.Read(ctx, p.HomeScope(Purpose), func(tx *store.Tx) (err error) { all, err = Of(ctx, tx, p.Subject); return err })
	return card(all[:min(len(all), 5)]), err
}
