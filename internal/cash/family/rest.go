package family

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

// REST adds the same for programs.
func (s *Service) REST(api *rest.API) {
	const tag = "Account"
	owner := []tenant.Role{tenant.Owner}
	rest.Register(api, rest.Op{Method: "GET", Path: "/family", ID: "listFamily", Tag: tag, Scope: "account:read", Summary: "List the family; for owners also who is invited"}, s.restPeople)
	rest.Register(api, rest.Op{Method: "POST", Path: "/family/invitations", ID: "inviteRelative", Tag: tag, Scope: "account:write", Roles: owner, Creates: true, Status: http.StatusAccepted,
		Summary: "Invite a relative by e-mail", Details: "What you write of the relative is kept under your consent until they answer; inviting an address again replaces the earlier invitation."}, s.restInvite)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/family/invitations/{id}", ID: "withdrawRelative", Tag: tag, Scope: "account:write", Roles: owner, Summary: "Take an invitation back"}, s.restUninvite)
	rest.Register(api, rest.Op{Method: "POST", Path: "/family/join", ID: "joinFamily", Tag: tag, Scope: "account:write", Person: true,
		Summary: "Accept an invitation to your own address", Details: "Only the invited person can: age and consent are declared in this very call. Nothing is stored without them."}, s.restJoin)
	rest.Register(api, rest.Op{Method: "PUT", Path: "/family/members/{id}/role", ID: "setFamilyRole", Tag: tag, Scope: "account:write", Roles: owner, Summary: "Change what a member may do"}, s.restRole)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/family/members/{id}", ID: "removeRelative", Tag: tag, Scope: "account:write", Roles: owner, Summary: "Remove a member; what is theirs goes with them"}, s.restRemove)
	rest.Register(api, rest.Op{Method: "POST", Path: "/family/leave", ID: "leaveFamily", Tag: tag, Scope: "account:write", Summary: "Leave the family", Details: "Make a copy of your data first. Of the last owner it is refused."}, s.restLeave)
}

// relativeBody is a member, or who is invited.
type relativeBody struct {
	ID         string     `json:"id,omitempty" format:"uuid" doc:"The member's number."`
	Name       string     `json:"name,omitempty" example:"Bagas Prakoso" doc:"The name; of who is invited, as the inviter wrote it."`
	Email      string     `json:"email,omitempty" example:"bagas@example.com" doc:"The address; for owners, and your own."`
	Role       string     `json:"role" example:"member" doc:"owner, member or viewer."`
	Since      time.Time  `json:"since" doc:"Since when, or when the invitation was written."`
	You        bool       `json:"you" doc:"Whether it is you."`
	Invitation string     `json:"invitation,omitempty" doc:"The invitation's number while it waits."`
	Relation   string     `json:"relation,omitempty" doc:"What the inviter wrote."`
	Until      *time.Time `json:"until,omitempty" doc:"When the invitation ends."`
}

func (s *Service) restPeople(ctx context.Context, _ *struct{}) (*rest.List[relativeBody], error) {
	p, _ := identity.FromContext(ctx)
	all, err := s.People(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []relativeBody
	for _, one := range all {
		b := relativeBody{ID: one.Subject.String(), Name: one.Called, Email: one.Email, Role: string(one.Role), Since: one.Since.Time(), You: one.You, Relation: one.Relation}
		if !one.Waiting.IsZero() {
			until := one.Until.Time()
			b.ID, b.Invitation, b.Until = "", one.Waiting.String(), &until
		}
		out = append(out, b)
	}
	return rest.Listed(ctx, out, "", false)
}

type inviteRelativeIn struct {
	Body struct {
		Name     string `json:"name" maxLength:"120" example:"Bagas Prakoso" doc:"The relative's name."`
		Email    string `json:"email" maxLength:"254" example:"bagas@example.com" doc:"Where the link goes."`
		Relation string `json:"relation" enum:"spouse,parent,child,sibling,other" doc:"What the relative is to you."`
		Role     string `json:"role" enum:"owner,member,viewer" doc:"As what."`
		Agree    bool   `json:"agree,omitempty" doc:"Your consent to have a relative's data kept; needed once."`
	}
}

func device(ctx context.Context) identity.Device {
	if r := rest.Request(ctx); r != nil {
		return identity.DeviceOf(r)
	}
	return identity.Device{Lang: string(i18n.From(ctx).Lang)}
}

func (s *Service) restInvite(ctx context.Context, in *inviteRelativeIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	return nil, s.Invite(ctx, p, Invitation{Name: in.Body.Name, Email: in.Body.Email, Relation: in.Body.Relation, Role: tenant.Role(in.Body.Role), Agree: in.Body.Agree, Device: device(ctx)})
}

type numberIn struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

func (in numberIn) key() (id.ID, error) {
	k, err := id.Parse(in.ID)
	if err != nil {
		return k, fault.New(fault.NotFound, "family.rest", "not_found")
	}
	return k, nil
}

func (s *Service) restUninvite(ctx context.Context, in *numberIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.Accounts.Uninvite(ctx, p, k)
}

type joinFamilyIn struct {
	Body struct {
		Token string `json:"token" maxLength:"60" doc:"The token of the mailed link."`
		Adult bool   `json:"adult" doc:"Your declaration that you have the service's minimum age."`
		Agree bool   `json:"agree" doc:"Your consent to belong to this family's books, under the notice and the terms in force."`
	}
}

func (s *Service) restJoin(ctx context.Context, in *joinFamilyIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	return nil, s.Accounts.AcceptInvitation(ctx, p, in.Body.Token, identity.Declared{Age: in.Body.Adult, Agree: in.Body.Agree, Device: device(ctx)})
}

type familyRoleIn struct {
	numberIn
	Body struct {
		Role string `json:"role" enum:"owner,member,viewer" doc:"What they may do from now on."`
	}
}

func (s *Service) restRole(ctx context.Context, in *familyRoleIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.SetRole(ctx, p, id.Subject(k), tenant.Role(in.Body.Role))
}

func (s *Service) restRemove(ctx context.Context, in *numberIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	k, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.Remove(ctx, p, id.Subject(k))
}

type leaveFamilyIn struct {
	Body struct {
		Fate string `json:"entries" enum:"taken,freed,erased" doc:"What becomes of your entries: they go into books of your own; they stay as nobody's, and only private ones and pictures go; or they are erased."`
	}
}

type leaveFamilyOut struct {
	Body struct {
		Workspace string `json:"workspace" format:"uuid" doc:"The books of your own, where you work from now on."`
	}
}

func (s *Service) restLeave(ctx context.Context, in *leaveFamilyIn) (*leaveFamilyOut, error) {
	p, _ := identity.FromContext(ctx)
	own, err := s.Leave(ctx, p, cash.Fate(in.Body.Fate))
	out := &leaveFamilyOut{}
	out.Body.Workspace = own.String()
	return out, err
}
