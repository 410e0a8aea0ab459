package app

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"amanah/internal/capture"
	"amanah/internal/channel/mail"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/support"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// supportAddresses are the local parts of the addresses that open tickets.
var supportAddresses = []string{"bantuan", "support"}

// openSupport makes the customer service, and its mails.
func (a *App) openSupport(context.Context) (err error) {
	if !a.rules.runs("support") {
		return nil
	}
	a.support, err = support.New(support.Config{DB: a.db, Teller: a.notify, Views: a.supportViews(), AccountOf: func(ctx context.Context, service, address string) (id.Subject, error) {
		who, found, err := a.identity.Find(ctx, service, address)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "app.AccountOf", "not_found")
		}
		return who, err
	}})
	if err == nil && a.rules.runs("capture") {
		a.inbox.Handle("ctt", support.Channel, a.support.HandleMail)
	}
	return err
}

// supportMenu leads to one's questions, and staff to everybody's.
func (a *App) supportMenu(r *http.Request, p *web.Page, who identity.Principal) {
	if a.support == nil || !a.uses(who.Service, "support") {
		return
	}
	ctx := web.Context(r)
	p.User.Menu = append(p.User.Menu, ui.Tab{Label: i18n.T(ctx, "support.title"), Href: p.Service.Path("/support")})
	if staff, err := a.support.IsStaff(r.Context(), who); err == nil && staff {
		p.User.Menu = append(p.User.Menu, ui.Tab{Label: i18n.T(ctx, "support.staff.title"), Href: p.Service.Path("/staff/support")})
	}
}

// forSupport tells whether a local part is one that opens tickets.
func forSupport(local string) bool {
	for _, one := range supportAddresses {
		if strings.EqualFold(local, one) {
			return true
		}
	}
	return false
}

// helpdesk takes mails to support in.
type helpdesk struct {
	support  *support.Service
	accounts *identity.Service
	inbox    *inbox.Inbox
	// unchecked lets a mail of this very machine pass that nobody could check: in
	// the demo, which asks no DNS.
	unchecked bool
}

// accept keeps a mail for the account whose address it provably comes from. All
// others get one refusal, which says nothing about who has an account.
func (h helpdesk) accept(ctx context.Context, home store.Scope, m mail.Message) error {
	refused := fault.New(fault.Invalid, "app.helpdesk", "support.mail.unproven")
	proven := m.Auth.Aligned != "" && m.Auth.DMARC != mail.Fail || h.unchecked && proofs(m) == email.Auth{}
	from := support.SenderOf(m.Raw)
	if !proven || from == "" {
		return refused
	}
	who, found, err := h.accounts.Find(ctx, home.Service, from)
	if err != nil {
		return err
	}
	if !found {
		return refused
	}
	home.Purpose = "support"
	_, _, err = h.inbox.Accept(ctx, inbox.In{Scope: home, Subject: who, Channel: support.Channel, Conversation: who.String(), Raw: m.Raw, Sender: m.EnvelopeFrom, Auth: capture.FormatAuth(proofs(m))})
	return err
}

// supportViews are what a person may let staff look at.
func (a *App) supportViews() []support.View {
	return []support.View{
		{Key: "account", Show: a.viewAccount}, {Key: "transactions", Show: a.viewTransactions},
		{Key: "messages", Show: a.viewMessages}, {Key: "targets", Show: a.viewTargets},
	}
}

func (a *App) viewAccount(ctx context.Context, p support.Person, _ string) (support.Table, error) {
	t := support.Table{Columns: []string{"support.column.name", "support.column.email", "support.column.lang"}}
	var c identity.Contact
	err := a.db.Read(ctx, a.looking(ctx, p.Service, id.Tenant{}), func(tx *store.Tx) (err error) {
		c, err = identity.ContactIn(ctx, tx, p.Subject)
		return err
	})
	if err == nil {
		t.Rows = [][]string{{c.Name, c.Email, c.Lang}}
	}
	return t, err
}

