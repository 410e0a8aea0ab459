package support

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds a service's pages: a person's own tickets, and staff's.
func (s *Service) Routes(mux web.Mux, slug string) {
	for pattern, f := range map[string]func(visit) error{
		"GET /support": s.list, "GET /support/new": s.newPage, "POST /support": s.create,
		"GET /support/{id}": s.ticket, "POST /support/{id}": s.write, "POST /support/{id}/solve": s.solve,
		"POST /support/{id}/grant": s.give, "POST /support/{id}/revoke": s.takeBack,
	} {
		mux.Handle(web.Under(slug, pattern), identity.Require(page(f)))
	}
	for pattern, f := range map[string]func(visit) error{
		"GET /staff/support": s.queue, "GET /staff/support/{id}": s.staffTicket, "POST /staff/support/{id}": s.answer,
		"POST /staff/support/{id}/solve": s.staffSolve, "POST /staff/support/{id}/ask": s.ask,
		"POST /staff/support/{id}/look": s.look, "GET /staff/support/looks/{id}": s.seen,
	} {
		mux.Handle(web.Under(slug, pattern), identity.Require(page(s.onlyStaff(f))))
	}
}

// visit is a request of somebody who is signed in.
type visit struct {
	w   http.ResponseWriter
	r   *http.Request
	ctx context.Context // with the words of the request's language
	who identity.Principal
}

func page(f func(visit) error) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := identity.FromContext(r.Context())
		if !ok {
			return fault.New(fault.Unauthorized, "support.page", "")
		}
		return f(visit{w, r, web.Context(r), who})
	})
}

// onlyStaff answers everybody else as if there were nothing here.
func (s *Service) onlyStaff(f func(visit) error) func(visit) error {
	return func(v visit) error {
		ok, err := s.IsStaff(v.r.Context(), v.who)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "support.onlyStaff", "")
		}
		return f(v)
	}
}

func (v visit) t(key string, args ...any) string { return i18n.T(v.ctx, key, args...) }

func (v visit) key() (id.ID, error) {
	key, err := id.Parse(v.r.PathValue("id"))
	if err != nil {
		return key, fault.New(fault.NotFound, "support.key", "")
	}
	return key, nil
}

func (v visit) to(path, key string) error {
	web.Redirect(v.w, v.r, at(v.ctx, path), web.Flash{Tone: ui.Success, Key: key})
	return nil
}

func at(ctx context.Context, path string) string { return web.ServiceOf(ctx).Path(path) }

// refusal is the status of a page whose form was refused.
func refusal(err error) int {
	if fault.Is(err, fault.TooMany) {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// form reads a POST.
func (v visit) form() (*ui.Form, error) {
	if err := web.ParseForm(v.r); err != nil {
		return nil, err
	}
	return ui.NewForm(v.r.PostForm), nil
}

// read and write work in the home, for support.
func (s *Service) read(v visit, f func(*store.Tx) error) error {
	return s.db.Read(v.r.Context(), v.who.HomeScope("support"), f)
}

func (s *Service) change(v visit, f func(*store.Tx) error) error {
	return s.db.Write(v.r.Context(), v.who.HomeScope("support"), f)
}

func (s *Service) list(v visit) error {
	var all []Ticket
	err := s.read(v, func(tx *store.Tx) (err error) { all, err = Of(v.r.Context(), tx, v.who.Subject); return err })
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("support.title"), Lead: v.t("support.lead")}, listPage(all))
	return nil
}

func (s *Service) newPage(v visit) error {
	return v.newForm(http.StatusOK, ui.NewForm(nil))
}

func (v visit) newForm(status int, f *ui.Form) error {
	web.Render(v.w, v.r, status, web.Page{Title: v.t("support.new"), Lead: v.t("support.new.lead"), Form: f,
		Back: &ui.Tab{Label: v.t("support.title"), Href: at(v.ctx, "/support")}}, newTicketPage(f))
	return nil
}

