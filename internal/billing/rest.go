package billing

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

// REST adds the owner's calls. Staff work on the pages only. A proof of transfer is
// a file and is sent on its page.
func (s *Service) REST(api *rest.API) {
	owner := []tenant.Role{tenant.Owner}
	op := func(method, path, name, summary string) rest.Op {
		scope := "billing:write"
		if method == http.MethodGet {
			scope = "billing:read"
		}
		return rest.Op{Method: method, Path: "/billing" + path, ID: name, Tag: "Billing", Summary: summary, Scope: scope, Roles: owner}
	}
	rest.Register(api, op("GET", "", "getBilling", "Get the plan and this month's use"), s.restOverview)
	rest.Register(api, op("GET", "/plans", "listPlans", "List the plans"), s.restPlans)
	rest.Register(api, op("PUT", "/plan", "choosePlan", "Choose a plan"), s.restChoose)
	rest.Register(api, op("GET", "/invoices", "listInvoices", "List invoices, the newest first"), s.restInvoices)
	rest.Register(api, op("GET", "/invoices/{id}", "getInvoice", "Get an invoice with the ways to pay it"), s.restInvoice)
	if s.Catalog != nil {
		pdf := op("GET", "/invoices/{id}/invoice.pdf", "getInvoiceFile", "Get an invoice as a PDF")
		pdf.Produces = "application/pdf"
		rest.RegisterStream(api, pdf, s.restFile)
	}
	claim := op("POST", "/invoices/{id}/claims", "createClaim", "Say that an invoice was paid by transfer")
	claim.Creates, claim.Status, claim.Errors = true, http.StatusCreated, []int{409}
	rest.Register(api, claim, s.restClaim)
}

type amountBody struct {
	Minor    int64  `json:"minor" example:"4900000" doc:"Minor units: sen for rupiah."`
	Currency string `json:"currency" example:"IDR" doc:"ISO 4217."`
}

func amountJSON(a money.Amount) amountBody { return amountBody{a.Minor, string(a.Currency)} }

type planBody struct {
	Code      string           `json:"code" example:"plus" doc:"Names the plan."`
	Name      string           `json:"name" example:"Plus" doc:"Its name in English."`
	Price     amountBody       `json:"price" doc:"A month, without tax."`
	TrialDays int              `json:"trial_days" doc:"Days of the trial; 0 for none."`
	Limits    map[string]int64 `json:"limits" doc:"By what is limited; what is missing has no limit."`
}

func planJSON(p Plan) planBody {
	return planBody{Code: p.Code, Name: p.Name.EN, Price: amountJSON(p.Amount()), TrialDays: p.TrialDays, Limits: p.Limits}
}

type billingBody struct {
	Plan     planBody   `json:"plan" doc:"The plan that holds now."`
	Next     string     `json:"next_plan" example:"plus" doc:"The plan of the next period."`
	Trial    bool       `json:"trial" doc:"Whether the running period is a trial."`
	Until    *time.Time `json:"until,omitempty" doc:"When the running period ends; absent for none."`
	Standing string     `json:"standing" enum:"fine,grace,readonly" doc:"In readonly nothing can be changed until an invoice is paid."`
	Mails    int64      `json:"mails_this_month" doc:"Mails booked this month."`
	Credit   amountBody `json:"credit" doc:"What was paid beyond what was owed."`
}

type billingOut struct{ Body billingBody }

func (s *Service) restOverview(ctx context.Context, _ *struct{}) (*billingOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	o, err := s.OverviewOf(ctx, who.HomeScope("billing"), who.Workspace)
	if err != nil {
		return nil, err
	}
	if o.Credit.Currency == "" {
		o.Credit.Currency = money.IDR
	}
	b := billingBody{Plan: planJSON(o.Plan), Next: o.Sub.Next, Trial: o.Sub.Trial, Standing: string(o.Standing), Mails: o.Mails, Credit: amountJSON(o.Credit)}
	if !o.Sub.Until.IsZero() {
		at := o.Sub.Until.Time()
		b.Until = &at
	}
	return &billingOut{b}, nil
}

type plansOut struct {
	Body struct {
		Items []planBody `json:"items" nullable:"false" doc:"The plans, the cheapest first."`
	}
}

func (s *Service) restPlans(context.Context, *struct{}) (*plansOut, error) {
	out := &plansOut{}
	for _, p := range s.Plans {
		out.Body.Items = append(out.Body.Items, planJSON(p))
	}
	return out, nil
}

type choosePlanIn struct {
	Body struct {
		Plan string `json:"plan" minLength:"1" maxLength:"40" example:"plus" doc:"The plan's code."`
	}
}

type choosePlanOut struct {
	Body struct {
		Plan    string `json:"plan" doc:"The plan that holds now."`
		Next    string `json:"next_plan" doc:"The plan of the next period."`
		Invoice *id.ID `json:"invoice,omitempty" format:"uuid" doc:"The invoice by which the plan begins, where there is one."`
	}
}

func (s *Service) restChoose(ctx context.Context, in *choosePlanIn) (*choosePlanOut, error) {
	who, _ := identity.FromContext(ctx)
	out := &choosePlanOut{}
	err := s.db.Write(ctx, who.HomeScope("billing"), func(tx *store.Tx) error {
		inv, err := s.Choose(ctx, tx, visitor{who: who}.customer(), in.Body.Plan)
		if err != nil {
			return err
		}
		if inv != nil {
			out.Body.Invoice = &inv.ID
		}
		sub, _, err := s.SubscriptionOf(ctx, tx, who.Workspace)
		if err == nil {
			out.Body.Plan, out.Body.Next = sub.Plan, sub.Next
		}
		return err
	})
	return out, err
}

