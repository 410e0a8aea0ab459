package cardstatement

import (
	"strconv"

	"amanah/internal/cash"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// fileName is the file's name as it came, until the notice's term is over.
func (f *File) fileName(p i18n.Printer) string {
	if n := f.Name.Reveal(); n != "" {
		return n
	}
	return p.T("cardstatement.card")
}

func (sh *sheet) differenceStat(p i18n.Printer) ui.Stat {
	s := ui.Stat{Label: p.T("cardstatement.stat.difference"), Value: p.Money(sh.Proof.Difference), Tone: ui.Warning, Note: p.T("cardstatement.stat.left", "count", sh.Proof.Open)}
	if sh.Proof.Zero() {
		s.Tone, s.Note = ui.Success, p.T("cardstatement.stat.done")
	}
	return s
}

// columns of a table of joins, with one of buttons.
func (sh *sheet) columns(p i18n.Printer, buttons bool) []ui.Column {
	out := []ui.Column{{Label: p.T("cardstatement.field.row")}, {Label: p.T("cardstatement.field.entry")}, {Label: p.T("cardstatement.field.why")}}
	if buttons {
		out = append(out, ui.Column{Label: p.T("cardstatement.field.decide"), Hidden: true})
	}
	return out
}

func (sh *sheet) rowOptions(p i18n.Printer, rows []Row) (out []ui.Option) {
	for _, r := range rows {
		out = append(out, ui.Option{Value: strconv.FormatInt(r.Line, 10), Label: p.Money(r.Amount()) + " · " + shopOf(r.Text.Reveal()) + " · " + p.ShortDate(date(r.Day))})
	}
	return out
}

func (sh *sheet) entryOptions(p i18n.Printer, entries []cash.Line) (out []ui.Option) {
	for _, e := range entries {
		out = append(out, ui.Option{Value: e.ID.String(), Label: p.Money(sh.signed(e)) + " · " + titleOf(p, e) + " · " + p.ShortDate(date(e.Day))})
	}
	return out
}

// otherOptions are the accounts at the other end of a payment.
func (sh *sheet) otherOptions(p i18n.Printer) (out []ui.Option) {
	for _, a := range sh.others {
		out = append(out, ui.Option{Value: a.ID.String(), Label: named(p, a)})
	}
	if len(out) == 0 {
		out = []ui.Option{{Value: "", Label: p.T("cardstatement.other.none")}}
	}
	return out
}

// otherKey asks where a payment came from, or where cash went.
func otherKey(l Lack) string {
	if l.Row.Minor < 0 {
		return "cardstatement.other.from"
	}
	return "cardstatement.other.to"
}

func only(l cash.Line) []cash.Line { return []cash.Line{l} }
