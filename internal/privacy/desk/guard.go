package desk

import (
	"context"
	"errors"
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Purpose is the notice's purpose of all work at the desk.
const Purpose = "rights"

// Guard lets officers in. The second proof is asked of them by identity.Require,
// as the notice's word mfa-for-officers says.
type Guard struct{ db *store.DB }

// NewGuard makes one.
func NewGuard(db *store.DB) (*Guard, error) {
	if db == nil {
		return nil, errors.New("desk: NewGuard needs a store")
	}
	return &Guard{db}, nil
}

// Page makes a handler of an officer's page. Everybody else gets "not found".
func (g *Guard) Page(f func(identity.Visit) error) http.Handler {
	return identity.Page(func(v identity.Visit) error {
		ok, err := g.IsOfficer(v.R.Context(), v.Who)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "desk.Page", "")
		}
		v.Who.Staff = true
		return f(v)
	})
}

// IsOfficer tells whether somebody looks after privacy in the service now.
func (g *Guard) IsOfficer(ctx context.Context, who identity.Principal) (ok bool, err error) {
	err = g.db.Read(ctx, who.HomeScope("security"), func(tx *store.Tx) error {
		role, err := tenant.RoleOf(ctx, tx, tx.Tenant(), who.Subject)
		ok = role == tenant.Officer
		return err
	})
	return ok, err
}

// Scope is how an officer works in the home: their acts are staff's.
func Scope(who identity.Principal) store.Scope {
	who.Staff = true
	return who.HomeScope(Purpose)
}
