package report

import (
	"context"
	"strconv"

	"amanah/internal/capture"
	"amanah/internal/money"
	"amanah/internal/web/chart"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// category says a category, also those that only reports have.
func category(p i18n.Printer, c string) string {
	for _, key := range []string{"report.category." + c, "capture.category." + c} {
		if p.Has(key) {
			return p.T(key)
		}
	}
	return p.T("capture.category.other")
}

func accountName(p i18n.Printer, issuer, last string) string {
	if issuer == "" {
		issuer = p.T("capture.account.unknown")
	}
	if last != "" {
		issuer += "\u00a0••••\u00a0" + last
	}
	return issuer
}

func merchantName(p i18n.Printer, name string) string {
	if name == "" {
		return p.T("capture.merchant.unknown")
	}
	return name
}

func (r Report) money(p i18n.Printer, minor int64) string {
	return p.Money(money.Amount{Minor: minor, Currency: r.Currency})
}

// change is "+12,5%"; "new" where there was nothing before.
func change(p i18n.Printer, now, before int64) string {
	switch {
	case before == 0 && now == 0:
		return "–"
	case before == 0:
		return p.T("report.new")
	}
	f := float64(now-before) / float64(max(before, -before))
	if f > 0 {
		return "+" + p.Percent(f)
	}
	return p.Percent(f)
}

// stats are the figures on top of a report.
func (r Report) stats(p i18n.Printer) []ui.Stat {
	key := "report.before.month"
	if r.Span.Year() {
		key = "report.before.year"
	}
	one := func(label string, now, before int64) ui.Stat {
		note := p.T("report.noBefore")
		if r.Before != (Sums{}) {
			note = p.T(key, "amount", r.money(p, before), "change", change(p, now, before))
		}
		return ui.Stat{Label: p.T(label), Value: r.money(p, now), Note: note}
	}
	return []ui.Stat{one("report.in", r.Total.In, r.Before.In), one("report.out", r.Total.Out, r.Before.Out), one("report.net", r.Total.Net(), r.Before.Net()),
		{Label: p.T("report.count"), Value: p.Number(r.Total.Count)}}
}

// periods is the picture of the days or months.
func (r Report) periods(ctx context.Context) chart.InOut {
	p := i18n.From(ctx)
	c := chart.InOut{Name: "periods", Title: p.T("report.days"), Unit: chart.Money(r.Currency)}
	if r.Span.Year() {
		c.Title = p.T("report.months")
	}
	for _, d := range r.Periods {
		one := chart.Period{In: max(0, d.In), Out: max(0, d.Out)}
		if r.Span.Year() {
			one.Label, one.Short = name(p, Span(d.Month)), shortMonth(p, d.Month)
			one.Href = at(ctx, "/reports?span="+d.Month)
		} else {
			one.Label, one.Short = p.Date(dayOf(d.Month, d.Day)), strconv.Itoa(d.Day)
		}
		c.Periods = append(c.Periods, one)
	}
	return c
}

func (r Report) history(ctx context.Context) chart.InOut {
	p := i18n.From(ctx)
	c := chart.InOut{Name: "history", Title: p.T("report.history"), Unit: chart.Money(r.Currency)}
	for _, m := range r.History {
		c.Periods = append(c.Periods, chart.Period{Label: name(p, Span(m.Month)), Short: shortMonth(p, m.Month), In: max(0, m.In), Out: max(0, m.Out), Href: at(ctx, "/reports?span="+m.Month)})
	}
	return c
}

func shortMonth(p i18n.Printer, m string) string {
	return string([]rune(p.ShortMonth(dayOf(m, 1)))[:3])
}

// byCategory is the picture of what went out by category, with the budgets.
func (p paper) byCategory(ctx context.Context) chart.Bars {
	say := i18n.From(ctx)
	c := chart.Bars{Name: "categories", Title: say.T("report.categories"), Unit: chart.Money(p.Currency), LabelHead: say.T("report.category"), LimitHead: say.T("report.chart.limit")}
	for _, g := range p.Categories {
		if g.Out <= 0 {
			continue
		}
		it := chart.Item{Label: category(say, g.Category), Value: g.Out, Href: p.list(ctx, "category", g.Category)}
		if g.Category == Fee {
			it.Href = ""
		}
		for _, l := range p.Lines {
			if l.Category == g.Category && l.Currency == p.Currency {
				it.Limit = l.Limit
			}
		}
		c.Items = append(c.Items, it)
	}
	return c
}

func (r Report) byMerchant(ctx context.Context) chart.Bars {
	p := i18n.From(ctx)
	c := chart.Bars{Name: "merchants", Title: p.T("report.merchants"), Unit: chart.Money(r.Currency), LabelHead: p.T("capture.field.merchant")}
	for i, g := range r.Merchants {
		if i == 10 {
			break
		}
		it := chart.Item{Label: merchantName(p, g.Name), Value: g.Out}
		if !g.Merchant.IsZero() {
			it.Href = r.list(ctx, "merchant", g.Merchant.String())
		}
		c.Items = append(c.Items, it)
	}
	return c
}

// list leads to the transactions behind a figure of a month.
func (r Report) list(ctx context.Context, field, value string) string {
	if r.Span.Year() {
		return ""
	}
	return at(ctx, "/transactions") + "?month=" + string(r.Span) + "&" + field + "=" + value
}

// rows is the picture of budgets.
func budgetBars(ctx context.Context, lines []Line, currency money.Currency) chart.Bars {
	p := i18n.From(ctx)
	c := chart.Bars{Name: "budgets", Title: p.T("report.budgets"), Unit: chart.Money(currency), LabelHead: p.T("report.category"), LimitHead: p.T("report.chart.limit"), ToLimit: true}
	for _, l := range lines {
		if l.Currency == currency {
			c.Items = append(c.Items, chart.Item{Label: category(p, l.Category), Value: max(0, l.Spent), Limit: l.Limit})
		}
	}
	return c
}

func shareTone(l Line) ui.Tone {
	switch {
	case l.Share() >= 1000:
		return ui.Danger
	case l.Share() >= 800:
		return ui.Warning
	}
	return ui.Success
}

func lineMoney(p i18n.Printer, l Line, minor int64) string {
	return p.Money(money.Amount{Minor: minor, Currency: l.Currency})
}

func accountOptions(p i18n.Printer, all []capture.BankAccount) []ui.Option {
	out := []ui.Option{{Label: p.T("report.any")}}
	for _, a := range all {
		out = append(out, ui.Option{Value: a.ID.String(), Label: accountName(p, a.Issuer, a.Last.Reveal())})
	}
	return out
}

func categoryOptions(p i18n.Printer, any bool, all []string) []ui.Option {
	var out []ui.Option
	if any {
		out = append(out, ui.Option{Label: p.T("report.any")})
	}
	for _, c := range all {
		out = append(out, ui.Option{Value: c, Label: category(p, c)})
	}
	return out
}
