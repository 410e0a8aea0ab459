package app

import (
	"context"

	"amanah/internal/cash/cardstatement"
	"amanah/internal/extract/pdf"
	"amanah/internal/extract/statement"
	"amanah/internal/rest"
	"amanah/internal/tenant"
	"amanah/internal/web"
)

// openStatements makes the card statements of JagaCash, where a notice switches
// them on. The machine that opens PDF files starts with the first one.
func (a *App) openStatements(context.Context) error {
	if a.cash == nil || !a.uses(jaga, cardstatement.Module) {
		return nil
	}
	opener := pdf.New(pdf.Limits{})
	a.onClose(func() {
		if err := opener.Close(); err != nil {
			a.Log.Warn("the machine for PDF files did not end", "error", err)
		}
	})
	reader, err := statement.New(opener)
	if err != nil {
		return err
	}
	a.statements = cardstatement.New(cardstatement.Options{Store: a.db, Cash: a.cash, Reader: reader, Jobs: a.jobs, Slug: jaga, Home: tenant.HomeOf(jaga), Names: a.familyNames, Log: a.Log})
	a.jobs.Handle(cardstatement.Task, a.statements.Run)
	a.jobs.Slow(cardstatement.Task)
	return nil
}

// statementRoutes are their pages.
func (a *App) statementRoutes(mux web.Mux) {
	if a.statements != nil {
		a.statements.Routes(mux)
	}
}

// statementScopes and statementTags are those of their calls.
var (
	statementScopes = []rest.Scope{
		{Name: "statements:read", Says: "read card statements and how they stand to the books"},
		{Name: "statements:write", Says: "upload card statements and decide about their lines"},
	}
	statementTags = []rest.Tag{{Name: "Statements", Says: "Card statements, held against the family's books."}}
)