func (s *Service) create(v visit) error {
	f, err := v.form()
	if err != nil {
		return err
	}
	var t *Ticket
	err = s.change(v, func(tx *store.Tx) (err error) {
		t, err = s.OpenTicket(v.r.Context(), tx, Request{Subject: v.who.Subject, Workspace: v.who.Workspace, Title: f.Value("title"), Text: f.Value("text"), Via: "web"})
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return v.newForm(refusal(err), f)
	}
	return v.to("/support/"+t.ID.String(), "support.created")
}

// thread is what the page of a ticket shows.
type thread struct {
	Ticket *Ticket
	Posts  []Post
	Grants []Grant
	Looks  []Look
	Views  []View
	Staff  bool
	Form   *ui.Form
}

// leave is the grant of a view that holds.
func (t thread) leave(view string) *Grant {
	for i := range t.Grants {
		if t.Grants[i].View == view {
			return &t.Grants[i]
		}
	}
	return nil
}

// readThread reads everything of a ticket.
func (s *Service) readThread(ctx context.Context, tx *store.Tx, t *Ticket) (out thread, err error) {
	out = thread{Ticket: t, Views: s.cfg.Views}
	if out.Posts, err = Posts(ctx, tx, t.ID); err != nil {
		return out, err
	}
	if out.Grants, err = Grants(ctx, tx, t.ID); err != nil {
		return out, err
	}
	out.Looks, err = Looks(ctx, tx, t.ID)
	return out, err
}

func (s *Service) ticket(v visit) error { return s.show(v, http.StatusOK, ui.NewForm(nil)) }

func (s *Service) show(v visit, status int, f *ui.Form) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var all thread
	err = s.read(v, func(tx *store.Tx) error {
		t, err := Own(v.r.Context(), tx, v.who.Subject, key)
		if err == nil {
			all, err = s.readThread(v.r.Context(), tx, t)
		}
		return err
	})
	if err != nil {
		return err
	}
	all.Form = f
	web.Render(v.w, v.r, status, web.Page{Title: all.Ticket.Title.Reveal(), Lead: v.t("support.number", "number", all.Ticket.Number), Form: f,
		Back: &ui.Tab{Label: v.t("support.title"), Href: at(v.ctx, "/support")}}, ticketPage(all))
	return nil
}

func (s *Service) write(v visit) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	f, err := v.form()
	if err != nil {
		return err
	}
	err = s.change(v, func(tx *store.Tx) error {
		return s.Write(v.r.Context(), tx, v.who.Subject, key, f.Value("text"), "")
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(v, refusal(err), f)
	}
	return v.to("/support/"+key.String(), "support.written")
}

// own runs f on one of the visitor's own tickets.
func (s *Service) own(v visit, done string, f func(ctx context.Context, tx *store.Tx, t *Ticket) error) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	err = s.change(v, func(tx *store.Tx) error {
		t, err := Own(v.r.Context(), tx, v.who.Subject, key)
		if err != nil {
			return err
		}
		return f(v.r.Context(), tx, t)
	})
	if err != nil {
		return err
	}
	return v.to("/support/"+key.String(), done)
}

func (s *Service) solve(v visit) error {
	return s.own(v, "support.solved", s.Solve)
}

func (s *Service) give(v visit) error {
	return s.own(v, "support.granted", func(ctx context.Context, tx *store.Tx, t *Ticket) error {
		hours, err := strconv.Atoi(v.r.PostForm.Get("span"))
		if err != nil {
			hours = 0
		}
		return s.Give(ctx, tx, v.who.Subject, t.ID, v.r.PostForm.Get("view"), time.Duration(hours)*time.Hour)
	})
}

func (s *Service) takeBack(v visit) error {
	return s.own(v, "support.revoked", func(ctx context.Context, tx *store.Tx, t *Ticket) error {
		return s.TakeBack(ctx, tx, v.who.Subject, t.ID, v.r.PostForm.Get("view"))
	})
}
