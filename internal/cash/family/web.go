package family

import (
	"net/http"
	"net/url"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// Path is the page of the family within the service.
const Path = "/app/family"

// Routes adds the pages. Every member sees who belongs to the family and may leave;
// only owners invite and change roles.
func (s *Service) Routes(mux web.Mux) {
	mux.Handle(web.Under(s.Slug, "GET "+Path), identity.Page(s.page, tenant.Roles()...))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/invite"), identity.Page(s.invitePost, tenant.Owner))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/uninvite"), identity.Page(s.uninvitePost, tenant.Owner))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/role"), identity.Page(s.rolePost, tenant.Owner))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/remove"), identity.Page(s.removePost, tenant.Owner))
	mux.Handle(web.Under(s.Slug, "GET "+Path+"/leave"), identity.Page(s.leavePage, tenant.Roles()...))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/leave"), identity.Page(s.leavePost, tenant.Roles()...))
}

// view is what the page shows.
type view struct {
	Form    *ui.Form
	At      func(string) string
	People  []One
	Owner   bool
	Allowed bool // the inviter consented already
	Alone   bool
}

func (s *Service) page(v identity.Visit) error { return s.show(v, ui.NewForm(nil), http.StatusOK) }

func (s *Service) show(v identity.Visit, f *ui.Form, status int) error {
	people, err := s.People(v.R.Context(), v.Who)
	if err != nil {
		return err
	}
	allowed, err := s.Allows(v.R.Context(), v.Who)
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("family.title"), Lead: v.T("family.lead"), Form: f},
		familyPage(view{Form: f, At: v.Path, People: people, Owner: v.Who.Role == tenant.Owner, Allowed: allowed, Alone: len(people) < 2}))
}

func (s *Service) invitePost(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = s.Invite(v.R.Context(), v.Who, Invitation{Name: f.Value("name"), Email: f.Value("email"), Relation: f.Value("relation"),
		Role: tenant.Role(f.Value("role")), Agree: f.Value("agree") == "yes", Device: identity.DeviceOf(v.R)})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(v, f, identity.Refusal(err))
	}
	return v.To(Path, "family.invited")
}

// picked reads whom a form is about.
func picked(v identity.Visit, field string) (*ui.Form, id.ID, error) {
	f, err := v.Form()
	if err != nil {
		return nil, id.ID{}, err
	}
	key, err := id.Parse(f.Value(field))
	if err != nil {
		return nil, key, fault.New(fault.NotFound, "family.picked", "not_found")
	}
	return f, key, nil
}

// refused shows the page with what was wrong at its top.
func (s *Service) refused(v identity.Visit, err error) error {
	f := ui.NewForm(url.Values{})
	if !fault.Is(err, fault.Conflict) || !f.Take(err) {
		return err
	}
	return s.show(v, f, http.StatusConflict)
}

func (s *Service) uninvitePost(v identity.Visit) error {
	_, key, err := picked(v, "invitation")
	if err != nil {
		return err
	}
	if err := s.Accounts.Uninvite(v.R.Context(), v.Who, key); err != nil {
		return err
	}
	return v.To(Path, "family.uninvited")
}

func (s *Service) rolePost(v identity.Visit) error {
	f, key, err := picked(v, "member")
	if err != nil {
		return err
	}
	if err := s.SetRole(v.R.Context(), v.Who, id.Subject(key), tenant.Role(f.Value("role"))); err != nil {
		return s.refused(v, err)
	}
	return v.To(Path, "family.role.saved")
}

func (s *Service) removePost(v identity.Visit) error {
	_, key, err := picked(v, "member")
	if err != nil {
		return err
	}
	if err := s.Remove(v.R.Context(), v.Who, id.Subject(key)); err != nil {
		return s.refused(v, err)
	}
	return v.To(Path, "family.removed")
}

func (s *Service) leavePage(v identity.Visit) error {
	return s.showLeave(v, ui.NewForm(nil), http.StatusOK)
}

func (s *Service) showLeave(v identity.Visit, f *ui.Form, status int) error {
	return v.Render(status, web.Page{Title: v.T("family.leave.title"), Lead: v.T("family.leave.lead"), Form: f,
		Back: &ui.Tab{Label: v.T("family.title"), Href: v.Path(Path)}}, leaveForm(view{Form: f, At: v.Path}))
}

func (s *Service) leavePost(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	if f.Value("sure") != "yes" {
		f.Add("sure", "family.leave.sure.missing")
		return s.showLeave(v, f, http.StatusUnprocessableEntity)
	}
	if _, err := s.Leave(v.R.Context(), v.Who, cash.Fate(f.Value("fate"))); err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showLeave(v, f, identity.Refusal(err))
	}
	return v.To("/privacy/me", "family.left."+f.Value("fate"))
}
