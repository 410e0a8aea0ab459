package exchange

import (
	"io"
	"iter"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/document"
	"amanah/internal/web/i18n"
)

// columns are those of the own CSV file, in order. Their names stay the same in
// every language: what reads the file need not know who saved it.
var columns = []string{"id", "date", "time", "kind", "amount", "currency", "account", "account_kind", "to_account", "to_account_kind", "to_amount", "to_currency", "category", "merchant", "note", "private", "member"}

// writeCSV writes rows as the own file: RFC 4180, UTF-8, plain decimals.
func writeCSV(w io.Writer, rows iter.Seq2[Row, error]) error {
	t := document.Table{Rows: func(yield func([]document.Cell, error) bool) {
		cells := make([]document.Cell, len(columns))
		for r, err := range rows {
			for i, text := range r.record() {
				cells[i] = document.Text(text)
			}
			if !yield(cells, err) {
				return
			}
		}
	}}
	for _, c := range columns {
		t.Columns = append(t.Columns, document.Column{Name: c})
	}
	return t.WriteCSV(w, nil, false)
}

// record is a row as the own file has it.
func (r *Row) record() []string {
	out := []string{r.ID, r.Day, "", string(r.Kind), r.Amount.Decimal(), string(r.Amount.Currency), r.From.Name, string(r.From.Kind), "", "", "", "", r.Category, r.Merchant, r.Note, "", r.Member}
	if r.Timed {
		out[2] = r.At.Format("15:04:05")
	}
	if r.Kind == cash.Transfer {
		out[8], out[9], out[10], out[11] = r.To.Name, string(r.To.Kind), r.Arrived.Decimal(), string(r.Arrived.Currency)
	}
	if r.Private {
		out[15] = "yes"
	}
	return out
}

// sheet is the table for people, in their language.
func sheet(p i18n.Printer, rows iter.Seq2[Row, error]) document.Table {
	col := func(key string, k document.Kind) document.Column {
		return document.Column{Name: p.T("exchange.column." + key), Kind: k}
	}
	return document.Table{Title: p.T("exchange.sheet"), Columns: []document.Column{
		col("date", document.KindDate), col("time", ""), col("kind", ""), col("amount", document.KindMoney), col("currency", ""), col("account", ""), col("to_account", ""),
		col("to_amount", document.KindMoney), col("to_currency", ""), col("category", ""), col("merchant", ""), col("note", ""), col("private", ""), col("member", ""),
	}, Rows: func(yield func([]document.Cell, error) bool) {
		for r, err := range rows {
			if !yield(r.cells(p), err) {
				return
			}
		}
	}}
}

func (r *Row) cells(p i18n.Printer) []document.Cell {
	hour, private := document.Empty, document.Empty
	if r.Timed {
		hour = document.Text(r.At.Format("15:04"))
	}
	if r.Private {
		private = document.Text(p.T("exchange.yes"))
	}
	out := []document.Cell{document.Date(r.At), hour, document.Text(p.T("exchange.kind." + string(r.Kind))), document.Money(r.Amount), document.Text(string(r.Amount.Currency)), document.Text(r.From.Name),
		document.Empty, document.Empty, document.Empty, document.Text(categoryWord(p, r.Category)), document.Text(r.Merchant), document.Text(r.Note), private, document.Text(r.Member)}
	if r.Kind == cash.Transfer {
		out[6], out[7], out[8] = document.Text(r.To.Name), document.Money(r.Arrived), document.Text(string(r.Arrived.Currency))
	}
	return out
}

// categoryWord is a category in words: built-in ones have some.
func categoryWord(p i18n.Printer, c string) string {
	if p.Has("cash.category." + c) {
		return p.T("cash.category." + c)
	}
	return strings.ReplaceAll(c, "_", " ")
}
