package report

import (
	"context"
	"io"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/document"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

// REST adds everything that the pages do.
func (s *Service) REST(api *rest.API) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	rest.Register(api, rest.Op{Method: "GET", Path: "/reports/{span}", ID: "getReport", Tag: "Reports", Summary: "What a month or a year adds up to", Scope: "reports:read", Roles: readers,
		Details: "Every sum is the ledger's. Transfers between own accounts are not counted; their fees are."}, s.restReport)
	for _, f := range document.Formats() {
		kind := map[document.Format]string{document.CSV: "Csv", document.XLSX: "Xlsx", document.PDF: "Pdf"}[f]
		rest.RegisterStream(api, rest.Op{Method: "GET", Path: "/reports/{span}/" + string(f), ID: "downloadReport" + kind, Tag: "Reports", Summary: "A report as " + kind, Scope: "reports:read", Roles: readers,
			Produces: mediaType(f)}, func(ctx context.Context, in *reportIn) (*rest.Stream, error) { return s.restFile(ctx, in, f) })
	}
	rest.Register(api, rest.Op{Method: "GET", Path: "/budgets/{month}", ID: "listBudgets", Tag: "Reports", Summary: "The budgets of a month, and what became of them", Scope: "rules:read", Roles: readers}, s.restBudgets)
	rest.Register(api, rest.Op{Method: "PUT", Path: "/budgets/{month}/{category}", ID: "setBudget", Tag: "Reports", Summary: "Set a budget from a month on, or for that month alone", Scope: "rules:write", Roles: readers[:2], Status: http.StatusNoContent,
		Details: "An amount of nought ends the budget from that month on."}, s.restSet)
}

func mediaType(f document.Format) string {
	if f == document.CSV {
		return "text/csv"
	}
	return f.ContentType()
}

type reportIn struct {
	Span     string `path:"span" pattern:"^[0-9]{4}(-[0-9]{2})?$" example:"2026-11" doc:"A month or a year."`
	Currency string `query:"currency" pattern:"^[A-Z]{3}$" default:"IDR" example:"IDR" doc:"ISO 4217."`
	Account  string `query:"account" maxLength:"36" doc:"Only of this account."`
	Category string `query:"category" maxLength:"40" example:"food_drink" doc:"Only of this category."`
}

// reportSums are sums in the report's currency.
type reportSums struct {
	In    string `json:"in" example:"9000000.00" doc:"What came in."`
	Out   string `json:"out" example:"4250000.00" doc:"What went out."`
	Count int64  `json:"count" doc:"In how many transactions; nought for spans of comparison."`
}

// reportGroup is one line: a category, a merchant, an account or a period.
type reportGroup struct {
	Key  string     `json:"key" example:"food_drink" doc:"The category, the number of the merchant or account, the day or the month."`
	Name string     `json:"name,omitempty" example:"Kopi Tuku" doc:"Its name."`
	Sums reportSums `json:"sums" doc:"What it moved."`
}

type reportBody struct {
	Span       string        `json:"span" example:"2026-11" doc:"The month or year."`
	Currency   string        `json:"currency" example:"IDR" doc:"The currency of all sums."`
	Total      reportSums    `json:"total" doc:"All of it."`
	Before     reportSums    `json:"before" doc:"The month or year before."`
	YearAgo    reportSums    `json:"year_ago" doc:"The same month a year before."`
	Categories []reportGroup `json:"categories" nullable:"false" doc:"By category, the largest first."`
	Merchants  []reportGroup `json:"merchants" nullable:"false" doc:"The twenty largest by what went out."`
	Accounts   []reportGroup `json:"accounts" nullable:"false" doc:"By account."`
	Periods    []reportGroup `json:"periods" nullable:"false" doc:"By day, or by month of a year."`
	Reviews    int64         `json:"waiting" doc:"Transactions that wait for review and are not counted."`
	Others     []string      `json:"other_currencies" nullable:"false" doc:"Currencies of the span beside this one."`
}

type reportOut struct{ Body reportBody }

// asked is the report that a call asks for, in the caller's workspace.
func (s *Service) asked(ctx context.Context, in *reportIn) (paper, error) {
	who, _ := identity.FromContext(ctx)
	p := paper{}
	q := Query{Span: Span(in.Span), Currency: money.Currency(in.Currency), Category: in.Category, Zone: who.Location()}
	if in.Account != "" {
		var err error
		if q.Account, err = id.Parse(in.Account); err != nil {
			return p, fault.New(fault.Invalid, "report.rest", "rest.wrong.uuid").On("account")
		}
	}
	err := s.db.Read(ctx, who.Scope("capture"), func(tx *store.Tx) (err error) {
		if p.Report, err = s.Report(ctx, tx, q); err == nil && !q.Span.Year() && in.Account == "" {
			p.Lines, err = s.Lines(ctx, tx, q.Span, s.db.Clock().Now(), q.Zone)
		}
		return err
	})
	return p, err
}

