package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/capture"
	"amanah/internal/channel/mail"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/inbox"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/transfer"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// people finds where a person's rows are: rights and erasure ask.
type people struct {
	db    *store.DB
	homes []store.Scope // one a service
}

// home finds the service that a person belongs to: the one whose enclosure has
// their account, or had it while an erasure is still under way.
func (p people) home(ctx context.Context, who id.Subject) (store.Scope, error) {
	for _, s := range p.homes {
		found := false
		err := p.db.Read(ctx, s, func(tx *store.Tx) error {
			for _, table := range []string{"accounts", "members"} {
				n := 0
				if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE tenant_id = $1 AND subject_id = $2", []any{s.Tenant, who}, &n); err != nil {
					return err
				}
				found = found || n > 0
			}
			return nil
		})
		if err != nil || found {
			return s, err
		}
	}
	return store.Scope{}, fault.New(fault.NotFound, "app.people", "not_found")
}

// Enclosures are the home, then the workspaces that the person belongs to, then
// those that the person left and whose rows still name them.
func (p people) Enclosures(ctx context.Context, who id.Subject) ([]store.Scope, error) {
	home, err := p.home(ctx, who)
	if err != nil {
		return nil, err
	}
	all := []store.Scope{home}
	err = p.db.Read(ctx, home, func(tx *store.Tx) error {
		places, err := tenant.Of(ctx, tx, who)
		if err != nil {
			return err
		}
		left, err := capture.Places(ctx, tx, who)
		for _, m := range places {
			left = append(left, m.Workspace.Key())
		}
		for _, workspace := range left {
			s := home
			s.Tenant = workspace
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
		return err
	})
	return all, err
}

// Alone are the workspaces that nobody else owns.
func (p people) Alone(ctx context.Context, who id.Subject) ([]id.Tenant, error) {
	home, err := p.home(ctx, who)
	if err != nil {
		return nil, err
	}
	var alone []id.Tenant
	err = p.db.Read(ctx, home, func(tx *store.Tx) error {
		places, err := tenant.Of(ctx, tx, who)
		if err != nil {
			return err
		}
		for _, m := range places {
			others, err := otherOwners(ctx, tx, m.Workspace.Key(), who)
			if err != nil {
				return err
			}
			if m.Role == tenant.Owner && !others {
				alone = append(alone, m.Workspace.Key())
			}
		}
		return nil
	})
	return alone, err
}

func otherOwners(ctx context.Context, tx *store.Tx, workspace id.Tenant, but id.Subject) (bool, error) {
	members, err := tenant.Members(ctx, tx, workspace)
	for _, m := range members {
		if m.Role == tenant.Owner && m.Subject != but {
			return true, err
		}
	}
	return false, err
}

// transfers tells rights what left about a person, from every enclosure.
type transfers struct {
	db     *store.DB
	people people
}

// Transfers sums up the record.
func (t transfers) Transfers(ctx context.Context, who id.Subject) ([]rights.Transfer, error) {
	places, err := t.people.Enclosures(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []rights.Transfer
	for _, s := range places {
		err := t.db.Read(ctx, s, func(tx *store.Tx) error {
			sums, err := transfer.Of(ctx, tx, who)
			for _, x := range sums {
				out = append(out, rights.Transfer{Recipient: x.Recipient, Categories: x.Categories, Purpose: x.Purpose, Times: int64(x.Count), Last: x.Last})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// endings ends sessions for erasure.
type endings struct{ a *App }

// EndAll closes the account and ends every session on every node.
func (e endings) EndAll(ctx context.Context, home store.Scope, who id.Subject) error {
	e.a.uncount(home.Service, who)
	err := e.a.db.Write(ctx, home, func(tx *store.Tx) error { return identity.CloseAccount(ctx, tx, who) })
	if fault.Is(err, fault.NotFound) { // closed by an earlier run
		return nil
	}
	return err
}

// recorder puts identity's events into the audit log and the person's own.
type recorder struct{}

// Record writes in the transaction of what happened.
func (recorder) Record(ctx context.Context, tx *store.Tx, e identity.Event) error {
	return audit.Record(ctx, tx, audit.Act{Name: e.Name, Subject: e.Subject, Object: "account", Told: !e.Subject.IsZero()})
}

// letters carries identity's mails out.
type letters struct{ out mail.Sender }

// Send says to the door whose letter it is and why.
func (l letters) Send(ctx context.Context, m identity.Letter) error {
	return l.out.Send(ctx, mail.Letter{To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Lang: m.Lang,
		Service: m.Service, Tenant: m.Home, Person: m.Person, About: m.About, Purpose: m.Purpose, Categories: []string{"account.email"}})
}

// doorstep is where mail comes in: it knows the agent addresses and keeps what
// arrives for them.
type doorstep struct {
	service string
	domain  string
	capture *capture.Service
	inbox   *inbox.Inbox
	scope   func(service string, tenant id.Tenant) store.Scope
	log     *slog.Logger
	desk    *helpdesk // nil where there is no support by mail
	privacy *privacyDesk
}

// Lookup finds whose agent address it is; fault NotFound for all others.
func (d doorstep) Lookup(ctx context.Context, local, domain string) (mail.Recipient, error) {
	if d.privacy != nil {
		if service, ok := d.privacy.lookup(local, domain); ok {
			return mail.Recipient{Tenant: tenant.HomeOf(service), Address: strings.ToLower(local + "@" + domain)}, nil
		}
	}
	if !strings.EqualFold(domain, d.domain) {
		return mail.Recipient{}, fault.New(fault.NotFound, "app.Lookup", "not_found")
	}
	if d.desk != nil && forSupport(local) {
		return mail.Recipient{Tenant: tenant.HomeOf(d.service), Address: strings.ToLower(local + "@" + domain)}, nil
	}
	box, err := d.capture.Lookup(ctx, local+"@"+domain)
	if err != nil {
		return mail.Recipient{}, err
	}
	return mail.Recipient{Tenant: box.Workspace, Subject: box.Subject, Address: local + "@" + domain}, nil
}

// Accept keeps a letter for each of its recipients; it returns when all have it.
func (d doorstep) Accept(ctx context.Context, m mail.Message) error {
	errs := make([]error, len(m.Recipients))
	for i, r := range m.Recipients {
		if service, ok := d.forPrivacy(r); ok {
			errs[i] = d.privacy.accept(ctx, service, m)
			continue
		}
		s := d.scope(d.service, r.Tenant)
		if r.Subject.IsZero() && d.desk != nil {
			errs[i] = d.desk.accept(ctx, s, m)
			continue
		}
		s.Purpose = "capture"
		_, _, errs[i] = d.inbox.Accept(ctx, inbox.In{Scope: s, Subject: r.Subject, Channel: capture.Channel, Conversation: r.Tenant.String(),
			Raw: m.Raw, Sender: m.EnvelopeFrom, Auth: capture.FormatAuth(proofs(m))})
		if errs[i] != nil {
			d.log.Warn("letter not kept", "code", fault.CodeOf(errs[i]), "error", errs[i])
		}
	}
	return errors.Join(errs...)
}

// forPrivacy tells whether a recipient is a service's privacy address.
func (d doorstep) forPrivacy(r mail.Recipient) (service string, ok bool) {
	if d.privacy == nil || !r.Subject.IsZero() {
		return "", false
	}
	local, domain, _ := strings.Cut(r.Address, "@")
	return d.privacy.lookup(local, domain)
}

// proofs are what our server established. A letter without a signature that was
// put in on this very machine, and whose author's domain no
// look-up could speak of, was checked by nobody: that is another thing than a
// check that nothing passed.
func proofs(m mail.Message) email.Auth {
	ip := m.RemoteIP.Unmap()
	here := !ip.IsValid() || ip.IsLoopback()
	silent := m.Auth.DMARC == mail.None || m.Auth.DMARC == mail.TempError
	if here && silent && m.Auth.DKIM == mail.None && m.Auth.SPF == mail.None {
		return email.Auth{}
	}
	// A signature of somebody else's domain proves nothing about the author's.
	ours := func(method, result string) string {
		if result == mail.Pass && !strings.Contains(m.Auth.Aligned, method) {
			return mail.None
		}
		return result
	}
	return email.Auth{DKIM: ours("dkim", m.Auth.DKIM), SPF: ours("spf", m.Auth.SPF), DMARC: m.Auth.DMARC, ARC: m.Auth.ARC}
}
