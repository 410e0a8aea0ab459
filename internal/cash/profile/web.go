package profile

import (
	"net/http"
	"net/url"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// Paths of the pages within the service.
const (
	Path       = "/app/profile"
	ReviewPath = "/staff/privacy/ages"
	ReportPath = "/staff/privacy/research"
)

// Routes adds the pages: the person's own, and the officers'.
func (s *Service) Routes(mux web.Mux, g *desk.Guard) {
	mux.Handle(web.Under(s.Slug, "GET "+Path), identity.Page(s.page))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/place"), identity.Page(s.placePost))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/research"), identity.Page(s.traitsPost))
	mux.Handle(web.Under(s.Slug, "POST "+Path+"/erase"), identity.Page(s.erasePost))
	mux.Handle(web.Under(s.Slug, "GET "+ReviewPath), g.Page(s.reviewPage))
	mux.Handle(web.Under(s.Slug, "POST "+ReviewPath), g.Page(s.reviewPost))
	mux.Handle(web.Under(s.Slug, "GET "+ReportPath), g.Page(s.reportPage))
}

// view is what the page shows.
type view struct {
	Form *ui.Form
	At   func(string) string
	Have Profile
}

func (s *Service) page(v identity.Visit) error { return s.show(v, nil, http.StatusOK) }

func (s *Service) show(v identity.Visit, f *ui.Form, status int) error {
	have, err := s.Read(v.R.Context(), v.Who)
	if err != nil {
		return err
	}
	stored := url.Values{"city": {have.City}, "postcode": {have.Postcode}, "country": {have.Country}, "birth_year": {have.Year}, "occupation": {have.Occupation}}
	if f == nil {
		f = ui.NewForm(stored)
	} else {
		for k, was := range stored {
			if _, sent := f.Values[k]; !sent {
				f.Values[k] = was
			}
		}
	}
	return v.Render(status, web.Page{Title: v.T("profile.title"), Lead: v.T("profile.lead"), Form: f,
		Back: &ui.Tab{Label: v.T("shell.account"), Href: v.Path("/account")}}, profilePage(view{Form: f, At: v.Path, Have: have}))
}

func (s *Service) saved(v identity.Visit, f *ui.Form, err error, key string) error {
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(v, f, identity.Refusal(err))
	}
	return v.To(Path, key)
}

func (s *Service) placePost(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	return s.saved(v, f, s.SavePlace(v.R.Context(), v.Who, f.Value("city"), f.Value("postcode"), f.Value("country")), "profile.saved")
}

func (s *Service) traitsPost(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = s.SaveTraits(v.R.Context(), v.Who, Traits{Year: f.Value("birth_year"), Occupation: f.Value("occupation"), Agree: f.Value("agree") == "yes", Device: identity.DeviceOf(v.R)})
	return s.saved(v, f, err, "profile.saved")
}

func (s *Service) erasePost(v identity.Visit) error {
	if err := s.Erase(v.R.Context(), v.Who); err != nil {
		return err
	}
	return v.To(Path, "profile.erased")
}

func (s *Service) reviewPage(v identity.Visit) error {
	list, err := s.Doubts(v.R.Context(), v.Who)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("profile.review.title"), Lead: v.T("profile.review.lead"),
		Back: &ui.Tab{Label: v.T("guardian.underage.back"), Href: v.Path(desk.Root)}}, reviewList(v.Path(ReviewPath), list))
}

func (s *Service) reviewPost(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	task, err := id.Parse(f.Value("task"))
	if err != nil {
		return errGone()
	}
	underage := f.Value("answer") == "underage"
	receipt, err := s.Settle(v.R.Context(), v.Who, task, underage)
	if err != nil {
		return err
	}
	if underage {
		return v.To("/privacy/receipts/"+receipt.String(), "guardian.underage.done")
	}
	return v.To(ReviewPath, "profile.review.settled")
}

func (s *Service) reportPage(v identity.Visit) error {
	r, err := s.Report(v.R.Context(), v.Who)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("profile.report.title"), Lead: v.T("profile.report.lead", "least", r.Least),
		Back: &ui.Tab{Label: v.T("guardian.underage.back"), Href: v.Path(desk.Root)}}, reportView(r))
}
