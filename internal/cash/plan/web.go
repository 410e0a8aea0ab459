package plan

import (
	"net/http"
	"net/url"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

var (
	readers = []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	writers = []tenant.Role{tenant.Owner, tenant.Worker}
)

// Routes puts the pages below "/<slug>/app/plan". All ask for a signed-in member;
// what changes something asks for an owner or a member.
func (s *Service) Routes(mux web.Mux) {
	for _, r := range []struct {
		pattern string
		f       func(visit) error
		roles   []tenant.Role
	}{
		{"GET /app/plan", s.outlookPage, readers},
		{"GET /app/plan/budgets", s.budgetsPage, readers},
		{"POST /app/plan/budgets", s.budgetForm, writers},
		{"GET /app/plan/goals", s.goalsPage, readers},
		{"POST /app/plan/goals", s.goalForm, writers},
		{"POST /app/plan/goals/{id}", s.putForm, writers},
		{"POST /app/plan/goals/{id}/end", s.endGoalForm, writers},
		{"GET /app/plan/repeats", s.repeatsPage, readers},
		{"POST /app/plan/repeats", s.repeatForm, writers},
		{"POST /app/plan/repeats/{id}/end", s.endRepeatForm, writers},
		{"POST /app/plan/repeats/{id}/decide", s.decideForm, writers},
		{"GET /app/plan/settle", s.settlePage, readers},
		{"POST /app/plan/settle", s.payForm, writers},
	} {
		mux.Handle(web.Under(s.Slug, r.pattern), s.page(r.f, r.roles...))
	}
}

// visit is a request of somebody who belongs to a family of the service.
type visit struct {
	identity.Visit
	s     *Service
	scope store.Scope
}

func (s *Service) page(f func(visit) error, roles ...tenant.Role) http.Handler {
	return identity.Page(func(v identity.Visit) error {
		if v.Who.Workspace.IsZero() || v.Who.Service != s.Slug {
			return fault.New(fault.NotFound, "plan.page", "")
		}
		return f(visit{v, s, v.Who.Scope(cash.Record)})
	}, roles...)
}

func (v visit) in(f func(tx *store.Tx, see cash.View) error) error {
	return v.s.db.Read(v.R.Context(), v.scope, v.seeing(f))
}

func (v visit) change(f func(tx *store.Tx, see cash.View) error) error {
	return v.s.db.Write(v.R.Context(), v.scope, v.seeing(f))
}

func (v visit) seeing(f func(tx *store.Tx, see cash.View) error) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		see, err := v.s.Cash().View(v.R.Context(), tx, v.Who.Subject)
		if err != nil {
			return err
		}
		return f(tx, see)
	}
}

func (v visit) may() bool { return v.Who.Is(writers...) }

// monthAsked is the month of the address, or the present one.
func (v visit) monthAsked(tx *store.Tx, see cash.View) string {
	if m := v.R.FormValue("month"); isMonth(m) {
		return m
	}
	return today(tx, see)[:7]
}

// outlookPage is what can be saved.
type outlookPage struct {
	Outlook
	Own []cash.Category
	Now string
}

func (s *Service) outlookPage(v visit) error {
	var p outlookPage
	c := money.Currency(v.R.URL.Query().Get("currency"))
	if !c.Valid() {
		c = money.IDR
	}
	err := v.in(func(tx *store.Tx, see cash.View) (err error) {
		p.Now = today(tx, see)[:7]
		if p.Own, err = s.Cash().Categories(v.R.Context(), tx); err != nil {
			return err
		}
		p.Outlook, err = s.Outlook(v.R.Context(), tx, see, v.monthAsked(tx, see), c)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("plan.savable.title", "month", monthWord(i18n.From(v.Ctx), p.Month)), Wide: true}, outlookView(p))
}

// budgetPage are the budgets of a month.
type budgetPage struct {
	Month, Now string
	Lines      []Line
	Own        []cash.Category
	Form       *ui.Form
	May        bool
}

func (s *Service) budgetsPage(v visit) error {
	return s.budgets(v, ui.NewForm(url.Values{"category": {All}}), http.StatusOK)
}

