package billing

import (
	"fmt"
	"io"
	"strings"

	"amanah/internal/document"
	"amanah/internal/fault"
	"amanah/internal/web/i18n"
	"amanah/internal/web/qr"
)

// Print writes an invoice as a PDF in a language, with the ways to pay what is
// left of it.
func (s *Service) Print(w io.Writer, lang i18n.Lang, in Paper, st State, pay Pay) error {
	say := s.Catalog.Printer(lang, nil)
	l := document.Letter{Title: say.T("billing.kind."+string(in.Kind)) + " " + in.Number, Author: in.Issuer.Name, Lang: lang, At: in.Issued.Time()}
	if in.Kind == Bill && (st == Paid || st == Void) {
		l.Mark = strings.ToUpper(say.T("billing.state." + string(st)))
	}
	l.Parts = append(l.Parts, addresses(say, in), facts(say, in), printLines(say, in), totals(say, in))
	if note := in.Note.In(string(lang)); note != "" {
		l.Parts = append(l.Parts, document.Paragraph(note))
	}
	if pay.QR != "" || len(pay.Accounts) > 0 {
		l.Parts = append(l.Parts, document.Heading(say.T("billing.pay")))
	}
	if pay.QR != "" {
		png, err := qr.PNG(pay.QR, 6)
		if err != nil {
			return fault.Wrap("billing.Print", err)
		}
		l.Parts = append(l.Parts, document.Picture{PNG: png, Title: say.T("billing.pay.qris"), Text: []string{say.T("billing.pay.qris.text", "amount", pay.Left)}})
	}
	for _, a := range pay.Accounts {
		l.Parts = append(l.Parts, document.Pairs{{Name: say.T("billing.pay.bank", "bank", a.Bank), Value: a.Number}})
	}
	return fault.Wrap("billing.Print", l.WritePDF(w))
}

func addresses(say i18n.Printer, in Paper) document.Addresses {
	tax := func(n string) string {
		if n == "" {
			return ""
		}
		return say.T("billing.taxid", "number", n)
	}
	return document.Addresses{
		{Heading: say.T("billing.from"), Lines: []string{in.Issuer.Name, in.Issuer.Address, tax(in.Issuer.TaxID), in.Issuer.Contact}},
		{Heading: say.T("billing.to"), Lines: []string{in.Debtor.Name, in.Debtor.Address, tax(in.Debtor.TaxID)}},
	}
}

func facts(say i18n.Printer, in Paper) document.Pairs {
	out := document.Pairs{{Name: say.T("billing.issued"), Value: say.Date(in.Issued.Time())}}
	if !in.Due.IsZero() {
		out = append(out, document.Pair{Name: say.T("billing.due"), Value: say.Date(in.Due.Time())})
	}
	if in.Credits != "" {
		out = append(out, document.Pair{Name: say.T("billing.credits"), Value: in.Credits})
	}
	return append(out, document.Pair{Name: say.T("billing.customer"), Value: fmt.Sprintf("%06d", in.Debtor.Number)})
}

func printLines(say i18n.Printer, in Paper) document.Lines {
	amount := func(minor int64) document.Cell { return document.Money(in.amount(minor)) }
	var rows [][]document.Cell
	for _, l := range in.Lines {
		rows = append(rows, []document.Cell{document.Text(l.Text.In(string(say.Lang))), document.Text(quantity(l.Quantity, string(say.Lang))), amount(l.Unit), amount(-l.Discount), amount(l.Net)})
	}
	t := document.Table{Columns: []document.Column{{Name: say.T("billing.line"), Width: 44}, {Name: say.T("billing.quantity")}, {Name: say.T("billing.unit"), Kind: document.KindMoney, Currency: in.Currency},
		{Name: say.T("billing.discount"), Kind: document.KindMoney, Currency: in.Currency}, {Name: say.T("billing.amount"), Kind: document.KindMoney, Currency: in.Currency}}, Rows: document.List(rows...)}
	return document.Lines(t)
}

func totals(say i18n.Printer, in Paper) document.Totals {
	write := func(minor int64) string { return say.Money(in.amount(minor)) }
	out := document.Totals{}
	if len(in.Taxes) > 0 {
		out = append(out, document.Pair{Name: say.T("billing.net"), Value: write(in.Net)})
	}
	for _, t := range in.Taxes {
		out = append(out, document.Pair{Name: t.label(string(say.Lang)), Value: write(t.Amount)})
	}
	return append(out, document.Pair{Name: say.T("billing.total"), Value: write(in.Total)})
}
