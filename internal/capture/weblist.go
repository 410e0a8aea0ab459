package capture

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// listing is a list with all that its page shows around it.
type listing struct {
	Page     Page
	Query    Query
	At       url.URL
	Form     *ui.Form
	Accounts []BankAccount
	Filtered bool
}

// query reads a list's query from the address. What makes no sense is left out.
func query(v url.Values) Query {
	q := Query{Text: v.Get("q"), Sort: v.Get("sort"), Asc: v.Get("dir") == "asc", After: v.Get(ui.AfterParam), Before: v.Get(ui.BeforeParam)}
	if t := monthTime(v.Get("month")); !t.IsZero() {
		q.Month = v.Get("month")
	}
	q.Account, _ = id.Parse(v.Get("account"))
	q.Merchant, _ = id.Parse(v.Get("merchant"))
	if slices.Contains(Categories(), v.Get("category")) {
		q.Category = v.Get("category")
	}
	if slices.Contains(Directions(), v.Get("direction")) {
		q.Direction = v.Get("direction")
	}
	if st := State(v.Get("state")); slices.Contains([]State{Booked, Review, Rejected, Reversed}, st) {
		q.State = st
	}
	return q
}

// ReadQuery reads a list's query as its address has it.
func ReadQuery(v url.Values) Query { return query(v) }

func (s *Service) listPage(v visitor) error {
	l := listing{Query: query(v.r.URL.Query()), At: *v.r.URL, Form: ui.NewForm(v.r.URL.Query())}
	bare := l.Query
	bare.Sort, bare.Asc, bare.After, bare.Before = "", false, "", ""
	l.Filtered = bare != (Query{})
	err := s.read(v, func(tx *store.Tx) (err error) {
		if l.Page, err = s.List(v.r.Context(), tx, l.Query); err != nil {
			return err
		}
		l.Accounts, err = accounts(v.r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.list.title"), Wide: true}, list(l))
	return nil
}

func (s *Service) reviewPage(v visitor) error {
	q := Query{State: Review, After: v.r.URL.Query().Get(ui.AfterParam), Before: v.r.URL.Query().Get(ui.BeforeParam), Limit: 25}
	l := listing{Query: q, At: *v.r.URL}
	var maybe []Pair
	err := s.read(v, func(tx *store.Tx) (err error) {
		if l.Page, err = s.List(v.r.Context(), tx, q); err != nil {
			return err
		}
		maybe, err = s.Proposals(v.r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.review.title"), Lead: v.t("capture.review.lead"), Wide: true}, review(l, maybe, v.may()))
	return nil
}

// csvFile streams the list of the same query. Once the head is written an error
// can only break the file off, so that it is not taken for whole.
func (s *Service) csvFile(v visitor) error {
	q := query(v.r.URL.Query())
	// A query that cannot be answered fails before the first byte.
	if err := s.read(v, func(tx *store.Tx) error { _, err := s.List(v.r.Context(), tx, q); return err }); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="`+v.t("capture.csv.name")+`.csv"`)
	h.Set("Cache-Control", "no-store")
	out, err := NewCSV(v.w, v.who.Location())
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if err := s.Each(v.r.Context(), v.scope, q, out.Write); err != nil {
		panic(http.ErrAbortHandler)
	}
	if err := out.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func columns(ctx context.Context, sortable bool) []ui.Column {
	return []ui.Column{
		{Key: "at", Label: i18n.T(ctx, "capture.field.at"), Sortable: sortable},
		{Label: i18n.T(ctx, "capture.field.merchant")},
		{Label: i18n.T(ctx, "capture.field.category")},
		{Label: i18n.T(ctx, "capture.field.account")},
		{Key: "amount", Label: i18n.T(ctx, "capture.field.amount"), Number: true, Sortable: sortable},
		{Label: i18n.T(ctx, "capture.field.state")},
	}
}

func accountOptions(ctx context.Context, all []BankAccount, empty string) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, empty)}}
	for _, a := range all {
		out = append(out, ui.Option{Value: a.ID.String(), Label: accountName(ctx, a.Issuer, a.Last.Reveal())})
	}
	return out
}

func reviewStat(ctx context.Context, st Standing) ui.Stat {
	out := ui.Stat{Label: i18n.T(ctx, "capture.home.review"), Value: i18n.From(ctx).Number(st.Reviews)}
	if st.Reviews > 0 {
		out.Tone, out.Href = ui.Warning, at(ctx, "/review")
	}
	return out
}

// liveURL is where the dashboard's changing part comes from: the same month and
// currency.
func liveURL(ctx context.Context, b board) url.URL {
	q := url.Values{"month": {b.Figures.Month}}
	if b.Figures.Currency != money.IDR {
		q.Set("currency", string(b.Figures.Currency))
	}
	return url.URL{Path: at(ctx, "/live"), RawQuery: q.Encode()}
}

func reviewColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: i18n.T(ctx, "capture.field.at")}, {Label: i18n.T(ctx, "capture.field.merchant")}, {Label: i18n.T(ctx, "capture.field.amount"), Number: true},
		{Label: i18n.T(ctx, "capture.review.why")}, {Label: i18n.T(ctx, "capture.review.act"), Hidden: true}}
}

func sortOf(q Query) string {
	if q.Sort == "amount" {
		return "amount"
	}
	return "at"
}

func dirOf(q Query) string {
	if q.Asc {
		return "asc"
	}
	return ""
}

// csvURL is the file of the list that is shown, all pages of it.
func csvURL(ctx context.Context, u url.URL) string {
	u.Path, u.RawPath = at(ctx, "/transactions.csv"), ""
	return ui.With(u, ui.AfterParam, "", ui.BeforeParam, "")
}

// fileURL is the same list as a file of people's programs, which capture/report
// writes.
func fileURL(ctx context.Context, u url.URL, format string) string {
	u.Path, u.RawPath = at(ctx, "/transactions/file"), ""
	return ui.With(u, ui.AfterParam, "", ui.BeforeParam, "", "format", format)
}
