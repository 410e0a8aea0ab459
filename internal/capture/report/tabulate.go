package report

import (
	"amanah/internal/document"
	"amanah/internal/web/i18n"
)

// Document is the report as a file of several tables.
func (p paper) Document(say i18n.Printer) document.Document {
	d := document.Document{Title: p.heading(say), Note: say.T("report.own")}
	if p.Reviews > 0 {
		d.Note += " " + say.T("report.review", "count", p.Reviews)
	}
	sums := func(title, first string, all []Group, f func(Group) document.Cell) {
		t := document.Table{Title: title, Columns: []document.Column{{Name: first, Width: 30}, p.column(say.T("report.in")), p.column(say.T("report.out")), {Name: say.T("report.count"), Kind: document.KindNumber}},
			Rows: lines(all, func(g Group) []document.Cell {
				return []document.Cell{f(g), p.amount(g.In), p.amount(g.Out), document.Number(g.Count)}
			})}
		d.Tables = append(d.Tables, t)
	}
	d.Tables = append(d.Tables, p.totals(say))
	sums(say.T("report.categories"), say.T("report.category"), p.Categories, func(g Group) document.Cell { return document.Text(category(say, g.Category)) })
	sums(say.T("report.merchants"), say.T("capture.field.merchant"), p.Merchants, func(g Group) document.Cell { return document.Text(merchantName(say, g.Name)) })
	sums(say.T("report.accounts"), say.T("capture.field.account"), p.Accounts, func(g Group) document.Cell { return document.Text(accountName(say, g.Name, g.Last)) })
	d.Tables = append(d.Tables, p.periodTable(say))
	if len(p.Lines) > 0 {
		d.Tables = append(d.Tables, p.budgetTable(say))
	}
	return d
}

func (p paper) heading(say i18n.Printer) string {
	if p.Span.Year() {
		return say.T("report.title.year", "span", string(p.Span))
	}
	return say.T("report.title.month", "span", name(say, p.Span))
}

func (p paper) column(name string) document.Column {
	return document.Column{Name: name, Kind: document.KindMoney, Currency: p.Currency}
}

func (p paper) totals(say i18n.Printer) document.Table {
	t := document.Table{Title: say.T("report.compare"), Columns: []document.Column{{Name: say.T("report.compare.span"), Width: 30}, p.column(say.T("report.in")), p.column(say.T("report.out")), p.column(say.T("report.net"))}}
	rows := [][]document.Cell{}
	add := func(s Span, sums Sums) {
		rows = append(rows, []document.Cell{document.Text(name(say, s)), p.amount(sums.In), p.amount(sums.Out), p.amount(sums.Net())})
	}
	add(p.Span, p.Total)
	add(p.Span.add(-1), p.Before)
	if !p.Span.Year() {
		add(p.Span.yearAgo(), p.YearAgo)
	}
	t.Rows = document.List(rows...)
	return t
}

func (p paper) periodTable(say i18n.Printer) document.Table {
	t := document.Table{Title: say.T("report.days"), Columns: []document.Column{{Name: say.T("report.compare.span"), Width: 30}, p.column(say.T("report.in")), p.column(say.T("report.out"))}}
	if p.Span.Year() {
		t.Title = say.T("report.months")
	}
	t.Rows = func(yield func([]document.Cell, error) bool) {
		for _, d := range p.Periods {
			label := say.Date(dayOf(d.Month, d.Day))
			if p.Span.Year() {
				label = name(say, Span(d.Month))
			}
			if !yield([]document.Cell{document.Text(label), p.amount(d.In), p.amount(d.Out)}, nil) {
				return
			}
		}
	}
	return t
}

func (p paper) budgetTable(say i18n.Printer) document.Table {
	t := document.Table{Title: say.T("report.budgets"), Columns: []document.Column{{Name: say.T("report.category"), Width: 30}, {Name: say.T("report.budget.limit"), Kind: document.KindMoney},
		{Name: say.T("report.budget.spent"), Kind: document.KindMoney}, {Name: say.T("report.budget.share"), Kind: document.KindPercent}}}
	t.Rows = func(yield func([]document.Cell, error) bool) {
		for _, l := range p.Lines {
			r := Report{Query: Query{Currency: l.Currency}}
			if !yield([]document.Cell{document.Text(category(say, l.Category)), r.amount(l.Limit), r.amount(l.Spent), document.Percent(l.Share())}, nil) {
				return
			}
		}
	}
	return t
}

// flat is the report as one table, for programs: a section, a name, the sums.
func (p paper) flat(say i18n.Printer) document.Table {
	t := document.Table{Title: p.heading(say), Columns: []document.Column{{Name: say.T("report.section")}, {Name: say.T("report.entry")}, p.column(say.T("report.in")), p.column(say.T("report.out")),
		{Name: say.T("report.count"), Kind: document.KindNumber}, {Name: say.T("capture.field.currency")}}}
	t.Rows = func(yield func([]document.Cell, error) bool) {
		row := func(section, label string, s Sums) bool {
			return yield([]document.Cell{document.Text(section), document.Text(label), p.amount(s.In), p.amount(s.Out), document.Number(s.Count), document.Text(string(p.Currency))}, nil)
		}
		if !row(say.T("report.compare.span"), string(p.Span), p.Total) {
			return
		}
		for _, c := range p.Categories {
			if !row(say.T("report.category"), category(say, c.Category), c.Sums) {
				return
			}
		}
		for _, m := range p.Merchants {
			if !row(say.T("capture.field.merchant"), merchantName(say, m.Name), m.Sums) {
				return
			}
		}
		for _, a := range p.Accounts {
			if !row(say.T("capture.field.account"), accountName(say, a.Name, a.Last), a.Sums) {
				return
			}
		}
		for _, d := range p.Periods {
			label := d.Month
			if !p.Span.Year() {
				label = dayOf(d.Month, d.Day).Format("2006-01-02")
			}
			if !row(t.Columns[1].Name, label, d.Sums) {
				return
			}
		}
	}
	return t
}
