package capture

import (
	"net/http"
	"strconv"
	"time"

	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/chart"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// board is what the dashboard shows.
type board struct {
	Address  string
	Standing Standing
	Figures  MonthFigures
	Latest   []View
	Targets  int
	May      bool
	Version  string // changes with every mail and every review
	Prev     string
	Next     string
}

func (v visitor) month() string {
	m := v.r.URL.Query().Get("month")
	if _, err := time.Parse("2006-01", m); err == nil {
		return m
	}
	return ""
}

// board reads all of it in one snapshot.
func (s *Service) board(v visitor) (board, error) {
	b := board{May: v.may()}
	now := s.clock.Now().In(v.who.Location()).Format("2006-01")
	of, currency := or(v.month(), now), money.IDR
	if c := money.Currency(v.r.URL.Query().Get("currency")); c.Valid() {
		currency = c
	}
	err := s.read(v, func(tx *store.Tx) (err error) {
		if b.Standing, err = s.Standing(v.r.Context(), tx); err != nil {
			return err
		}
		if b.Figures, err = s.Month(v.r.Context(), tx, of, currency); err != nil {
			return err
		}
		latest := Query{Limit: 10}
		if of != now { // an earlier month shows its own
			latest.Month = of
		}
		p, err := s.List(v.r.Context(), tx, latest)
		if err != nil {
			return err
		}
		b.Latest = p.Rows
		return tx.QueryRow(v.r.Context(), "SELECT COUNT(*) FROM targets WHERE tenant_id = $1 AND state <> $2", []any{tx.Tenant(), string(TargetRemoved)}, &b.Targets)
	})
	if err != nil {
		return b, err
	}
	b.Version = version(b.Standing)
	first, err := time.Parse("2006-01", of)
	if err != nil {
		return b, err
	}
	b.Prev = first.AddDate(0, -1, 0).Format("2006-01")
	if of < now {
		b.Next = first.AddDate(0, 1, 0).Format("2006-01")
	}
	return b, nil
}

func version(st Standing) string {
	return strconv.FormatInt(st.Mails, 36) + "-" + strconv.FormatInt(st.Reviews, 36)
}

func (s *Service) dashboardPage(v visitor) error {
	b, err := s.board(v)
	if err != nil {
		return err
	}
	// The address of a member whose data are restricted is not shown to the others.
	if b.Address, err = s.Address(v.r.Context(), v.scope, v.who.Subject); err != nil && !store.Closed(err) {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.home.title"), Wide: true, HTMX: true}, dashboard(b))
	return nil
}

// livePart gives the changing part anew, or 204 where nothing changed.
func (s *Service) livePart(v visitor) error {
	var st Standing
	if err := s.read(v, func(tx *store.Tx) (err error) { st, err = s.Standing(v.r.Context(), tx); return err }); err != nil {
		return err
	}
	if version(st) == v.r.URL.Query().Get("seen") {
		v.w.Header().Set("Cache-Control", "no-store")
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	b, err := s.board(v)
	if err != nil {
		return err
	}
	web.Fragment(v.w, v.r, http.StatusOK, live(b))
	return nil
}

func (s *Service) forwardingPage(v visitor) error {
	address, err := s.Address(v.r.Context(), v.scope, v.who.Subject)
	if err != nil {
		return err
	}
	var st Standing
	if err := s.read(v, func(tx *store.Tx) (err error) { st, err = s.Standing(v.r.Context(), tx); return err }); err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.forward.title"), Lead: v.t("capture.forward.lead"), Back: &ui.Tab{Label: v.t("capture.nav.home"), Href: at(v.ctx, "")}}, forwarding(address, st, v.may()))
	return nil
}

func (s *Service) renewPage(v visitor) error {
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.renew.title"), Lead: v.t("capture.renew.lead"), Back: &ui.Tab{Label: v.t("capture.forward.title"), Href: at(v.ctx, "/forwarding")}}, renew())
	return nil
}

func (s *Service) renewAddress(v visitor) error {
	if _, err := s.Renew(v.r.Context(), v.scope, v.who.Subject); err != nil {
		return err
	}
	return v.done("/forwarding", "capture.renew.done", ui.Success)
}

// monthTime is the first of a month, at noon so that no zone moves it.
func monthTime(m string) time.Time {
	t, err := time.Parse("2006-01", m)
	if err != nil {
		return time.Time{}
	}
	return t.Add(12 * time.Hour)
}

func monthName(p i18n.Printer, m string) string { return p.Month(monthTime(m)) }

// inOut is the chart of the twelve months.
func (f MonthFigures) inOut(p i18n.Printer, page string) chart.InOut {
	c := chart.InOut{Name: "months", Title: p.T("capture.home.months"), Unit: chart.Money(f.Currency)}
	begun := false
	for i, m := range f.Months {
		// Months before the first entry are left out, but for some.
		begun = begun || m.Sums != (Sums{}) || i >= 6
		if begun {
			c.Periods = append(c.Periods, chart.Period{Label: monthName(p, m.Month), Short: p.ShortMonth(monthTime(m.Month))[:3], In: max(0, m.In), Out: max(0, m.Out), Href: page + "?month=" + m.Month})
		}
	}
	return c
}

// top is the chart of the largest merchants.
func (f MonthFigures) top(p i18n.Printer, page string) chart.Bars {
	c := chart.Bars{Name: "merchants", Title: p.T("capture.home.merchants"), Unit: chart.Money(f.Currency), LabelHead: p.T("capture.field.merchant")}
	for _, m := range f.Merchants {
		it := chart.Item{Label: m.Name, Value: m.Minor}
		if it.Label == "" {
			it.Label = p.T("capture.merchant.unknown")
		}
		if !m.Merchant.IsZero() {
			it.Href = page + "?month=" + f.Month + "&merchant=" + m.Merchant.String()
		}
		c.Items = append(c.Items, it)
	}
	return c
}
