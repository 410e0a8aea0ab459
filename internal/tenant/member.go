package tenant

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Membership is one person's place in one workspace.
type Membership struct {
	Workspace Workspace
	Role      Role
}

// Join makes a person a member of a workspace of this service, or changes the
// role of one who is. Faults: Invalid for an unknown role, NotFound for an
// unknown workspace, Conflict if the last owner would lose that role.
func Join(ctx context.Context, tx *store.Tx, workspace id.Tenant, person id.Subject, role Role) error {
	const op = "tenant.Join"
	if !role.Known() {
		return fault.New(fault.Invalid, op, "tenant.role.unknown").On("role")
	}
	if _, err := Get(ctx, tx, workspace); err != nil {
		return fault.Wrap(op, err)
	}
	if role != Owner {
		if err := keepOwner(ctx, tx, workspace, person); err != nil {
			return err
		}
	}
	m := &Member{Workspace: workspace, Subject: person, Role: role, Since: tx.Now()}
	isNew, err := store.InsertOnce(ctx, tx, m, "tenant_id, workspace_id, subject_id")
	if err != nil || isNew {
		return fault.Wrap(op, err)
	}
	_, err = tx.Exec(ctx, "UPDATE members SET role = $4 WHERE tenant_id = $1 AND workspace_id = $2 AND subject_id = $3",
		tx.Tenant(), workspace, person, string(role))
	return fault.Wrap(op, err)
}

// Leave ends a membership. Fault Conflict for the last owner, who closes the
// workspace or makes another person owner first.
func Leave(ctx context.Context, tx *store.Tx, workspace id.Tenant, person id.Subject) error {
	if err := keepOwner(ctx, tx, workspace, person); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "DELETE FROM members WHERE tenant_id = $1 AND workspace_id = $2 AND subject_id = $3",
		tx.Tenant(), workspace, person)
	return found("tenant.Leave", n, err)
}

// keepOwner refuses what would leave a workspace without an owner. The update
// that changes nothing holds the owners' rows until the transaction ends, so two
// owners cannot leave at the same time.
func keepOwner(ctx context.Context, tx *store.Tx, workspace id.Tenant, leaving id.Subject) error {
	const op = "tenant.keepOwner"
	_, err := tx.Exec(ctx, "UPDATE members SET role = role WHERE tenant_id = $1 AND workspace_id = $2 AND role = $3",
		tx.Tenant(), workspace, string(Owner))
	if err != nil {
		return fault.Wrap(op, err)
	}
	owners, err := store.Find[Member](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2 AND role = $3", tx.Tenant(), workspace, string(Owner))
	if err != nil {
		return fault.Wrap(op, err)
	}
	if len(owners) == 1 && owners[0].Subject == leaving {
		return fault.New(fault.Conflict, op, "tenant.owner.last")
	}
	return nil
}

// Members are the people of a workspace, the first one first.
func Members(ctx context.Context, tx *store.Tx, workspace id.Tenant) ([]Member, error) {
	m, err := store.Find[Member](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2 ORDER BY since, id", tx.Tenant(), workspace)
	return m, fault.Wrap("tenant.Members", err)
}

// RoleOf is a person's role in a workspace, "" for a stranger.
func RoleOf(ctx context.Context, tx *store.Tx, workspace id.Tenant, person id.Subject) (Role, error) {
	m, err := store.One[Member](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2 AND subject_id = $3", tx.Tenant(), workspace, person)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", fault.Wrap("tenant.RoleOf", err)
	}
	return m.Role, nil
}

// Of are a person's places in active workspaces, the oldest first.
func Of(ctx context.Context, tx *store.Tx, person id.Subject) ([]Membership, error) {
	const op = "tenant.Of"
	ms, err := store.Find[Member](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY since, id", tx.Tenant(), person)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := make([]Membership, 0, len(ms))
	for _, m := range ms {
		if m.Workspace == tx.Tenant() { // staff: the home is no workspace
			continue
		}
		w, err := Get(ctx, tx, m.Workspace)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		if w.State == Active {
			out = append(out, Membership{*w, m.Role})
		}
	}
	return out, nil
}
