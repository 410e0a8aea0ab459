package receipt

import (
	"encoding/json"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/web/i18n"
)

// Plain says the receipt of an erasure in sentences, for a letter, in the printer's
// language. It does not verify: give it what was just signed.
func Plain(file []byte, p i18n.Printer) (string, error) {
	var r Receipt
	if err := json.Unmarshal(file, &r); err != nil {
		return "", fault.Wrap("receipt.Plain", err)
	}
	e := r.erasure()
	if e == nil {
		return "", fault.New(fault.Invalid, "receipt.Plain", "receipt.format")
	}
	var out strings.Builder
	part := func(key string, lines ...string) {
		if len(lines) == 0 {
			return
		}
		out.WriteString(p.T(key) + ":\n")
		for _, l := range lines {
			out.WriteString("- " + l + "\n")
		}
		out.WriteString("\n")
	}
	var what, stays, others []string
	for _, w := range e.What {
		what = append(what, p.T("receipt.what.line", "what", w.in(p.Lang), "count", w.Records))
	}
	if e.Workspaces > 0 {
		what = append(what, p.T("receipt.workspaces", "count", e.Workspaces))
	}
	for _, s := range e.Stays {
		stays = append(stays, s.line(p.Lang))
	}
	for _, o := range e.Others {
		others = append(others, o.in(p.Lang)+": "+o.Says.in(p.Lang))
	}
	when := p.T("receipt.ordered", "at", moment(e.When.Ordered))
	if e.When.Done != "" {
		when += " " + p.T("receipt.done", "at", moment(e.When.Done))
	}
	part("receipt.what", what...)
	part("receipt.when", when)
	part("receipt.ground", e.Ground.in(p.Lang))
	part("receipt.how", e.How.in(p.Lang))
	part("receipt.by", e.By.in(p.Lang))
	part("receipt.consequences", e.Consequences.in(p.Lang))
	part("receipt.stays", stays...)
	part("receipt.others", others...)
	return strings.TrimSpace(out.String()), nil
}

// line is what remains, why and until when, in one line.
func (s Stays) line(l i18n.Lang) string {
	return s.in(l) + ". " + s.Because.in(l) + " " + s.Until.in(l)
}
