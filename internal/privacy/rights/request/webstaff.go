package request

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

func (s *Service) staffRoutes(mux web.Mux, slug string) {
	at := "/staff/privacy/requests"
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET " + at: s.queue, "GET " + at + "/new": s.paperPage, "POST " + at: s.paper, "GET " + at + "/{id}": s.staffShow, "GET " + at + "/{id}/proof": s.staffProof,
		"POST " + at + "/{id}/identify": s.staffAct(s.identify), "POST " + at + "/{id}/sort": s.staffAct(s.sort), "POST " + at + "/{id}/extend": s.staffAct(s.extend),
		"POST " + at + "/{id}/grant": s.staffAct(s.grant), "POST " + at + "/{id}/refuse": s.staffAct(s.refuse), "POST " + at + "/{id}/write": s.staffAct(s.staffWrite),
		"POST " + at + "/{id}/task": s.staffAct(s.task), "POST " + at + "/{id}/paid": s.staffAct(s.paid),
	} {
		mux.Handle(web.Under(slug, pattern), s.Guard.Page(f))
	}
}

// entry is a case in the queue, with its clock.
type entry struct {
	Case
	Clock *deadline.Item
}

func (s *Service) queue(v identity.Visit) error {
	done := v.R.URL.Query().Get("done") == "1"
	var all []Case
	var clocks []deadline.Item
	var kept, late int
	err := s.DB.Read(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) {
		if all, err = Queue(v.R.Context(), tx, done); err != nil {
			return err
		}
		if clocks, err = deadline.Open(v.R.Context(), tx); err != nil {
			return err
		}
		kept, late, err = Late(v.R.Context(), tx, 90)
		return err
	})
	if err != nil {
		return err
	}
	entries := make([]entry, len(all))
	for i, c := range all {
		entries[i].Case = c
		if j := slices.IndexFunc(clocks, func(d deadline.Item) bool { return d.Ref == c.ID }); j >= 0 {
			entries[i].Clock = &clocks[j]
		}
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("request.staff.title"), Lead: v.T("request.staff.lead"), Wide: true, Back: &ui.Tab{Label: v.T("request.staff.desk"), Href: v.Path("/staff/privacy")}},
		queuePage(entries, done, kept, late))
}

func (s *Service) paperPage(v identity.Visit) error {
	return s.paperForm(v, http.StatusOK, ui.NewForm(nil))
}

func (s *Service) paperForm(v identity.Visit, status int, f *ui.Form) error {
	n, err := s.notice(v.Who.Service)
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("request.paper.title"), Lead: v.T("request.paper.lead"), Form: f, Back: &ui.Tab{Label: v.T("request.staff.title"), Href: v.Path("/staff/privacy/requests")}},
		paperForm(f, n, s.Corrector.Fields(v.Who.Service), v.Lang()))
}

// paper writes down what somebody asked in person, on the telephone or by letter.
func (s *Service) paper(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	a := Ask{Right: Right(f.Value("right")), Purpose: f.Value("purpose"), Field: f.Value("field"), Wish: f.Value("wish"), Text: f.Value("text"), Via: Via(f.Value("via")), By: By(f.Value("by")),
		Name: f.Value("name"), Paper: f.Value("paper"), Contact: f.Value("email"), Seen: f.Value("seen"), Lang: v.Lang()}
	if !slices.Contains([]Via{InPerson, ByPhone, ByLetter}, a.Via) {
		f.Add("via", "request.via.unknown")
	}
	if strings.TrimSpace(a.Name) == "" {
		f.Add("name", "request.name.empty")
	}
	if account := strings.TrimSpace(f.Value("account")); account != "" {
		who, found, err := s.Accounts.Find(v.R.Context(), v.Who.Service, account)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
		switch {
		case !found:
			f.Add("account", "request.account.unknown")
		case a.Seen != "" && a.Right != Child:
			a.Subject, a.Proven = who, ByOfficer
		default:
			a.About = who
		}
	}
	if a.Seen != "" {
		a.Proven = ByOfficer
	}
	var c *Case
	if f.OK() {
		if c, _, err = s.Open(v.R.Context(), desk.Scope(v.Who), a); err != nil && !f.Take(err) {
			return err
		}
	}
	if !f.OK() {
		return s.paperForm(v, http.StatusUnprocessableEntity, f)
	}
	return v.To(staffPath(c.ID), "request.paper.done")
}

func (s *Service) staffShow(v identity.Visit) error {
	return s.staffView(v, http.StatusOK, ui.NewForm(nil))
}

