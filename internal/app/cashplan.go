package app

import (
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/plan"
	"amanah/internal/tenant"
)

// openPlan makes what looks ahead with families' money. The product asks it what
// can be saved, and it asks the product for entries.
func (a *App) openPlan() *plan.Service {
	a.plans = plan.New(plan.Options{Store: a.db, Slug: jaga, Home: tenant.HomeOf(jaga), Cash: func() *cash.Service { return a.cash }, Teller: a.notify, Names: a.familyNames, Log: a.Log})
	a.jobs.Handle(plan.BookTask, a.plans.Book)
	return a.plans
}

// planCash names what runs by itself for families' money.
func (a *App) planCash() {
	if a.plans != nil {
		a.jobs.Every(plan.BookTask, time.Hour)
	}
}
