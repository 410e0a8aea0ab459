package analytics

import (
	"context"

	"amanah/internal/identity"
	"amanah/internal/privacy/gate"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// REST adds the calls of one's own standing.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/figures", ID: "getCounting", Tag: "Privacy", Summary: "See whether you are counted in the totals of use", Scope: "account:read", Person: true}, s.restGet)
	rest.Register(api, rest.Op{Method: "PUT", Path: "/privacy/figures", ID: "setCounting", Tag: "Privacy", Summary: "Object to being counted, or lift the objection", Scope: "account:write", Person: true}, s.restSet)
}

type countingBody struct {
	Counted bool `json:"counted" doc:"Whether your use counts towards totals of at least the notice's smallest group. Who objected is not counted."`
}

type countingOut struct{ Body countingBody }

func (s *Service) restGet(ctx context.Context, _ *struct{}) (*countingOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var st Standing
	err := s.c.DB.Read(ctx, who.HomeScope(gate.Rights), func(tx *store.Tx) (err error) { st, err = s.Of(ctx, tx, who.Subject); return err })
	return &countingOut{countingBody{st.Counted}}, err
}

type countingIn struct{ Body countingBody }

func (s *Service) restSet(ctx context.Context, in *countingIn) (*countingOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	err := s.c.DB.Write(ctx, who.HomeScope(gate.Rights), func(tx *store.Tx) error { return s.Choose(ctx, tx, who.Subject, in.Body.Counted) })
	if err != nil {
		return nil, err
	}
	return s.restGet(ctx, nil)
}
