package report

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"amanah/internal/cash/plan"
	"amanah/internal/money"
	"amanah/internal/web"
	"amanah/internal/web/chart"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

func at(ctx context.Context, path string) string { return web.ServiceOf(ctx).Path("/app" + path) }

func dayOf(month string, day int) time.Time {
	t, _ := time.Parse("2006-01", month) // checked when it came in
	return t.AddDate(0, 0, day-1).Add(5 * time.Hour)
}

func monthWord(p i18n.Printer, m string) string { return p.Month(dayOf(m, 1)) }

func (p paper) money(say i18n.Printer, minor int64) string {
	return say.Money(money.Amount{Minor: minor, Currency: p.Currency})
}

func (p paper) link(ctx context.Context, month string) string {
	q := url.Values{"month": {month}}
	if p.Currency != money.IDR {
		q.Set("currency", string(p.Currency))
	}
	return at(ctx, "/reports?"+q.Encode())
}

func (p paper) step(n int) string { return dayOf(p.Month, 1).AddDate(0, n, 0).Format("2006-01") }

// change is "+12,5%"; "new" where there was nothing before.
func change(say i18n.Printer, now, before int64) string {
	switch {
	case before == 0 && now == 0:
		return "–"
	case before == 0:
		return say.T("cashreport.new")
	}
	f := float64(now-before) / float64(max(before, -before))
	if f > 0 {
		return "+" + say.Percent(f)
	}
	return say.Percent(f)
}

func (p paper) stats(say i18n.Printer) []ui.Stat {
	one := func(key string, now, before int64) ui.Stat {
		note := say.T("cashreport.noBefore")
		if p.Before.In != 0 || p.Before.Out != 0 {
			note = say.T("cashreport.before", "amount", p.money(say, before), "change", change(say, now, before))
		}
		return ui.Stat{Label: say.T(key), Value: p.money(say, now), Note: note}
	}
	out := []ui.Stat{one("cashreport.in", p.Total.In, p.Before.In), one("cashreport.out", p.Total.Out, p.Before.Out), one("cashreport.left", p.Total.Left(), p.Before.Left())}
	if n := len(p.Worth); n > 0 {
		out = append(out, ui.Stat{Label: say.T("cashreport.worth"), Value: p.money(say, p.Worth[n-1].Minor), Note: say.T("cashreport.worth.note")})
	}
	return out
}

func (p paper) category(ctx context.Context, c string) string {
	return plan.CategoryWord(ctx, p.Own, c)
}

// where is the picture of where it went: the five largest categories and the rest.
func (p paper) where(ctx context.Context) chart.Shares {
	say := i18n.From(ctx)
	c := chart.Shares{Name: "where", Title: say.T("cashreport.where"), Unit: chart.Money(p.Currency), LabelHead: say.T("cashreport.category")}
	var rest int64
	for _, g := range p.Categories {
		switch {
		case g.Out <= 0:
		case len(c.Items) < 5:
			c.Items = append(c.Items, chart.Item{Label: p.category(ctx, g.Category), Value: g.Out})
		default:
			rest += g.Out
		}
	}
	if rest > 0 {
		c.Items = append(c.Items, chart.Item{Label: say.T("cashreport.rest"), Value: rest})
	}
	return c
}

// shops is the picture of the largest merchants.
func (p paper) shops(ctx context.Context) chart.Bars {
	say := i18n.From(ctx)
	c := chart.Bars{Name: "shops", Title: say.T("cashreport.shops"), Unit: chart.Money(p.Currency), LabelHead: say.T("cashreport.shop")}
	for _, g := range p.Merchants {
		label := g.Shop
		if label == "" {
			label = say.T("cashreport.shop.none")
		}
		c.Items = append(c.Items, chart.Item{Label: label, Value: max(0, g.Out)})
	}
	return c
}

// budgets is the picture of budgets against what was spent.
func (p paper) budgets(ctx context.Context) chart.Bars {
	say := i18n.From(ctx)
	c := chart.Bars{Name: "budgets", Title: say.T("cashreport.budgets"), Unit: chart.Money(p.Currency), LabelHead: say.T("cashreport.category"), LimitHead: say.T("cashreport.limit"), ToLimit: true}
	for _, l := range p.Budgets {
		c.Items = append(c.Items, chart.Item{Label: p.category(ctx, l.Category), Value: max(0, l.Spent), Limit: max(0, l.Whole())})
	}
	return c
}

func (p paper) days(ctx context.Context) chart.InOut {
	say := i18n.From(ctx)
	c := chart.InOut{Name: "days", Title: say.T("cashreport.days"), Unit: chart.Money(p.Currency)}
	for _, d := range p.Days {
		c.Periods = append(c.Periods, chart.Period{Label: say.Date(dayOf(d.Month, d.Day)), Short: strconv.Itoa(d.Day), In: d.In, Out: d.Out})
	}
	return c
}

func (p paper) history(ctx context.Context) chart.InOut {
	say := i18n.From(ctx)
	c := chart.InOut{Name: "history", Title: say.T("cashreport.history"), Unit: chart.Money(p.Currency)}
	for _, m := range p.History {
		c.Periods = append(c.Periods, chart.Period{Label: monthWord(say, m.Month), Short: string([]rune(say.ShortMonth(dayOf(m.Month, 1)))[:3]), In: max(0, m.In), Out: max(0, m.Out), Href: p.link(ctx, m.Month)})
	}
	return c
}

func (p paper) member(say i18n.Printer, g Group) string {
	switch name := p.Names[g.Member]; {
	case g.Member == p.Me && name != "":
		return say.T("cashreport.you", "name", name)
	case name != "":
		return name
	}
	return say.T("cashreport.member.gone")
}
