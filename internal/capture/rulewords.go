package capture

import (
	"context"
	"strings"

	"amanah/internal/capture/learning"
	"amanah/internal/id"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// channels are those that a rule may ask for.
func channels() []string {
	return []string{"qris", "credit_card", "debit_card", "ewallet", "transfer", "bifast", "va", "va_transfer", "bill", "topup", "cash", "refund", "purchase"}
}

func ruleTone(s learning.State) ui.Tone {
	if s == learning.On {
		return ui.Success
	}
	return ui.Plain
}

func pairTone(p Pair) ui.Tone {
	if p.State == Proposed {
		return ui.Warning
	}
	return ui.Info
}

func namedAccount(ctx context.Context, key id.ID, all []BankAccount) string {
	for _, a := range all {
		if a.ID == key {
			return accountName(ctx, a.Issuer, a.Last.Reveal())
		}
	}
	return i18n.T(ctx, "capture.account.unknown")
}

// askedOf says a rule's conditions beside the merchant; "" for none.
func askedOf(ctx context.Context, r learning.Rule, all []BankAccount) string {
	var out []string
	if r.Way != "" {
		out = append(out, word(ctx, "direction", r.Way))
	}
	if r.Channel != "" {
		out = append(out, word(ctx, "channel", r.Channel))
	}
	if r.Issuer != "" {
		out = append(out, r.Issuer)
	}
	if !r.Account.IsZero() {
		out = append(out, namedAccount(ctx, r.Account, all))
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// doneBy says what a rule does.
func doneBy(ctx context.Context, r learning.Rule, all []BankAccount) string {
	p := i18n.From(ctx)
	var out []string
	add := func(field, value string) {
		if value != "" {
			out = append(out, p.T("capture.rule.sets", "field", p.T("capture.rule.sets."+field), "value", value))
		}
	}
	add("name", r.Name.Reveal())
	if r.Category != "" {
		add("category", word(ctx, "category", r.Category))
	}
	if r.Direction != "" {
		add("direction", word(ctx, "direction", r.Direction))
	}
	if !r.SetAccount.IsZero() {
		add("account", namedAccount(ctx, r.SetAccount, all))
	}
	add("note", r.Note.Reveal())
	return strings.Join(out, "; ")
}

// decidedBy says who chose a category, and by which words.
func decidedBy(ctx context.Context, v View) string {
	p := i18n.From(ctx)
	if v.Decided != byClassifier && v.Decided != byBuiltin {
		return word(ctx, "why", v.Decided)
	}
	return p.T("capture.why."+v.Decided, "words", evidenceWords(ctx, v.Words.Reveal()), "percent", percent(v.Sure))
}

// evidenceWords puts what decided into words: words of the name stay as they are.
func evidenceWords(ctx context.Context, list string) string {
	if list == "" {
		return "–"
	}
	var out []string
	for _, w := range strings.Split(list, ", ") {
		group, of, beside := strings.Cut(w, ":")
		switch {
		case !beside:
			w = "“" + strings.Trim(w, "*") + "”"
		case group == "amount" || group == "code":
			w = i18n.T(ctx, "capture.why.by."+group)
		case group == "read":
			w = i18n.T(ctx, "capture.why.by.read")
		default:
			w = word(ctx, group, of)
		}
		out = append(out, w)
	}
	return strings.Join(out, ", ")
}

// tellingName is "Mail of 22 November, 12:31" or "Line 14 of a bank's file".
func tellingName(ctx context.Context, t Telling) string {
	p := i18n.From(ctx)
	issuer := or(t.Issuer, p.T("capture.account.bank.unknown"))
	if t.Source == fromFile {
		return p.T("capture.told.file", "issuer", issuer, "line", t.Line, "at", t.CreatedAt)
	}
	return p.T("capture.told.mail", "issuer", issuer, "at", t.CreatedAt)
}

func filledWords(ctx context.Context, fields string) string {
	var out []string
	for _, f := range strings.Split(fields, ",") {
		out = append(out, strings.ToLower(i18n.T(ctx, "capture.field."+f)))
	}
	return strings.Join(out, ", ")
}

// compared are the lines of two transactions side by side.
func compared(ctx context.Context, a, b View) [][3]string {
	p := i18n.From(ctx)
	source := func(v View) string { return tellingName(ctx, Telling{Captured: v.Captured}) }
	return [][3]string{
		{p.T("capture.field.merchant"), merchantName(ctx, a.MerchantName), merchantName(ctx, b.MerchantName)},
		{p.T("capture.field.amount"), p.Money(a.Amount()), p.Money(b.Amount())},
		{p.T("capture.field.at"), p.T("capture.twin.at", "at", a.At), p.T("capture.twin.at", "at", b.At)},
		{p.T("capture.field.account"), accountName(ctx, a.AccountIssuer, a.AccountLast), accountName(ctx, b.AccountIssuer, b.AccountLast)},
		{p.T("capture.field.channel"), word(ctx, "channel", a.Channel), word(ctx, "channel", b.Channel)},
		{p.T("capture.field.reference"), or(a.Reference.Reveal(), "–"), or(b.Reference.Reveal(), "–")},
		{p.T("capture.told"), source(a), source(b)},
	}
}
