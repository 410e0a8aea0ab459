package identity

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/rest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

// REST adds the profile and the people of the workspace. Sessions and tokens are
// in identity/bearer.
func (s *Service) REST(api *rest.API) {
	s.restSecurity(api)
	const tag = "Account"
	rest.Register(api, rest.Op{Method: "GET", Path: "/account", ID: "getAccount", Tag: tag, Summary: "The profile", Scope: "account:read", Person: true}, s.restAccount)
	rest.Register(api, rest.Op{Method: "PATCH", Path: "/account", ID: "changeAccount", Tag: tag, Summary: "Change name, language or time zone", Scope: "account:write", Person: true,
		Details: "The time zone is that of the workspace, and changed by its owners only."}, s.restSaveAccount)
	rest.Register(api, rest.Op{Method: "GET", Path: "/members", ID: "listMembers", Tag: tag, Summary: "List the members; for owners also who is invited", Scope: "account:read"}, s.restMembers)
	rest.Register(api, rest.Op{Method: "POST", Path: "/members", ID: "inviteMember", Tag: tag, Summary: "Invite somebody by e-mail", Scope: "account:write", Roles: []tenant.Role{tenant.Owner}, Creates: true, Status: http.StatusAccepted}, s.restInvite)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/members/{id}", ID: "removeMember", Tag: tag, Summary: "Remove a member", Scope: "account:write", Roles: []tenant.Role{tenant.Owner}}, s.restRemove)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/invitations/{id}", ID: "withdrawInvitation", Tag: tag, Summary: "Take an invitation back", Scope: "account:write", Roles: []tenant.Role{tenant.Owner}}, s.restUninvite)
}

// accountBody is a profile as the API shows it.
type accountBody struct {
	ID            id.Subject `json:"id" format:"uuid" doc:"Your number."`
	Name          string     `json:"name" example:"Rina Maharani" doc:"Your name."`
	Email         string     `json:"email" format:"email" example:"rina@example.com" doc:"Your address."`
	Lang          string     `json:"language" enum:"id,en" doc:"Your language."`
	Zone          string     `json:"time_zone" example:"Asia/Jakarta" doc:"The zone of the workspace."`
	Workspace     string     `json:"workspace,omitempty" doc:"The workspace that the token works in."`
	WorkspaceName string     `json:"workspace_name,omitempty" example:"Rina Maharani" doc:"Its name."`
	Role          string     `json:"role,omitempty" example:"owner" doc:"Your role in it."`
}

type accountOut struct{ Body accountBody }

func (s *Service) restAccount(ctx context.Context, _ *struct{}) (*accountOut, error) {
	p, _ := FromContext(ctx)
	b := accountBody{ID: p.Subject, Name: p.Name, Email: p.Email, Lang: p.Lang, Zone: p.Zone, WorkspaceName: p.WorkspaceName, Role: string(p.Role)}
	if !p.Workspace.IsZero() {
		b.Workspace = p.Workspace.String()
	}
	return &accountOut{b}, nil
}

type saveAccountIn struct {
	Body struct {
		Name string `json:"name,omitempty" maxLength:"200" example:"Rina Maharani" doc:"Your name."`
		Lang string `json:"language,omitempty" enum:"id,en" doc:"Your language."`
		Zone string `json:"time_zone,omitempty" enum:"Asia/Jakarta,Asia/Makassar,Asia/Jayapura" doc:"The zone of the workspace."`
	}
}

func (s *Service) restSaveAccount(ctx context.Context, in *saveAccountIn) (*struct{}, error) {
	p, _ := FromContext(ctx)
	to := Profile{Name: p.Name, Lang: p.Lang, Zone: p.Zone}
	for _, v := range []struct {
		from string
		to   *string
	}{{in.Body.Name, &to.Name}, {in.Body.Lang, &to.Lang}, {in.Body.Zone, &to.Zone}} {
		if v.from != "" {
			*v.to = v.from
		}
	}
	return nil, s.SaveProfile(ctx, p, to)
}

// memberBody is a member, or who is asked to be one.
type memberBody struct {
	ID         id.Subject `json:"id" format:"uuid" doc:"The member's number."`
	Name       string     `json:"name,omitempty" example:"Bagas Prakoso" doc:"Absent while the invitation waits."`
	Email      string     `json:"email,omitempty" example:"bagas@example.com" doc:"The address."`
	Role       string     `json:"role" example:"member" doc:"owner, member, viewer or officer."`
	Since      time.Time  `json:"since" doc:"Since when, or when the invitation was written."`
	Invitation string     `json:"invitation,omitempty" doc:"The invitation's number while it waits."`
}

func (s *Service) restMembers(ctx context.Context, _ *struct{}) (*rest.List[memberBody], error) {
	p, _ := FromContext(ctx)
	all, err := s.Colleagues(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []memberBody
	for _, c := range all {
		b := memberBody{ID: c.Subject, Name: c.Name, Email: c.Email, Role: string(c.Role), Since: c.Since.Time()}
		if !c.Waiting.IsZero() {
			b.Invitation = c.Waiting.String()
		}
		out = append(out, b)
	}
	return rest.Listed(ctx, out, "", false)
}

type inviteIn struct {
	Body struct {
		Email string `json:"email" maxLength:"254" example:"bagas@example.com" doc:"Whom to invite."`
		Role  string `json:"role" enum:"owner,member,viewer,officer" doc:"As what."`
	}
}

func (s *Service) restInvite(ctx context.Context, in *inviteIn) (*struct{}, error) {
	p, _ := FromContext(ctx)
	d := Device{Lang: string(i18n.From(ctx).Lang)}
	if r := rest.Request(ctx); r != nil {
		d = deviceOf(r, d.Lang)
	}
	return nil, s.Invite(ctx, p, in.Body.Email, tenant.Role(in.Body.Role), d)
}

type numberIn struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

func (in *numberIn) key() (id.ID, error) {
	k, err := id.Parse(in.ID)
	if err != nil {
		return k, fault.New(fault.NotFound, "identity.rest", "not_found")
	}
	return k, nil
}

func (s *Service) restRemove(ctx context.Context, in *numberIn) (*struct{}, error) {
	p, _ := FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.Remove(ctx, p, id.Subject(k))
}

func (s *Service) restUninvite(ctx context.Context, in *numberIn) (*struct{}, error) {
	p, _ := FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.Uninvite(ctx, p, k)
}
