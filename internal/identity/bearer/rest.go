package bearer

import (
	"context"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// REST adds the calls of sessions and tokens.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "POST", Path: "/sessions", ID: "signIn", Tag: "Sessions", Summary: "Sign in", Open: true, Status: http.StatusCreated, Errors: []int{401},
		Details: "Gives an access token for an hour and a refresh token for thirty days. Where the account has a second factor, send the code of the app too; without it the answer is `second_factor_required`."}, s.restSignIn)
	rest.Register(api, rest.Op{Method: "POST", Path: "/sessions/refresh", ID: "refreshSession", Tag: "Sessions", Summary: "Exchange a refresh token for new tokens", Open: true, Errors: []int{401},
		Details: "A refresh token works once. One that is sent a second time ends the session with all its tokens, and the owner is told."}, s.restRefresh)
	rest.Register(api, rest.Op{Method: "GET", Path: "/sessions", ID: "listSessions", Tag: "Sessions", Summary: "List own sessions", Scope: "account:read", Person: true}, s.restSessions)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/sessions/current", ID: "signOut", Tag: "Sessions", Summary: "Sign out: end the token in use", Any: true, Person: true}, s.restSignOut)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/sessions/{id}", ID: "endSession", Tag: "Sessions", Summary: "End one of the own sessions", Scope: "account:write", Person: true}, s.restEnd)
	rest.Register(api, rest.Op{Method: "GET", Path: "/tokens", ID: "listTokens", Tag: "Tokens", Summary: "List personal tokens", Scope: "account:read", Person: true}, s.restTokens)
	rest.Register(api, rest.Op{Method: "POST", Path: "/tokens", ID: "createToken", Tag: "Tokens", Summary: "Make a personal token", Scope: "account:write", Creates: true, Secret: true, Status: http.StatusCreated,
		Details: "The token is in this answer and nowhere else. It works in the workspace of the session. Only a session makes tokens: a personal token cannot."}, s.restMake)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/tokens/{id}", ID: "revokeToken", Tag: "Tokens", Summary: "Revoke a personal token", Scope: "account:write", Person: true}, s.restRevoke)
}

type signInIn struct {
	Body struct {
		Email    string   `json:"email" maxLength:"254" example:"rina@example.com" doc:"The address of the account."`
		Password string   `json:"password" maxLength:"1024" writeOnly:"true" example:"a sentence of your own" doc:"Its password."`
		Code     string   `json:"code,omitempty" maxLength:"40" writeOnly:"true" example:"123456" doc:"The code of the second factor, or a recovery code."`
		Scopes   []string `json:"scopes,omitempty" maxItems:"40" nullable:"false" doc:"What the tokens may do; everything where left out."`
	}
}

type grantBody struct {
	AccessToken    string    `json:"access_token" example:"eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln" doc:"For the header Authorization."`
	TokenType      string    `json:"token_type" enum:"Bearer" doc:"How it is sent."`
	ExpiresIn      int       `json:"expires_in" format:"int32" example:"3600" doc:"For how many seconds it is good."`
	RefreshToken   string    `json:"refresh_token" example:"amr_5Q0xkQ0mYb1r9l0m3o2aWm0v8o0Qy1Hq3o0r2S1y0aA" doc:"Gives the next pair of tokens, once."`
	RefreshExpires time.Time `json:"refresh_expires_at" doc:"Until when the refresh token is good."`
	Scopes         []string  `json:"scopes" nullable:"false" doc:"What the tokens may do."`
	Session        id.ID     `json:"session" format:"uuid" doc:"The session, as the list of sessions has it."`
}

type grantOut struct{ Body grantBody }

func (g Grant) out(now time.Time) *grantOut {
	return &grantOut{grantBody{AccessToken: g.Access, TokenType: "Bearer", ExpiresIn: int(g.AccessEnds.Sub(now).Seconds()), RefreshToken: g.Refresh,
		RefreshExpires: g.RefreshEnds.UTC(), Scopes: g.Scopes, Session: g.Session}}
}

func (s *Service) restSignIn(ctx context.Context, in *signInIn) (*grantOut, error) {
	d := identity.Device{Lang: string(i18n.From(ctx).Lang)}
	if r := rest.Request(ctx); r != nil {
		d.Agent = r.UserAgent()
		if a := web.ClientAddr(r); a.IsValid() {
			d.IP = a.String()
		}
	}
	g, err := s.SignIn(ctx, in.Body.Email, in.Body.Password, strings.TrimSpace(in.Body.Code), in.Body.Scopes, d)
	if err != nil {
		return nil, err
	}
	return g.out(s.now()), nil
}

type refreshIn struct {
	Body struct {
		RefreshToken string `json:"refresh_token" maxLength:"100" writeOnly:"true" example:"amr_5Q0xkQ0mYb1r9l0m3o2aWm0v8o0Qy1Hq3o0r2S1y0aA" doc:"The one of the last answer."`
	}
}

