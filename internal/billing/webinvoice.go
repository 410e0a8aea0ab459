package billing

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/qr"
	"amanah/internal/web/ui"
)

// sight is an invoice with all that its page shows.
type sight struct {
	Inv      Invoice
	State    State
	Paper    Paper
	Pay      Pay
	Charges  []Charge // that still wait
	Payments []Payment
	Ways     []way
}

// way is a button: a provider and a method.
type way struct {
	Provider string
	By       Method
}

func (s *Service) ways() []way {
	var out []way
	for _, p := range s.Providers {
		switch p.Name() {
		case "xendit":
			out = append(out, way{"xendit", ByQRIS}, way{"xendit", ByPage})
		case "midtrans":
			out = append(out, way{"midtrans", ByQRIS}, way{"midtrans", ByBank})
		}
	}
	return out
}

// look reads an invoice with its paper, payments and means of paying.
func (s *Service) look(ctx context.Context, tx *store.Tx, inv *Invoice) (st sight, err error) {
	st.Inv, st.State = *inv, inv.StateAt(tx.Now())
	if st.Paper, err = PaperOf(ctx, tx, inv.ID); err != nil {
		return st, err
	}
	if st.Payments, err = store.Find[Payment](ctx, tx, "WHERE tenant_id = $1 AND invoice_id = $2 ORDER BY at, id LIMIT 100", tx.Tenant(), inv.ID); err != nil || !inv.owed() {
		return st, err
	}
	st.Ways = s.ways()
	if st.Charges, err = store.Find[Charge](ctx, tx, "WHERE tenant_id = $1 AND invoice_id = $2 AND state = $3 AND expires_at > $4 AND minor = $5 ORDER BY id DESC LIMIT 3", tx.Tenant(), inv.ID, string(ChargeWaiting), tx.Now(), inv.Left().Minor); err != nil {
		return st, err
	}
	st.Pay, err = s.PayBy(inv, st.Paper.Debtor.Number)
	return st, err
}

// own looks at an invoice of the visitor's workspace.
func (s *Service) own(v visitor) (st sight, err error) {
	key, err := v.key()
	if err != nil {
		return st, err
	}
	err = s.db.Read(v.r.Context(), v.scope(), func(tx *store.Tx) error {
		inv, err := s.mine(v.r.Context(), tx, v.who.Workspace, key)
		if err != nil {
			return err
		}
		st, err = s.look(v.r.Context(), tx, inv)
		return err
	})
	return st, err
}

func (s *Service) invoicePage(v visitor) error {
	st, err := s.own(v)
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("billing.kind."+string(st.Inv.Kind)) + " " + st.Inv.Number, Back: v.back("", "billing.title")}, invoiceView(st, s.Catalog != nil))
	return nil
}

// invoiceFile is the PDF.
func (s *Service) invoiceFile(v visitor) error {
	if s.Catalog == nil {
		return fault.New(fault.NotFound, "billing.invoiceFile", "")
	}
	st, err := s.own(v)
	if err != nil {
		return err
	}
	return s.sendPDF(v, st)
}

