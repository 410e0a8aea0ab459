package capture

import (
	"context"
	"strconv"
	"strings"

	"amanah/internal/money"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// word says a key of a family; a member that has no sentence is said by the
// family's "other".
func word(ctx context.Context, family, member string) string {
	p := i18n.From(ctx)
	if member != "" && p.Has("capture."+family+"."+member) {
		return p.T("capture." + family + "." + member)
	}
	return p.T("capture." + family + ".other")
}

func stateTone(s State) ui.Tone {
	switch s {
	case Booked:
		return ui.Success
	case Review:
		return ui.Warning
	}
	return ui.Plain
}

func deliveryTone(s DeliveryState) ui.Tone {
	switch s {
	case Delivered:
		return ui.Success
	case Dead:
		return ui.Danger
	case Pending:
		return ui.Info
	}
	return ui.Plain
}

// accountName is "BCA •••• 1234".
func accountName(ctx context.Context, issuer, last string) string {
	name := issuer
	switch {
	case name == "" && last != "":
		name = i18n.T(ctx, "capture.account.bank.unknown")
	case name == "":
		name = i18n.T(ctx, "capture.account.unknown")
	}
	if last != "" {
		name += "\u00a0••••\u00a0" + last // one piece on every screen
	}
	return name
}

func merchantName(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "capture.merchant.unknown")
	}
	return name
}

// signed is an amount as it changed what the person has.
func signed(v View) money.Amount {
	if v.Direction == "out" {
		return v.Amount().Neg()
	}
	return v.Amount()
}

// minute tells whether a time of day is worth showing.
func (c *Captured) hasTime() bool { return c.Precision != "day" }

// options are choices of a family of words, an empty one in front if named.
func options(ctx context.Context, family, empty string, members ...string) []ui.Option {
	var out []ui.Option
	if empty != "" {
		out = append(out, ui.Option{Label: i18n.T(ctx, empty)})
	}
	for _, m := range members {
		out = append(out, ui.Option{Value: m, Label: word(ctx, family, m)})
	}
	return out
}

// plainAmount is how an amount stands in an input: no thousands, no needless
// decimals.
func plainAmount(minor int64, c money.Currency) string {
	s := money.Amount{Minor: minor, Currency: c}.Decimal()
	if whole, frac, ok := strings.Cut(s, "."); ok && strings.Trim(frac, "0") == "" {
		return whole
	}
	return s
}

// readAmount understands how people write amounts in both languages: "152500",
// "152.500", "1.250.000,50", "Rp 1,250,000". Three digits behind the last mark
// are thousands, unless the currency has three decimals.
func readAmount(s string, c money.Currency) (int64, bool) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.ReplaceAll(strings.ToUpper(s), " ", ""), "RP"))
	s = strings.TrimPrefix(s, string(c))
	if s == "" || len(s) > 30 || strings.Trim(s, "0123456789.,") != "" {
		return 0, false
	}
	whole, frac := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 {
		tail := s[i+1:]
		if len(tail) != 3 || c.Digits() == 3 && strings.Count(s, s[i:i+1]) == 1 {
			whole, frac = s[:i], tail
		}
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	if frac != "" {
		whole += "." + frac
	}
	a, err := money.Parse(whole, c)
	return a.Minor, err == nil
}

// ReadAmount understands how people write amounts in both languages, in minor
// units of the currency; false for what is none.
func ReadAmount(s string, c money.Currency) (int64, bool) { return readAmount(s, c) }

func percent(thousandths int64) string { return strconv.FormatInt((thousandths+5)/10, 10) + "%" }
