package family

import (
	"context"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// SetRole changes what a member may do; making another one owner is handing over.
// Faults: Forbidden for all but owners, Invalid on "role", NotFound for who is no
// member, Conflict for the last owner.
func (s *Service) SetRole(ctx context.Context, p identity.Principal, who id.Subject, role tenant.Role) error {
	const op = "family.SetRole"
	if p.Role != tenant.Owner {
		return fault.New(fault.Forbidden, op, "")
	}
	if role != tenant.Owner && role != tenant.Worker && role != tenant.Viewer {
		return fault.New(fault.Invalid, op, "identity.role.missing").On("role")
	}
	return fault.Wrap(op, s.Store.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		was, err := tenant.RoleOf(ctx, tx, p.Workspace, who)
		if err != nil {
			return err
		}
		if was == "" {
			return fault.New(fault.NotFound, op, "not_found")
		}
		if was == role {
			return nil
		}
		if err := tenant.Join(ctx, tx, p.Workspace, who, role); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "family.role", Subject: who, Object: string(role), Count: 1, Told: true})
	}))
}
