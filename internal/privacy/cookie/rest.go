package cookie

import (
	"context"

	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/web"
)

// REST adds the calls of one's own choice.
func (s *Pages) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/cookies", ID: "getCookieChoice", Tag: "Privacy", Summary: "Get your choice of cookies", Scope: "account:read", Person: true}, s.restGet)
	rest.Register(api, rest.Op{Method: "PUT", Path: "/privacy/cookies", ID: "setCookieChoice", Tag: "Privacy", Summary: "Choose which cookies all your browsers are given", Scope: "account:write", Person: true}, s.restSet)
}

type cookieChoiceBody struct {
	Made    bool     `json:"made" readOnly:"true" doc:"Whether you chose at all; before that only essential cookies are set."`
	Classes []string `json:"classes" nullable:"false" maxItems:"3" enum:"functional,preference,analytics" doc:"The classes that you allow beside the essential ones."`
}

type cookieChoiceOut struct{ Body cookieChoiceBody }

func (s *Pages) restGet(ctx context.Context, _ *struct{}) (*cookieChoiceOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var kept web.Choice
	err := s.db.Read(ctx, who.HomeScope("rights"), func(tx *store.Tx) (err error) { kept, err = Of(ctx, tx, who.Subject); return err })
	return &cookieChoiceOut{cookieChoiceBody{kept.Made, append([]string{}, kept.Classes...)}}, err
}

type cookieChoiceIn struct {
	Body struct {
		Classes []string `json:"classes" nullable:"false" maxItems:"3" enum:"functional,preference,analytics" doc:"The classes that you allow beside the essential ones."`
	}
}

func (s *Pages) restSet(ctx context.Context, in *cookieChoiceIn) (*cookieChoiceOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	c := web.Choice{Made: true, Classes: in.Body.Classes}
	err := s.db.Write(ctx, who.HomeScope("rights"), func(tx *store.Tx) error { return Keep(ctx, tx, who.Subject, c) })
	return &cookieChoiceOut{cookieChoiceBody{true, append([]string{}, c.Classes...)}}, err
}
