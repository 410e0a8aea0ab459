package tenant

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Staff are the people who work for a service: members of its home, which is no
// workspace. Their own workspaces, if they have any, are apart from that. All
// functions here want a transaction in the home.

// Hire makes a person staff; doing it again changes the role.
func Hire(ctx context.Context, tx *store.Tx, person id.Subject, role Role) error {
	const op = "tenant.Hire"
	if !role.Known() {
		return fault.New(fault.Invalid, op, "tenant.role.unknown").On("role")
	}
	m := &Member{Workspace: tx.Tenant(), Subject: person, Role: role, Since: tx.Now()}
	isNew, err := store.InsertOnce(ctx, tx, m, "tenant_id, workspace_id, subject_id")
	if err != nil || isNew {
		return fault.Wrap(op, err)
	}
	_, err = tx.Exec(ctx, "UPDATE members SET role = $3 WHERE tenant_id = $1 AND workspace_id = $1 AND subject_id = $2", tx.Tenant(), person, string(role))
	return fault.Wrap(op, err)
}

// Dismiss ends it; fault NotFound for who is not staff.
func Dismiss(ctx context.Context, tx *store.Tx, person id.Subject) error {
	n, err := tx.Exec(ctx, "DELETE FROM members WHERE tenant_id = $1 AND workspace_id = $1 AND subject_id = $2", tx.Tenant(), person)
	return found("tenant.Dismiss", n, err)
}

// StaffOf lists the staff of the service.
func StaffOf(ctx context.Context, tx *store.Tx) ([]Member, error) {
	return Members(ctx, tx, tx.Tenant())
}

// IsStaff tells whether a person works for the service.
func IsStaff(ctx context.Context, tx *store.Tx, person id.Subject) (bool, error) {
	role, err := RoleOf(ctx, tx, tx.Tenant(), person)
	return role != "", err
}
