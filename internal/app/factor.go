package app

import (
	"context"
	"errors"
	"slices"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/erasure"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// needsFactor tells whether a service's notice asks people of a role for a second
// factor: its word mfa-for-officers means the staff of the service, mfa-for-staff
// the owners of a workspace too.
func (a *App) needsFactor(service string, role tenant.Role, staff bool) bool {
	n := a.rules.notice(service)
	if n == nil {
		return false
	}
	all := slices.Contains(n.Security(), "mfa-for-staff")
	return all && (staff || role == tenant.Owner) || staff && slices.Contains(n.Security(), "mfa-for-officers")
}

// activity reads a person's own log for identity's page of it.
func activity(ctx context.Context, tx *store.Tx, who id.Subject, before id.ID, limit int) ([]identity.LogLine, error) {
	lines, err := audit.Activity(ctx, tx, who, before, limit)
	out := make([]identity.LogLine, len(lines))
	for i, l := range lines {
		out[i] = identity.LogLine{ID: l.ID, At: l.At, Name: l.Act, Count: l.Count}
	}
	return out, err
}

// Unfactor removes the second factors of a person who lost everything. The log of
// the service and the person's own say so.
func (a *App) Unfactor(ctx context.Context, service string, who id.Subject) error {
	const op = "app.Unfactor"
	home, err := a.operator(op, service)
	if err != nil {
		return err
	}
	if err := a.belongs(ctx, home, who); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, a.identity.Unfactor(ctx, home, who))
}

// dropAbandoned removes accounts that never proved their address, with all that
// is kept of them. One that fails does not hold up the others.
func (a *App) dropAbandoned(ctx context.Context, service string) error {
	gone, err := a.identity.Abandoned(ctx, service)
	if err != nil {
		return err
	}
	var errs []error
	for _, who := range gone {
		_, err := a.erasure.Erase(ctx, who, erasure.Request{Ground: erasure.GroundEnded, By: "operator", Language: "id"})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
