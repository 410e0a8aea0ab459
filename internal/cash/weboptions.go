package cash

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"amanah/internal/id"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// what an entry is called in a list: its merchant, its note, or its kind.
func (l Line) what(ctx context.Context) string {
	if l.Shop != "" {
		return l.Shop
	}
	if n := l.Note.Reveal(); n != "" {
		return n
	}
	return i18n.T(ctx, "cash.kind."+string(l.Kind))
}

func (r *Receipt) title(ctx context.Context) string {
	if n := r.Merchant.Reveal(); n != "" {
		return n
	}
	return i18n.From(ctx).DateTime(r.ReceivedAt.Time())
}

// quantity is "2" or "1,5".
func (i *Item) quantity(p i18n.Printer) string {
	if i.Thousands%1000 == 0 {
		return p.Number(i.Thousands / 1000)
	}
	return p.Decimal(float64(i.Thousands)/1000, 3)
}

func kindOptions(ctx context.Context, any bool) []ui.Option {
	var out []ui.Option
	if any {
		out = append(out, ui.Option{Label: i18n.T(ctx, "cash.any")})
	}
	for _, k := range []Kind{Out, In, Transfer} {
		out = append(out, ui.Option{Value: string(k), Label: i18n.T(ctx, "cash.kind."+string(k))})
	}
	return out
}

// categoryOptions are those of both kinds; none is the words of no choice.
func categoryOptions(ctx context.Context, own []Category, none string) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, none)}}
	seen := map[string]bool{}
	for _, c := range append(BuiltIn(Out), BuiltIn(In)...) {
		if !seen[c] {
			seen[c] = true
			out = append(out, ui.Option{Value: c, Label: i18n.T(ctx, "cash.category."+c)})
		}
	}
	for _, c := range own {
		if c.ArchivedAt.IsZero() {
			out = append(out, ui.Option{Value: c.ID.String(), Label: c.Name.Reveal()})
		}
	}
	return out
}

func accountOptions(ctx context.Context, all []Account, none string) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, none)}}
	for i := range all {
		a := &all[i]
		if !a.ArchivedAt.IsZero() {
			continue
		}
		label := a.word(ctx)
		if a.Currency != "IDR" {
			label += " (" + string(a.Currency) + ")"
		}
		out = append(out, ui.Option{Value: a.ID.String(), Label: label})
	}
	return out
}

func memberOptions(ctx context.Context, names map[id.Subject]string) []ui.Option {
	var out []ui.Option
	for who, name := range names {
		out = append(out, ui.Option{Value: who.String(), Label: name})
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return strings.Compare(a.Label+a.Value, b.Label+b.Value) })
	return append([]ui.Option{{Label: i18n.T(ctx, "cash.any")}}, out...)
}

func familyOptions(ctx context.Context, family []id.Subject, names map[id.Subject]string) []ui.Option {
	out := make([]ui.Option, len(family))
	for i, m := range family {
		name := names[m]
		if name == "" {
			name = i18n.T(ctx, "cash.member")
		}
		out[i] = ui.Option{Value: m.String(), Label: name}
	}
	return out
}

// sharing is the form of who bears an entry now.
func (d detail) sharing() *ui.Form {
	v := url.Values{}
	for _, sh := range d.Shares {
		v.Add("member", sh.Member.String())
	}
	return ui.NewForm(v)
}

func accountKinds(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, k := range AccountKinds() {
		out = append(out, ui.Option{Value: string(k), Label: i18n.T(ctx, "cash.account.kind."+string(k))})
	}
	return out
}

func sharedOption(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "yes", Label: i18n.T(ctx, "cash.shared.say"), Hint: i18n.T(ctx, "cash.shared.hint")}}
}

func builtInWords(ctx context.Context, k Kind) string {
	all := BuiltIn(k)
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = i18n.T(ctx, "cash.category."+c)
	}
	return strings.Join(out, ", ")
}

func (c Category) form() *ui.Form {
	v := url.Values{"name": {c.Name.Reveal()}}
	if !c.ArchivedAt.IsZero() {
		v.Set("aside", "yes")
	}
	return ui.NewForm(v)
}
