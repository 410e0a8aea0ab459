package plan

import (
	"context"
	"strconv"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/plan/forecast"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/web"
	"amanah/internal/web/chart"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

func at(ctx context.Context, path string) string { return web.ServiceOf(ctx).Path("/app/plan" + path) }

// CategoryWord is a category in words, also All; own are the family's.
func CategoryWord(ctx context.Context, own []cash.Category, c string) string {
	p := i18n.From(ctx)
	for _, o := range own {
		if o.ID.String() == c {
			return o.Name.Reveal()
		}
	}
	for _, key := range []string{"cash.category." + c, "plan.category." + c} {
		if p.Has(key) {
			return p.T(key)
		}
	}
	return p.T("plan.category.other")
}

func categoryOptions(ctx context.Context, own []cash.Category, k cash.Kind, first ...ui.Option) []ui.Option {
	out := first
	for _, c := range cash.BuiltIn(k) {
		out = append(out, ui.Option{Value: c, Label: CategoryWord(ctx, own, c)})
	}
	for _, c := range own {
		if c.Kind == k && c.ArchivedAt.IsZero() {
			out = append(out, ui.Option{Value: c.ID.String(), Label: c.Name.Reveal()})
		}
	}
	return out
}

// clockOf is noon of a day in WIB, so that no zone moves it.
func clockOf(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day)
	return t.Add(5 * time.Hour)
}

func dayWord(p i18n.Printer, d forecast.Day) string { return p.ShortDate(clockOf(d.String())) }

func monthWord(p i18n.Printer, m string) string { return p.Month(clockOf(m + "-01")) }

// tabs lead from one page of plans to the others.
func tabs(ctx context.Context, here string) []ui.Tab {
	var out []ui.Tab
	for _, t := range []struct{ path, key string }{{"", "plan.nav.forecast"}, {"/budgets", "plan.nav.budgets"}, {"/goals", "plan.nav.goals"}, {"/repeats", "plan.nav.repeats"}, {"/settle", "plan.nav.settle"}} {
		out = append(out, ui.Tab{Label: i18n.T(ctx, t.key), Href: at(ctx, t.path), Current: t.path == here})
	}
	return append(out, ui.Tab{Label: i18n.T(ctx, "plan.nav.reports"), Href: web.ServiceOf(ctx).Path("/app/reports")})
}

// says is a line of a forecast in words: what it is, and why it is so.
func (p outlookPage) says(ctx context.Context, r forecast.Reason) (what, why string) {
	say := i18n.From(ctx)
	name := p.Shops[r.Merchant]
	if name == "" {
		name = CategoryWord(ctx, p.Own, r.Category)
	}
	args := []any{"name", name, "day", dayWord(say, r.Day), "days", r.Days, "count", r.Seen, "every", ""}
	if r.Every != "" {
		args[len(args)-1] = say.T("plan.every." + string(r.Every))
	}
	key := "plan.reason." + string(r.Kind)
	switch r.Kind {
	case forecast.GoalPart:
		args[1] = p.Goals[r.Ref]
	case forecast.Usual:
		if p.Months == 0 {
			return say.T(key, args...), say.T(key+".why.days", args...)
		}
	}
	return say.T(key, args...), say.T(key+".why", args...)
}

func (p outlookPage) money(say i18n.Printer, minor int64) string {
	return say.Money(money.Amount{Minor: minor, Currency: p.Amount.Currency})
}

// spread tells how far a line may be off; "" where it is certain.
func (p outlookPage) spread(say i18n.Printer, r forecast.Reason) string {
	if r.Low == r.High {
		return ""
	}
	return say.T("plan.spread", "low", p.money(say, r.Low), "high", p.money(say, r.High))
}

func (p outlookPage) step(n int) string { return addMonths(p.Month, n) }

// bars is the picture of budgets of one currency.
func (b budgetPage) bars(ctx context.Context, c money.Currency) chart.Bars {
	p := i18n.From(ctx)
	out := chart.Bars{Name: "budgets-" + strings.ToLower(string(c)), Title: p.T("plan.nav.budgets"), Unit: chart.Money(c), LabelHead: p.T("plan.category"), LimitHead: p.T("plan.budget.limit"), ToLimit: true}
	for _, l := range b.Lines {
		if l.Currency == c {
			out.Items = append(out.Items, chart.Item{Label: CategoryWord(ctx, b.Own, l.Category), Value: max(0, l.Spent), Limit: max(0, l.Whole())})
		}
	}
	return out
}

