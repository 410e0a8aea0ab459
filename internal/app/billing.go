package app

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"

	"amanah/internal/billing"
	"amanah/internal/billing/qris"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/notify"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Kinds of billing's tasks.
const (
	billingTick    = "billing.tick"
	billingRelease = "billing.release" // books what waited, of one workspace
)

// openBilling makes CTT's billing where the operator switched it on. Without it
// nothing is limited.
func (a *App) openBilling(context.Context) error {
	c := a.cfg.Billing
	if a.Demo && !c.On {
		c = billingOfDemo(c)
	}
	if !c.On || !a.uses("ctt", "billing") {
		return nil
	}
	o := billing.Options{Store: a.db, Slug: "ctt", Home: tenant.HomeOf("ctt"), Plans: billing.BuiltinPlans(), Taxes: billing.BuiltinTaxes(),
		Issuer: billing.Issuer{Name: c.Issuer.Name, Address: c.Issuer.Address, TaxID: c.Issuer.TaxID, Contact: c.Issuer.Contact},
		Series: c.Series, CreditSeries: c.CreditSeries, FiscalYearBegins: time.Month(c.FiscalYearBegins), DueDays: c.DueDays, GraceDays: c.GraceDays,
		Door: a.door, Teller: billNews{a.notify}, Catalog: a.catalog, Log: a.Log,
		Released: func(ctx context.Context, tx *store.Tx, workspace id.Tenant) error {
			return a.jobs.Enqueue(ctx, tx, job.Task{Kind: billingRelease, Service: "ctt", Tenant: workspace}, time.Time{})
		}}
	if c.Tax != "none" {
		o.Tax = c.Tax
	}
	if err := billingFiles(&o, c.Plans, c.Taxes); err != nil {
		return err
	}
	if _, ok := o.Taxes[o.Tax]; o.Tax != "" && !ok {
		return errors.New("config: billing.tax is none, or one of the taxes")
	}
	if len(c.QRIS.Accounts) > 0 {
		q := qris.Payload{MCC: c.QRIS.MCC, Name: c.QRIS.Name, City: c.QRIS.City, Postal: c.QRIS.Postal}
		for _, one := range c.QRIS.Accounts {
			q.Accounts = append(q.Accounts, qris.Account(one))
		}
		if _, err := qris.Encode(q); err != nil {
			return errors.New("config: billing.qris: " + err.Error())
		}
		o.QRIS = &q
	}
	for _, v := range c.VirtualAccounts {
		o.Accounts = append(o.Accounts, billing.VirtualAccount(v))
	}
	if c.Xendit.On() {
		o.Providers = append(o.Providers, billing.Xendit{URL: strings.TrimSuffix(c.Xendit.BaseURL, "/"), Key: c.Xendit.Key, Token: c.Xendit.Token})
	}
	if c.Midtrans.On() {
		o.Providers = append(o.Providers, billing.Midtrans{URL: strings.TrimSuffix(c.Midtrans.BaseURL, "/"), Key: c.Midtrans.Key, Bank: c.Midtrans.Bank})
	}
	a.billing = billing.New(o)
	a.capture.Limits = limits{a.billing}
	a.jobs.Handle(billingTick, a.tickBilling)
	a.jobs.Handle(billingRelease, func(ctx context.Context, t job.Task) error {
		_, err := a.capture.ReleaseHeld(ctx, t.Tenant)
		return err
	})
	return nil
}

// billingFiles puts the operator's plans and taxes in place of the built-in ones.
func billingFiles(o *billing.Options, plans, taxes string) error {
	if plans != "" {
		src, err := os.ReadFile(plans)
		if err != nil {
			return err
		}
		if o.Plans, err = billing.ParsePlans(src); err != nil {
			return err
		}
	}
	if taxes != "" {
		src, err := os.ReadFile(taxes)
		if err != nil {
			return err
		}
		if o.Taxes, err = billing.ParseTaxes(src); err != nil {
			return err
		}
	}
	return nil
}

