package identity

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/rest"
	"amanah/internal/web/i18n"
)

// recently says in the document what the calls ask for that change how safe an
// account is.
const recently = "Works for ten minutes after the sign-in of `POST /sessions`: a personal token cannot do it."

// restSecurity adds the factors, the own log, the other sessions and the address.
// A new factor is set up on the pages alone, where its owner sees it.
func (s *Service) restSecurity(api *rest.API) {
	const tag = "Account"
	rest.Register(api, rest.Op{Method: "GET", Path: "/factors", ID: "listFactors", Tag: tag, Summary: "List own second factors", Scope: "account:read", Person: true}, s.restFactors)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/factors/app", ID: "removeAppFactor", Tag: tag, Summary: "Remove the app of one-time codes", Scope: "account:write", Person: true, Errors: []int{409}, Details: recently}, s.restRemoveApp)
	rest.Register(api, rest.Op{Method: "PATCH", Path: "/factors/passkeys/{id}", ID: "renamePasskey", Tag: tag, Summary: "Rename a passkey", Scope: "account:write", Person: true}, s.restRenamePasskey)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/factors/passkeys/{id}", ID: "removePasskey", Tag: tag, Summary: "Remove a passkey", Scope: "account:write", Person: true, Errors: []int{409}, Details: recently}, s.restRemovePasskey)
	rest.Register(api, rest.Op{Method: "GET", Path: "/account/log", ID: "listOwnLog", Tag: tag, Summary: "List what happened with the own account", Scope: "account:read", Person: true}, s.restLog)
	rest.Register(api, rest.Op{Method: "POST", Path: "/account/address", ID: "changeAddress", Tag: tag, Summary: "Change the address of the account", Scope: "account:write", Person: true, Status: http.StatusAccepted,
		Details: "A letter with a link goes to the new address; following the link changes it. " + recently}, s.restAddress)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/sessions", ID: "endOtherSessions", Tag: "Sessions", Summary: "End all own sessions but the one in use", Scope: "account:write", Person: true,
		Details: "With a personal token, which has no session, all sessions end. Personal tokens stay."}, s.restEndOthers)
}

type factorsOut struct {
	Body struct {
		App      *FactorApp      `json:"app,omitempty" doc:"The app of one-time codes; absent where there is none."`
		Passkeys []FactorPasskey `json:"passkeys" nullable:"false" doc:"The passkeys."`
		Codes    int             `json:"recovery_codes_left" format:"int32" example:"10" doc:"How many recovery codes are not used yet."`
		Required bool            `json:"required" doc:"Whether the last factor must stay."`
	}
}

// FactorApp is an app of one-time codes as the API shows it.
type FactorApp struct {
	Since time.Time  `json:"since" doc:"Since when."`
	Used  *time.Time `json:"used_at,omitempty" doc:"When a code was last used."`
}

// FactorPasskey is a passkey as the API shows it.
type FactorPasskey struct {
	ID     id.ID      `json:"id" format:"uuid" doc:"Its number."`
	Name   string     `json:"name" example:"Blue phone" doc:"As its owner calls it."`
	Since  time.Time  `json:"since" doc:"Since when."`
	Used   *time.Time `json:"used_at,omitempty" doc:"When it was last used."`
	Copied bool       `json:"copied" doc:"Whether it looks copied; it is then refused."`
	Synced bool       `json:"synced" doc:"Whether the device keeps a copy with its maker."`
}

// moment is a time, or none.
func moment(at clock.Instant) *time.Time {
	if at.IsZero() {
		return nil
	}
	t := at.Time()
	return &t
}

func (s *Service) restFactors(ctx context.Context, _ *struct{}) (*factorsOut, error) {
	p, _ := FromContext(ctx)
	held, err := s.Factors(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &factorsOut{}
	out.Body.Codes, out.Body.Required, out.Body.Passkeys = held.Codes, p.Required, []FactorPasskey{}
	if held.App {
		out.Body.App = &FactorApp{Since: held.AppSince.Time(), Used: moment(held.AppUsed)}
	}
	for _, k := range held.Passkeys {
		out.Body.Passkeys = append(out.Body.Passkeys, FactorPasskey{ID: k.ID, Name: k.Name, Since: k.Since.Time(), Used: moment(k.Used), Copied: k.Copied, Synced: k.Synced})
	}
	return out, nil
}

func (s *Service) restRemoveApp(ctx context.Context, _ *struct{}) (*struct{}, error) {
	p, _ := FromContext(ctx)
	return nil, s.RemoveApp(ctx, p)
}

type renamePasskeyIn struct {
	ID   string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"200" example:"Blue phone" doc:"Its new name."`
	}
}

func (s *Service) restRenamePasskey(ctx context.Context, in *renamePasskeyIn) (*struct{}, error) {
	p, _ := FromContext(ctx)
	k, err := (&numberIn{in.ID}).key()
	if err != nil {
		return nil, err
	}
	return nil, s.RenamePasskey(ctx, p, k, in.Body.Name)
}

func (s *Service) restRemovePasskey(ctx context.Context, in *numberIn) (*struct{}, error) {
	p, _ := FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.RemovePasskey(ctx, p, k)
}

type logIn struct{ rest.Page }

type logKey struct{ ID id.ID }

// logBody is a line of the own log as the API shows it.
type logBody struct {
	ID    id.ID     `json:"id" format:"uuid" doc:"Its number."`
	At    time.Time `json:"at" doc:"When."`
	Name  string    `json:"act" example:"signin" doc:"What, as a word for programs."`
	Says  string    `json:"says" example:"You signed in." doc:"What, as a sentence in your language."`
	Count int64     `json:"count,omitempty" doc:"How many things it concerned."`
}

func (s *Service) restLog(ctx context.Context, in *logIn) (*rest.List[logBody], error) {
	p, _ := FromContext(ctx)
	var before logKey
	if _, err := rest.Open(ctx, in.Page, &before); err != nil {
		return nil, err
	}
	lines, more, err := s.logOf(ctx, p, before.ID, in.Limit)
	if err != nil {
		return nil, err
	}
	var out []logBody
	for _, l := range lines {
		out = append(out, logBody{ID: l.ID, At: l.At.Time(), Name: l.Name, Says: sentenceOf(ctx, l), Count: l.Count})
	}
	if len(lines) > 0 {
		before.ID = lines[len(lines)-1].ID
	}
	return rest.Listed(ctx, out, before, more)
}

type addressIn struct {
	Body struct {
		Email string `json:"email" format:"email" maxLength:"254" example:"rina@example.com" doc:"The new address."`
	}
}

func (s *Service) restAddress(ctx context.Context, in *addressIn) (*struct{}, error) {
	p, _ := FromContext(ctx)
	d := Device{Lang: string(i18n.From(ctx).Lang)}
	if r := rest.Request(ctx); r != nil {
		d = deviceOf(r, d.Lang)
	}
	return nil, s.AskAddress(ctx, p, in.Body.Email, d)
}

func (s *Service) restEndOthers(ctx context.Context, _ *struct{}) (*struct{}, error) {
	p, _ := FromContext(ctx)
	return nil, s.EndOtherSessions(ctx, p)
}
