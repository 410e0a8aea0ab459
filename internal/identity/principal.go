package identity

import (
	"context"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// Principal is who acts in a request: a person of one service, in one workspace.
type Principal struct {
	Service string // slug
	Home    id.Tenant
	Subject id.Subject
	Name    string
	Email   string
	// Workspace is where the person works now; zero for one who belongs to none
	// (their last one was closed).
	Workspace id.Tenant
	// WorkspaceName is the company's, or the name of the person who owns it.
	WorkspaceName string
	Kind          tenant.Kind
	Role          tenant.Role // "" without a workspace
	Lang          string      // "id" or "en"
	Zone          string      // of the workspace, an IANA name
	Session       id.ID
	// Method is how the session began, Proved when its owner last proved who they
	// are, by any proof.
	Method Method
	Proved clock.Instant
	// Step is what the session lacks; a Principal of FromContext lacks nothing.
	Step Step
	// Credential is what the person came with where it is no session: a token.
	Credential id.ID
	// Address is the blind index of where the person's client is.
	Address vault.Index
	// Staff says that the person acts as staff of the service: what they read is
	// written down before they see it.
	Staff bool
	// Required says that the notice asks this person for a second factor.
	Required bool
}

// freshTime is how long a proof is good for what changes the account's safety.
const freshTime = 10 * time.Minute

// Fresh tells whether the person proved who they are within the last minutes.
func (p Principal) Fresh(now clock.Instant) bool {
	return !p.Proved.IsZero() && now.Time().Sub(p.Proved.Time()) < freshTime
}

// Scope is the principal's scope in the workspace, for a purpose of the notice.
func (p Principal) Scope(purpose string) store.Scope {
	return store.Scope{Tenant: p.Workspace, Home: p.Home, Service: p.Service, Actor: p.Actor(), Purpose: purpose}
}

// HomeScope is the principal's scope in the service's own enclosure.
func (p Principal) HomeScope(purpose string) store.Scope {
	return store.Scope{Tenant: p.Home, Home: p.Home, Service: p.Service, Actor: p.Actor(), Purpose: purpose}
}

// Actor is the principal by pseudonym.
func (p Principal) Actor() store.Actor {
	a := store.Actor{Kind: "person", ID: id.ID(p.Subject), Credential: p.Credential, Address: p.Address}
	if a.Credential.IsZero() {
		a.Credential = p.Session
	}
	if p.Staff {
		a.Kind = store.Staff
	}
	return a
}

// Location is the zone of the workspace.
func (p Principal) Location() *time.Location { return clock.Zone(p.Zone) }

// Is tells whether the principal has one of the roles; with none named, whether
// the person belongs to a workspace at all.
func (p Principal) Is(roles ...tenant.Role) bool {
	for _, r := range roles {
		if p.Role == r {
			return true
		}
	}
	return len(roles) == 0 && p.Role != ""
}

type principalKey struct{}

// visit is a request on its way: who makes it is looked up once, when somebody
// asks.
type visit struct {
	once  sync.Once
	find  func(context.Context) (Principal, error)
	who   Principal
	err   error
	found bool
	half  bool // who is known by one proof, and a step is missing
}

// Into puts a principal into a context: for ways in other than the cookie (a
// bearer token), and for tests of modules.
func Into(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, &visit{found: p.Step == StepNone, half: p.Step != StepNone, who: p})
}

// halfway gives the person of a half session: for the pages of the missing step
// alone, which answer for what they show.
func halfway(ctx context.Context) (Principal, bool) {
	v := resolve(ctx)
	if v == nil || !v.half {
		return Principal{}, false
	}
	return v.who, true
}

// FromContext gives the principal of a request, false for a visitor and for a
// session that lacks its second proof. Where the
// database could not be asked it is false too; Require then answers the fault.
func FromContext(ctx context.Context) (Principal, bool) {
	v := resolve(ctx)
	if v == nil || !v.found {
		return Principal{}, false
	}
	return v.who, true
}

// resolve looks the visitor up once; nil outside of a request.
func resolve(ctx context.Context) *visit {
	v, _ := ctx.Value(principalKey{}).(*visit)
	if v == nil || v.find == nil {
		return v
	}
	v.once.Do(func() {
		v.who, v.err = v.find(ctx)
		known := v.err == nil && !v.who.Subject.IsZero()
		v.found, v.half = known && v.who.Step == StepNone, known && v.who.Step != StepNone
	})
	return v
}
