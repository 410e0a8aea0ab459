package report

import (
	"context"
	"iter"
	"net/http"

	"amanah/internal/capture"
	"amanah/internal/document"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// format is what the address asks for; CSV where it makes no sense.
func (v visitor) format() document.Format {
	for _, f := range document.Formats() {
		if v.r.URL.Query().Get("format") == string(f) {
			return f
		}
	}
	return document.CSV
}

// send streams a file. Once the first byte is out an error can only break it off,
// so that it is not taken for whole.
func (s *Service) send(v visitor, name string, d document.Document) error {
	p, f := i18n.From(v.ctx), v.format()
	d.Lang, d.Zone, d.At, d.Author = p.Lang, v.who.Location(), s.db.Clock().Now(), web.ServiceOf(v.ctx).Name
	h := v.w.Header()
	w := &lateHead{w: v.w, write: func() {
		h.Set("Content-Type", f.ContentType())
		h.Set("Content-Disposition", `attachment; filename="`+name+"."+string(f)+`"`)
		h.Set("Cache-Control", "no-store")
	}}
	err := d.Write(w, f)
	if err != nil && w.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}

// lateHead sets the head with the first byte, so that an error before has a page.
type lateHead struct {
	w     http.ResponseWriter
	write func()
	begun bool
}

func (l *lateHead) Write(b []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.write()
	}
	return l.w.Write(b)
}

func (s *Service) reportFile(v visitor) error {
	p, err := s.read(v, s.query(v))
	if err != nil {
		return err
	}
	d := p.Document(i18n.From(v.ctx))
	if v.format() == document.CSV {
		d.Tables = []document.Table{p.flat(i18n.From(v.ctx))}
	}
	return s.send(v, v.t("report.file.name")+"-"+string(p.Span), d)
}

// listFile is the list of transactions with its filters.
func (s *Service) listFile(v visitor) error {
	q := capture.ReadQuery(v.r.URL.Query())
	// A query that cannot be answered fails before the first byte.
	if err := s.db.Read(v.r.Context(), v.scope, func(tx *store.Tx) error { _, err := s.capture.List(v.r.Context(), tx, q); return err }); err != nil {
		return err
	}
	title := v.t("report.list.title")
	return s.send(v, v.t("report.list.name"), document.Document{Title: title, Tables: []document.Table{s.Transactions(v.r.Context(), v.scope, i18n.From(v.ctx), q)}})
}

// Transactions is the table of a list, page by page as it is pulled, so that
// memory does not grow with it.
func (s *Service) Transactions(ctx context.Context, sc store.Scope, p i18n.Printer, q capture.Query) document.Table {
	t := document.Table{Title: p.T("report.list.title"), Columns: []document.Column{
		{Name: p.T("capture.field.at"), Kind: document.KindTime}, {Name: p.T("capture.field.merchant"), Width: 30}, {Name: p.T("capture.field.category"), Width: 18},
		{Name: p.T("capture.field.account"), Width: 18}, {Name: p.T("capture.field.direction"), Width: 14}, {Name: p.T("capture.field.amount"), Kind: document.KindMoney, Width: 16},
		{Name: p.T("capture.field.currency"), Width: 8}, {Name: p.T("capture.field.state"), Width: 14}, {Name: p.T("capture.field.note"), Width: 20}}}
	t.Rows = func(yield func([]document.Cell, error) bool) {
		row := make([]document.Cell, len(t.Columns))
		err := s.capture.Each(ctx, sc, q, func(v capture.View) error {
			row = append(row[:0], document.Time(v.At.Time()), document.Text(v.MerchantName), document.Text(category(p, v.Category)), document.Text(accountName(p, v.AccountIssuer, v.AccountLast)),
				document.Text(word(p, "direction", v.Direction)), document.Money(signed(v)), document.Text(string(v.Currency)), document.Text(word(p, "state", string(v.State))), document.Text(v.Note.Reveal()))
			if !yield(row, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && err != errEnough { //nolint:errorlint // the very value, from the line above
			yield(nil, err)
		}
	}
	return t
}

type enough struct{}

func (enough) Error() string { return "enough" }

var errEnough error = enough{}

func word(p i18n.Printer, family, member string) string {
	if p.Has("capture." + family + "." + member) {
		return p.T("capture." + family + "." + member)
	}
	return member
}

// lines gives rows of groups.
func lines(all []Group, f func(Group) []document.Cell) iter.Seq2[[]document.Cell, error] {
	return func(yield func([]document.Cell, error) bool) {
		for _, g := range all {
			if !yield(f(g), nil) {
				return
			}
		}
	}
}

func (r Report) amount(minor int64) document.Cell {
	return document.Money(money.Amount{Minor: minor, Currency: r.Currency})
}