// tickBilling does what time brings, and books what waited for the month to turn.
func (a *App) tickBilling(ctx context.Context, _ job.Task) error {
	errs := []error{a.billing.Tick(ctx)}
	var spaces []tenant.Workspace
	errs = append(errs, a.db.Read(ctx, a.scope("ctt", id.Tenant{}), func(tx *store.Tx) (err error) {
		spaces, err = tenant.ListActive(ctx, tx)
		return err
	}))
	for _, w := range spaces {
		_, err := a.capture.ReleaseHeld(ctx, w.Key())
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// limits lets capture ask.
type limits struct{ billing *billing.Service }

// MayTake asks for a workspace.
func (l limits) MayTake(ctx context.Context, workspace id.Tenant, what string, have int64) (string, error) {
	return l.billing.MayTake(ctx, workspace, what, have)
}

// Took counts.
func (limits) Took(ctx context.Context, tx *store.Tx, what string) error {
	return billing.Took(ctx, tx, what)
}

// billNews tells people about their invoices.
type billNews struct{ notify *notify.Service }

// Tell makes it a notice and a letter.
func (n billNews) Tell(ctx context.Context, tx *store.Tx, note billing.Note) error {
	m := notify.Message{Subject: note.Subject, Key: note.Key, Args: note.Args, Link: note.Link, Once: note.Once}
	switch note.Key {
	case "billing.told.late", "billing.told.again", "billing.told.limit":
		m.Tone = notify.Warning
	case "billing.told.readonly":
		m.Tone = notify.Danger
	}
	return n.notify.Tell(ctx, tx, m)
}

// billingRoutes are the pages of owners and of staff.
func (a *App) billingRoutes(mux web.Mux) {
	if a.billing == nil {
		return
	}
	a.billing.Routes(mux)
	reads := func(h http.Handler) http.Handler { return a.identity.RequireStaff(h) }
	writes := func(h http.Handler) http.Handler { return a.identity.RequireStaff(h, tenant.Owner, tenant.Worker) }
	a.billing.StaffRoutes(mux, reads, writes)
}

func (a *App) billingNav(r *http.Request) []ui.Tab {
	if a.billing == nil {
		return nil
	}
	return a.billing.Nav(r)
}

// billingMenu leads staff to their desk.
func (a *App) billingMenu(r *http.Request, p *web.Page, who identity.Principal) {
	if a.billing == nil {
		return
	}
	if role, err := a.identity.StaffRole(r.Context(), who); err == nil && role != "" {
		p.User.Menu = append(p.User.Menu, ui.Tab{Label: i18n.T(web.Context(r), "billing.staff.title"), Href: p.Service.Path("/staff/billing")})
	}
}

// billingBanner says on every page of a workspace that an invoice is unpaid.
func (a *App) billingBanner(r *http.Request, p *web.Page) {
	who, ok := identity.FromContext(r.Context())
	if a.billing == nil || !ok || who.Workspace.IsZero() || !strings.HasPrefix(r.URL.Path, p.Service.Path("/app")) || strings.HasPrefix(r.URL.Path, p.Service.Path("/app/billing")) {
		return
	}
	switch st, err := a.billing.Standing(r.Context(), who.Workspace); {
	case err != nil:
	case st == billing.ReadOnly:
		p.Flash = append(p.Flash, web.Flash{Tone: ui.Danger, Key: "billing.readonly"})
	case st == billing.InGrace && who.Is(tenant.Owner):
		p.Flash = append(p.Flash, web.Flash{Tone: ui.Warning, Key: "billing.grace"})
	}
}

// open are the paths below a service where changes stay possible when an invoice
// is unpaid: paying, the person's rights, the account, what was told.
var openUnpaid = []string{"/app/billing", "/privacy", "/account", "/sign", "/cookies", "/notifications", "/support", "/hooks", "/oauth", "/verify", "/reset", "/invite",
	"/api/v1/billing", "/api/v1/sessions", "/api/v1/tokens", "/api/v1/privacy", "/api/v1/account", "/api/v1/notifications", "/api/v1/support"}

// payFirst lets nothing be changed in a workspace whose invoice stays unpaid, and
// no more be made than its plan has. Reading, copies, closing and paying pass.
func (a *App) payFirst(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.billing != nil && strings.HasPrefix(r.URL.Path, "/ctt/app/") {
			if who, ok := identity.FromContext(r.Context()); ok && who.Service == "ctt" {
				if err := a.mayChange(r, who.Workspace); err != nil {
					web.Fail(w, r, err)
					return
				}
			}
		}
		if a.billing != nil && r.Method == http.MethodPost && r.URL.Path == "/ctt/account/members" {
			if who, ok := identity.FromContext(r.Context()); ok && who.Service == "ctt" && who.Is(tenant.Owner) {
				if err := a.mayAdd(r.Context(), who.Workspace, billing.Members); err != nil {
					web.Fail(w, r, err)
					return
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// mayChange answers for one request.
func (a *App) mayChange(r *http.Request, workspace id.Tenant) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions || workspace.IsZero() {
		return nil
	}
	path := strings.TrimPrefix(r.URL.Path, "/ctt")
	for _, open := range openUnpaid {
		if path == open || strings.HasPrefix(path, open+"/") {
			return nil
		}
	}
	st, err := a.billing.Standing(r.Context(), workspace)
	if err == nil && st == billing.ReadOnly {
		err = fault.New(fault.Forbidden, "app.mayChange", billing.ReasonUnpaid)
	}
	if err != nil || r.Method != http.MethodPost {
		return err
	}
	switch path {
	case "/app/targets", "/api/v1/targets":
		return a.mayAdd(r.Context(), workspace, billing.Targets)
	case "/app/mailboxes", "/api/v1/mailboxes":
		return a.mayAdd(r.Context(), workspace, billing.Mailboxes)
	}
	return nil
}

// mayAdd counts what a workspace has and asks for one more.
func (a *App) mayAdd(ctx context.Context, workspace id.Tenant, what string) error {
	const op = "app.mayAdd"
	text := map[string]string{billing.Targets: "SELECT count(*) FROM targets WHERE tenant_id = $1 AND state <> 'removed'",
		billing.Mailboxes: "SELECT count(*) FROM mailboxes WHERE tenant_id = $1",
		billing.Members:   "SELECT count(*) FROM members WHERE tenant_id = $1 AND workspace_id = $2"}[what]
	s := a.scope("ctt", workspace)
	args := []any{workspace}
	if what == billing.Members {
		s = a.scope("ctt", id.Tenant{})
		args = []any{s.Tenant, workspace}
	}
	if _, there := a.db.Map().Table(what); !there {
		return nil
	}
	var have int64
	if err := a.db.Read(ctx, s, func(tx *store.Tx) error { return tx.QueryRow(ctx, text, args, &have) }); err != nil {
		return fault.Wrap(op, err)
	}
	why, err := a.billing.MayTake(ctx, workspace, what, have)
	if err == nil && why != "" {
		err = fault.New(fault.Conflict, op, why)
	}
	return err
}

// paying is the API's Auth with the same answer.
type paying struct {
	rest.Auth
	a *App
}

// Caller refuses a change of a workspace whose invoice stays unpaid.
func (p paying) Caller(ctx context.Context, r *http.Request, token string) (context.Context, rest.Caller, error) {
	ctx, who, err := p.Auth.Caller(ctx, r, token)
	if err == nil && p.a.billing != nil {
		err = p.a.mayChange(r, who.Workspace)
	}
	return ctx, who, err
}
