package inbox

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Settle notes another result of a message that was handled before, because its
// handler was run again. One that still waits is left alone.
func Settle(ctx context.Context, tx *store.Tx, message id.ID, r Result) error {
	_, err := tx.Exec(ctx, "UPDATE inbox_messages SET state = $1, outcome = $2, reason = $3 WHERE tenant_id = $4 AND id = $5 AND state IN ('done', 'refused')",
		string(r.State), r.Outcome, r.Reason, tx.Tenant(), message)
	return fault.Wrap("inbox.Settle", err)
}
