package capture

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Forget gives up the agent addresses of a workspace that is being closed: mail
// for them is refused from here on. Doing it again is no error.
func (s *Service) Forget(ctx context.Context, home store.Scope, workspace id.Tenant) error {
	err := s.db.Write(ctx, home, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE agent_addresses SET retired_at = $1 WHERE tenant_id = $2 AND workspace_id = $3 AND retired_at IS NULL", tx.Now(), home.Tenant, workspace)
		return err
	})
	return fault.Wrap("capture.Forget", err)
}

// Places lists the workspaces whose mails a person received or receives, also
// after leaving them: their rows name that person. tx is in the home's scope.
func Places(ctx context.Context, tx *store.Tx, who id.Subject) ([]id.Tenant, error) {
	rows, err := tx.Query(ctx, "SELECT DISTINCT workspace_id FROM agent_addresses WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), who)
	if err != nil {
		return nil, fault.Wrap("capture.Places", err)
	}
	defer rows.Close()
	var out []id.Tenant
	for rows.Next() {
		var t id.Tenant
		if err := rows.Scan(&t); err != nil {
			return nil, fault.Wrap("capture.Places", err)
		}
		out = append(out, t)
	}
	return out, fault.Wrap("capture.Places", rows.Err())
}