func (s *Service) restRefresh(ctx context.Context, in *refreshIn) (*grantOut, error) {
	g, err := s.Refresh(ctx, in.Body.RefreshToken)
	if err != nil {
		return nil, err
	}
	return g.out(s.now()), nil
}

type sessionBody struct {
	ID      id.ID     `json:"id" format:"uuid" doc:"The session."`
	Device  string    `json:"device,omitempty" example:"Chrome, Android" doc:"What the program says of itself."`
	IP      string    `json:"ip,omitempty" example:"203.0.113.7" doc:"Where it began."`
	Created time.Time `json:"created_at" doc:"When it began."`
	Seen    time.Time `json:"seen_at" doc:"When it was last used, to within five minutes."`
	Current bool      `json:"current" doc:"Whether it is the one that asks."`
}

func (s *Service) restSessions(ctx context.Context, _ *struct{}) (*rest.List[sessionBody], error) {
	p, _ := identity.FromContext(ctx)
	list, err := s.cfg.Accounts.Sessions(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []sessionBody
	for _, v := range list {
		out = append(out, sessionBody{v.ID, v.Device.String(), v.IP, v.Created.Time(), v.Seen.Time(), v.Current})
	}
	return rest.Listed(ctx, out, "", false)
}

// number is the token in use, by the caller that rest has.
func number(ctx context.Context) id.ID {
	c, _ := rest.CallerOf(ctx)
	n, err := id.Parse(c.Token)
	if err != nil {
		return id.ID{}
	}
	return n
}

func (s *Service) restSignOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	return nil, s.SignOut(ctx, p, number(ctx))
}

// ByID names one thing by its number.
type ByID struct {
	ID string `path:"id" format:"uuid" minLength:"36" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

func (in *ByID) key() (id.ID, error) {
	k, err := id.Parse(in.ID)
	if err != nil {
		return k, fault.New(fault.NotFound, "bearer.rest", "not_found")
	}
	return k, nil
}

func (s *Service) restEnd(ctx context.Context, in *ByID) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.End(ctx, p, k)
}

// TokenBody is a token as the API shows it.
type TokenBody struct {
	ID       id.ID      `json:"id" format:"uuid" doc:"The token's number."`
	Name     string     `json:"name" example:"Bookkeeping" doc:"As its owner calls it."`
	Tail     string     `json:"tail" example:"x7Qa" doc:"Its last four characters."`
	Scopes   []string   `json:"scopes" nullable:"false" doc:"What it may do."`
	Created  time.Time  `json:"created_at" doc:"When it was made."`
	Ends     time.Time  `json:"ends_at" doc:"Until when it is good; once revoked, when that was."`
	Revoked  bool       `json:"revoked" doc:"Whether it was revoked."`
	LastUsed *time.Time `json:"last_used_at,omitempty" doc:"When it was last used, to within half a minute."`
	Calls    int64      `json:"calls_30_days" doc:"How many calls it made in the last thirty days."`
}

func (t Token) body() TokenBody {
	b := TokenBody{ID: t.ID, Name: t.Name, Tail: t.Tail, Scopes: t.Scopes, Created: t.Created.Time(), Ends: t.Ends.Time(), Revoked: !t.Revoked.IsZero(), Calls: t.Calls}
	if !t.LastUsed.IsZero() {
		at := t.LastUsed.Time()
		b.LastUsed = &at
	}
	return b
}

func (s *Service) restTokens(ctx context.Context, _ *struct{}) (*rest.List[TokenBody], error) {
	p, _ := identity.FromContext(ctx)
	list, err := s.Tokens(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []TokenBody
	for _, t := range list {
		out = append(out, t.body())
	}
	return rest.Listed(ctx, out, "", false)
}

type makeTokenIn struct {
	Body struct {
		Name   string    `json:"name" minLength:"1" maxLength:"80" example:"Bookkeeping" doc:"To know it by."`
		Scopes []string  `json:"scopes" minItems:"1" maxItems:"40" nullable:"false" doc:"What it may do."`
		Ends   time.Time `json:"ends_at" example:"2027-06-30T00:00:00Z" doc:"Until when it is good: a year at most."`
	}
}

type makeTokenOut struct {
	Body struct {
		TokenBody
		Token string `json:"token" example:"amn_5Q0xkQ0mYb1r9l0m3o2aWm0v8o0Qy1Hq3o0r2S1y0aA" doc:"The token. It is shown this once."`
	}
}

func (s *Service) restMake(ctx context.Context, in *makeTokenIn) (*makeTokenOut, error) {
	p, _ := identity.FromContext(ctx)
	text, t, err := s.Make(ctx, p, in.Body.Name, in.Body.Scopes, in.Body.Ends)
	if err != nil {
		return nil, err
	}
	out := &makeTokenOut{}
	out.Body.TokenBody, out.Body.Token = t.body(), text
	return out, nil
}

func (s *Service) restRevoke(ctx context.Context, in *ByID) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.Revoke(ctx, p, k)
}
