package consent

import (
	"net/http"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// Routes adds a service's page of consents. It belongs to who is signed in.
func (s *Service) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET /privacy/consents"), identity.Page(s.page))
	mux.Handle(web.Under(slug, "POST /privacy/consents"), identity.Page(s.save))
	mux.Handle(web.Under(slug, "GET /privacy/consents/{id}/receipt"), identity.Page(s.receiptFile))
}

// view is what the page shows.
type view struct {
	Choices []Choice
	Shown   []Accepted
	Notice  *notice.Notice
	Lang    string
}

// of are the choices on consent, or those that one may object to.
func (v view) of(consents bool) (out []Choice) {
	for _, c := range v.Choices {
		if c.NeedsConsent() == consents {
			out = append(out, c)
		}
	}
	return out
}

func (s *Service) page(v identity.Visit) error {
	at := view{Lang: v.Lang()}
	at.Notice, _ = s.cfg.Notices.Current(v.Who.Service)
	err := v.Read(s.cfg.DB, purpose, func(tx *store.Tx) (err error) {
		if at.Choices, err = s.Choices(v.R.Context(), tx, v.Who.Service, v.Who.Subject); err != nil {
			return err
		}
		at.Shown, err = Acceptances(v.R.Context(), tx, v.Who.Subject)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("consent.title"), Lead: v.T("consent.lead")}, page(at))
}

func (s *Service) save(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	yes := f.Value("allow") == "yes"
	if _, err := s.Decide(v.R.Context(), v.Who, f.Value("purpose"), f.Value("version"), yes, ProofOf(v.R, ByPage)); err != nil {
		return err
	}
	if yes {
		return v.To("/privacy/consents", "consent.saved.given")
	}
	return v.To("/privacy/consents", "consent.saved.withdrawn")
}

// ProofOf is the proof that a request gives: language and device. The notice is
// filled in by who knows it.
func ProofOf(r *http.Request, how How) Proof {
	p := Proof{How: how, Lang: string(i18n.From(web.Context(r)).Lang), Agent: r.UserAgent()}
	if a := web.ClientAddr(r); a.IsValid() {
		p.IP = a.String()
	}
	return p
}

func (s *Service) receiptFile(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	file, err := s.Receipt(v.R.Context(), v.Who, key)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(v.Who.Service, key)+`"`)
	h.Set("Cache-Control", "no-store")
	_, err = v.W.Write(file)
	return err
}

func fileName(service string, key id.ID) string {
	return service + "-consent-" + key.String()[:8] + ".json"
}