func (s *Service) restReport(ctx context.Context, in *reportIn) (*reportOut, error) {
	r, err := s.asked(ctx, in)
	if err != nil {
		return nil, err
	}
	b := reportBody{Span: in.Span, Currency: in.Currency, Total: r.said(r.Total), Before: r.said(r.Before), YearAgo: r.said(r.YearAgo), Reviews: r.Reviews,
		Categories: []reportGroup{}, Merchants: []reportGroup{}, Accounts: []reportGroup{}, Periods: []reportGroup{}, Others: []string{}}
	for _, g := range r.Categories {
		b.Categories = append(b.Categories, reportGroup{Key: g.Category, Sums: r.said(g.Sums)})
	}
	for _, g := range r.Merchants {
		b.Merchants = append(b.Merchants, reportGroup{g.Merchant.String(), g.Name, r.said(g.Sums)})
	}
	for _, g := range r.Report.Accounts {
		b.Accounts = append(b.Accounts, reportGroup{g.Account.String(), g.Name, r.said(g.Sums)})
	}
	for _, d := range r.Periods {
		key := d.Month
		if d.Day > 0 {
			key = dayOf(d.Month, d.Day).Format(time.DateOnly)
		}
		b.Periods = append(b.Periods, reportGroup{Key: key, Sums: r.said(d.Sums)})
	}
	for _, c := range r.Others {
		b.Others = append(b.Others, string(c))
	}
	return &reportOut{b}, nil
}

func (r Report) said(s Sums) reportSums {
	dec := func(minor int64) string { return money.Amount{Minor: minor, Currency: r.Currency}.Decimal() }
	return reportSums{dec(s.In), dec(s.Out), s.Count}
}

func (s *Service) restFile(ctx context.Context, in *reportIn, f document.Format) (*rest.Stream, error) {
	p, err := s.asked(ctx, in)
	if err != nil {
		return nil, err
	}
	say := i18n.From(ctx)
	d := p.Document(say)
	if f == document.CSV {
		d.Tables = []document.Table{p.flat(say)}
	}
	d.Lang, d.Zone, d.At, d.Author = say.Lang, p.Zone, s.db.Clock().Now(), "CTT"
	return &rest.Stream{Filename: say.T("report.file.name") + "-" + in.Span + "." + string(f), Write: func(w io.Writer) error { return d.Write(w, f) }}, nil
}

type budgetsIn struct {
	Month string `path:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"A month."`
}

type budgetBody struct {
	Category string `json:"category" example:"food_drink" doc:"A category, or all."`
	Currency string `json:"currency" example:"IDR" doc:"ISO 4217."`
	Limit    string `json:"limit" example:"2000000.00" doc:"What may be spent."`
	Spent    string `json:"spent" example:"824200.00" doc:"What is spent."`
	Forecast string `json:"forecast,omitempty" example:"1075000.00" doc:"What the month comes to if it goes on so; no certainty. Of the present month only."`
	Once     bool   `json:"once" doc:"Of this month alone."`
}

func (s *Service) restBudgets(ctx context.Context, in *budgetsIn) (*rest.List[budgetBody], error) {
	who, _ := identity.FromContext(ctx)
	zone := who.Location()
	if zone == nil {
		zone = clock.WIB
	}
	var out []budgetBody
	err := s.db.Read(ctx, who.Scope("capture"), func(tx *store.Tx) error {
		all, err := s.Lines(ctx, tx, Span(in.Month), s.db.Clock().Now(), zone)
		for _, l := range all {
			dec := func(minor int64) string { return money.Amount{Minor: minor, Currency: l.Currency}.Decimal() }
			b := budgetBody{Category: l.Category, Currency: string(l.Currency), Limit: dec(l.Limit), Spent: dec(l.Spent), Once: l.Once}
			if l.Forecast > 0 {
				b.Forecast = dec(l.Forecast)
			}
			out = append(out, b)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type setBudgetIn struct {
	Month    string `path:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"From this month on."`
	Category string `path:"category" maxLength:"40" example:"food_drink" doc:"A category, or all."`
	Body     struct {
		Amount   string `json:"amount" maxLength:"30" example:"2000000.00" doc:"A decimal; 0 ends the budget."`
		Currency string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217; IDR where left out."`
		Once     bool   `json:"once,omitempty" doc:"In this month alone."`
	}
}

func (s *Service) restSet(ctx context.Context, in *setBudgetIn) (*struct{}, error) {
	who, _ := identity.FromContext(ctx)
	c := money.Currency(in.Body.Currency)
	if c == "" {
		c = money.IDR
	}
	amount, err := money.Parse(in.Body.Amount, c)
	if err != nil {
		return nil, fault.New(fault.Invalid, "report.rest", "report.budget.amount").On("amount")
	}
	b := Budget{Category: in.Category, Currency: c, Month: in.Month, Once: in.Body.Once, Minor: amount.Minor}
	return nil, s.db.Write(ctx, who.Scope("capture"), func(tx *store.Tx) error { return s.Set(ctx, tx, who.Subject, b) })
}
