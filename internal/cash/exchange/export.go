package exchange

import (
	"context"
	"io"

	"amanah/internal/document"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Format is a kind of file that goes out.
type Format string

// The formats.
const (
	CSV       Format = "csv"
	XLSX      Format = "xlsx"
	Hledger   Format = "hledger"
	Beancount Format = "beancount"
)

// Formats are all of them, in the order of pages.
func Formats() []Format { return []Format{CSV, XLSX, Hledger, Beancount} }

// ContentType is the format's media type.
func (f Format) ContentType() string {
	switch f {
	case CSV, XLSX:
		return document.Format(f).ContentType()
	}
	return "text/plain; charset=utf-8"
}

// Name is the file's name.
func (f Format) Name() string {
	switch f {
	case Hledger:
		return "jagacash.journal"
	case Beancount:
		return "jagacash.beancount"
	}
	return "jagacash." + string(f)
}

// Export prepares a file of the entries that a person sees, and gives the function
// that writes it. Faults: Invalid on "format", "from", "until"; NotFound for a
// stranger. An error of the function can come after a part was written.
func (s *Service) Export(ctx context.Context, sc store.Scope, who id.Subject, f Format, span Span) (func(io.Writer) error, error) {
	const op = "exchange.Export"
	if err := span.Check(); err != nil {
		return nil, err
	}
	h, err := s.shelf(ctx, sc, who)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	rows := s.rows(ctx, sc, h, span)
	switch f {
	case CSV:
		return func(w io.Writer) error { return fault.Wrap(op, writeCSV(w, rows)) }, nil
	case Hledger:
		return func(w io.Writer) error { return fault.Wrap(op, writeHledger(w, rows)) }, nil
	case Beancount:
		return func(w io.Writer) error { return fault.Wrap(op, writeBeancount(w, rows)) }, nil
	case XLSX:
		p := i18n.From(ctx)
		d := document.Document{Title: p.T("exchange.sheet"), Lang: p.Lang, Zone: h.view.Zone, At: s.clock.Now(), Author: "JagaCash", Tables: []document.Table{sheet(p, rows)}}
		return func(w io.Writer) error { return fault.Wrap(op, d.Write(w, document.XLSX)) }, nil
	}
	return nil, fault.New(fault.Invalid, op, "exchange.format_unknown").On("format")
}
