package report

import (
	"context"
	"strings"

	"amanah/internal/capture"
	"amanah/internal/document"
	"amanah/internal/money"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// grid is a table as the page shows it.
type grid struct {
	Caption string
	Stack   bool // too wide for a phone
	Columns []ui.Column
	Rows    [][]string
}

func heads(first string, rest ...string) []ui.Column {
	out := []ui.Column{{Label: first}}
	for _, r := range rest {
		out = append(out, ui.Column{Label: r, Number: true})
	}
	return out
}

// comparison sets the span beside the one before and the same a year before.
func (r Report) comparison(p i18n.Printer) grid {
	g := grid{Caption: p.T("report.compare"), Stack: true, Columns: heads(p.T("report.compare.span"), p.T("report.in"), p.T("report.out"), p.T("report.net"))}
	row := func(label string, s Sums) {
		g.Rows = append(g.Rows, []string{label, r.money(p, s.In), r.money(p, s.Out), r.money(p, s.Net())})
	}
	diff := func(s Sums) {
		g.Rows = append(g.Rows, []string{p.T("report.change"), r.money(p, r.Total.In-s.In) + " (" + change(p, r.Total.In, s.In) + ")",
			r.money(p, r.Total.Out-s.Out) + " (" + change(p, r.Total.Out, s.Out) + ")", r.money(p, r.Total.Net()-s.Net()) + " (" + change(p, r.Total.Net(), s.Net()) + ")"})
	}
	row(name(p, r.Span), r.Total)
	row(name(p, r.Span.add(-1)), r.Before)
	diff(r.Before)
	if !r.Span.Year() {
		row(name(p, r.Span.yearAgo()), r.YearAgo)
		diff(r.YearAgo)
	}
	return g
}

func (r Report) categories(p i18n.Printer) grid {
	before := "report.previous.month"
	if r.Span.Year() {
		before = "report.previous.year"
	}
	g := grid{Caption: p.T("report.categories.compared"), Stack: true, Columns: heads(p.T("report.category"), p.T("report.in"), p.T("report.out"), p.T(before)+": "+p.T("report.out"), p.T("report.change"))}
	for _, c := range r.Categories {
		g.Rows = append(g.Rows, []string{category(p, c.Category), r.money(p, c.In), r.money(p, c.Out), r.money(p, c.Before.Out), change(p, c.Out, c.Before.Out)})
	}
	g.Rows = append(g.Rows, []string{p.T("report.category.total"), r.money(p, r.Total.In), r.money(p, r.Total.Out), r.money(p, r.Before.Out), change(p, r.Total.Out, r.Before.Out)})
	return g
}

func (r Report) weeks(p i18n.Printer) grid {
	g := grid{Caption: p.T("report.weeks"), Columns: heads(p.T("report.week"), p.T("report.in"), p.T("report.out"))}
	for _, w := range r.Weeks {
		g.Rows = append(g.Rows, []string{weekName(p, w), r.money(p, w.In), r.money(p, w.Out)})
	}
	return g
}

func weekName(p i18n.Printer, w Period) string {
	last, _, _ := strings.Cut(p.ShortDate(dayOf(w.Month, w.To)), " "+w.Month[:4])
	if w.Day == w.To {
		return last
	}
	return p.Number(int64(w.Day)) + "–" + last
}

func (r Report) accounts(p i18n.Printer) grid {
	g := grid{Caption: p.T("report.accounts"), Columns: heads(p.T("capture.field.account"), p.T("report.in"), p.T("report.out"))}
	for _, a := range r.Accounts {
		g.Rows = append(g.Rows, []string{accountName(p, a.Name, a.Last), r.money(p, a.In), r.money(p, a.Out)})
	}
	return g
}

func (r Report) regulars(p i18n.Printer) grid {
	g := grid{Caption: p.T("report.regular"), Columns: heads(p.T("capture.field.merchant"), p.T("capture.field.amount"), p.T("report.regular.months"))}
	for _, a := range r.Regular {
		g.Rows = append(g.Rows, []string{merchantName(p, a.Name), r.money(p, a.Minor), p.T("report.regular.count", "count", a.Months)})
	}
	return g
}

func signed(v capture.View) money.Amount {
	if v.Direction == "out" {
		return v.Amount().Neg()
	}
	return v.Amount()
}

// at is the address of the same report of another span.
func (q Query) at(ctx context.Context, s Span) string {
	q.Span = s
	return at(ctx, "/reports?"+q.address().Encode())
}

func (q Query) other(ctx context.Context, c money.Currency) string {
	q.Currency = c
	return at(ctx, "/reports?"+q.address().Encode())
}

func (q Query) file(ctx context.Context, f document.Format) string {
	v := q.address()
	v.Set("format", string(f))
	return at(ctx, "/reports/file?"+v.Encode())
}

// tabs switch between month and year.
func (p paper) tabs(ctx context.Context) []ui.Tab {
	month, year := p.Span, p.Span[:4]
	if p.Span.Year() {
		month, year = p.Now, p.Span
		if !within(string(p.Now), p.Span) {
			month = p.Span + "-12"
		}
	}
	say := i18n.From(ctx)
	return []ui.Tab{{Label: say.T("report.month"), Href: p.at(ctx, month), Current: !p.Span.Year()}, {Label: say.T("report.year"), Href: p.at(ctx, year), Current: p.Span.Year()}}
}

// currencies are those that lines are in, in their order.
func currencies(lines []Line) []money.Currency {
	var out []money.Currency
	for _, l := range lines {
		if len(out) == 0 || out[len(out)-1] != l.Currency {
			out = append(out, l.Currency)
		}
	}
	return out
}
