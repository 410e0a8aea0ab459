package report

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// Routes puts the page below "/<slug>/app". It asks for a signed-in member.
func (s *Service) Routes(mux web.Mux) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	mux.Handle(web.Under(s.Slug, "GET /app/reports"), identity.Page(s.page, readers...))
	mux.Handle(web.Under(s.Slug, "POST /app/reports/summary"), identity.Page(s.summaryForm, readers...))
}

// paper is a report with what its page shows around it.
type paper struct {
	Report
	Now   string // the present month
	Own   []cash.Category
	Names map[id.Subject]string
	Me    id.Subject
	// Told says that the person is told what months came to.
	Told bool
}

func (s *Service) page(v identity.Visit) error {
	if v.Who.Workspace.IsZero() || v.Who.Service != s.Slug {
		return fault.New(fault.NotFound, "report.page", "")
	}
	in := v.R.URL.Query()
	p, err := s.read(v.R.Context(), v.Who, in.Get("month"), money.Currency(in.Get("currency")))
	if err != nil {
		return err
	}
	web.Render(v.W, v.R, http.StatusOK, web.Page{Title: v.T("cashreport.title", "month", monthWord(i18n.From(v.Ctx), p.Month)), Wide: true}, view(p))
	return nil
}

// read makes the report that is asked for; what makes no sense is the present month
// in rupiah.
func (s *Service) read(ctx context.Context, who identity.Principal, month string, c money.Currency) (paper, error) {
	p := paper{Me: who.Subject, Names: map[id.Subject]string{}}
	scope := who.Scope(cash.Record)
	if s.Names != nil {
		names, err := s.Names(ctx, scope)
		if err != nil {
			return p, err
		}
		p.Names = names
	}
	if !c.Valid() {
		c = money.IDR
	}
	err := s.db.Read(ctx, scope, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who.Subject)
		if err != nil {
			return err
		}
		p.Now = tx.Now().Time().In(v.Zone).Format("2006-01")
		if t, err := time.Parse("2006-01", month); err != nil || t.Year() < 1990 || t.Year() > 2200 {
			month = p.Now
		}
		if p.Report, err = s.Report(ctx, tx, v, month, c); err != nil {
			return err
		}
		if p.Told, err = s.Summaries(ctx, tx, who.Subject); err != nil {
			return err
		}
		p.Own, err = s.Cash.Categories(ctx, tx)
		return err
	})
	return p, err
}

// summaryForm switches the summaries of months on or off, for the visitor alone.
func (s *Service) summaryForm(v identity.Visit) error {
	if v.Who.Workspace.IsZero() || v.Who.Service != s.Slug {
		return fault.New(fault.NotFound, "report.summaryForm", "")
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	err = s.db.Write(v.R.Context(), v.Who.Scope(cash.Record), func(tx *store.Tx) error {
		return s.SetSummaries(v.R.Context(), tx, v.Who.Subject, form.Value("told") == "on")
	})
	if err != nil {
		return err
	}
	return v.To("/app/reports", "cashreport.summary.saved")
}
