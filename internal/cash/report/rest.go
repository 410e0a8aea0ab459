package report

import (
	"context"

	"amanah/internal/cash"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// REST adds the report's call.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/reports/{month}", ID: "getFamilyReport", Tag: "Plans", Summary: "What a month adds up to", Scope: "money:read", Roles: []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer},
		Details: "Each figure is the sum of the entries that you see; what is private of others is in none. Transfers are not counted."}, s.restReport)
}

type reportIn struct {
	Month    string `path:"month" pattern:"^[0-9]{4}-[0-9]{2}$" example:"2026-11" doc:"A month."`
	Currency string `query:"currency" pattern:"^[A-Z]{3}$" default:"IDR" example:"IDR" doc:"ISO 4217; currencies are never added up together."`
}

type sumsBody struct {
	Key   string `json:"key" example:"groceries" doc:"The category, the member's number, the merchant's name, the day or the month."`
	In    string `json:"in" example:"9000000.00" doc:"What came in."`
	Out   string `json:"out" example:"4250000.00" doc:"What went out."`
	Count int64  `json:"count,omitempty" doc:"In how many entries, where that is known."`
}

type worthBody struct {
	Month  string `json:"month" example:"2026-11" doc:"At the end of this month."`
	Amount string `json:"amount" example:"10583400.00" doc:"What the accounts that you see held, less what was owed on cards."`
}

type reportBody struct {
	Month      string      `json:"month" example:"2026-11" doc:"The month."`
	Currency   string      `json:"currency" example:"IDR" doc:"The currency of all figures."`
	Total      sumsBody    `json:"total" doc:"All of it."`
	Before     sumsBody    `json:"before" doc:"The month before."`
	Categories []sumsBody  `json:"categories" nullable:"false" doc:"By category."`
	Members    []sumsBody  `json:"members" nullable:"false" doc:"By who entered it."`
	Merchants  []sumsBody  `json:"merchants" nullable:"false" doc:"The ten largest by what went out."`
	Days       []sumsBody  `json:"days" nullable:"false" doc:"All days."`
	History    []sumsBody  `json:"history" nullable:"false" doc:"Twelve months up to this."`
	Worth      []worthBody `json:"worth" nullable:"false" doc:"Twelve months up to this."`
	Others     []string    `json:"other_currencies" nullable:"false" doc:"Currencies of the twelve months beside this one."`
}

type reportOut struct{ Body reportBody }

func (s *Service) restReport(ctx context.Context, in *reportIn) (*reportOut, error) {
	who, _ := identity.FromContext(ctx)
	var r Report
	err := s.db.Read(ctx, who.Scope(cash.Record), func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who.Subject)
		if err == nil {
			r, err = s.Report(ctx, tx, v, in.Month, money.Currency(in.Currency))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	dec := func(minor int64) string { return money.Amount{Minor: minor, Currency: r.Currency}.Decimal() }
	said := func(key string, s Sums) sumsBody { return sumsBody{key, dec(s.In), dec(s.Out), s.Count} }
	groups := func(all []Group, key func(Group) string) []sumsBody {
		out := []sumsBody{}
		for _, g := range all {
			out = append(out, said(key(g), g.Sums))
		}
		return out
	}
	b := reportBody{Month: in.Month, Currency: in.Currency, Total: said("total", r.Total), Before: said("before", r.Before), Days: []sumsBody{}, History: []sumsBody{}, Worth: []worthBody{}, Others: []string{},
		Categories: groups(r.Categories, func(g Group) string { return g.Category }), Members: groups(r.Members, func(g Group) string { return g.Member.String() }), Merchants: groups(r.Merchants, func(g Group) string { return g.Shop })}
	for _, d := range r.Days {
		b.Days = append(b.Days, said(dayOf(d.Month, d.Day).Format("2006-01-02"), d.Sums))
	}
	for _, m := range r.History {
		b.History = append(b.History, said(m.Month, m.Sums))
	}
	for _, w := range r.Worth {
		b.Worth = append(b.Worth, worthBody{w.Month, dec(w.Minor)})
	}
	for _, c := range r.Others {
		b.Others = append(b.Others, string(c))
	}
	return &reportOut{b}, nil
}
