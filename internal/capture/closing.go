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
