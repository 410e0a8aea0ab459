package rest

import (
	"context"
	"net/http"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Caller is who a token stands for, as far as the platform needs to know.
type Caller struct {
	// Token is a pseudonym of the token: calls are counted by it.
	Token   string
	Subject id.Subject
	// Home is the person's scope in the service's own enclosure.
	Home store.Scope
	// Workspace is where the token works; zero where the person belongs to none.
	Workspace id.Tenant
	Role      tenant.Role
	Scopes    []string
}

// Auth knows the bearer tokens of a service.
type Auth interface {
	// Caller says who a token belongs to, and gives a context in which the modules
	// find their own principal. It asks at each request. Fault Unauthorized for one
	// that is unknown, ended, revoked or too old.
	Caller(ctx context.Context, r *http.Request, token string) (context.Context, Caller, error)
}

// call is a request under way.
type call struct {
	api    *API
	op     Op
	caller Caller
	r      *http.Request
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// CallerOf gives who calls; false in a call that needs no token.
func CallerOf(ctx context.Context) (Caller, bool) {
	if c := callOf(ctx); c != nil && c.caller.Token != "" {
		return c.caller, true
	}
	return Caller{}, false
}

// Request gives the request of a call, for what no field can say: the device.
func Request(ctx context.Context) *http.Request {
	if c := callOf(ctx); c != nil {
		return c.r
	}
	return nil
}
