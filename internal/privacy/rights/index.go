package rights

import (
	"context"
	"io"

	"amanah/internal/web/i18n"
)

// document is what the readable page of a copy shows.
type document struct {
	Service    string
	Controller string
	Email      string
	Version    string
	Lang       string
	Number     string
	KeyID      string
	Holdings   []Holding
	Tables     []documentTable
	Export     *export
}

type documentTable struct {
	Name     string
	Rows     int64
	Withheld []documentColumn
}

type documentColumn struct{ Name, Why string }

func (e *export) writeIndex(ctx context.Context) error {
	c := e.notice.Controller()
	d := document{
		Service: e.notice.Name(""), Controller: c.Name, Email: c.Email, Version: e.notice.Version(), Lang: string(e.printer.Lang),
		Number: e.Number.String(), KeyID: e.Key.Info().ID, Holdings: e.holdings, Export: e,
	}
	for _, t := range e.tables {
		dt := documentTable{Name: t.Name, Rows: t.rows}
		for _, c := range withheld(t.cols) {
			dt.Withheld = append(dt.Withheld, documentColumn{c.Name, e.printer.T(c.Why)})
		}
		d.Tables = append(d.Tables, dt)
	}
	ctx = i18n.Into(ctx, e.printer)
	return e.entry("index.html", func(w io.Writer) error { return indexPage(d).Render(ctx, w) })
}
