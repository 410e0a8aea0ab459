package app

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"amanah/internal/id"
	"amanah/internal/identity/bearer"
	"amanah/internal/notify"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// openREST makes each service's API; the parts of the program add their calls.
func (a *App) openREST(context.Context) error {
	a.apis, a.bearers = map[string]*rest.API{}, map[string]*bearer.Service{}
	for _, s := range a.services {
		if err := a.openAPI(s); err != nil {
			return err
		}
	}
	a.exchangeREST()
	if a.rules.runs("capture") {
		a.capturedREST(a.apis["ctt"])
	}
	a.onClose(func() {
		for _, b := range a.bearers {
			if err := b.Flush(context.Background()); err != nil {
				a.Log.Warn("counts of calls not written", "error", err)
			}
		}
	})
	return nil
}

// openAPI makes a service's API with the calls that every service has.
func (a *App) openAPI(s tenant.Service) error {
	allowed, groups := commonScopes, commonTags
	switch {
	case s.Slug == jaga && a.cash != nil:
		allowed, groups = slices.Concat(cashScopes, commonScopes), slices.Concat(cashTags, commonTags)
	case a.hasProduct(s.Slug):
		allowed, groups = slices.Concat(productScopes, commonScopes), slices.Concat(productTags, commonTags)
	}
	if s.Slug == jaga && a.statements != nil {
		allowed, groups = slices.Concat(statementScopes, allowed), slices.Concat(statementTags, groups)
	}
	b, err := bearer.New(bearer.Config{DB: a.db, Accounts: a.identity, Service: s.Slug, Home: s.Home, Issuer: a.address(s.Slug), Scopes: allowed, Teller: tokenNews{a.notify}})
	if err != nil {
		return err
	}
	var auth rest.Auth = b
	if s.Slug == "ctt" && a.hasProduct(s.Slug) {
		auth = paying{b, a}
	}
	api := rest.New(rest.Config{Service: s.Slug, Title: s.Title("en"), Contact: a.cfg.Security.Contact, Address: a.address(s.Slug),
		Auth: auth, DB: a.db, Vault: a.keys.vault, Clock: a.Clock, Catalog: a.catalog, Log: a.Log, Scopes: allowed, Tags: groups})
	a.apis[s.Slug], a.bearers[s.Slug] = api, b
	b.REST(api)
	a.identity.REST(api)
	a.mine.REST(api)
	a.requests.REST(api)
	a.notify.REST(api)
	a.complaints.REST(api)
	a.breaches.REST(api)
	a.disclosures.REST(api)
	if a.figures != nil && a.uses(s.Slug, "analytics") {
		a.figures.REST(api)
	}
	a.cookies.REST(api)
	a.consents.REST(api)
	a.changes.REST(api)
	if s.Slug == jaga && a.family != nil {
		a.family.REST(api)
	}
	if s.Slug == jaga && a.profiles != nil {
		a.profiles.REST(api)
	}
	if a.uses(s.Slug, "phone") {
		a.phone.REST(api)
	}
	if a.withGoogle(s.Slug) {
		a.google.REST(api)
	}
	if a.support != nil && a.uses(s.Slug, "support") {
		a.support.REST(api)
	}
	if s.Slug == jaga && a.cash != nil {
		a.cash.REST(api)
		a.plans.REST(api)
		a.cashReports.REST(api)
	}
	if s.Slug == jaga && a.statements != nil {
		a.statements.REST(api)
	}
	return nil
}

// capturedREST adds the calls of CTT.
func (a *App) capturedREST(api *rest.API) {
	a.capture.REST(api)
	a.reports.REST(api)
	if a.importing != nil {
		a.importing.REST(api)
	}
	if a.mailbox != nil {
		a.mailbox.REST(api)
	}
	if a.billing != nil {
		a.billing.REST(api)
	}
}

// tokenNews tells people what happened to their tokens.
type tokenNews struct{ notify *notify.Service }

