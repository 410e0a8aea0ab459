package app

import (
	"context"
	"fmt"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/plan"
	cashreport "amanah/internal/cash/report"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
)

// openPlan makes what looks ahead with families' money. The product asks it what
// can be saved, and it asks the product for entries.
func (a *App) openPlan() *plan.Service {
	a.plans = plan.New(plan.Options{Store: a.db, Slug: jaga, Home: tenant.HomeOf(jaga), Cash: func() *cash.Service { return a.cash }, Teller: a.notify, Names: a.familyNames, Log: a.Log})
	a.jobs.Handle(plan.BookTask, a.plans.Book)
	return a.plans
}

// openCashReports makes what adds families' months up.
func (a *App) openCashReports() {
	a.cashReports = cashreport.New(cashreport.Options{Store: a.db, Slug: jaga, Home: tenant.HomeOf(jaga), Cash: a.cash, Plan: a.plans, Names: a.familyNames, Teller: a.notify, Log: a.Log})
	a.jobs.Handle(cashreport.SummaryTask, a.cashReports.Summarise)
}

// planCash names what runs by itself for families' money.
func (a *App) planCash() {
	if a.plans != nil {
		a.jobs.Every(plan.BookTask, time.Hour)
		a.jobs.Every(cashreport.SummaryTask, 6*time.Hour)
	}
}

// cashPlanRoutes puts in the pages of plans and reports.
func (a *App) cashPlanRoutes(mux web.Mux) {
	if a.plans != nil {
		a.plans.Routes(mux)
		a.cashReports.Routes(mux)
	}
}

// demoDay is one entry of the demo's family: on a day of each month.
type demoDay struct {
	day                int
	in                 bool
	rupiah             int64
	category, merchant string
	step               int64 // what later months cost more or less
}

var demoMonth = []demoDay{
	{1, false, 2_250_000, "bills", "Kontrakan Bu Lestari", 0},
	{2, false, 412_500, "groceries", "Superindo", 23_000}, {4, false, 68_000, "food_drink", "Warung Sate Pak Min", -7_000},
	{5, false, 385_000, "bills", "PLN", 12_000}, {6, false, 150_000, "transport", "Pertamina", 0}, {8, false, 276_300, "groceries", "Pasar Minggu", -18_000},
	{10, false, 750_000, "education", "SD Tunas Cendekia", 0}, {11, false, 54_000, "food_drink", "Kopi Tuku", 9_000}, {13, false, 121_900, "health", "Apotek Sehat", -30_000},
	{14, false, 368_200, "groceries", "Superindo", 15_000}, {16, false, 100_000, "donation", "", 0}, {17, false, 150_000, "transport", "Pertamina", 0},
	{19, false, 89_500, "food_drink", "Warung Sate Pak Min", 6_000}, {20, false, 349_000, "bills", "IndiHome", 0}, {21, false, 244_700, "groceries", "Pasar Minggu", 31_000},
	{25, true, 9_800_000, "salary", "", 0}, {26, false, 415_000, "shopping", "Toko Baju Melati", -90_000}, {28, false, 298_400, "groceries", "Superindo", 8_000},
}

// demoFamily gives the demo's family three months, budgets, goals and what comes
// again.
func (a *App) demoFamily(ctx context.Context, who id.Subject, family id.Tenant) error {
	if a.plans == nil {
		return nil
	}
	err := a.db.Write(ctx, a.cash.As(family, who, cash.Record), func(tx *store.Tx) error {
		v, err := a.cash.View(ctx, tx, who)
		if err != nil {
			return err
		}
		if err := a.demoEntries(ctx, tx, v); err != nil {
			return err
		}
		return a.demoPlans(ctx, tx, v)
	})
	if err != nil {
		return fmt.Errorf("demo family: %w", err)
	}
	return nil
}

func (a *App) demoEntries(ctx context.Context, tx *store.Tx, v cash.View) error {
	bank, err := a.cash.AddAccount(ctx, tx, v, cash.NewAccount{Kind: cash.Bank, Name: "BCA", Shared: true, Holds: money.Rupiah(6_400_000).Minor})
	if err != nil {
		return err
	}
	now := tx.Now().Time().In(v.Zone)
	for back := 3; back >= 0; back-- {
		first := time.Date(now.Year(), now.Month(), 1, 18, 0, 0, 0, v.Zone).AddDate(0, -back, 0)
		for _, d := range demoMonth {
			at := first.AddDate(0, 0, d.day-1)
			if at.After(now) {
				continue
			}
			n := cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(d.rupiah + d.step*int64(3-back)), At: at, Account: bank.ID, Category: d.category, Merchant: d.merchant, Way: cash.ByForm,
				Source: fmt.Sprintf("demo:%d:%d", back, d.day)}
			if d.in {
				n.Kind = cash.In
			}
			if _, _, err := a.cash.Enter(ctx, tx, v, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *App) demoPlans(ctx context.Context, tx *store.Tx, v cash.View) error {
	now := tx.Now().Time().In(v.Zone)
	from := now.AddDate(0, 0, -now.Day()).Format("2006-01")
	for category, rupiah := range map[string]int64{plan.All: 6_500_000, "groceries": 1_400_000, "food_drink": 200_000, "transport": 350_000} {
		b := plan.Budget{Category: category, Currency: money.IDR, Month: from, Carry: category == "groceries", Minor: money.Rupiah(rupiah).Minor}
		if err := a.plans.SetBudget(ctx, tx, v, b); err != nil {
			return err
		}
	}
	g, err := a.plans.AddGoal(ctx, tx, v, plan.NewGoal{Name: "Dana darurat", Amount: money.Rupiah(12_000_000), Due: now.AddDate(0, 9, 0).Format(time.DateOnly), Shared: true})
	if err != nil {
		return err
	}
	if _, err := a.plans.PutAside(ctx, tx, v, g.ID, money.Rupiah(600_000).Minor); err != nil {
		return err
	}
	for _, r := range []plan.NewRepeat{
		{Kind: cash.Out, Amount: money.Rupiah(50_000), Category: "household", Merchant: "Iuran RT 05", Schedule: plan.Schedule{Every: plan.Month, Step: 1, First: now.AddDate(0, 0, 3).Format(time.DateOnly)}},
		{Kind: cash.Out, Amount: money.Rupiah(175_000), Category: "education", Merchant: "Les Bu Anita", Asks: true, Schedule: plan.Schedule{Every: plan.Week, Step: 1, First: now.AddDate(0, 0, -1).Format(time.DateOnly)}},
	} {
		if _, err := a.plans.AddRepeat(ctx, tx, v, r); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}
