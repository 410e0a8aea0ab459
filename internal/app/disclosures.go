package app

import (
	"context"
	"errors"

	"amanah/internal/job"
	"amanah/internal/privacy/disclosure"
)

const tellDisclosures = "disclosure.tell"

// openDisclosures makes the register of what is handed to authorities.
func (a *App) openDisclosures(context.Context) (err error) {
	a.disclosures, err = disclosure.New(disclosure.Config{DB: a.db, Teller: a.teller(), Officers: a.teller(), Guard: a.desk, Slicer: a.rights, Notice: a.notice, Find: a.identity.Find})
	if err != nil {
		return err
	}
	a.jobs.Handle(tellDisclosures, func(ctx context.Context, _ job.Task) error {
		var failed []error
		for _, home := range a.homes("rights") {
			failed = append(failed, a.disclosures.Tell(ctx, home))
		}
		return errors.Join(failed...)
	})
	return nil
}
