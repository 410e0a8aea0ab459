package app

import (
	"context"

	"amanah/internal/cash/exchange"
	"amanah/internal/web"
)

// openExchange makes JagaCash's files in and out.
func (a *App) openExchange(context.Context) error {
	if a.cash == nil || !a.uses(jaga, exchange.Module) {
		return nil
	}
	a.exchange = exchange.New(exchange.Options{Store: a.db, Cash: a.cash, Jobs: a.jobs, Catalog: a.catalog, Log: a.Log})
	a.jobs.Handle(exchange.Task, a.exchange.Run)
	a.jobs.Slow(exchange.Task)
	return nil
}

// exchangeRoutes are its pages.
func (a *App) exchangeRoutes(mux web.Mux) {
	if a.exchange != nil {
		a.exchange.Routes(mux)
	}
}

// exchangeREST are its calls.
func (a *App) exchangeREST() {
	if a.exchange != nil {
		a.exchange.REST(a.apis[jaga])
	}
}
