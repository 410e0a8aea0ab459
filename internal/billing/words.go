package billing

import (
	"context"
	"strconv"
	"strings"

	"amanah/internal/money"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Amount is what came in.
func (p *Payment) Amount() money.Amount { return money.Amount{Minor: p.Minor, Currency: p.Currency} }

func paymentTone(st PaymentState) ui.Tone {
	switch st {
	case Accepted:
		return ui.Success
	case Refused:
		return ui.Danger
	}
	return ui.Warning
}

// quantity writes thousandths: "1", "1,5".
func quantity(n int64, lang string) string {
	s := strconv.FormatInt(n/thousandths, 10)
	if rest := n % thousandths; rest != 0 {
		point := ","
		if lang == "en" {
			point = "."
		}
		s += point + strings.TrimRight(strconv.FormatInt(thousandths+rest, 10)[1:], "0")
	}
	return s
}

// taxName is "PPN 12% × 11/12".
func taxName(ctx context.Context, t PaperTax) string {
	return t.label(string(i18n.From(ctx).Lang))
}

func (t PaperTax) label(lang string) string {
	s := t.Name.In(lang) + " " + (Rate{Rate: t.Rate}).percent() + "%"
	if t.Of[0] != t.Of[1] {
		s += " × " + strconv.FormatInt(t.Of[0], 10) + "/" + strconv.FormatInt(t.Of[1], 10)
	}
	return s
}

// flagText says why staff should look.
func flagText(ctx context.Context, flag string) string {
	if flag == "" {
		return ""
	}
	return i18n.T(ctx, "billing.flag."+flag)
}
