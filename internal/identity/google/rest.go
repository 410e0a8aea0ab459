package google

import (
	"context"
	"time"

	"amanah/internal/identity"
	"amanah/internal/rest"
)

// REST adds the calls of a connected Google account. Connecting one needs a
// browser, since the person agrees on Google's own page.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/account/google", ID: "readGoogle", Tag: "Account", Summary: "Read whether a Google account is connected", Scope: "account:read", Person: true}, s.restRead)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/account/google", ID: "disconnectGoogle", Tag: "Account", Summary: "Disconnect the Google account", Scope: "account:write", Person: true, Errors: []int{409},
		Details: "Refused where it is the only way in: set a password first."}, s.restDisconnect)
}

type googleBody struct {
	Connected bool       `json:"connected" doc:"Whether a Google account opens this account."`
	Since     *time.Time `json:"since,omitempty" doc:"Since when."`
}

type googleOut struct{ Body googleBody }

func (s *Service) restRead(ctx context.Context, _ *struct{}) (*googleOut, error) {
	p, _ := identity.FromContext(ctx)
	since, linked, err := s.Linked(ctx, p)
	if err != nil {
		return nil, err
	}
	out := googleBody{Connected: linked}
	if at := since.UTC(); linked {
		out.Since = &at
	}
	return &googleOut{out}, nil
}

func (s *Service) restDisconnect(ctx context.Context, _ *struct{}) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	return nil, s.Disconnect(ctx, p)
}
