package complaint

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// clockLine is a deadline of a case, for its pages.
type clockLine struct {
	Name string
	Due  time.Time
	Met  time.Time
	Late bool
	Tone ui.Tone
}

// fill reads everything of a case.
func (d *view) fill(ctx context.Context, tx *store.Tx, c *Case) (err error) {
	d.Case = c
	if d.Steps, err = Steps(ctx, tx, c); err != nil {
		return err
	}
	if d.Remedies, err = Remedies(ctx, tx, c); err != nil {
		return err
	}
	all, err := deadline.Of(ctx, tx, c.ID)
	for _, one := range all {
		l := clockLine{Name: one.Name, Due: one.Due, Met: one.Closed, Late: one.State == deadline.Late || one.State == deadline.Running && one.Due.Before(tx.Now().Time()), Tone: ui.Success}
		switch {
		case l.Late:
			l.Tone = ui.Danger
		case one.State == deadline.Running && one.Colour != deadline.Green:
			l.Tone = ui.Warning
		case one.State == deadline.Gone:
			l.Tone = ui.Plain
		}
		d.Clocks = append(d.Clocks, l)
	}
	return err
}

func (s *Service) queue(v identity.Visit) error {
	ended := v.R.URL.Query().Get("state") == "ended"
	var all []Case
	err := s.cfg.DB.Read(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) { all, err = Queue(v.R.Context(), tx, ended); return err })
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("complaint.desk.title"), Lead: v.T("complaint.desk.lead"), Wide: true}, queuePage(all, ended))
}

func (s *Service) writeDownPage(v identity.Visit) error {
	return s.writeDownForm(v, http.StatusOK, ui.NewForm(nil))
}

func (s *Service) writeDownForm(v identity.Visit, status int, f *ui.Form) error {
	return v.Render(status, web.Page{Title: v.T("complaint.desk.new"), Lead: v.T("complaint.desk.new.lead"), Form: f, Back: &ui.Tab{Label: v.T("complaint.desk.title"), Href: v.Path("/staff/privacy/complaints")}}, writeDownForm(f))
}

// writeDown keeps what somebody said on the telephone, wrote on paper or came with.
func (s *Service) writeDown(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	var c *Case
	err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) {
		via := f.Value("via")
		if via != ViaPhone && via != ViaPost && via != ViaPerson {
			return fault.New(fault.Invalid, "complaint.writeDown", "complaint.via.unknown").On("via")
		}
		c, err = s.File(v.R.Context(), tx, Filing{Name: f.Value("name"), Contact: f.Value("contact"), Text: f.Value("text"), Wanted: f.Value("wanted"), Lang: f.Value("lang"), Via: via, By: v.Who.Subject})
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.writeDownForm(v, identity.Refusal(err), f)
	}
	return v.To(c.deskPath(), "complaint.written")
}

func (s *Service) deskCase(v identity.Visit) error {
	return s.showDesk(v, http.StatusOK, ui.NewForm(nil))
}

// showDesk writes the look down before it shows anything.
func (s *Service) showDesk(v identity.Visit, status int, f *ui.Form) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	show := view{Form: f, Desk: true}
	err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		c, err := store.Get[Case](v.R.Context(), tx, key)
		if err == nil {
			err = show.fill(v.R.Context(), tx, c)
		}
		if err == nil {
			err = audit.Record(v.R.Context(), tx, audit.Act{Name: "complaint.read", Subject: c.known(), Object: "complaint", Count: 1})
		}
		return err
	})
	if err != nil {
		return err
	}
	show.Path = v.Path(show.Case.deskPath())
	return v.Render(status, web.Page{Title: v.T("complaint.case", "number", show.Case.Number), Form: f, Wide: true, Back: &ui.Tab{Label: v.T("complaint.desk.title"), Href: v.Path("/staff/privacy/complaints")}}, deskPage(show))
}

// deskAct runs what an officer does in a case.
func (s *Service) deskAct(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	act := s.act(v.R.PathValue("act"))
	if act == nil {
		return fault.New(fault.NotFound, "complaint.deskAct", "")
	}
	err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		c, err := store.Get[Case](v.R.Context(), tx, key)
		if err != nil {
			return err
		}
		return act(v.R.Context(), tx, c, v.Who.Subject, f)
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showDesk(v, identity.Refusal(err), f)
	}
	return v.To("/staff/privacy/complaints/"+key.String(), "complaint.done")
}

type deskFunc func(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, f *ui.Form) error

// act finds what the last part of an address does.
func (s *Service) act(name string) deskFunc {
	switch name {
	case "take":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, _ *ui.Form) error {
			return s.Take(ctx, tx, c, o)
		}
	case "recuse":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, _ *ui.Form) error {
			return s.Recuse(ctx, tx, c, o)
		}
	case "acknowledge":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, f *ui.Form) error {
			return s.Acknowledge(ctx, tx, c, o, f.Value("how"))
		}
	case "note":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, f *ui.Form) error {
			return s.Note(ctx, tx, c, o, f.Value("text"))
		}
	case "extend":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, f *ui.Form) error {
			end, err := until(f.Value("until"))
			if err != nil {
				return err
			}
			return s.Extend(ctx, tx, c, o, f.Value("name"), end, f.Value("reason"))
		}
	case "find":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, f *ui.Form) error {
			return s.Find(ctx, tx, c, o, Finding(f.Value("finding")), f.Value("grounds"))
		}
	case "remedy":
		return s.remedyAct
	case "done":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, f *ui.Form) error {
			key, err := id.Parse(f.Value("remedy"))
			if err != nil {
				return fault.New(fault.NotFound, "complaint.act", "")
			}
			return s.Done(ctx, tx, c, o, key, f.Value("document"))
		}
	case "reply":
		return func(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, f *ui.Form) error {
			return s.Reply(ctx, tx, c, o, f.Value("answer"))
		}
	}
	return nil
}

func (s *Service) remedyAct(ctx context.Context, tx *store.Tx, c *Case, o id.Subject, f *ui.Form) error {
	order := Order{Kind: f.Value("kind"), Note: f.Value("note")}
	if text := f.Value("amount"); text != "" && order.Kind == Compensation {
		a, err := money.Parse(text, money.IDR)
		if err != nil {
			return fault.New(fault.Invalid, "complaint.remedyAct", "complaint.amount.wrong").On("amount")
		}
		order.Amount = a
	}
	return s.Set(ctx, tx, c, o, order)
}
