package breach

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// REST adds the calls of a person: to report a suspected breach, and to read what
// concerns them. Officers work on the pages and by command.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "POST", Path: "/privacy/breach-reports", ID: "reportBreach", Tag: "Privacy", Summary: "Report that you believe your data to be out",
		Scope: "account:write", Person: true, Creates: true, Status: http.StatusCreated}, s.restReport)
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/breach-reports", ID: "listBreachReports", Tag: "Privacy", Summary: "List own reports of suspected breaches", Scope: "account:read", Person: true}, s.restReports)
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/breaches", ID: "listBreaches", Tag: "Privacy", Summary: "List the breaches that you were told of", Scope: "account:read", Person: true}, s.restOwn)
}

// BreachReport is a report as the API shows it.
type BreachReport struct {
	ID     id.ID     `json:"id" format:"uuid" doc:"The report."`
	Number string    `json:"number" example:"K7QF-2M9X-T" doc:"The number of the incident that it opened."`
	Text   string    `json:"text" example:"Somebody knew my address from your pages." doc:"What you saw."`
	At     time.Time `json:"reported_at" doc:"When it came in."`
	Ended  bool      `json:"ended" doc:"Whether the incident has ended."`
}

func reportBody(r *Report) BreachReport {
	return BreachReport{r.ID, r.Number, r.Text.Reveal(), r.At.Time(), !r.EndedAt.IsZero()}
}

type breachReportIn struct {
	Body struct {
		Text string `json:"text" maxLength:"10000" example:"Somebody knew my address from your pages." doc:"What you saw: when, where, which data. No passwords."`
	}
}

type breachReportOut struct{ Body BreachReport }

func (s *Service) restReport(ctx context.Context, in *breachReportIn) (*breachReportOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var out breachReportOut
	err := s.cfg.DB.Write(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) error {
		r, err := s.TakeReport(ctx, tx, who.Subject, in.Body.Text)
		if err == nil {
			out.Body = reportBody(r)
		}
		return err
	})
	return &out, err
}

func (s *Service) restReports(ctx context.Context, _ *struct{}) (*rest.List[BreachReport], error) {
	who, _ := identity.FromContext(ctx)
	out := []BreachReport{}
	err := s.cfg.DB.Read(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) error {
		all, err := Reports(ctx, tx, who.Subject)
		for i := range all {
			out = append(out, reportBody(&all[i]))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

// BreachNotice is what a person was told of a breach.
type BreachNotice struct {
	Incident   id.ID     `json:"incident" format:"uuid" doc:"The incident; its letter stands on the page of the same id."`
	Categories []string  `json:"categories" nullable:"false" doc:"Categories of the notice that were exposed."`
	Told       time.Time `json:"told_at" doc:"When you were told."`
}

func (s *Service) restOwn(ctx context.Context, _ *struct{}) (*rest.List[BreachNotice], error) {
	who, ok := identity.FromContext(ctx)
	if !ok {
		return nil, fault.New(fault.Unauthorized, "breach.restOwn", "")
	}
	out := []BreachNotice{}
	err := s.cfg.DB.Read(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) error {
		all, err := Concerns(ctx, tx, who.Subject)
		for _, x := range all {
			out = append(out, BreachNotice{x.Incident, fields(x.Categories), x.ToldAt.Time()})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}