func (s *Service) sendPDF(v visitor, st sight) error {
	var b bytes.Buffer
	if err := s.Print(&b, i18n.From(v.ctx).Lang, st.Paper, st.State, st.Pay); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="`+strings.ReplaceAll(st.Inv.Number, "/", "-")+`.pdf"`)
	h.Set("Cache-Control", "no-store")
	_, err := v.w.Write(b.Bytes())
	return err
}

// payInvoice asks a provider and comes back to the invoice, which shows the means.
// A provider's page is a link there: a form may not lead to another host.
func (s *Service) payInvoice(v visitor) error {
	st, err := s.own(v)
	if err != nil {
		return err
	}
	provider, by, _ := strings.Cut(v.r.PathValue("by"), "-")
	_, err = s.StartCharge(v.r.Context(), v.scope(), st.Inv.ID, provider, Method(by))
	switch {
	case fault.Is(err, fault.Unavailable), fault.Is(err, fault.Conflict), fault.Is(err, fault.Forbidden):
		key := "billing.pay.failed"
		if fault.Is(err, fault.Conflict) {
			key = "billing.claim.nothing"
		}
		s.Log.Warn("no means of paying", "provider", provider, "code", fault.CodeOf(err), "error", err)
		web.Redirect(v.w, v.r, at(v.ctx, "/invoices/"+st.Inv.ID.String()), web.Flash{Tone: ui.Danger, Key: key})
		return nil
	case err != nil:
		return err
	}
	web.Redirect(v.w, v.r, at(v.ctx, "/invoices/"+st.Inv.ID.String()), web.Flash{Tone: ui.Success, Key: "billing.pay.ready"})
	return nil
}

func (s *Service) claimPage(v visitor) error {
	st, err := s.own(v)
	if err != nil {
		return err
	}
	return s.askClaim(v, st, ui.NewForm(url.Values{"amount": {plain(st.Inv.Left())}}), http.StatusOK)
}

func (s *Service) askClaim(v visitor, st sight, f *ui.Form, status int) error {
	back := ui.Tab{Label: st.Inv.Number, Href: at(v.ctx, "/invoices/"+st.Inv.ID.String())}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("billing.claim.title"), Lead: v.t("billing.claim.lead"), Back: &back, Form: f}, claimForm(f, st))
	return nil
}

func (s *Service) keepClaim(v visitor) error {
	st, err := s.own(v)
	if err != nil {
		return err
	}
	if err := v.r.ParseMultipartForm(1 << 20); err != nil {
		if big := (*http.MaxBytesError)(nil); !errors.As(err, &big) {
			return fault.New(fault.Invalid, "billing.keepClaim", "")
		}
		f := &ui.Form{}
		f.Add("proof", "billing.proof.large")
		return s.askClaim(v, st, f, http.StatusRequestEntityTooLarge)
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	f := ui.NewForm(v.r.PostForm)
	amount, ok := readRupiah(v.r.PostForm.Get("amount"))
	if !ok {
		f.Add("amount", "billing.amount.invalid")
		return s.askClaim(v, st, f, http.StatusUnprocessableEntity)
	}
	file, err := upload(v.r.MultipartForm, "proof")
	if err == nil {
		_, err = s.KeepClaim(v.r.Context(), v.scope(), v.who.Subject, Claim{Invoice: st.Inv.ID, Amount: amount, Note: v.r.PostForm.Get("note"), File: file})
	}
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.askClaim(v, st, f, http.StatusUnprocessableEntity)
	}
	web.Redirect(v.w, v.r, at(v.ctx, "/invoices/"+st.Inv.ID.String()), web.Flash{Tone: ui.Success, Key: "billing.claim.kept"})
	return nil
}

// upload reads one file of a form, at most MostProof and one byte.
func upload(m *multipart.Form, name string) ([]byte, error) {
	if len(m.File[name]) == 0 || m.File[name][0].Size == 0 {
		return nil, nil
	}
	f, err := m.File[name][0].Open()
	if err != nil {
		return nil, fault.Wrap("billing.upload", err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MostProof+1))
}

// ownProof gives a person back what they sent.
func ownPayment(ctx context.Context, tx *store.Tx, workspace id.Tenant, key id.ID) (*Payment, error) {
	return store.One[Payment](ctx, tx, `WHERE tenant_id = $1 AND id = $2 AND EXISTS (SELECT 1 FROM invoices i, billing_parties p
		WHERE i.tenant_id = $1 AND i.id = billing_payments.invoice_id AND p.tenant_id = $1 AND p.id = i.party_id AND p.ref = $3)`, tx.Tenant(), key, refOf(workspace))
}

func (s *Service) ownProof(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var p *Payment
	err = s.db.Read(v.r.Context(), v.scope(), func(tx *store.Tx) error {
		p, err = ownPayment(v.r.Context(), tx, v.who.Workspace, key)
		return err
	})
	if err != nil {
		return err
	}
	return s.sendProof(v, p)
}

// sendProof answers with a proof to be saved, never to be shown in the page: it
// came from outside.
func (s *Service) sendProof(v visitor, p *Payment) error {
	f, kind, err := s.OpenProof(v.r.Context(), v.scope(), p)
	if err != nil {
		return err
	}
	defer f.Close()
	ext := map[string]string{"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}[kind]
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="bukti.`+ext+`"`)
	h.Set("Cache-Control", "no-store")
	_, err = io.Copy(v.w, f)
	return err
}

// drawn draws a payload; an empty code where it is too long.
func drawn(text string) qr.Code {
	c, err := qr.Draw(text)
	if err != nil {
		return qr.Code{}
	}
	return c
}

// plain is how an amount stands in an input.
func plain(a money.Amount) string { return strings.TrimSuffix(a.Decimal(), ".00") }

// readRupiah understands whole rupiah as people write them: 50000, 50.000, Rp50.000.
func readRupiah(s string) (money.Amount, bool) {
	s = strings.TrimPrefix(strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", "")), "RP")
	s = strings.TrimSuffix(strings.TrimSuffix(s, ",00"), ".00")
	s = strings.NewReplacer(".", "", ",", "").Replace(s)
	a, err := money.Parse(s, money.IDR)
	return a, err == nil && a.Minor > 0 && len(s) <= 15
}
