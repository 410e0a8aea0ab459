package app

import (
	"context"
	"io"

	"amanah/internal/capture"
	"amanah/internal/capture/report"
	"amanah/internal/clock"
	"amanah/internal/document"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Report makes a report of all of the person's transactions.
func (t *Trial) Report(ctx context.Context, span string) error {
	return t.Read(ctx, func(tx *store.Tx) error {
		_, err := t.app.reports.Report(ctx, tx, report.Query{Span: report.Span(span), Zone: clock.WIB})
		return err
	})
}

// Rows reads the whole list and says how long it is.
func (t *Trial) Rows(ctx context.Context) (n int, err error) {
	err = t.app.capture.Each(ctx, t.scope("capture"), capture.Query{}, func(capture.View) error { n++; return nil })
	return n, err
}

// Export writes the whole list as a file.
func (t *Trial) Export(ctx context.Context, w io.Writer, f document.Format) error {
	p := t.app.catalog.Printer(i18n.ID, clock.WIB)
	table := t.app.reports.Transactions(ctx, t.scope("capture"), p, capture.Query{})
	return document.Document{Title: table.Title, Lang: i18n.ID, At: t.app.Clock.Now(), Author: "CTT", Tables: []document.Table{table}}.Write(w, f)
}
