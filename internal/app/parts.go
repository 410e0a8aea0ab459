package app

import (
	"io/fs"
	"slices"

	"amanah/internal/audit"
	"amanah/internal/backup"
	"amanah/internal/billing"
	"amanah/internal/capture"
	"amanah/internal/capture/importing"
	"amanah/internal/capture/learning"
	"amanah/internal/capture/mailbox"
	"amanah/internal/capture/report"
	"amanah/internal/cash"
	"amanah/internal/cash/cardstatement"
	"amanah/internal/cash/chat"
	"amanah/internal/cash/exchange"
	"amanah/internal/cash/family"
	"amanah/internal/cash/plan"
	"amanah/internal/cash/profile"
	"amanah/internal/cash/reconcile"
	cashreport "amanah/internal/cash/report"
	"amanah/internal/config"
	"amanah/internal/document"
	"amanah/internal/extract/ocr"
	"amanah/internal/front"
	"amanah/internal/identity"
	"amanah/internal/identity/bearer"
	"amanah/internal/identity/factor"
	"amanah/internal/identity/google"
	"amanah/internal/identity/phone"
	"amanah/internal/inbox"
	"amanah/internal/ledger"
	"amanah/internal/notify"
	"amanah/internal/privacy/analytics"
	"amanah/internal/privacy/breach"
	"amanah/internal/privacy/change"
	"amanah/internal/privacy/complaint"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/cookie"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/disclosure"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/guardian"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/promise"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/record"
	"amanah/internal/privacy/retention"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/privacy/shelf"
	"amanah/internal/privacy/trail"
	"amanah/internal/privacy/transfer"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/support"
	"amanah/internal/tenant"
)

// part is what a package brings before anything runs: what it stores, how its
// tables came about, and its words.
type part struct {
	tables     store.Set
	migrations fs.FS
	texts      fs.FS
	// product is the module of a notice that the part works for; "" for every service.
	product string
	// also are further modules that it works for.
	also []string
}

// modules are those that the part works for; one "" for every service.
func (p part) modules() []string { return append([]string{p.product}, p.also...) }

// runs tells whether a notice with these modules, or without any for "", has the part.
func (p part) runs(has func(module string) bool) bool {
	return p.product == "" || slices.ContainsFunc(p.modules(), has)
}

// parts are all of them, from the bottom of the house to the top.
func parts() []part {
	return []part{
		{tables: tenant.Tables(), migrations: tenant.Migrations()},
		{tables: identity.Tables(), migrations: identity.Migrations(), texts: identity.Texts()},
		{tables: factor.Tables(), migrations: factor.Migrations(), product: "factor"},
		{tables: google.Tables(), migrations: google.Migrations(), texts: google.Texts(), product: "google"},
		{tables: phone.Tables(), migrations: phone.Migrations(), texts: phone.Texts(), product: "phone"},
		{tables: audit.Tables(), migrations: audit.Migrations(), texts: audit.Texts()},
		{tables: gate.Tables(), migrations: gate.Migrations(), texts: gate.Texts()},
		{tables: consent.Tables(), migrations: consent.Migrations(), texts: consent.Texts()},
		{tables: backup.Tables(), migrations: backup.Migrations(), texts: backup.Texts()},
		{tables: change.Tables(), migrations: change.Migrations(), texts: change.Texts()},
		{tables: transfer.Tables(), migrations: transfer.Migrations()},
		{texts: receipt.Texts()},
		{texts: record.Texts()},
		{tables: shelf.Tables(), migrations: shelf.Migrations(), texts: shelf.Texts()},
		{tables: rights.Tables(), migrations: rights.Migrations(), texts: rights.Texts()},
		{tables: request.Tables(), migrations: request.Migrations(), texts: request.Texts(), product: "rights"},
		{tables: guardian.Tables(), migrations: guardian.Migrations(), texts: guardian.Texts(), product: guardian.Module},
		{tables: hold.Tables(), migrations: hold.Migrations(), texts: hold.Texts()},
		{tables: erasure.Tables(), migrations: erasure.Migrations(), texts: erasure.Texts()},
		{tables: deadline.Tables(), migrations: deadline.Migrations(), texts: deadline.Texts()},
		{texts: desk.Texts()},
		{texts: trail.Texts()},
		{tables: disclosure.Tables(), migrations: disclosure.Migrations(), texts: disclosure.Texts(), product: "rights"},
		{tables: breach.Tables(), migrations: breach.Migrations(), texts: breach.Texts(), product: "rights"},
		{tables: complaint.Tables(), migrations: complaint.Migrations(), texts: complaint.Texts(), product: "rights"},
		{tables: retention.Tables(), migrations: retention.Migrations()},
		{tables: promise.Tables(), migrations: promise.Migrations(), texts: promise.Texts()},
		{tables: cookie.Tables(), migrations: cookie.Migrations(), texts: cookie.Texts(), product: "cookies"},
		{tables: analytics.Tables(), migrations: analytics.Migrations(), texts: analytics.Texts(), product: "analytics"},
		{tables: notify.Tables(), migrations: notify.Migrations(), texts: notify.Texts(), product: "notify"},
		{tables: inbox.Tables(), migrations: inbox.Migrations(), product: "capture", also: []string{cash.Module}},
		{tables: ledger.Tables(), migrations: ledger.Migrations(), product: "capture", also: []string{cash.Module}},
		{texts: document.Texts()},
		{texts: ocr.Texts()},
		{tables: capture.Tables(), migrations: capture.Migrations(), texts: capture.Texts(), product: "capture"},
		{tables: importing.Tables(), migrations: importing.Migrations(), texts: importing.Texts(), product: "import"},
		{tables: report.Tables(), migrations: report.Migrations(), texts: report.Texts(), product: "budget"},
		{tables: mailbox.Tables(), migrations: mailbox.Migrations(), texts: mailbox.Texts(), product: "mailbox"},
		{tables: cash.Tables(), migrations: cash.Migrations(), texts: cash.Texts(), product: cash.Module},
		{tables: plan.Tables(), migrations: plan.Migrations(), texts: plan.Texts(), product: cash.Module},
		{tables: cashreport.Tables(), migrations: cashreport.Migrations(), texts: cashreport.Texts(), product: cash.Module},
		{tables: cardstatement.Tables(), migrations: cardstatement.Migrations(), texts: cardstatement.Texts(), product: cardstatement.Module},
		{texts: reconcile.Texts()},
		{texts: chat.Texts()},
		{tables: family.Tables(), migrations: family.Migrations(), texts: family.Texts(), product: family.Module},
		{tables: profile.Tables(), migrations: profile.Migrations(), texts: profile.Texts(), product: profile.Module},
		{tables: exchange.Tables(), migrations: exchange.Migrations(), texts: exchange.Texts(), product: exchange.Module},
		{tables: billing.Tables(), migrations: billing.Migrations(), texts: billing.Texts(), product: "billing"},
		{tables: bearer.Tables(), migrations: bearer.Migrations(), texts: bearer.Texts()},
		{tables: rest.Tables(), migrations: rest.Migrations(), texts: rest.Texts()},
		{tables: support.Tables(), migrations: support.Migrations(), texts: support.Texts(), product: "support"},
		{tables: learning.Tables(), migrations: learning.Migrations(), product: "learning"},
		{texts: front.Texts()},
	}
}