// Tell writes the notice that identity/bearer has the words of.
func (n tokenNews) Tell(ctx context.Context, tx *store.Tx, who id.Subject, key, once string) error {
	m := notify.Message{Subject: who, Key: key, Once: once, Tone: notify.Danger, Link: "/account/sessions"}
	if key == "token.network" {
		m.Tone, m.Link = notify.Warning, "/account/tokens"
	}
	return n.notify.Tell(ctx, tx, m)
}

// isCall tells the API's requests, which have limits of their own.
func (a *App) isCall(r *http.Request) bool {
	for slug, api := range a.apis {
		if strings.HasPrefix(r.URL.Path, api.Base()+"/") || a.cfg.Hosts[slug] != "" && strings.HasPrefix(r.URL.Path, "/api/v1/") {
			return true
		}
	}
	return false
}

// commonScopes are what a token of any service can be allowed, productScopes what
// one of CTT can too.
var commonScopes = []rest.Scope{
	{Name: "account:read", Says: "read the profile, the members and what is kept about you"},
	{Name: "account:write", Says: "change the profile, members, consents and tokens, and close the account"},
	{Name: "support:read", Says: "read tickets"},
	{Name: "support:write", Says: "write tickets and grant looks"},
}

var productScopes = []rest.Scope{
	{Name: "transactions:read", Says: "read transactions, messages, accounts and figures"},
	{Name: "transactions:write", Says: "correct, approve, reject and annotate transactions"},
	{Name: "targets:read", Says: "read targets and deliveries"},
	{Name: "targets:write", Says: "set up, test, pause and remove targets"},
	{Name: "rules:read", Says: "read rules and budgets"},
	{Name: "rules:write", Says: "change rules and budgets"},
	{Name: "imports:write", Says: "bring in files of banks and mails"},
	{Name: "mailboxes:read", Says: "read connected mailboxes"},
	{Name: "mailboxes:write", Says: "connect and disconnect mailboxes"},
	{Name: "reports:read", Says: "read reports"},
	{Name: "billing:read", Says: "read plans and invoices"},
	{Name: "billing:write", Says: "change the plan and pay"},
}

// cashScopes and cashTags are those of JagaCash.
var (
	cashScopes = []rest.Scope{
		{Name: "money:read", Says: "read the family's entries, receipts, accounts and figures"},
		{Name: "money:write", Says: "record and correct entries, send receipts, set up accounts and categories"},
	}
	cashTags = []rest.Tag{{Name: "Money", Says: "The family's entries, receipts, accounts, categories and months."},
		{Name: "Plans", Says: "What can be saved, budgets, goals, recurring entries, who owes whom, reports."}, {Name: "Files", Says: "Entries as files, out and in."}}
)

// productTags are the groups of CTT's calls, commonTags those of every service, in
// the order of the document.
var productTags = []rest.Tag{
	{Name: "Transactions", Says: "What was captured, and what waits for a decision."},
	{Name: "Messages", Says: "The mails that came in, and what was read in them."},
	{Name: "Figures", Says: "Accounts, months and sums."},
	{Name: "Agent", Says: "The address that mails are forwarded to."},
	{Name: "Targets", Says: "Where transactions are sent."},
	{Name: "Imports", Says: "Files of banks and mails."},
	{Name: "Mailboxes", Says: "Mailboxes that are read."},
	{Name: "Rules", Says: "What was learned from corrections, and budgets."},
	{Name: "Reports", Says: "Months and years, with files."},
	{Name: "Billing", Says: "Plans, invoices and payments."},
}

var commonTags = []rest.Tag{
	{Name: "Sessions", Says: "Sign in, refresh and end what was signed in."},
	{Name: "Tokens", Says: "Personal tokens for programs."},
	{Name: "Support", Says: "Tickets and the looks you allow."},
	{Name: "Notifications", Says: "What the service told you."},
	{Name: "Account", Says: "The profile and the people of the workspace."},
	{Name: "Privacy", Says: "What is kept about you, copies, consents and objections."},
}
