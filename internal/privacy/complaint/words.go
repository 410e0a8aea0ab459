package complaint

import (
	"context"

	"amanah/internal/money"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Amount is the compensation.
func (r *Remedy) Amount() money.Amount { return money.Amount{Minor: r.Minor, Currency: r.Currency} }

func lateKey(c clockLine) string {
	if c.Late {
		return "complaint.due.late"
	}
	return "complaint.due.met"
}

// stepText is what stands below a step: a remedy by its name, else what was written.
func stepText(ctx context.Context, s Step) string {
	if s.What == "remedy_set" || s.What == "remedy_done" {
		return i18n.T(ctx, "complaint.remedy."+s.Text.Reveal())
	}
	return s.Text.Reveal()
}

func remedyOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, k := range Kinds() {
		out = append(out, ui.Option{Value: k, Label: i18n.T(ctx, "complaint.remedy."+k)})
	}
	return out
}
