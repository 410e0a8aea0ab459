package analytics

import (
	"net/http"
	"slices"
	"strconv"

	"amanah/internal/identity"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds the person's page and the officers' page of a service.
func (s *Service) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET /privacy/figures"), identity.Page(s.own))
	mux.Handle(web.Under(slug, "POST /privacy/figures"), identity.Page(s.choose))
	mux.Handle(web.Under(slug, "GET /staff/privacy/figures"), s.c.Guard.Page(s.desk))
}

type own struct {
	Standing
	Objects bool
	Least   int64
}

func (s *Service) own(v identity.Visit) error {
	o := own{Objects: web.Objects(v.R), Least: s.Least(v.Who.Service)}
	err := v.Read(s.c.DB, gate.Rights, func(tx *store.Tx) (err error) { o.Standing, err = s.Of(v.R.Context(), tx, v.Who.Subject); return err })
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("analytics.own.title"), Lead: v.T("analytics.own.lead"), Back: &ui.Tab{Label: v.T("analytics.own.back"), Href: v.Path("/privacy/me")}}, ownPage(o))
}

func (s *Service) choose(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	counted := f.Value("counted") == "yes"
	err = v.Write(s.c.DB, gate.Rights, func(tx *store.Tx) error { return s.Choose(v.R.Context(), tx, v.Who.Subject, counted) })
	if err != nil {
		return err
	}
	if counted {
		return v.To("/privacy/figures", "analytics.resumed")
	}
	return v.To("/privacy/figures", "analytics.stopped")
}

func (s *Service) desk(v identity.Visit) error {
	var f Figures
	err := v.Read(s.c.DB, gate.Rights, func(tx *store.Tx) (err error) { f, err = s.Figures(v.R.Context(), tx); return err })
	if err != nil {
		return err
	}
	f.Used = slices.DeleteFunc(f.Used, func(u Used) bool { return !s.has(v.Who.Service, u.Feature) })
	return v.Render(http.StatusOK, web.Page{Title: v.T("analytics.title"), Lead: v.T("analytics.lead", "least", f.Least), Wide: true}, figuresPage(f))
}

// has tells whether a service has a feature: it is named in app for those that do.
func (s *Service) has(service, feature string) bool {
	for _, f := range s.c.Features {
		if f.Name == feature {
			return len(f.Only) == 0 || slices.Contains(f.Only, service)
		}
	}
	return false
}

// atLeast says a figure: an em dash never stands for a group that is too small.
func atLeast(p i18n.Printer, n, least int64) string {
	if n == 0 {
		return p.T("analytics.few", "least", strconv.FormatInt(least, 10))
	}
	return p.T("analytics.at_least", "count", n)
}
