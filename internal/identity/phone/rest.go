package phone

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/identity"
	"amanah/internal/rest"
)

// REST adds the calls of a person's telephone number.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/account/phone", ID: "readPhone", Tag: "Account", Summary: "Read the telephone number", Scope: "account:read", Person: true}, s.restRead)
	rest.Register(api, rest.Op{Method: "POST", Path: "/account/phone/code", ID: "askPhoneCode", Tag: "Account", Summary: "Send a code to a telephone number", Scope: "account:write", Person: true, Status: http.StatusAccepted, Errors: []int{503},
		Details: "The number is the person's once the code came back. A new code makes the one before worthless."}, s.restAsk)
	rest.Register(api, rest.Op{Method: "POST", Path: "/account/phone/confirm", ID: "confirmPhone", Tag: "Account", Summary: "Prove the number by the code", Scope: "account:write", Person: true,
		Details: "A code is good for ten minutes and takes five tries."}, s.restConfirm)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/account/phone", ID: "removePhone", Tag: "Account", Summary: "Remove the telephone number", Scope: "account:write", Person: true}, s.restRemove)
}

type phoneBody struct {
	Number   string     `json:"number,omitempty" example:"+6281234567890" doc:"The proven number, in the form E.164."`
	Verified *time.Time `json:"verified_at,omitempty" doc:"When it was proven."`
	Waiting  string     `json:"waiting,omitempty" example:"+6281234567890" doc:"A number whose code is still good."`
	Until    *time.Time `json:"waiting_until,omitempty" doc:"Until when that code is good."`
}

type phoneOut struct{ Body phoneBody }

func (s *Service) restState(ctx context.Context) (*phoneOut, error) {
	p, _ := identity.FromContext(ctx)
	st, err := s.Of(ctx, p)
	if err != nil {
		return nil, err
	}
	out := phoneBody{Number: st.Number, Waiting: st.Waiting}
	if at := st.Verified.UTC(); st.Number != "" {
		out.Verified = &at
	}
	if at := st.Until.UTC(); st.Waiting != "" {
		out.Until = &at
	}
	return &phoneOut{out}, nil
}

func (s *Service) restRead(ctx context.Context, _ *struct{}) (*phoneOut, error) {
	return s.restState(ctx)
}

type askIn struct {
	Body struct {
		Number string `json:"number" maxLength:"40" example:"0812 3456 7890" doc:"A mobile number; one abroad with + and the country code."`
	}
}

func (s *Service) restAsk(ctx context.Context, in *askIn) (*phoneOut, error) {
	p, _ := identity.FromContext(ctx)
	d := identity.Device{}
	if r := rest.Request(ctx); r != nil {
		d = identity.DeviceOf(r)
	}
	if err := s.Ask(ctx, p, in.Body.Number, d); err != nil {
		return nil, err
	}
	return s.restState(ctx)
}

type confirmIn struct {
	Body struct {
		Code string `json:"code" maxLength:"8" writeOnly:"true" example:"042917" doc:"The six digits of the code."`
	}
}

func (s *Service) restConfirm(ctx context.Context, in *confirmIn) (*phoneOut, error) {
	p, _ := identity.FromContext(ctx)
	if err := s.Confirm(ctx, p, in.Body.Code); err != nil {
		return nil, err
	}
	return s.restState(ctx)
}

func (s *Service) restRemove(ctx context.Context, _ *struct{}) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	return nil, s.Remove(ctx, p)
}
