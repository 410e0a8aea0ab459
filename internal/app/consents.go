package app

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/notice"
)

// openConsents makes the pages and receipts of consents.
func (a *App) openConsents(context.Context) (err error) {
	a.consents, err = consent.New(consent.Config{DB: a.db, Notices: versions{a}, Key: a.keys.signing, Address: a.address})
	return err
}

// versions tells consent which notices there are.
type versions struct{ a *App }

// Current is the one in force.
func (v versions) Current(service string) (*notice.Notice, bool) { return v.a.notice(service) }

// Coming is the next one.
func (v versions) Coming(string) (*notice.Notice, clock.Instant, bool) { return nil, 0, false }

// Version finds one by its number.
func (v versions) Version(service, version string) (*notice.Notice, bool) {
	n, ok := v.a.notice(service)
	return n, ok && n.Version() == version
}

// Digest is the digest of a version's text.
func (v versions) Digest(service, version string) string {
	if n, ok := v.Version(service, version); ok {
		return notice.Digest(n)
	}
	return ""
}