func (b budgetPage) currencies() (out []money.Currency) {
	for _, l := range b.Lines {
		if len(out) == 0 || out[len(out)-1] != l.Currency {
			out = append(out, l.Currency)
		}
	}
	return out
}

func tone(l Line) ui.Tone {
	switch {
	case l.Share() >= 1000:
		return ui.Danger
	case l.Share() >= 800:
		return ui.Warning
	}
	return ui.Success
}

func amount(p i18n.Printer, minor int64, c money.Currency) string {
	return p.Money(money.Amount{Minor: minor, Currency: c})
}

// scheduleWord is "every month from 25 Nov 2026".
func (r Recurring) scheduleWord(p i18n.Printer) string {
	text := p.T("plan.schedule."+string(r.Every), "count", r.Step)
	if r.Until != "" {
		text += p.T("plan.schedule.until", "day", p.ShortDate(clockOf(r.Until)))
	}
	return text
}

// word is what a recurring entry is called: its merchant, its note, its category.
func (r Recurring) word(ctx context.Context, own []cash.Category) string {
	for _, t := range []string{r.Merchant.Reveal(), r.Note.Reveal()} {
		if t != "" {
			return t
		}
	}
	if r.Category == "" {
		return i18n.T(ctx, "plan.kind."+string(r.Kind))
	}
	return CategoryWord(ctx, own, r.Category)
}

func (p settlePage) name(ctx context.Context, who id.Subject) string {
	switch name := p.Names[who]; {
	case who == p.Me:
		return i18n.T(ctx, "plan.you")
	case name != "":
		return name
	}
	return i18n.T(ctx, "plan.member.gone")
}

// readAmount reads what people write: "87.500", "1.250.000,50", "12.50", "Rp5.000".
func readAmount(text string, c money.Currency) (int64, bool) {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "Rp"))
	whole, frac := text, ""
	if i := strings.LastIndexAny(text, ".,"); i >= 0 && len(text)-i-1 != 3 {
		whole, frac = text[:i], text[i+1:]
	}
	whole = strings.NewReplacer(".", "", ",", "", " ", "").Replace(whole)
	if frac != "" {
		whole += "." + frac
	}
	a, err := money.Parse(whole, c)
	return a.Minor, err == nil
}

// stats are the forecast's figures, of the present month with how it may turn out.
func (p outlookPage) stats(say i18n.Printer) []ui.Stat {
	key, t := "plan.savable", ui.Success
	if p.Amount.Minor < 0 {
		key, t = "plan.savable.short", ui.Danger
	}
	if p.Month != p.Now {
		return []ui.Stat{{Label: say.T("plan.savable.past"), Value: p.money(say, p.Amount.Minor), Note: say.T(p.Why), Tone: t}}
	}
	return []ui.Stat{{Label: say.T(key), Value: p.money(say, max(p.Amount.Minor, -p.Amount.Minor)), Note: say.T("plan.savable.days", "count", p.Days), Tone: t},
		{Label: say.T("plan.savable.least"), Value: p.money(say, p.Low.Minor), Note: say.T("plan.savable.least.note")},
		{Label: say.T("plan.savable.most"), Value: p.money(say, p.High.Minor), Note: say.T("plan.savable.most.note")}}
}

func share(g Saved) string {
	if g.Minor <= 0 {
		return "0"
	}
	return strconv.FormatInt(min(100, g.Put/(g.Minor/100+1)), 10)
}

// plainAmount is an amount as a form has it.
func plainAmount(p i18n.Printer, r Recurring) string {
	return strings.TrimPrefix(amount(p, r.Minor, r.Currency), "Rp")
}

func repeatCategories(ctx context.Context, own []cash.Category) []ui.Option {
	out := categoryOptions(ctx, own, cash.Out)
	for _, o := range categoryOptions(ctx, own, cash.In) {
		out = append(out, ui.Option{Value: "in:" + o.Value, Label: i18n.T(ctx, "plan.category.in", "name", o.Label)})
	}
	return out
}

func accountOptions(ctx context.Context, all []cash.Account) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, "plan.repeat.account.usual")}}
	for _, a := range all {
		if a.ArchivedAt.IsZero() && a.Currency == money.IDR {
			name := a.Name.Reveal()
			if name == "" {
				name = i18n.T(ctx, "plan.account."+string(a.Kind))
			}
			out = append(out, ui.Option{Value: a.ID.String(), Label: name})
		}
	}
	return out
}

func unitOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, u := range Units() {
		out = append(out, ui.Option{Value: string(u), Label: p.T("plan.unit." + string(u))})
	}
	return out
}
