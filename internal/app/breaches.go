package app

import (
	"context"
	"io"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/bearer"
	"amanah/internal/notify"
	"amanah/internal/privacy/breach"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// openBreaches makes the register of failures of protection.
func (a *App) openBreaches(context.Context) (err error) {
	a.breaches, err = breach.New(breach.Config{DB: a.db, Jobs: a.jobs, Schema: a.schema, Calendar: a.calendar, Teller: a.teller(), Officers: a.teller(), Guard: a.desk, Key: a.keys.signing,
		Stop: stopper{a}, Flush: a.reads.Flush, Mailed: notify.LettersOf, Notice: a.notice, Packs: a.rules.packs, Home: a.rightsHome, Words: a.words,
		Log: func(ctx context.Context, service string, w io.Writer) error {
			_, err := a.ExportAudit(ctx, service, w)
			return err
		}})
	return err
}

// BreachOrder is a drill as an operator types it. Credential is a token or a
// session; what is empty does not narrow.
type BreachOrder struct {
	Service, Email, Address, Table, Category string
	Credential                               id.ID
	Tenant                                   id.Tenant
	From, To                                 clock.Instant
	Kinds                                    []string
}

// DrillBreach goes through a breach that did not happen and hands over what comes
// of it. Nothing is sent.
func (a *App) DrillBreach(ctx context.Context, o BreachOrder, out func(name string, body []byte) error) (*breach.Outcome, error) {
	const op = "app.DrillBreach"
	if _, err := a.operator(op, o.Service); err != nil {
		return nil, err
	}
	q := breach.Query{Credential: o.Credential, Table: o.Table, Category: o.Category, Tenant: o.Tenant, From: o.From, To: o.To}
	if o.Email != "" {
		who, err := a.PersonByEmail(ctx, o.Service, o.Email)
		if err != nil {
			return nil, err
		}
		q.Account = who
	}
	if o.Address != "" {
		x, err := audit.AddressIndex(ctx, a.keys.vault, tenant.HomeOf(o.Service), o.Address)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		q.Address = x
	}
	order := breach.Order{Service: o.Service, Query: q}
	for _, k := range o.Kinds {
		order.Kinds = append(order.Kinds, breach.Kind(k))
	}
	return a.breaches.Drill(ctx, order, out)
}

// stopper ends access with what people use to end it themselves.
type stopper struct{ a *App }

func principalOf(service string, who id.Subject) identity.Principal {
	return identity.Principal{Service: service, Home: tenant.HomeOf(service), Subject: who}
}

// Sessions ends each session with its tokens.
func (s stopper) Sessions(ctx context.Context, service string, who id.Subject) (n int, err error) {
	p := principalOf(service, who)
	all, err := s.a.identity.Sessions(ctx, p)
	for _, one := range all {
		if err == nil {
			err = s.a.bearers[service].End(ctx, p, one.ID)
			n++
		}
		if fault.Is(err, fault.NotFound) { // it ended meanwhile
			n, err = n-1, nil
		}
	}
	return n, err
}

// Tokens revokes the person's own tokens.
func (s stopper) Tokens(ctx context.Context, service string, who id.Subject) (n int, err error) {
	p := principalOf(service, who)
	var all []bearer.Token
	if all, err = s.a.bearers[service].Tokens(ctx, p); err != nil {
		return 0, err
	}
	for _, t := range all {
		if !t.Live(s.a.Clock.Now()) {
			continue
		}
		if err := s.a.bearers[service].Revoke(ctx, p, t.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return n, err
		}
		n++
	}
	return n, nil
}

// Integrations pauses the targets of a workspace.
func (s stopper) Integrations(ctx context.Context, service string, workspace id.Tenant) (n int, err error) {
	if service != s.a.capture.Slug {
		return 0, nil
	}
	scope := s.a.scope(service, workspace)
	scope.Purpose = "security"
	err = s.a.db.Write(ctx, scope, func(tx *store.Tx) error {
		n, err = s.a.capture.PauseTargets(ctx, tx)
		return err
	})
	return n, err
}
