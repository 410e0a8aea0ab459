package family

import (
	"context"
	"log/slog"
	"slices"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Accounts are the service's accounts and invitations; *identity.Service has them.
type Accounts interface {
	InviteWith(ctx context.Context, p identity.Principal, email string, role tenant.Role, d identity.Device, also func(tx *store.Tx, invitation id.ID, ends clock.Instant) error) error
	Uninvite(ctx context.Context, p identity.Principal, which id.ID) error
	AcceptInvitation(ctx context.Context, p identity.Principal, token string, said identity.Declared) error
	Decline(ctx context.Context, slug, token string, d identity.Device) error
	Colleagues(ctx context.Context, p identity.Principal) ([]identity.Colleague, error)
}

// Decider keeps what a person consents to; *consent.Service does.
type Decider interface {
	Decide(ctx context.Context, p identity.Principal, purpose, version string, yes bool, proof consent.Proof) (id.ID, error)
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Store    *store.DB
	Slug     string
	Home     id.Tenant
	Cash     *cash.Service
	Accounts Accounts
	Consents Decider
	// Purge removes what else is kept of a person in a family that they left; nil:
	// there is nothing else.
	Purge func(ctx context.Context, family store.Scope, who id.Subject) error
	// Held tells whether a legal hold keeps a person's data where it is; nil: none does.
	Held func(ctx context.Context, tx *store.Tx, who id.Subject, family id.Tenant) (bool, error)
	Log  *slog.Logger
}

// Service looks after who belongs to a family. It is safe for concurrent use.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{o}
}

// Roles are what a relative may be. Privacy officers are the service's own.
func Roles() []tenant.Role { return []tenant.Role{tenant.Worker, tenant.Viewer, tenant.Owner} }

// Relations are what a relative may be to the inviter.
func Relations() []string { return []string{"spouse", "parent", "child", "sibling", "other"} }

func (s *Service) home(purpose string) store.Scope {
	return store.Scope{Tenant: s.Home, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: purpose}
}

// in is how the program works in books for a leaving: for the person's rights, which
// stay open whatever else they stopped.
func (s *Service) in(books id.Tenant) store.Scope {
	at := s.home("rights")
	at.Tenant = books
	return at
}

// One is a member, or a relative who has not answered.
type One struct {
	identity.Colleague
	Called   string // the name: the member's own, or what the inviter wrote
	Relation string // of a relative who has not answered
	You      bool
}

// People are the family of the principal; for its owners also who is invited.
func (s *Service) People(ctx context.Context, p identity.Principal) ([]One, error) {
	const op = "family.People"
	all, err := s.Accounts.Colleagues(ctx, p)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	wrote := map[id.ID]Relative{}
	if p.Role == tenant.Owner {
		err := s.Store.Read(ctx, p.HomeScope(cash.Others), func(tx *store.Tx) error {
			rows, err := store.FindOpen[Relative](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2", tx.Tenant(), p.Workspace)
			for _, r := range rows {
				wrote[r.Invitation] = r
			}
			return err
		})
		if err != nil && !store.Closed(err) {
			return nil, fault.Wrap(op, err)
		}
	}
	out := make([]One, 0, len(all))
	for _, c := range all {
		one := One{Colleague: c, Called: c.Name, You: c.Subject == p.Subject && c.Waiting.IsZero()}
		if r, ok := wrote[c.Waiting]; ok && !c.Waiting.IsZero() {
			one.Called, one.Relation = r.Name.Reveal(), r.Relation.Reveal()
		}
		if p.Role != tenant.Owner && !one.You {
			one.Email = ""
		}
		out = append(out, one)
	}
	return out, nil
}

func known(relation string) bool { return slices.Contains(Relations(), relation) }
