package profile

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/web/i18n"
)

func errGone() error { return fault.New(fault.NotFound, "profile", "not_found") }

// REST adds the calls of one's own profile.
func (s *Service) REST(api *rest.API) {
	const tag = "Account"
	rest.Register(api, rest.Op{Method: "GET", Path: "/profile", ID: "getProfile", Tag: tag, Scope: "account:read", Person: true, Summary: "Get what you added about yourself"}, s.restRead)
	rest.Register(api, rest.Op{Method: "PUT", Path: "/profile/place", ID: "setProfilePlace", Tag: tag, Scope: "account:write", Person: true, Summary: "Set city, postcode and country; empty ones are erased"}, s.restPlace)
	rest.Register(api, rest.Op{Method: "PUT", Path: "/profile/research", ID: "setProfileResearch", Tag: tag, Scope: "account:write", Person: true, Summary: "Set year of birth and occupation, for research alone",
		Details: "Of a birth only the year is taken: a date is refused. Nothing is stored without your consent to the purpose research."}, s.restTraits)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/profile/research", ID: "eraseProfileResearch", Tag: tag, Scope: "account:write", Person: true, Summary: "Erase year of birth and occupation at once"}, s.restErase)
}

type profileOut struct {
	Body struct {
		City       string `json:"city,omitempty" example:"Bandung" doc:"The city."`
		Postcode   string `json:"postcode,omitempty" example:"40115" doc:"The postcode."`
		Country    string `json:"country,omitempty" example:"ID" doc:"ISO 3166, two letters."`
		Year       string `json:"birth_year,omitempty" example:"1991" doc:"The year of birth."`
		Occupation string `json:"occupation,omitempty" example:"employee" doc:"The occupation."`
		Research   bool   `json:"research" doc:"Whether your consent to research stands."`
	}
}

func (s *Service) restRead(ctx context.Context, _ *struct{}) (*profileOut, error) {
	p, _ := identity.FromContext(ctx)
	have, err := s.Read(ctx, p)
	out := &profileOut{}
	b := &out.Body
	b.City, b.Postcode, b.Country, b.Year, b.Occupation, b.Research = have.City, have.Postcode, have.Country, have.Year, have.Occupation, have.Research
	return out, err
}

type profilePlaceIn struct {
	Body struct {
		City     string `json:"city,omitempty" maxLength:"80" doc:"The city."`
		Postcode string `json:"postcode,omitempty" maxLength:"10" doc:"The postcode."`
		Country  string `json:"country,omitempty" maxLength:"2" doc:"ISO 3166, two letters."`
	}
}

func (s *Service) restPlace(ctx context.Context, in *profilePlaceIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	return nil, s.SavePlace(ctx, p, in.Body.City, in.Body.Postcode, in.Body.Country)
}

type profileTraitsIn struct {
	Body struct {
		Year       string `json:"birth_year,omitempty" maxLength:"10" example:"1991" doc:"Four digits. A full date is refused."`
		Occupation string `json:"occupation,omitempty" maxLength:"30" example:"employee" doc:"One of employee, civil_servant, business, freelance, farmer, student, homemaker, retired, unemployed, other."`
		Agree      bool   `json:"agree,omitempty" doc:"Your consent to research; needed once."`
	}
}

func (s *Service) restTraits(ctx context.Context, in *profileTraitsIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	d := identity.Device{Lang: string(i18n.From(ctx).Lang)}
	if r := rest.Request(ctx); r != nil {
		d = identity.DeviceOf(r)
	}
	return nil, s.SaveTraits(ctx, p, Traits{Year: in.Body.Year, Occupation: in.Body.Occupation, Agree: in.Body.Agree, Device: d})
}

func (s *Service) restErase(ctx context.Context, _ *struct{}) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	return nil, s.Erase(ctx, p)
}
