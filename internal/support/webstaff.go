package support

import (
	"context"
	"net/http"

	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// asStaff runs f in a transaction of staff.
func (s *Service) asStaff(v visit, f func(ctx context.Context, tx *store.Tx) error) error {
	return s.db.Write(v.r.Context(), staffScope(v.who), func(tx *store.Tx) error { return f(v.r.Context(), tx) })
}

func (s *Service) queue(v visit) error {
	state := State(v.r.URL.Query().Get("state"))
	if state != Answered && state != Solved {
		state = Open
	}
	var all []Ticket
	err := s.db.Read(v.r.Context(), staffScope(v.who), func(tx *store.Tx) (err error) { all, err = Queue(v.r.Context(), tx, state); return err })
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("support.staff.title"), Lead: v.t("support.staff.lead"), Wide: true}, queuePage(all, state))
	return nil
}

func (s *Service) staffTicket(v visit) error { return s.showStaff(v, http.StatusOK, ui.NewForm(nil)) }

func (s *Service) showStaff(v visit, status int, f *ui.Form) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var all thread
	err = s.db.Read(v.r.Context(), staffScope(v.who), func(tx *store.Tx) error {
		t, err := store.Get[Ticket](v.r.Context(), tx, key)
		if err == nil {
			all, err = s.readThread(v.r.Context(), tx, t)
		}
		return err
	})
	if err != nil {
		return err
	}
	all.Form, all.Staff = f, true
	web.Render(v.w, v.r, status, web.Page{Title: all.Ticket.Title.Reveal(), Lead: v.t("support.number", "number", all.Ticket.Number), Form: f,
		Back: &ui.Tab{Label: v.t("support.staff.title"), Href: at(v.ctx, "/staff/support")}}, staffTicketPage(all))
	return nil
}

// act runs what staff do on a ticket; what the form refused is shown in it.
func (s *Service) act(v visit, done string, f func(ctx context.Context, tx *store.Tx, t *Ticket, form *ui.Form) error) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	err = s.asStaff(v, func(ctx context.Context, tx *store.Tx) error {
		t, err := store.Get[Ticket](ctx, tx, key)
		if err != nil {
			return err
		}
		return f(ctx, tx, t, form)
	})
	if err != nil {
		if !form.Take(err) {
			return err
		}
		return s.showStaff(v, http.StatusUnprocessableEntity, form)
	}
	if done == "" {
		return nil
	}
	return v.to("/staff/support/"+key.String(), done)
}

func (s *Service) answer(v visit) error {
	return s.act(v, "support.answered", func(ctx context.Context, tx *store.Tx, t *Ticket, f *ui.Form) error {
		return s.Answer(ctx, tx, t.ID, f.Value("text"))
	})
}

func (s *Service) staffSolve(v visit) error {
	return s.act(v, "support.solved", func(ctx context.Context, tx *store.Tx, t *Ticket, _ *ui.Form) error { return s.Solve(ctx, tx, t) })
}

func (s *Service) ask(v visit) error {
	return s.act(v, "support.asked", func(ctx context.Context, tx *store.Tx, t *Ticket, f *ui.Form) error {
		return s.Ask(ctx, tx, t.ID, f.Value("view"))
	})
}

// look writes the look down, commits, and only then leads to what it shows.
func (s *Service) look(v visit) error {
	var l *Look
	err := s.act(v, "", func(ctx context.Context, tx *store.Tx, t *Ticket, f *ui.Form) (err error) {
		l, err = s.LookAt(ctx, tx, v.who.Subject, t.ID, f.Value("view"), f.Value("reason"))
		return err
	})
	if err == nil && l != nil {
		web.Redirect(v.w, v.r, at(v.ctx, "/staff/support/looks/"+l.ID.String()))
	}
	return err
}

// seen shows what a look allows.
func (s *Service) seen(v visit) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var l *Look
	var t *Ticket
	err = s.db.Read(v.r.Context(), staffScope(v.who), func(tx *store.Tx) (err error) {
		l, t, err = s.Allowed(v.r.Context(), tx, v.who.Subject, key)
		return err
	})
	if err != nil {
		return err
	}
	shown, ok := s.view(l.View)
	if !ok {
		return nil
	}
	table, err := shown.Show(v.r.Context(), Person{Service: v.who.Service, Workspace: t.Workspace, Subject: t.Subject}, string(i18n.From(v.ctx).Lang))
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("support.view." + l.View), Lead: v.t("support.seen.lead", "number", t.Number), Wide: true, Sensitive: true,
		Back: &ui.Tab{Label: t.Number, Href: at(v.ctx, "/staff/support/"+t.ID.String())}}, seenPage(table))
	return nil
}
