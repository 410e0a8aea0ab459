package document

import (
	"encoding/csv"
	"io"
	"iter"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amanah/internal/clock"
)

func (d Document) csv(w io.Writer) error {
	for i, t := range d.Tables {
		if i > 0 {
			if _, err := io.WriteString(w, "\r\n"); err != nil {
				return err
			}
		}
		if err := t.WriteCSV(w, d.zone(), i == 0); err != nil {
			return err
		}
	}
	return nil
}

// WriteCSV writes a table as RFC 4180 in UTF-8: a head, the rows, no totals, so
// that what reads the file finds rows only. Amounts are plain decimals, days
// "2026-11-22", times RFC 3339 in zone (WIB where nil). bom puts a byte order
// mark in front.
func (t Table) WriteCSV(w io.Writer, zone *time.Location, bom bool) error {
	if bom {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = Guard(c.Name)
	}
	if err := out.Write(line); err != nil {
		return err
	}
	if zone == nil {
		zone = clock.WIB
	}
	for row, err := range rows(t) {
		if err != nil {
			return err
		}
		for i := range line {
			line[i] = ""
			if i < len(row) {
				line[i] = row[i].machine(zone)
			}
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// machine is a cell as programs read it.
func (c Cell) machine(zone *time.Location) string {
	switch c.kind {
	case KindText:
		return Guard(c.text)
	case KindDate:
		return c.at.In(zone).Format(time.DateOnly)
	case KindTime:
		return c.at.In(zone).Format(time.RFC3339)
	case "":
		return ""
	}
	return c.decimal()
}

// Guard keeps a text from being taken for a formula by a spreadsheet: one that
// begins with = + - @, their wide forms or a control character gets an
// apostrophe in front.
func Guard(s string) string {
	head := strings.TrimLeft(s, " \u00a0")
	r, _ := utf8.DecodeRuneInString(head)
	if head != "" && (strings.ContainsRune("=+-@＝＋－＠", r) || unicode.IsControl(r)) {
		return "'" + s
	}
	return s
}

// rows are a table's rows; a table without any is an empty one.
func rows(t Table) iter.Seq2[[]Cell, error] {
	if t.Rows == nil {
		return List()
	}
	return t.Rows
}
