package billing

import (
	"context"
	"net/http"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// StaffRoutes puts the pages of the issuer's staff below "/<slug>/staff/billing".
// staff lets those through who work for the service; who may only read among them
// is behind reads.
func (s *Service) StaffRoutes(mux web.Mux, reads, writes func(http.Handler) http.Handler) {
	for _, r := range []struct {
		method, path string
		f            func(visitor) error
		guard        func(http.Handler) http.Handler
	}{
		{"GET", "", s.deskPage, reads},
		{"GET", "/invoices/{id}", s.staffInvoice, reads},
		{"POST", "/invoices/{id}/record", s.staffRecord, writes},
		{"POST", "/invoices/{id}/undo", s.staffUndo, writes},
		{"GET", "/payments/{id}", s.staffPayment, reads},
		{"GET", "/payments/{id}/proof", s.staffProof, reads},
		{"POST", "/payments/{id}/decide", s.staffDecide, writes},
		{"POST", "/payments/{id}/match", s.staffMatch, writes},
		{"POST", "/payments/{id}/seen", s.staffSeen, writes},
	} {
		mux.Handle(r.method+" /"+s.Slug+"/staff/billing"+r.path, r.guard(web.HandlerFunc(func(w http.ResponseWriter, req *http.Request) error {
			who, ok := identity.FromContext(req.Context())
			if !ok || who.Service != s.Slug {
				return fault.New(fault.NotFound, "billing.StaffRoutes", "")
			}
			return r.f(visitor{w: w, r: req, ctx: web.Context(req), who: who})
		})))
	}
}

// desk is the scope of a member of staff: the audit log says so.
func (v visitor) desk() store.Scope {
	sc := v.who.HomeScope("billing")
	sc.Actor.Kind = "staff"
	return sc
}

func staffAt(ctx context.Context, path string) string {
	return web.ServiceOf(ctx).Path("/staff/billing" + path)
}

// act does something for staff and writes down who did it to whom.
func (s *Service) act(v visitor, name string, f func(tx *store.Tx) (id.Subject, error)) error {
	return s.db.Write(v.r.Context(), v.desk(), func(tx *store.Tx) error {
		who, err := f(tx)
		if err != nil {
			return err
		}
		return audit.Record(v.r.Context(), tx, audit.Act{Name: name, Subject: who, Object: "invoices", Count: 1, Told: true})
	})
}

// waiting is what staff has to look at.
type waiting struct {
	Payments []Payment
	Invoices []Invoice
	Query    string
	Now      int64
	Refused  int64 // callbacks with a wrong signature, kept for ninety days
}

func (s *Service) deskPage(v visitor) error {
	d := waiting{Query: trim(v.r.URL.Query().Get("q"), 40)}
	err := s.db.Read(v.r.Context(), v.desk(), func(tx *store.Tx) (err error) {
		ctx := v.r.Context()
		d.Now = int64(tx.Now())
		if d.Payments, err = store.FindOpen[Payment](ctx, tx, "WHERE tenant_id = $1 AND (state IN ($2, $3) OR flag <> '') ORDER BY at, id LIMIT 100", tx.Tenant(), string(Claimed), string(Unmatched)); err != nil {
			return err
		}
		for _, p := range s.Providers {
			n, err := Callbacks(ctx, tx, p.Name(), hookSignature)
			if err != nil {
				return err
			}
			d.Refused += n
		}
		if d.Query != "" {
			like := "%" + strings.NewReplacer("%", "", "_", "").Replace(strings.ToUpper(d.Query)) + "%"
			d.Invoices, err = store.FindOpen[Invoice](ctx, tx, "WHERE tenant_id = $1 AND number LIKE $2 ORDER BY number DESC LIMIT 100", tx.Tenant(), like)
			return err
		}
		d.Invoices, err = store.FindOpen[Invoice](ctx, tx, "WHERE tenant_id = $1 ORDER BY issued_at DESC, number DESC LIMIT 100", tx.Tenant())
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("billing.staff.title"), Lead: v.t("billing.staff.lead"), Wide: true}, desk(d))
	return nil
}

// staffInvoice shows an invoice with the debtor's name: that it was looked at is
// written down, and the person can read it.
func (s *Service) staffInvoice(v visitor) error { return s.showInvoice(v, &ui.Form{}, http.StatusOK) }

func (s *Service) showInvoice(v visitor, f *ui.Form, status int) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var st sight
	err = s.act(v, "billing.seen", func(tx *store.Tx) (id.Subject, error) {
		inv, err := InvoiceOf(v.r.Context(), tx, key)
		if err != nil {
			return id.Subject{}, err
		}
		st, err = s.look(v.r.Context(), tx, inv)
		return inv.Debtor, err
	})
	if err != nil {
		return err
	}
	back := ui.Tab{Label: v.t("billing.staff.title"), Href: staffAt(v.ctx, "")}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("billing.kind."+string(st.Inv.Kind)) + " " + st.Inv.Number, Back: &back, Form: f}, staffInvoiceView(f, st))
	return nil
}

func (s *Service) staffRecord(v visitor) error {
	return s.invoiceAct(v, "billing.recorded", "billing.staff.recorded", func(tx *store.Tx, inv *Invoice) error {
		amount, ok := readRupiah(v.r.PostForm.Get("amount"))
		if !ok {
			return fault.New(fault.Invalid, "billing.staffRecord", "billing.amount.invalid").On("amount")
		}
		_, err := s.Record(v.r.Context(), tx, inv.ID, amount, trim(v.r.PostForm.Get("reference"), 100), sealed(v, "reason"))
		return err
	})
}

