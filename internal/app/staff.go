package app

import (
	"context"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// StaffLine is one of a service's staff, by pseudonym.
type StaffLine struct {
	ID    id.Subject    `json:"id"`
	Role  tenant.Role   `json:"role"`
	Since clock.Instant `json:"since"`
}

// Hire makes the person with an address staff of a service, as tenant.Worker (who
// answers support) or tenant.Officer (who looks after privacy too); it is audited
// and stands in the person's own log. Fault NotFound for an address without account.
func (a *App) Hire(ctx context.Context, service, email string, role tenant.Role) error {
	const op = "app.Hire"
	return fault.Wrap(op, a.employ(ctx, op, service, email, "staff.added", func(tx *store.Tx, who id.Subject) error {
		return tenant.Hire(ctx, tx, who, role)
	}))
}

// Dismiss ends it.
func (a *App) Dismiss(ctx context.Context, service, email string) error {
	const op = "app.Dismiss"
	return fault.Wrap(op, a.employ(ctx, op, service, email, "staff.removed", func(tx *store.Tx, who id.Subject) error {
		return tenant.Dismiss(ctx, tx, who)
	}))
}

func (a *App) employ(ctx context.Context, op, service, email, act string, f func(*store.Tx, id.Subject) error) error {
	home, err := a.operator(op, service)
	if err != nil {
		return err
	}
	who, err := a.PersonByEmail(ctx, service, email)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, home, func(tx *store.Tx) error {
		if err := f(tx, who); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: act, Subject: who, Object: "staff", Told: true})
	})
}

// Staff lists who works for a service.
func (a *App) Staff(ctx context.Context, service string) ([]StaffLine, error) {
	const op = "app.Staff"
	home, err := a.operator(op, service)
	if err != nil {
		return nil, err
	}
	var out []StaffLine
	err = a.db.Read(ctx, home, func(tx *store.Tx) error {
		all, err := tenant.StaffOf(ctx, tx)
		for _, m := range all {
			out = append(out, StaffLine{m.Subject, m.Role, m.Since})
		}
		return err
	})
	return out, fault.Wrap(op, err)
}