type invoiceBody struct {
	ID      id.ID      `json:"id" format:"uuid" doc:"The invoice."`
	Number  string     `json:"number" example:"INV/2026/000123" doc:"Its number."`
	Kind    string     `json:"kind" enum:"invoice,credit_note" doc:"A credit note takes an invoice back."`
	State   string     `json:"state" enum:"open,partly_paid,paid,overdue,void" doc:"Where it stands."`
	Total   amountBody `json:"total" doc:"With tax."`
	Tax     amountBody `json:"tax" doc:"The tax in it."`
	Left    amountBody `json:"left" doc:"What is still to be paid."`
	Issued  time.Time  `json:"issued_at" doc:"When it was made."`
	DueAt   *time.Time `json:"due_at,omitempty" doc:"By when it is to be paid."`
	QRIS    string     `json:"qris,omitempty" doc:"A QRIS payload over what is left; of one invoice only."`
	Account []vaBody   `json:"virtual_accounts,omitempty" doc:"Where it can be transferred to; of one invoice only."`
}

type vaBody struct {
	Bank   string `json:"bank" example:"BCA" doc:"The bank."`
	Number string `json:"number" example:"1260800000001" doc:"The virtual account."`
}

func (s *Service) invoiceJSON(inv *Invoice) invoiceBody {
	b := invoiceBody{ID: inv.ID, Number: inv.Number, Kind: string(inv.Kind), State: string(inv.StateAt(nowOf(s))), Total: amountJSON(inv.Sum()),
		Tax: amountBody{inv.Tax, string(inv.Currency)}, Left: amountJSON(inv.Left()), Issued: inv.IssuedAt.Time()}
	if !inv.DueAt.IsZero() {
		at := inv.DueAt.Time()
		b.DueAt = &at
	}
	return b
}

type invoicesIn struct{ rest.Page }

func (s *Service) restInvoices(ctx context.Context, in *invoicesIn) (*rest.List[invoiceBody], error) {
	who, _ := identity.FromContext(ctx)
	var from int
	if _, err := rest.Open(ctx, in.Page, &from); err != nil {
		return nil, err
	}
	var all []Invoice
	err := s.db.Read(ctx, who.HomeScope("billing"), func(tx *store.Tx) error {
		party, err := partyOf(ctx, tx, refOf(who.Workspace))
		if err != nil || party == nil {
			return err
		}
		all, err = store.Find[Invoice](ctx, tx, "WHERE tenant_id = $1 AND party_id = $2 ORDER BY issued_at DESC, number DESC LIMIT $3 OFFSET $4", tx.Tenant(), party.ID, in.Limit+1, from)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []invoiceBody
	for i := range all[:min(in.Limit, len(all))] {
		out = append(out, s.invoiceJSON(&all[i]))
	}
	return rest.Listed(ctx, out, from+len(out), len(all) > len(out))
}

type invoiceIn struct {
	ID string `path:"id" format:"uuid" example:"0199b6a2-1f7a-7c3e-9d4e-2f6a1c0b8e11" doc:"The invoice."`
}

type invoiceOut struct{ Body invoiceBody }

// sightOf reads an invoice of the caller's workspace.
func (s *Service) sightOf(ctx context.Context, text string) (st sight, who identity.Principal, err error) {
	who, _ = identity.FromContext(ctx)
	key, err := id.Parse(text)
	if err != nil {
		return st, who, fault.New(fault.NotFound, "billing.sightOf", "")
	}
	err = s.db.Read(ctx, who.HomeScope("billing"), func(tx *store.Tx) error {
		inv, err := s.mine(ctx, tx, who.Workspace, key)
		if err == nil {
			st, err = s.look(ctx, tx, inv)
		}
		return err
	})
	return st, who, err
}

func (s *Service) restInvoice(ctx context.Context, in *invoiceIn) (*invoiceOut, error) {
	st, _, err := s.sightOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b := s.invoiceJSON(&st.Inv)
	b.QRIS = st.Pay.QR
	for _, a := range st.Pay.Accounts {
		b.Account = append(b.Account, vaBody{a.Bank, a.Number})
	}
	return &invoiceOut{b}, nil
}

func (s *Service) restFile(ctx context.Context, in *invoiceIn) (*rest.Stream, error) {
	st, who, err := s.sightOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.Print(&b, i18n.Lang(who.Lang), st.Paper, st.State, st.Pay); err != nil {
		return nil, err
	}
	return &rest.Stream{Filename: "invoice.pdf", Write: func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }}, nil
}

type createClaimIn struct {
	invoiceIn
	Body struct {
		Minor int64  `json:"minor" minimum:"1" example:"5439000" doc:"What was transferred, in minor units of the invoice's currency."`
		Note  string `json:"note,omitempty" maxLength:"1000" example:"BCA, Rina Maharani" doc:"For staff."`
	}
}

type createClaimOut struct {
	Body struct {
		State string `json:"state" enum:"claimed" doc:"It waits for staff."`
	}
}

func (s *Service) restClaim(ctx context.Context, in *createClaimIn) (*createClaimOut, error) {
	st, who, err := s.sightOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	_, err = s.KeepClaim(ctx, who.HomeScope("billing"), who.Subject, Claim{Invoice: st.Inv.ID, Amount: money.Amount{Minor: in.Body.Minor, Currency: st.Inv.Currency}, Note: in.Body.Note})
	out := &createClaimOut{}
	out.Body.State = string(Claimed)
	return out, err
}
