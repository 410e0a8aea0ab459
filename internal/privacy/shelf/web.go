package shelf

import (
	"context"
	"net/http"
	"slices"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// Routes adds the officers' pages of a service.
func (s *Shelf) Routes(mux web.Mux, slug string, guard *desk.Guard) {
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET /staff/privacy/agreements": s.agreements, "POST /staff/privacy/agreements/{key}": s.fileAgreement, "POST /staff/privacy/agreements/{key}/withdraw": s.withdrawAgreement,
		"GET /staff/privacy/assessments": s.assessments, "POST /staff/privacy/assessments": s.fileAssessment, "POST /staff/privacy/assessments/withdraw": s.withdrawAssessment,
	} {
		mux.Handle(web.Under(slug, pattern), guard.Page(f))
	}
}

// item is a paper as its page shows it.
type item struct {
	Paper
	Name, Does, State, Now string
	Instruments            []string
	Form                   *ui.Form
	Action                 string
	On                     bool // registered and not withdrawn
	Asked                  bool // its form is open: one at a time, so that each field has one name on the page
}

func (s *Shelf) item(v identity.Visit, k Kind, key, document, state string) item {
	p, ok := s.Paper(v.Who.Service, k, key)
	p.Kind, p.Key, p.Document = k, key, document
	now, _ := s.Digest(document)
	action := v.Path("/staff/privacy/assessments")
	if k == Agreement {
		action = v.Path("/staff/privacy/agreements/" + key)
	}
	return item{Paper: p, State: state, Now: now, Action: action, On: ok && !p.Withdrawn, Form: ui.NewForm(nil)}
}

func (s *Shelf) agreements(v identity.Visit) error {
	return s.showAgreements(v, v.R.URL.Query().Get("for"), nil)
}

func (s *Shelf) showAgreements(v identity.Visit, key string, f *ui.Form) error {
	n, status := s.notices[v.Who.Service], http.StatusOK
	var all []item
	for _, r := range n.Recipients() {
		if r.As != "processor" || r.Agreement == nil {
			continue
		}
		i := s.item(v, Agreement, r.Key, r.Agreement.Document, s.Agreement(v.Who.Service, r))
		i.Name, i.Does = r.Name.In(v.Lang()), r.Does.In(v.Lang())
		if r.Transfer != nil && r.Abroad() {
			i.Instruments = r.Transfer.Instruments
		}
		i.Asked = r.Key == key
		if i.Asked && f != nil {
			i.Form, status = f, http.StatusUnprocessableEntity
		}
		all = append(all, i)
	}
	return v.Render(status, web.Page{Title: v.T("shelf.agreements.title"), Lead: v.T("shelf.agreements.lead"), Form: f, Back: &ui.Tab{Label: v.T("shelf.desk"), Href: v.Path("/staff/privacy")}},
		agreementsPage(s, all))
}

func (s *Shelf) fileAgreement(v identity.Visit) error {
	r, ok := s.notices[v.Who.Service].Recipient(v.R.PathValue("key"))
	if !ok || r.As != "processor" || r.Agreement == nil {
		return fault.New(fault.NotFound, "shelf.fileAgreement", "")
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	p := Paper{Kind: Agreement, Key: r.Key, Document: r.Agreement.Document, Instrument: f.Value("instrument")}
	if p.Instrument != "" && (r.Transfer == nil || !slices.Contains(r.Transfer.Instruments, p.Instrument) || !s.carries(v.Who.Service, r.Transfer.Basis, p.Instrument)) {
		f.Add("instrument", "shelf.instrument.wrong")
	}
	if err := s.file(v, f, p); err != nil {
		return err
	}
	if !f.OK() {
		return s.showAgreements(v, r.Key, f)
	}
	return v.To("/staff/privacy/agreements", "shelf.filed")
}

// file reads the days of a form and registers; what the officer can mend is left
// in the form.
func (s *Shelf) file(v identity.Visit, f *ui.Form, p Paper) error {
	day := func(field string) time.Time {
		t, _ := time.ParseInLocation(time.DateOnly, f.Value(field), wib) // "" and nonsense are refused as zero
		return t
	}
	p.Signed, p.ValidUntil, p.Review = day("signed"), day("valid_until"), day("review")
	if f.Value("valid_until") != "" && p.ValidUntil.IsZero() {
		f.Add("valid_until", "shelf.valid_until.wrong")
	}
	if !f.OK() {
		return nil
	}
	err := s.Register(v.R.Context(), desk.Scope(v.Who), p, v.Who.Subject)
	if err != nil && f.Take(err) {
		return nil
	}
	return err
}

// wib is the zone of the days on papers.
var wib = time.FixedZone("WIB", 7*3600)

// Register files a paper with the digest that its file has now, for the notice
// that runs, and opens the door on this node at once. The officer is zero for the
// operator's command.
func (s *Shelf) Register(ctx context.Context, home store.Scope, p Paper, by id.Subject) error {
	n := s.notices[home.Service]
	if n == nil {
		return fault.New(fault.NotFound, "shelf.Register", "")
	}
	var err error
	if p.Digest, err = s.Digest(p.Document); err != nil {
		return err
	}
	p.Notice, p.Flagged = n.Version(), s.flagged[home.Service]
	err = s.c.Store.Write(ctx, home, func(tx *store.Tx) error {
		if err := File(ctx, tx, p, by); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "paper.filed", Object: string(p.Kind) + ":" + p.Key})
	})
	if err != nil {
		return err
	}
	return s.Refresh(ctx)
}

