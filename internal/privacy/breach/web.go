package breach

import (
	"net/http"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

const root = "/staff/privacy/breaches"

// Routes adds the pages of a service: a person's reports and what concerns them,
// and the officers' register.
func (s *Service) Routes(mux web.Mux, slug string) {
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET /privacy/breaches": s.own, "GET /privacy/breaches/report": s.reportPage, "POST /privacy/breaches/report": s.report, "GET /privacy/breaches/{id}": s.ownOne,
	} {
		mux.Handle(web.Under(slug, pattern), identity.Page(f))
	}
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET " + root: s.queue, "GET " + root + "/new": s.newPage, "POST " + root: s.open, "GET " + root + "/{id}": s.deskOne, "POST " + root + "/{id}/{act}": s.deskAct,
		"GET " + root + "/{id}/file": s.pack, "GET " + root + "/{id}/people": s.list, "POST " + root + "/{id}/evidence": s.evidence,
	} {
		mux.Handle(web.Under(slug, pattern), s.cfg.Guard.Page(f))
	}
}

// own shows a person's reports and the incidents that concern them.
func (s *Service) own(v identity.Visit) error {
	var reports []Report
	var concerns []Exposed
	err := v.Read(s.cfg.DB, desk.Purpose, func(tx *store.Tx) (err error) {
		if reports, err = Reports(v.R.Context(), tx, v.Who.Subject); err == nil {
			concerns, err = Concerns(v.R.Context(), tx, v.Who.Subject)
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("breach.own.title"), Lead: v.T("breach.own.lead"), Back: &ui.Tab{Label: v.T("shell.me"), Href: v.Path("/privacy/me")}}, ownPage(reports, concerns))
}

func (s *Service) reportPage(v identity.Visit) error {
	return s.reportForm(v, http.StatusOK, ui.NewForm(nil))
}

func (s *Service) reportForm(v identity.Visit, status int, f *ui.Form) error {
	email := ""
	if n, ok := s.cfg.Notice(v.Who.Service); ok {
		email = n.Breach().ReportedAt
	}
	return v.Render(status, web.Page{Title: v.T("breach.report"), Lead: v.T("breach.report.lead", "email", email), Form: f, Back: &ui.Tab{Label: v.T("breach.own.title"), Href: v.Path("/privacy/breaches")}}, reportForm(f))
}

func (s *Service) report(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = v.Write(s.cfg.DB, desk.Purpose, func(tx *store.Tx) error {
		_, err := s.TakeReport(v.R.Context(), tx, v.Who.Subject, f.Value("text"))
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.reportForm(v, identity.Refusal(err), f)
	}
	return v.To("/privacy/breaches", "breach.report.taken")
}

// ownOne shows a person the five parts of the letter about their data.
func (s *Service) ownOne(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var c *Incident
	var parts Parts
	err = v.Read(s.cfg.DB, desk.Purpose, func(tx *store.Tx) error {
		found, x, err := Own(v.R.Context(), tx, v.Who.Subject, key)
		if err != nil {
			return err
		}
		n, err := s.notice(tx)
		if err != nil {
			return err
		}
		c, parts = found, s.Accepted(n, found)
		parts[PartData] = DataOf(n, fields(x.Categories))
		return nil
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("breach.told.person.title"), Lead: v.T("breach.letter.number", "number", c.Number), Back: &ui.Tab{Label: v.T("breach.own.title"), Href: v.Path("/privacy/breaches")}},
		letterPage(parts, ForPeople(), v.Lang()))
}

// bannerEvery is how long it is remembered that a service has nobody to warn.
const bannerEvery = time.Minute

// Decorate puts the warning above every page of a person whom a running incident
// concerns, and notes that it was shown.
func (s *Service) Decorate(r *http.Request, p *web.Page, who identity.Principal) {
	if r.Method != http.MethodGet || !s.mayWarn(r, who) {
		return
	}
	var x *Exposed
	ctx := r.Context()
	home := who.HomeScope(desk.Purpose)
	err := s.cfg.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		x, err = store.One[Exposed](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND told_at IS NOT NULL AND ended_at IS NULL ORDER BY told_at DESC, id", tx.Tenant(), who.Subject)
		return err
	})
	if err != nil {
		return
	}
	if x.SeenAt.IsZero() {
		// A page must not fail because its banner could not be noted: it is shown again.
		_ = s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE breach_people SET seen_at = $3 WHERE tenant_id = $1 AND id = $2 AND seen_at IS NULL", tx.Tenant(), x.ID, tx.Now())
			return err
		})
	}
	p.Top = banner(p.Service.Path("/privacy/breaches/" + x.Incident.String()))
}

