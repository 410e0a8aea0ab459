package app

import (
	"context"

	"amanah/internal/privacy/consent"
)

// openConsents makes the pages and receipts of consents.
func (a *App) openConsents(context.Context) (err error) {
	a.consents, err = consent.New(consent.Config{DB: a.db, Notices: versions{a}, Key: a.keys.signing, Address: a.address, Withdrew: a.withdrew})
	return err
}