// staffView shows a case to an officer; the look stands in the audit chain.
func (s *Service) staffView(v identity.Visit, status int, f *ui.Form) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	ctx := v.R.Context()
	var page view
	err = s.DB.Write(ctx, desk.Scope(v.Who), func(tx *store.Tx) error {
		c, err := store.Get[Case](ctx, tx, key)
		if err != nil {
			return err
		}
		if page, err = s.readView(ctx, tx, c); err != nil {
			return err
		}
		who := page.about()
		if !who.IsZero() {
			if page.Stops, err = standing(ctx, tx, who); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Act{Name: "request.seen", Subject: who, Object: c.Number, Count: 1})
	})
	if err != nil {
		return err
	}
	if who := page.about(); !who.IsZero() {
		if page.Who, err = s.Accounts.Contact(ctx, v.Who.Service, who); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	n, err := s.notice(v.Who.Service)
	if err != nil {
		return err
	}
	page.Notice, page.Staff, page.Form, page.Lang, page.Answer = n, true, f, v.Lang(), s.answerText(i18n.From(v.Ctx), page.Case)
	for _, g := range Grounds(n, s.Packs, page.Case.Right, s.DB.Clock().Now().In(s.Zone)) {
		page.Grounds = append(page.Grounds, choice{g.Key, g.Says.In(v.Lang()) + " (" + g.Cite(s.Packs) + ")"})
	}
	return v.Render(status, web.Page{Title: v.T("request.right." + string(page.Case.Right)), Lead: page.Case.Number, Form: f, Wide: true,
		Back: &ui.Tab{Label: v.T("request.staff.title"), Href: v.Path("/staff/privacy/requests")}}, staffPage(page))
}

// about is whose data a case is about, proven or not.
func (p view) about() id.Subject {
	if p.Case.Subject.IsZero() {
		return p.Case.About
	}
	return p.Case.Subject
}

func (s *Service) staffProof(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var file []byte
	err = s.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		c, err := store.Get[Case](v.R.Context(), tx, key)
		if err != nil {
			return err
		}
		if file, err = s.Proof(v.R.Context(), tx, c); err != nil {
			return err
		}
		return audit.Record(v.R.Context(), tx, audit.Act{Name: "request.proof", Subject: c.Subject, Object: c.Number, Count: 1})
	})
	if err != nil {
		return err
	}
	return sendProof(v.W, key.String(), file)
}

// staffAct runs one of an officer's acts and shows the case again.
func (s *Service) staffAct(f func(identity.Visit, store.Scope, id.ID, *ui.Form) error) func(identity.Visit) error {
	return func(v identity.Visit) error {
		key, err := v.ID()
		if err != nil {
			return err
		}
		form, err := v.Form()
		if err != nil {
			return err
		}
		if err := f(v, desk.Scope(v.Who), key, form); err != nil {
			if !form.Take(err) {
				return err
			}
			return s.staffView(v, identity.Refusal(err), form)
		}
		return v.To(staffPath(key), "request.staff.done")
	}
}

func (s *Service) identify(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	return s.Identify(v.R.Context(), home, key, f.Value("seen"), f.Value("account"))
}

func (s *Service) tx(v identity.Visit, home store.Scope, f func(*store.Tx) error) error {
	return s.DB.Write(v.R.Context(), home, f)
}

func (s *Service) sort(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	return s.tx(v, home, func(tx *store.Tx) error {
		return s.Sort(v.R.Context(), tx, key, Right(f.Value("right")), f.Value("purpose"))
	})
}

func (s *Service) extend(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	days, err := strconv.Atoi(f.Value("days"))
	if err != nil {
		days = 0
	}
	return s.tx(v, home, func(tx *store.Tx) error { return s.Extend(v.R.Context(), tx, key, days, f.Value("reason")) })
}

func (s *Service) grant(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	rupiah, err := strconv.ParseInt(strings.NewReplacer(".", "", " ", "").Replace(f.Value("amount")), 10, 64)
	if err != nil || rupiah < 0 || rupiah > 1e12 {
		rupiah = 0
	}
	return s.Grant(v.R.Context(), home, key, Decision{Answer: f.Value("answer"), Annotate: f.Value("annotate") == "yes", Amount: rupiah * 100})
}

func (s *Service) refuse(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	return s.tx(v, home, func(tx *store.Tx) error {
		return s.Refuse(v.R.Context(), tx, key, f.Value("ground"), f.Value("reasons"))
	})
}

func (s *Service) staffWrite(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	return s.tx(v, home, func(tx *store.Tx) error {
		c, err := store.Get[Case](v.R.Context(), tx, key)
		if err != nil {
			return err
		}
		return s.Write(v.R.Context(), tx, c, f.Value("text"))
	})
}

func (s *Service) task(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	task, err := id.Parse(f.Value("task"))
	if err != nil {
		return fault.New(fault.NotFound, "request.task", "")
	}
	return s.tx(v, home, func(tx *store.Tx) error { return s.TaskDone(v.R.Context(), tx, key, task, f.Value("reply")) })
}

func (s *Service) paid(v identity.Visit, home store.Scope, key id.ID, f *ui.Form) error {
	return s.tx(v, home, func(tx *store.Tx) error { return s.Paid(v.R.Context(), tx, key, f.Value("note")) })
}

// tone is the look of a deadline's colour.
func tone(d *deadline.Item) ui.Tone {
	switch {
	case d == nil:
		return ui.Plain
	case d.Colour == deadline.Red:
		return ui.Danger
	case d.Colour == deadline.Amber:
		return ui.Warning
	}
	return ui.Success
}
