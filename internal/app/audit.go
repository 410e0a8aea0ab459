package app

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/breach"
	"amanah/internal/privacy/tell"
	"amanah/internal/privacy/trail"
	"amanah/internal/store"
)

// Kinds of the audit log's tasks.
const (
	orderAudit  = "audit.order"
	verifyAudit = "audit.verify"
	watchAudit  = "audit.watch"
)

// openAudit makes the audit log of each service.
func (a *App) openAudit(context.Context) error {
	reads := audit.NewReads(a.db, func(err error) { a.Log.Error("the read log could not be written and waits", "error", err) })
	a.reads = reads
	a.onClose(func() {
		if err := reads.Close(); err != nil {
			a.Log.Error("the read log lost its end", "error", err)
		}
	})
	public := a.keys.signing.Public()
	signer, err := audit.Signer(public, a.keys.signing.SignNote)
	if err != nil {
		return err
	}
	verifier, err := audit.Verifier(public)
	if err != nil {
		return err
	}
	a.audits = map[string]*audit.Log{}
	for _, s := range a.services {
		home := a.scope(s.Slug, id.Tenant{})
		home.Purpose = "security"
		c := audit.Config{DB: a.db, Home: home, Signer: signer, Verifier: verifier}
		if cat, ok := a.rules.notice(s.Slug).Category("security.log"); ok && cat.Kept.Event == "created" {
			c.Kept = cat.Kept.Due
		}
		if a.audits[s.Slug], err = audit.New(c); err != nil {
			return err
		}
	}
	a.jobs.Handle(orderAudit, func(ctx context.Context, _ job.Task) error { return a.orderAudits(ctx) })
	a.jobs.Handle(verifyAudit, func(ctx context.Context, _ job.Task) error { return a.verifyAudits(ctx) })
	a.jobs.Handle(watchAudit, func(ctx context.Context, _ job.Task) error { return a.watchAudits(ctx) })
	return nil
}

// planAudit puts entries in order every minute, looks for what is suspicious twice
// a minute, and verifies all logs every day.
func (a *App) planAudit() {
	a.jobs.Every(orderAudit, time.Minute)
	a.jobs.Every(verifyAudit, 24*time.Hour)
	a.jobs.Every(watchAudit, 30*time.Second)
}

func (a *App) orderAudits(ctx context.Context) error {
	waiting, err := audit.Waiting(ctx, a.db)
	errs := []error{err}
	for _, s := range a.services {
		l := a.audits[s.Slug]
		var err error
		if waiting[l.Home.Tenant] {
			_, err = l.Order(ctx)
		}
		if err == nil {
			_, err = l.Checkpoint(ctx, false)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// watchAudits tells officers of what is suspicious, once a matter.
func (a *App) watchAudits(ctx context.Context) error {
	var errs []error
	for _, s := range a.services {
		errs = append(errs, a.db.Write(ctx, a.audits[s.Slug].Home, func(tx *store.Tx) error {
			raised, err := audit.Watch(ctx, tx)
			for _, x := range raised {
				if err == nil {
					err = a.teller().TellOfficers(ctx, tx, tell.Message{Key: "audit.alert." + x.Kind, Args: map[string]string{"count": strconv.FormatInt(x.Count, 10)}, Once: "alert:" + x.ID.String(), Tone: tell.Danger})
				}
				if err == nil && x.Kind == audit.MassReading && a.breaches != nil {
					_, err = a.breaches.Open(ctx, tx, breach.Opening{Title: a.words("id", "breach.alarm", "people", strconv.FormatInt(x.Count, 10)), Kinds: []breach.Kind{breach.Access}})
				}
			}
			return err
		}))
	}
	return errors.Join(errs...)
}

func (a *App) verifyAudits(ctx context.Context) error {
	var errs []error
	for _, s := range a.services {
		found, err := a.VerifyAudit(ctx, s.Slug)
		if err != nil {
			a.Log.Error("the audit log is not whole", "service", s.Slug, "error", err)
		}
		if fault.Is(err, fault.Conflict) { // a broken log is broken tomorrow, too
			err = a.tellBroken(ctx, s.Slug, found.Broken)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// tellBroken tells officers where a log is not whole, each break once.
func (a *App) tellBroken(ctx context.Context, service, where string) error {
	return a.db.Write(ctx, a.audits[service].Home, func(tx *store.Tx) error {
		return a.teller().TellOfficers(ctx, tx, tell.Message{Key: "audit.broken_log", Args: map[string]string{"where": where}, Link: "/staff/privacy/audit", Once: "audit:broken:" + where, Tone: tell.Danger})
	})
}

// openTrail makes the officers' pages of what was done.
func (a *App) openTrail(context.Context) (err error) {
	a.trail, err = trail.New(a.db, a.desk, enclosures{a})
	return err
}

// Audited is what the verification of a service's audit log found. Broken says
// where it is not whole; "" for one that is.
type Audited struct {
	audit.Summary
	Service string `json:"service"`
	Older   int64  `json:"older"` // rows of the chains that older programs wrote
	Broken  string `json:"broken,omitempty"`
}

// VerifyAudit verifies a service's log and the older chains of its tenants, puts
// what waits in order before, and signs a checkpoint. A log that is not whole is
// a fault Conflict.
func (a *App) VerifyAudit(ctx context.Context, service string) (Audited, error) {
	const op = "app.VerifyAudit"
	found := Audited{Service: service}
	l, ok := a.audits[service]
	if !ok {
		return found, fault.New(fault.NotFound, op, "not_found").With("service", service)
	}
	var err error
	if found.Older, err = a.anchor(ctx, l); err == nil {
		_, err = l.Order(ctx)
	}
	if err == nil {
		_, err = l.Checkpoint(ctx, true)
	}
	if err == nil {
		found.Summary, err = l.Verify(ctx)
	}
	if fault.Is(err, fault.Conflict) {
		found.Broken = err.Error()
		if at := (*audit.Break)(nil); errors.As(err, &at) {
			found.Broken = at.Error()
		}
	}
	return found, fault.Wrap(op, err)
}

// anchor verifies the older chains of a service's tenants and says how many rows
// they have.
func (a *App) anchor(ctx context.Context, l *audit.Log) (rows int64, err error) {
	known, err := l.Anchors(ctx)
	if err != nil {
		return 0, err
	}
	places, err := enclosures{a}.Tenants(ctx)
	for _, s := range places {
		if err != nil || s.Service != l.Home.Service {
			continue
		}
		s.Purpose = "security"
		err = a.db.Write(ctx, s, func(tx *store.Tx) error {
			c, err := known.Anchor(ctx, tx)
			rows += c.Rows
			return err
		})
	}
	return rows, err
}

// ExportAudit writes a service's audit log as a file that verifies without the
// program.
func (a *App) ExportAudit(ctx context.Context, service string, w io.Writer) (audit.Summary, error) {
	l, ok := a.audits[service]
	if !ok {
		return audit.Summary{}, fault.New(fault.NotFound, "app.ExportAudit", "not_found").With("service", service)
	}
	return l.Export(ctx, w)
}
