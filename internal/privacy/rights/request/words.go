package request

import (
	"slices"
	"strings"

	"amanah/internal/money"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// needsText tells whether a right is nothing without words.
func needsText(r Right) bool { return slices.Contains([]Right{Human, Claim, Question, Child}, r) }

func extends(r Right) bool { k, _ := kindOf(r); return k.Extends }

func purposeOptions(all []notice.Purpose, lang string, none bool, p i18n.Printer) []ui.Option {
	var out []ui.Option
	if none {
		out = append(out, ui.Option{Value: "", Label: p.T("request.purpose.all")})
	}
	for _, one := range all {
		out = append(out, ui.Option{Value: one.Key, Label: one.Name.In(lang)})
	}
	return out
}

func fieldOptions(all []Field, p i18n.Printer) []ui.Option {
	out := []ui.Option{{Value: "", Label: p.T("request.field.other")}}
	for _, f := range all {
		out = append(out, ui.Option{Value: f.Key, Label: p.T("request.field." + f.Key)})
	}
	return out
}

func allRights() []Right {
	var out []Right
	for _, k := range kinds {
		out = append(out, k.Right)
	}
	return out
}

func rightOptions(all []Right, p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, r := range all {
		out = append(out, ui.Option{Value: string(r), Label: p.T("request.right." + string(r))})
	}
	return out
}

func byOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, b := range []By{Self, Parent, Guardian, Proxy} {
		out = append(out, ui.Option{Value: string(b), Label: p.T("request.by." + string(b))})
	}
	return out
}

func viaOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, v := range []Via{InPerson, ByPhone, ByLetter} {
		out = append(out, ui.Option{Value: string(v), Label: p.T("request.via." + string(v))})
	}
	return out
}

func groundOptions(all []choice) []ui.Option {
	var out []ui.Option
	for _, g := range all {
		out = append(out, ui.Option{Value: g.Key, Label: g.Says})
	}
	return out
}

func openTasks(all []Task) []Task {
	return slices.DeleteFunc(slices.Clone(all), func(t Task) bool { return !t.DoneAt.IsZero() })
}

func taskOptions(all []Task, v view, p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, t := range all {
		out = append(out, ui.Option{Value: t.ID.String(), Label: recipientName(v.Notice, t.Recipient, v.Lang) + ": " + p.T("request.task."+t.What)})
	}
	return out
}

func recipientName(n *notice.Notice, key, lang string) string {
	if n != nil {
		if r, ok := n.Recipient(key); ok {
			return r.Name.In(lang)
		}
	}
	return key
}

func purposeName(n *notice.Notice, key, lang string) string {
	if p, ok := n.Purpose(key); ok {
		return p.Name.In(lang)
	}
	return key
}

// stopName is what a stop closes.
func stopName(n *notice.Notice, key, lang string, p i18n.Printer) string {
	if key == "" {
		return p.T("request.purpose.all")
	}
	return purposeName(n, key, lang)
}

func provenWord(p Proven) string {
	if p == Unproven {
		return "none"
	}
	return string(p)
}

// grantWord chooses the sentence of what granting does.
func grantWord(r Right) string {
	switch r {
	case Erase, Destroy, Child:
		return "erase"
	case Correct:
		return "correct"
	case Human:
		return "human"
	}
	return "plain"
}

func lateTone(late int) ui.Tone {
	if late > 0 {
		return ui.Danger
	}
	return ui.Success
}

// noteOf writes what a step says: a sentence of the catalogue, or somebody's words.
func noteOf(p i18n.Printer, st Step) string {
	note := st.Note.Reveal()
	switch {
	case note == "" || strings.HasPrefix(note, "request.answer."):
		return ""
	case st.Act == "received" && p.Has("request.via."+note):
		return p.T("request.via." + note)
	case st.Act == "identified" && p.Has("request.proof."+note):
		return p.T("request.proof." + note)
	case st.Act == "sorted" && p.Has("request.right."+note):
		return p.T("request.right." + note)
	case st.Act == "refused":
		key, reasons, _ := strings.Cut(note, ". ")
		if g, ok := GroundOf(key); ok {
			return g.Says.In(string(p.Lang)) + ". " + reasons
		}
	}
	return note
}

// rupiah is what a claim awards.
func rupiah(c *Case) money.Amount {
	return money.Amount{Minor: c.Amount, Currency: money.Currency(c.Currency)}
}

// ruleText writes a deadline's rule for people: "UU 27/2022 7, 32: 3 x 24 hours".
func ruleText(p i18n.Printer, rule string) string {
	i := strings.LastIndex(rule, ": ")
	if i < 0 {
		return rule
	}
	within, err := notice.ParsePeriod(rule[i+2:])
	if err != nil {
		return rule
	}
	return rule[:i+2] + within.Say(string(p.Lang))
}

// holds tells whether the stop that a case brought still holds.
func holds(v view) bool {
	if v.Case.State != Answered {
		return false
	}
	return slices.ContainsFunc(v.Stops, func(s Stop) bool {
		switch v.Case.Right {
		case Restrict:
			return s.Why == gate.Restricted && s.Purpose == v.Case.Purpose
		case End:
			return s.Why == gate.Objected && s.Purpose == ""
		case Object:
			return s.Why == gate.Objected && s.Purpose == v.Case.Purpose
		}
		return false
	})
}
