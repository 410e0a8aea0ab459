package report

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"amanah/internal/capture"
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

// visitor is a request of a person who belongs to the workspace.
type visitor struct {
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	who   identity.Principal
	scope store.Scope
}

// Routes puts the pages below "/<slug>/app". All ask for a signed-in member;
// budgets are set by an owner or a member.
func (s *Service) Routes(mux web.Mux) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	for _, r := range []struct {
		pattern string
		f       func(visitor) error
		roles   []tenant.Role
	}{
		{"GET /reports", s.reportPage, readers},
		{"GET /reports/file", s.reportFile, readers},
		{"GET /transactions/file", s.listFile, readers},
		{"GET /budgets", s.budgetsPage, readers},
		{"POST /budgets", s.saveBudget, readers[:2]},
	} {
		method, path, _ := strings.Cut(r.pattern, " ")
		mux.Handle(method+" /"+s.slug+"/app"+path, s.page(r.f, r.roles...))
	}
}

func (s *Service) page(f func(visitor) error, roles ...tenant.Role) http.Handler {
	return identity.Require(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := identity.FromContext(r.Context())
		if !ok || who.Workspace.IsZero() || who.Service != s.slug {
			return fault.New(fault.NotFound, "report.page", "")
		}
		return f(visitor{w: w, r: r, ctx: web.Context(r), who: who, scope: who.Scope("capture")})
	}), roles...)
}

func at(ctx context.Context, path string) string { return web.ServiceOf(ctx).Path("/app" + path) }

func (v visitor) t(key string, args ...any) string { return i18n.T(v.ctx, key, args...) }

// now is the present month where the visitor is.
func (s *Service) now(v visitor) Span { return spanOf(s.db.Clock().Now(), v.who.Location()) }

// query reads what a report is asked for. What makes no sense is left out.
func (s *Service) query(v visitor) Query {
	in := v.r.URL.Query()
	q := Query{Span: s.now(v), Currency: money.IDR, Zone: v.who.Location()}
	if given := Span(in.Get("span")); given.check("") == nil {
		q.Span = given
	}
	if c := money.Currency(in.Get("currency")); c.Valid() {
		q.Currency = c
	}
	q.Account, _ = id.Parse(in.Get("account"))
	if c := in.Get("category"); c == Fee || slices.Contains(capture.Categories(), c) {
		q.Category = c
	}
	return q
}

// address is a report's query as a URL has it.
func (q Query) address() url.Values {
	v := url.Values{"span": {string(q.Span)}}
	if q.Currency != money.IDR {
		v.Set("currency", string(q.Currency))
	}
	if !q.Account.IsZero() {
		v.Set("account", q.Account.String())
	}
	if q.Category != "" {
		v.Set("category", q.Category)
	}
	return v
}

// paper is a report with all that its page shows around it.
type paper struct {
	Report
	Lines   []Line
	Form    *ui.Form
	Choices []capture.BankAccount
	Now     Span
}

func (s *Service) read(v visitor, q Query) (paper, error) {
	p := paper{Now: s.now(v), Form: ui.NewForm(q.address())}
	ctx := v.r.Context()
	err := s.db.Read(ctx, v.scope, func(tx *store.Tx) (err error) {
		if p.Report, err = s.Report(ctx, tx, q); err != nil {
			return err
		}
		if !q.Span.Year() && q.Account.IsZero() {
			if p.Lines, err = s.Lines(ctx, tx, q.Span, s.db.Clock().Now(), q.Zone); err != nil {
				return err
			}
		}
		p.Choices, err = store.FindOpen[capture.BankAccount](ctx, tx, "WHERE tenant_id = $1 ORDER BY issuer, created_at, id LIMIT 1000", tx.Tenant())
		return err
	})
	return p, err
}

func (s *Service) reportPage(v visitor) error {
	p, err := s.read(v, s.query(v))
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: p.title(v.ctx), Wide: true}, page(p))
	return nil
}

// title is "Report of November 2026".
func (q Query) title(ctx context.Context) string {
	if q.Span.Year() {
		return i18n.T(ctx, "report.title.year", "span", string(q.Span))
	}
	return i18n.T(ctx, "report.title.month", "span", name(i18n.From(ctx), q.Span))
}

// name is how people say a span.
func name(p i18n.Printer, s Span) string {
	if s.Year() {
		return string(s)
	}
	return p.Month(dayOf(string(s), 1))
}

// budgetPage is the page of a month's budgets.
type budgetPage struct {
	Month Span
	Now   Span
	Lines []Line
	Form  *ui.Form
	May   bool
}

func (s *Service) budgets(v visitor, month Span, form *ui.Form, status int) error {
	b := budgetPage{Month: month, Now: s.now(v), Form: form, May: v.who.Is(tenant.Owner, tenant.Worker)}
	err := s.db.Read(v.r.Context(), v.scope, func(tx *store.Tx) (err error) {
		b.Lines, err = s.Lines(v.r.Context(), tx, month, s.db.Clock().Now(), v.who.Location())
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("report.budget.month", "month", name(i18n.From(v.ctx), month)), Lead: v.t("report.budgets.lead"), Wide: true, Form: form}, budgetView(b))
	return nil
}

func (s *Service) month(v visitor, given string) Span {
	if m := Span(given); m.check("") == nil && !m.Year() {
		return m
	}
	return s.now(v)
}

func (s *Service) budgetsPage(v visitor) error {
	return s.budgets(v, s.month(v, v.r.URL.Query().Get("month")), ui.NewForm(url.Values{"category": {All}, "keep": {"on"}}), http.StatusOK)
}

func (s *Service) saveBudget(v visitor) error {
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	in, form := v.r.PostForm, ui.NewForm(v.r.PostForm)
	month := s.month(v, in.Get("month"))
	minor, ok := capture.ReadAmount(in.Get("amount"), money.IDR)
	if !ok {
		form.Add("amount", "report.budget.amount")
	}
	if form.OK() {
		b := Budget{Category: in.Get("category"), Currency: money.IDR, Month: string(month), Once: in.Get("keep") == "once", Minor: minor}
		err := s.db.Write(v.r.Context(), v.scope, func(tx *store.Tx) error { return s.Set(v.r.Context(), tx, v.who.Subject, b) })
		if err == nil {
			web.Redirect(v.w, v.r, at(v.ctx, "/budgets?month="+string(month)), web.Flash{Tone: ui.Success, Key: "report.budget.saved"})
			return nil
		}
		if !form.Take(err) {
			return err
		}
	}
	return s.budgets(v, month, form, http.StatusUnprocessableEntity)
}
