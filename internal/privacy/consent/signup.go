package consent

import (
	"context"

	"amanah/internal/identity"
	"amanah/internal/store"
)

// ForSignUp gives identity the place where sign-ups are recorded.
type ForSignUp struct{}

var _ identity.Consents = ForSignUp{}

// Accept records the acceptance that came with a sign-up.
func (ForSignUp) Accept(ctx context.Context, tx *store.Tx, a identity.Acceptance) error {
	return Accept(ctx, tx, a.Subject, a.Terms, proof(a.Notice, a.Device))
}

// Give records a box that was ticked in a sign-up.
func (ForSignUp) Give(ctx context.Context, tx *store.Tx, c identity.Choice) error {
	return Give(ctx, tx, c.Subject, c.Purpose, proof(c.Notice, c.Device))
}

func proof(notice string, d identity.Device) Proof {
	return Proof{Notice: notice, How: BySignUp, Lang: d.Lang, IP: d.IP, Agent: d.Agent}
}