func (s *Service) budgets(v visit, form *ui.Form, status int) error {
	b := budgetPage{Form: form, May: v.may()}
	err := v.in(func(tx *store.Tx, see cash.View) (err error) {
		b.Now, b.Month = today(tx, see)[:7], v.monthAsked(tx, see)
		if b.Own, err = s.Cash().Categories(v.R.Context(), tx); err != nil {
			return err
		}
		b.Lines, err = s.Budgets(v.R.Context(), tx, see, b.Month)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("plan.budget.title", "month", monthWord(i18n.From(v.Ctx), b.Month)), Lead: v.T("plan.budget.lead"), Wide: true, Form: form}, budgetView(b))
}

func (s *Service) budgetForm(v visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	minor, ok := readAmount(form.Value("amount"), money.IDR)
	if !ok {
		form.Add("amount", "cash.amount_invalid")
	}
	month := ""
	if form.OK() {
		err := v.change(func(tx *store.Tx, see cash.View) error {
			month = v.monthAsked(tx, see)
			return s.SetBudget(v.R.Context(), tx, see, Budget{Category: form.Value("category"), Currency: money.IDR, Month: month, Once: form.Value("keep") == "once", Carry: form.Holds("carry", "yes"), Minor: minor})
		})
		if err == nil {
			return v.To("/app/plan/budgets?month="+month, "plan.budget.saved")
		}
		if !form.Take(err) {
			return err
		}
	}
	return s.budgets(v, form, http.StatusUnprocessableEntity)
}

// goalsPage are the goals.
type goalsPage struct {
	All  []Saved
	Form *ui.Form
	May  bool
	Me   id.Subject
}

func (s *Service) goalsPage(v visit) error {
	return s.goals(v, ui.NewForm(url.Values{"shared": {"yes"}}), http.StatusOK)
}

func (s *Service) goals(v visit, form *ui.Form, status int) error {
	p := goalsPage{Form: form, May: v.may(), Me: v.Who.Subject}
	err := v.in(func(tx *store.Tx, see cash.View) (err error) {
		p.All, err = s.Goals(v.R.Context(), tx, see)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("plan.nav.goals"), Lead: v.T("plan.goal.lead"), Wide: true, Form: form}, goalsView(p))
}

func (s *Service) goalForm(v visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	minor, _ := readAmount(form.Value("amount"), money.IDR)
	err = v.change(func(tx *store.Tx, see cash.View) error {
		_, err := s.AddGoal(v.R.Context(), tx, see, NewGoal{Name: form.Value("name"), Amount: money.Amount{Minor: minor, Currency: money.IDR}, Due: form.Value("due"), Shared: form.Holds("shared", "yes")})
		return err
	})
	if err == nil {
		return v.To("/app/plan/goals", "plan.goal.saved")
	}
	if !form.Take(err) {
		return err
	}
	return s.goals(v, form, http.StatusUnprocessableEntity)
}

func (s *Service) putForm(v visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	err = v.change(func(tx *store.Tx, see cash.View) error {
		g, err := s.Goal(v.R.Context(), tx, see, key)
		if err != nil {
			return err
		}
		minor, ok := readAmount(form.Value("amount"), g.Currency)
		if !ok {
			return invalid("plan.put", "cash.amount_invalid", "amount")
		}
		if form.Value("way") == "take" {
			minor = -minor
		}
		_, err = s.PutAside(v.R.Context(), tx, see, key, minor)
		return err
	})
	if err == nil {
		return v.To("/app/plan/goals", "plan.goal.put.done")
	}
	bad := ui.NewForm(url.Values{"shared": {"yes"}})
	if !bad.Take(err) {
		return err
	}
	return s.goals(v, bad, http.StatusUnprocessableEntity)
}

func (s *Service) endGoalForm(v visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	err = v.change(func(tx *store.Tx, see cash.View) error {
		g, err := s.Goal(v.R.Context(), tx, see, key)
		if err != nil {
			return err
		}
		return s.ChangeGoal(v.R.Context(), tx, see, key, NewGoal{Name: g.Name.Reveal(), Amount: money.Amount{Minor: g.Minor, Currency: g.Currency}, Due: g.Due, Shared: g.Shared}, g.EndedAt.IsZero())
	})
	if err != nil {
		return err
	}
	return v.To("/app/plan/goals", "plan.goal.saved")
}
