package document

import (
	"embed"
	"io"
	"io/fs"
	"iter"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/web/i18n"
)

// Column is one column of a table.
type Column struct {
	Name string
	Kind Kind // KindText where empty
	// Currency of a money column: XLSX shows its sign. Empty: the column has
	// several, and a column beside it should name them.
	Currency money.Currency
	// Width in characters; by Kind where 0.
	Width int
}

// Table is a table of any length.
type Table struct {
	Title   string
	Note    string // a sentence below the title, in PDF only
	Columns []Column
	// Rows gives the rows, each with at most as many cells as there are columns.
	// An error ends the file and comes back from the writing function. It is
	// pulled once. The slice may be used again for the next row.
	Rows iter.Seq2[[]Cell, error]
	// Foot is a last row of totals; may be nil.
	Foot []Cell
}

// Document is one file of one or more tables: sheets in XLSX, one after the
// other in PDF.
type Document struct {
	Title string
	Note  string
	// Lang is that of PDF's dates, amounts and page numbers.
	Lang i18n.Lang
	// Zone of all times; WIB where nil.
	Zone *time.Location
	// At is when the file was made. It stands in PDF and XLSX.
	At time.Time
	// Author is who made it: the service's name.
	Author string
	Tables []Table
}

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	PDF  Format = "pdf"
)

// Formats are all of them.
func Formats() []Format { return []Format{CSV, XLSX, PDF} }

// ContentType is the format's media type.
func (f Format) ContentType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/pdf"
}

// Write writes the document in a format. CSV takes the tables one after the
// other with an empty line between, and a byte order mark, so that spreadsheets
// read UTF-8. PDF is written after the last row was read: an error before leaves
// w untouched. Fault Invalid document.format for an unknown format,
// document.long for more rows than the format holds (see MaxPDF, MaxXLSX).
func (d Document) Write(w io.Writer, f Format) error {
	switch f {
	case CSV:
		return d.csv(w)
	case XLSX:
		return d.xlsx(w)
	case PDF:
		return d.pdf(w)
	}
	return fault.New(fault.Invalid, "document.Write", "document.format")
}

// List gives rows that are in memory already.
func List(rows ...[]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for row := range slices.Values(rows) {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (d Document) zone() *time.Location {
	if d.Zone == nil {
		return clock.WIB
	}
	return d.Zone
}

// width is how many characters wide a column is.
func (c Column) width() int {
	if c.Width > 0 {
		return c.Width
	}
	switch c.Kind {
	case KindTime:
		return 24
	case KindMoney:
		return 18
	case KindDate, KindNumber:
		return 12
	case KindPercent:
		return 9
	}
	return 24
}

func long(max int) error {
	return fault.New(fault.Invalid, "document.Write", "document.long").With("count", max)
}

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences in both languages.
func Texts() fs.FS {
	sub, err := fs.Sub(texts, "i18n")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}
