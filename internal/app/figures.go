package app

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/analytics"
)

// closeFigures is the task that ends the days of the figures of use.
const closeFigures = "analytics.close"

// writeFigures is how often a node writes what it counted: what a kill loses.
const writeFigures = 15 * time.Second

// features are what is counted. Staff's pages are not among them.
var features = []analytics.Feature{
	{Name: "overview", Only: []string{"ctt"}, Patterns: []string{"GET /app"}},
	{Name: "transactions", Only: []string{"ctt"}, Patterns: []string{"GET /app/transactions", "GET /app/transactions/{id}"}},
	{Name: "review", Only: []string{"ctt"}, Patterns: []string{"GET /app/review"}},
	{Name: "accounts", Only: []string{"ctt"}, Patterns: []string{"GET /app/accounts", "GET /app/accounts/{id}"}},
	{Name: "reports", Only: []string{"ctt"}, Patterns: []string{"GET /app/reports"}},
	{Name: "budgets", Only: []string{"ctt"}, Patterns: []string{"GET /app/budgets"}},
	{Name: "sources", Only: []string{"ctt"}, Patterns: []string{"GET /app/mailboxes", "GET /app/mailboxes/new", "GET /app/mailboxes/{id}", "GET /app/forwarding", "GET /app/import", "GET /app/import/{id}"}},
	{Name: "targets", Only: []string{"ctt"}, Patterns: []string{"GET /app/targets", "GET /app/targets/new", "GET /app/targets/{id}"}},
	{Name: "rules", Only: []string{"ctt"}, Patterns: []string{"GET /app/rules", "GET /app/rules/new", "GET /app/rules/{id}"}},
	{Name: "billing", Only: []string{"ctt"}, Patterns: []string{"GET /app/billing", "GET /app/billing/plans"}},
	{Name: "privacy", Patterns: []string{"GET /privacy/me"}},
	{Name: "requests", Patterns: []string{"GET /privacy/requests", "GET /privacy/requests/new", "GET /privacy/requests/{id}"}},
	{Name: "account", Patterns: []string{"GET /account", "GET /account/security", "GET /account/sessions"}},
	{Name: "support", Patterns: []string{"GET /support", "GET /support/new", "GET /support/{id}"}},
}

// openFigures makes the one that counts use, for the services whose notice has it.
func (a *App) openFigures(context.Context) (err error) {
	var counted []string
	for _, s := range a.services {
		if a.uses(s.Slug, "analytics") {
			counted = append(counted, s.Slug)
		}
	}
	if len(counted) == 0 {
		return nil
	}
	a.figures, err = analytics.New(analytics.Config{DB: a.db, Gate: a.gate, Home: a.rightsHome, Notice: a.notice, Services: counted, Features: features, Teller: a.teller(), Guard: a.desk})
	if err == nil {
		a.jobs.Handle(closeFigures, func(ctx context.Context, _ job.Task) error { return a.figures.Close(ctx) })
	}
	return err
}

// counting counts the pages that people open.
func (a *App) counting(next http.Handler) http.Handler {
	if a.figures == nil {
		return next
	}
	return a.figures.Handler(next)
}

// startFigures writes figures until stop is called, and once more then.
func (a *App) startFigures(ctx context.Context) (stop func()) {
	if a.figures == nil {
		return func() {}
	}
	a.jobs.Every(closeFigures, time.Hour)
	work, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.figures.Run(work, writeFigures, func(err error) { a.Log.Warn("figures of use not written", "error", err) })
	}()
	return func() { cancel(); <-done }
}

// uncount takes a person who goes out of today's figures.
func (a *App) uncount(service string, who id.Subject) {
	if a.figures != nil {
		a.figures.Forget(service, who)
	}
}
