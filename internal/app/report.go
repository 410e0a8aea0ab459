package app

import (
	"context"
	"fmt"
	"time"

	"amanah/internal/capture"
	"amanah/internal/capture/report"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// openReports makes the one that adds up and keeps budgets.
func (a *App) openReports(context.Context) error {
	a.reports = report.New(a.capture, a.notify)
	return nil
}

// booked hands a booking to the budgets, which were made after capture.
func (a *App) booked(ctx context.Context, tx *store.Tx, c *capture.Captured, zone *time.Location) error {
	if a.reports == nil {
		return nil
	}
	return a.reports.Booked(ctx, tx, c, zone)
}

// demoBudgets are what the demo's person wants to spend a month.
func (a *App) demoBudgets(ctx context.Context, s store.Scope, who id.Subject) error {
	from := a.Clock.Now().In(a.zone(ctx, s.Tenant)).AddDate(0, -2, 0).Format("2006-01")
	return a.db.Write(ctx, s, func(tx *store.Tx) error {
		for category, rupiah := range map[string]int64{report.All: 9_000_000, "food_drink": 2_000_000, "groceries": 2_500_000, "shopping": 1_500_000, "transport": 600_000, "bills": 1_200_000} {
			b := report.Budget{Category: category, Currency: money.IDR, Month: from, Minor: money.Rupiah(rupiah).Minor}
			if err := a.reports.Set(ctx, tx, who, b); err != nil {
				return fmt.Errorf("demo budget: %w", err)
			}
		}
		return nil
	})
}
