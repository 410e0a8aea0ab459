package app

import (
	"context"
	"net/http"
	"strings"

	"amanah/internal/id"
	"amanah/internal/identity/bearer"
	"amanah/internal/notify"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// openREST makes the API of CTT; the parts of the program add their calls.
func (a *App) openREST(context.Context) (err error) {
	a.bearer, err = bearer.New(bearer.Config{DB: a.db, Accounts: a.identity, Service: "ctt", Home: tenant.HomeOf("ctt"), Issuer: a.address("ctt"), Scopes: scopes, Teller: tokenNews{a.notify}})
	if err != nil {
		return err
	}
	a.onClose(func() {
		if err := a.bearer.Flush(context.Background()); err != nil {
			a.Log.Warn("counts of calls not written", "error", err)
		}
	})
	title := "CTT"
	if n := a.rules.notice("ctt"); n != nil {
		title = n.Name("en")
	}
	a.rest = rest.New(rest.Config{Service: "ctt", Title: title, Contact: a.cfg.Security.Contact, Address: a.address("ctt"),
		Auth: paying{a.bearer, a}, DB: a.db, Vault: a.keys.vault, Clock: a.Clock, Catalog: a.catalog, Log: a.Log, Scopes: scopes, Tags: tags})
	a.bearer.REST(a.rest)
	a.identity.REST(a.rest)
	a.mine.REST(a.rest)
	a.capture.REST(a.rest)
	a.reports.REST(a.rest)
	if a.importing != nil {
		a.importing.REST(a.rest)
	}
	if a.mailbox != nil {
		a.mailbox.REST(a.rest)
	}
	a.notify.REST(a.rest)
	a.cookies.REST(a.rest)
	if a.uses("ctt", "phone") {
		a.phone.REST(a.rest)
	}
	if a.withGoogle("ctt") {
		a.google.REST(a.rest)
	}
	if a.billing != nil {
		a.billing.REST(a.rest)
	}
	if a.support != nil {
		a.support.REST(a.rest)
	}
	return nil
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
	return strings.HasPrefix(r.URL.Path, a.rest.Base()+"/") || a.cfg.Hosts["ctt"] != "" && strings.HasPrefix(r.URL.Path, "/api/v1/")
}

// scopes are what a token can be allowed.
var scopes = []rest.Scope{
	{Name: "transactions:read", Says: "read transactions, messages, accounts and figures"},
	{Name: "transactions:write", Says: "correct, approve, reject and annotate transactions"},
	{Name: "targets:read", Says: "read targets and deliveries"},
	{Name: "targets:write", Says: "set up, test, pause and remove targets"},
	{Name: "account:read", Says: "read the profile, the members and what is kept about you"},
	{Name: "account:write", Says: "change the profile, members, consents and tokens, and close the account"},
	{Name: "rules:read", Says: "read rules and budgets"},
	{Name: "rules:write", Says: "change rules and budgets"},
	{Name: "imports:write", Says: "bring in files of banks and mails"},
	{Name: "mailboxes:read", Says: "read connected mailboxes"},
	{Name: "mailboxes:write", Says: "connect and disconnect mailboxes"},
	{Name: "reports:read", Says: "read reports"},
	{Name: "billing:read", Says: "read plans and invoices"},
	{Name: "billing:write", Says: "change the plan and pay"},
	{Name: "support:read", Says: "read tickets"},
	{Name: "support:write", Says: "write tickets and grant looks"},
}

// tags are the groups of calls, in the order of the document.
var tags = []rest.Tag{
	{Name: "Sessions", Says: "Sign in, refresh and end what was signed in."},
	{Name: "Tokens", Says: "Personal tokens for programs."},
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
	{Name: "Support", Says: "Tickets and the looks you allow."},
	{Name: "Notifications", Says: "What the service told you."},
	{Name: "Account", Says: "The profile and the people of the workspace."},
	{Name: "Privacy", Says: "What is kept about you, copies, consents and objections."},
}