// looking is the scope of staff who look at a person's data: what they read is in
// the read log before they see it.
func (a *App) looking(ctx context.Context, service string, t id.Tenant) store.Scope {
	s := a.scope(service, t)
	s.Purpose, s.Actor.Kind = "support", store.Staff
	if who, ok := identity.FromContext(ctx); ok {
		who.Staff = true
		s.Actor = who.Actor()
	}
	return s
}

// inWorkspace reads what a person let staff see, where the person still belongs.
func (a *App) inWorkspace(ctx context.Context, p support.Person, f func(tx *store.Tx) error) error {
	err := a.db.Read(ctx, a.looking(ctx, p.Service, id.Tenant{}), func(tx *store.Tx) error {
		role, err := tenant.RoleOf(ctx, tx, p.Workspace, p.Subject)
		if err == nil && role == "" {
			err = fault.New(fault.NotFound, "app.inWorkspace", "")
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.db.Read(ctx, a.looking(ctx, p.Service, p.Workspace), f)
}

func (a *App) viewTransactions(ctx context.Context, p support.Person, lang string) (support.Table, error) {
	t := support.Table{Columns: []string{"support.column.at", "support.column.merchant", "support.column.amount", "support.column.category", "support.column.state"}}
	say := a.printer(ctx, lang, p.Workspace)
	err := a.inWorkspace(ctx, p, func(tx *store.Tx) error {
		page, err := a.capture.List(ctx, tx, capture.Query{Limit: 100})
		for _, r := range page.Rows {
			t.Rows = append(t.Rows, []string{say.DateTime(r.At.Time()), r.MerchantName, say.Money(r.Amount()), say.T("capture.category." + r.Category), string(r.State)})
		}
		return err
	})
	return t, err
}

func (a *App) viewMessages(ctx context.Context, p support.Person, lang string) (support.Table, error) {
	t := support.Table{Columns: []string{"support.column.at", "support.column.outcome", "support.column.reason"}}
	say := a.printer(ctx, lang, p.Workspace)
	err := a.inWorkspace(ctx, p, func(tx *store.Tx) error {
		all, err := store.Find[inbox.Message](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 ORDER BY id DESC LIMIT 50", tx.Tenant(), p.Subject)
		for _, m := range all {
			t.Rows = append(t.Rows, []string{say.DateTime(m.ReceivedAt.Time()), m.Outcome, m.Reason})
		}
		return err
	})
	return t, err
}

func (a *App) viewTargets(ctx context.Context, p support.Person, lang string) (support.Table, error) {
	t := support.Table{Columns: []string{"support.column.kind", "support.column.host", "support.column.state", "support.column.last", "support.column.status"}}
	say := a.printer(ctx, lang, p.Workspace)
	err := a.inWorkspace(ctx, p, func(tx *store.Tx) error {
		all, err := store.Find[capture.Target](ctx, tx, "WHERE tenant_id = $1 ORDER BY created_at LIMIT 100", tx.Tenant())
		for _, one := range all {
			last, err := store.Find[capture.Delivery](ctx, tx, "WHERE tenant_id = $1 AND target_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1", tx.Tenant(), one.ID)
			if err != nil {
				return err
			}
			row := []string{one.Kind, one.Host.Reveal(), string(one.State), "–", "–"}
			if len(last) > 0 {
				row[3], row[4] = shown(say, last[0].CreatedAt), string(last[0].State)+" "+strconv.FormatInt(last[0].LastStatus, 10)
			}
			t.Rows = append(t.Rows, row)
		}
		return err
	})
	return t, err
}

func shown(say i18n.Printer, i clock.Instant) string { return say.DateTime(i.Time()) }

// printer speaks a language in a workspace's time.
func (a *App) printer(ctx context.Context, lang string, workspace id.Tenant) i18n.Printer {
	l, _ := i18n.Known(lang)
	return a.catalog.Printer(l, a.zone(ctx, workspace))
}