// staffUndo makes an invoice void where nothing was paid, and credits it else.
func (s *Service) staffUndo(v visitor) error {
	return s.invoiceAct(v, "billing.undone", "billing.staff.undone", func(tx *store.Tx, inv *Invoice) error {
		reason := sealed(v, "why")
		if reason.IsZero() {
			return fault.New(fault.Invalid, "billing.staffUndo", "billing.reason.needed").On("why")
		}
		if inv.Settled == 0 && inv.State == Open {
			return s.VoidInvoice(v.r.Context(), tx, inv.ID, reason)
		}
		_, err := s.Credit(v.r.Context(), tx, inv.ID, Words{ID: reason.Reveal(), EN: reason.Reveal()})
		return err
	})
}

// invoiceAct does what a form on an invoice's page says.
func (s *Service) invoiceAct(v visitor, act, said string, f func(tx *store.Tx, inv *Invoice) error) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	form := ui.NewForm(v.r.PostForm)
	err = s.act(v, act, func(tx *store.Tx) (id.Subject, error) {
		inv, err := InvoiceOf(v.r.Context(), tx, key)
		if err != nil {
			return id.Subject{}, err
		}
		return inv.Debtor, f(tx, inv)
	})
	if err != nil {
		if !form.Take(err) {
			return err
		}
		return s.showInvoice(v, form, http.StatusUnprocessableEntity)
	}
	web.Redirect(v.w, v.r, staffAt(v.ctx, "/invoices/"+key.String()), web.Flash{Tone: ui.Success, Key: said})
	return nil
}

func (s *Service) staffPayment(v visitor) error { return s.showPayment(v, nil, http.StatusOK) }

func (s *Service) showPayment(v visitor, f *ui.Form, status int) error {
	p, inv, err := s.paymentOf(v)
	if err != nil {
		return err
	}
	if f == nil {
		f = &ui.Form{Values: map[string][]string{"amount": {plain(p.Amount())}}}
	}
	back := ui.Tab{Label: v.t("billing.staff.title"), Href: staffAt(v.ctx, "")}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("billing.staff.payment"), Back: &back, Form: f}, staffPaymentView(f, *p, inv))
	return nil
}

// paymentOf reads the payment of the path, with its invoice if it has one. What
// the person wrote is shown: it is written down that it was read.
func (s *Service) paymentOf(v visitor) (p *Payment, inv *Invoice, err error) {
	key, err := v.key()
	if err != nil {
		return nil, nil, err
	}
	err = s.act(v, "billing.seen", func(tx *store.Tx) (id.Subject, error) {
		if p, err = store.Get[Payment](v.r.Context(), tx, key); err != nil {
			return id.Subject{}, err
		}
		if !p.Invoice.IsZero() {
			inv, err = InvoiceOf(v.r.Context(), tx, p.Invoice)
		}
		return p.Debtor, err
	})
	return p, inv, err
}

func (s *Service) staffProof(v visitor) error {
	p, _, err := s.paymentOf(v)
	if err != nil {
		return err
	}
	return s.sendProof(v, p)
}

func (s *Service) staffDecide(v visitor) error {
	return s.paymentAct(v, "billing.decided", "billing.staff.decided", func(tx *store.Tx, p *Payment) error {
		amount, ok := readRupiah(v.r.PostForm.Get("amount"))
		accept := v.r.PostForm.Get("decision") == "accept"
		if accept && !ok {
			return fault.New(fault.Invalid, "billing.staffDecide", "billing.amount.invalid").On("amount")
		}
		if err := s.Decide(v.r.Context(), tx, p.ID, accept, money.Amount{Minor: amount.Minor, Currency: p.Currency}, sealed(v, "reason")); err != nil {
			return err
		}
		inv, err := InvoiceOf(v.r.Context(), tx, p.Invoice)
		if err != nil {
			return err
		}
		return s.tell(v.r.Context(), tx, Note{Subject: p.Debtor, Key: "billing.told.decided", Args: map[string]string{"number": inv.Number}, Link: linkOf(inv), Once: "billing.decided." + p.ID.String()})
	})
}

func (s *Service) staffMatch(v visitor) error {
	return s.paymentAct(v, "billing.matched", "billing.staff.matched", func(tx *store.Tx, p *Payment) error {
		reason := sealed(v, "reason")
		if reason.IsZero() {
			return fault.New(fault.Invalid, "billing.staffMatch", "billing.reason.needed").On("reason")
		}
		return s.Match(v.r.Context(), tx, p.ID, strings.ToUpper(trim(v.r.PostForm.Get("number"), 40)), reason)
	})
}

func (s *Service) staffSeen(v visitor) error {
	return s.paymentAct(v, "billing.noted", "billing.staff.noted", func(tx *store.Tx, p *Payment) error {
		return Seen(v.r.Context(), tx, p.ID)
	})
}

// paymentAct does what a form on a payment's page says.
func (s *Service) paymentAct(v visitor, act, said string, f func(tx *store.Tx, p *Payment) error) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	form := ui.NewForm(v.r.PostForm)
	err = s.act(v, act, func(tx *store.Tx) (id.Subject, error) {
		p, err := store.Get[Payment](v.r.Context(), tx, key)
		if err != nil {
			return id.Subject{}, err
		}
		return p.Debtor, f(tx, p)
	})
	if err != nil {
		if !form.Take(err) {
			return err
		}
		return s.showPayment(v, form, http.StatusUnprocessableEntity)
	}
	web.Redirect(v.w, v.r, staffAt(v.ctx, ""), web.Flash{Tone: ui.Success, Key: said})
	return nil
}

func sealed(v visitor, field string) vault.Text {
	return vault.Seal(trim(v.r.PostForm.Get(field), 1000))
}