// products are the modules of the architecture that this program has; a notice
// switches them on by these names.
var products = []string{
	"capture",
	"cookies",
	"analytics",
	"rights",
	"notify",
	"factor",
	"billing",
	"phone",
	"support",
	"learning",
	"google",
	"import",
	"budget",
	"mailbox",
	guardian.Module,
	cash.Module,
	cardstatement.Module,
	family.Module,
	profile.Module,
	exchange.Module,
}

func sets() []store.Set {
	var out []store.Set
	for _, p := range parts() {
		if p.tables.Module != "" {
			out = append(out, p.tables)
		}
	}
	return out
}

// DataMap is the data map of the program.
func DataMap() (*store.Map, error) { return store.NewMap(sets()...) }

// program tells the check what this program is built of, as far as the notices
// that run switch it on.
func program(cfg config.Config, m *store.Map, runs func(product string) bool) notice.Program {
	p := notice.Program{Modules: products, Purposes: []string{"service", "notify", "security", "rights"}, Events: events, Measures: measures(cfg)}
	if runs("capture") {
		p.Purposes = append(p.Purposes, "capture", "deliver")
	}
	if runs(cash.Module) {
		p.Purposes = append(p.Purposes, cash.Record, cash.Evidence, cash.Suggest)
	}
	if runs(cardstatement.Module) {
		p.Purposes = append(p.Purposes, cardstatement.Purpose)
	}
	if runs(family.Module) {
		p.Purposes = append(p.Purposes, cash.Others)
	}
	if runs(profile.Module) {
		p.Purposes = append(p.Purposes, profile.Research)
	}
	if runs("billing") {
		p.Purposes = append(p.Purposes, "billing")
	}
	if runs("analytics") {
		p.Purposes = append(p.Purposes, "improve")
	}
	if runs("support") {
		p.Purposes = append(p.Purposes, "support")
	}
	for _, part := range parts() {
		for _, module := range part.modules() {
			if module == "" || runs(module) {
				p.Data = append(p.Data, part.uses(m, module)...)
			}
		}
	}
	return p
}

// uses are what the part's tables hold about people, for one of its modules.
func (p part) uses(m *store.Map, module string) (out []notice.DataUse) {
	for _, t := range m.Tables() {
		if t.Module != p.tables.Module {
			continue
		}
		for _, c := range t.Columns {
			if c.Category != "none" {
				out = append(out, notice.DataUse{Module: module, Table: t.Name, Column: c.Name, Category: c.Category, Where: t.Name + "." + c.Name})
			}
		}
	}
	return out
}

// events are the moments that the program records and retention waits for.
var events = []string{"account.active", "account.closed", "captured", "created", "session.ended", "resolved", "consent.withdrawn", "delivered", "revoked", "fiscal_year.ended"}

// measures are the words of a notice's security list that something here keeps;
// docs/security.md names the test of each.
func measures(cfg config.Config) []string {
	out := []string{"aes-256-gcm", "person-keys", "encrypted-storage", "row-isolation", "roles", "bcrypt", "mfa", "mfa-for-staff", "mfa-for-officers", "sessions-revoked", "token-block-list",
		"guess-throttling", "mail-verified", "signed-webhooks", "egress-log", "audit-chain", "strict-csp", "tls-outbound"}
	if !cfg.Backup.Off {
		out = append(out, "encrypted-backup")
	}
	if cfg.Listen == "" || cfg.Sealed() { // amanah check without a server's configuration
		out = append(out, "tls-1.3")
	}
	return out
}