// mayWarn tells whether a service has an incident that people were told of.
func (s *Service) mayWarn(r *http.Request, who identity.Principal) bool {
	now := s.cfg.DB.Clock().Now()
	s.notices.mu.Lock()
	has, fresh := s.notices.has[who.Service], now.Before(s.notices.until[who.Service])
	s.notices.mu.Unlock()
	if fresh {
		return has
	}
	n := 0
	err := s.cfg.DB.Read(r.Context(), s.cfg.Home(who.Service), func(tx *store.Tx) error {
		return tx.QueryRow(r.Context(), "SELECT COUNT(*) FROM breach_incidents WHERE tenant_id = $1 AND people_at IS NOT NULL AND drill = FALSE AND ended_at IS NULL", []any{tx.Tenant()}, &n)
	})
	if err != nil {
		return false
	}
	s.notices.mu.Lock()
	s.notices.has[who.Service], s.notices.until[who.Service] = n > 0, now.Add(bannerEvery)
	s.notices.mu.Unlock()
	return n > 0
}

func (s *Service) queue(v identity.Visit) error {
	ended := v.R.URL.Query().Get("state") == "ended"
	var all []Incident
	err := s.cfg.DB.Read(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) { all, err = Register(v.R.Context(), tx, ended); return err })
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("breach.title"), Lead: v.T("breach.lead"), Wide: true}, queuePage(all, ended))
}

func (s *Service) newPage(v identity.Visit) error {
	return s.newForm(v, http.StatusOK, ui.NewForm(nil))
}

func (s *Service) newForm(v identity.Visit, status int, f *ui.Form) error {
	return v.Render(status, web.Page{Title: v.T("breach.new"), Lead: v.T("breach.new.lead"), Form: f, Back: &ui.Tab{Label: v.T("breach.title"), Href: v.Path(root)}}, newForm(f, kindOptions(v.Ctx)))
}

func (s *Service) open(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	var c *Incident
	err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) {
		o := Opening{Title: f.Value("title"), Drill: f.Value("drill") == "yes", By: v.Who.Subject}
		for _, k := range f.Values["kinds"] {
			o.Kinds = append(o.Kinds, Kind(k))
		}
		c, err = s.Open(v.R.Context(), tx, o)
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.newForm(v, identity.Refusal(err), f)
	}
	return v.To(c.deskPath(), "breach.done")
}

// until reads a moment that a form gave, in Jakarta; empty is the zero time.
func until(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, clock.WIB)
	if err != nil {
		return at, fault.New(fault.Invalid, "breach.until", "breach.at.wrong").On(field)
	}
	return at, nil
}

// readOf notes that an officer looked into an incident.
func (s *Service) readOf(v identity.Visit, f func(tx *store.Tx, c *Incident) error) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	return s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		c, err := store.Get[Incident](v.R.Context(), tx, key)
		if err == nil {
			err = f(tx, c)
		}
		if err == nil {
			err = audit.Record(v.R.Context(), tx, audit.Act{Name: "breach.read", Object: "breach", Count: 1})
		}
		return err
	})
}

func keyOf(text string) (id.ID, error) {
	if text == "" {
		return id.ID{}, nil
	}
	key, err := id.Parse(text)
	if err != nil {
		return key, fault.New(fault.Invalid, "breach.keyOf", "breach.id.wrong")
	}
	return key, nil
}

func lang(v identity.Visit) string { return string(i18n.From(v.Ctx).Lang) }
