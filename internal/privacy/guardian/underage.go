package guardian

import (
	"context"
	"net/http"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// StaffRoutes adds the officers' page of accounts under age, in every service.
func (s *Service) StaffRoutes(mux web.Mux, slug string, g *desk.Guard) {
	mux.Handle(web.Under(slug, "GET /staff/privacy/underage"), g.Page(s.underagePage))
	mux.Handle(web.Under(slug, "POST /staff/privacy/underage"), g.Page(s.underagePost))
}

// Underage closes the account with an address whose person is found to be under
// age: everything but rights stops, sessions end, the person is told, and all is
// erased at once, without grace time. A legal hold still holds. Faults: Invalid on
// email for an address without account and for the officer's own.
func (s *Service) Underage(ctx context.Context, officer identity.Principal, address string) (id.ID, error) {
	const op = "guardian.Underage"
	who, ok, err := s.Accounts.Find(ctx, officer.Service, address)
	if err != nil {
		return id.ID{}, err
	}
	if !ok || who == officer.Subject {
		return id.ID{}, fault.New(fault.Invalid, op, "guardian.underage.unknown").On("email")
	}
	err = s.DB.Write(ctx, desk.Scope(officer), func(tx *store.Tx) error {
		if s.EndSessions != nil {
			if err := s.EndSessions(ctx, tx, who); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, audit.Act{Name: "guardian.underage", Subject: who, Count: 1, Told: true}); err != nil {
			return err
		}
		return gate.Stop(ctx, tx, who, gate.All, gate.Guardian, id.ID{})
	})
	if err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	// The erasure stands whether a letter arrives or not.
	_ = s.Post.Person(ctx, s.home(officer.Service), who, "guardian.letter.underage")
	number, err := s.Eraser.Erase(context.WithoutCancel(ctx), who, "officer", i18n.ID)
	return number, fault.Wrap(op, err)
}

func (s *Service) underagePage(v identity.Visit) error {
	return s.showUnderage(v, ui.NewForm(nil), http.StatusOK)
}

func (s *Service) showUnderage(v identity.Visit, f *ui.Form, status int) error {
	return v.Render(status, web.Page{Title: v.T("guardian.underage.title"), Lead: v.T("guardian.underage.lead"), Form: f,
		Back: &ui.Tab{Label: v.T("guardian.underage.back"), Href: v.Path("/staff/privacy")}}, underageForm(f))
}

func (s *Service) underagePost(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	if f.Value("sure") != "yes" {
		f.Add("sure", "guardian.underage.sure.missing")
		return s.showUnderage(v, f, http.StatusUnprocessableEntity)
	}
	number, err := s.Underage(v.R.Context(), v.Who, f.Value("email"))
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showUnderage(v, f, identity.Refusal(err))
	}
	return v.To("/privacy/receipts/"+number.String(), "guardian.underage.done")
}