// TakeBack withdraws a paper and shuts the door on this node at once.
func (s *Shelf) TakeBack(ctx context.Context, home store.Scope, k Kind, key string, by id.Subject) error {
	err := s.c.Store.Write(ctx, home, func(tx *store.Tx) error {
		if err := Withdraw(ctx, tx, k, key, by); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "paper.withdrawn", Object: string(k) + ":" + key})
	})
	if err != nil {
		return err
	}
	return s.Refresh(ctx)
}

func (s *Shelf) withdrawAgreement(v identity.Visit) error {
	if err := s.TakeBack(v.R.Context(), desk.Scope(v.Who), Agreement, v.R.PathValue("key"), v.Who.Subject); err != nil {
		return err
	}
	return v.To("/staff/privacy/agreements", "shelf.withdrawn")
}

func (s *Shelf) withdrawAssessment(v identity.Visit) error {
	if err := s.TakeBack(v.R.Context(), desk.Scope(v.Who), Assessment, "", v.Who.Subject); err != nil {
		return err
	}
	return v.To("/staff/privacy/assessments", "shelf.withdrawn")
}

func (s *Shelf) assessments(v identity.Visit) error { return s.showAssessments(v, nil) }

func (s *Shelf) showAssessments(v identity.Visit, f *ui.Form) error {
	n, status := s.notices[v.Who.Service], http.StatusOK
	var one *item
	if a := n.Assessment(); a != nil {
		i := s.item(v, Assessment, "", a.File, s.Assessment(v.Who.Service))
		i.Name = v.T("shelf.assessments.title")
		if f != nil {
			i.Form, status = f, http.StatusUnprocessableEntity
		}
		one = &i
	}
	return v.Render(status, web.Page{Title: v.T("shelf.assessments.title"), Lead: v.T("shelf.assessments.lead"), Form: f, Back: &ui.Tab{Label: v.T("shelf.desk"), Href: v.Path("/staff/privacy")}},
		assessmentsPage(s, one, waiting(n, v.Lang())))
}

func (s *Shelf) fileAssessment(v identity.Visit) error {
	a := s.notices[v.Who.Service].Assessment()
	if a == nil {
		return fault.New(fault.NotFound, "shelf.fileAssessment", "")
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	if err := s.file(v, f, Paper{Kind: Assessment, Document: a.File}); err != nil {
		return err
	}
	if !f.OK() {
		return s.showAssessments(v, f)
	}
	return v.To("/staff/privacy/assessments", "shelf.filed")
}

// waiting are the names of the purposes that stop without an assessment.
func waiting(n *notice.Notice, lang string) string {
	var out []string
	for _, key := range record.Guarded(n) {
		p, _ := n.Purpose(key)
		out = append(out, p.Name.In(lang))
	}
	return notice.SayAll(out, lang)
}

// tone is how a state looks.
func tone(state string) ui.Tone {
	switch {
	case state == Invented:
		return ui.Warning
	case opens(state):
		return ui.Success
	}
	return ui.Danger
}
