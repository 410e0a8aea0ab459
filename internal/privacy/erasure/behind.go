package erasure

import (
	"context"
	"encoding/json"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/store"
)

// Behind lists the orders that wait and that a hold may cover, in a transaction of
// the home. Nobody is named.
func (e *Erasure) Behind(ctx context.Context, tx *store.Tx, b hold.Bounds) ([]hold.Behind, error) {
	const op = "erasure.Behind"
	waiting, err := store.Find[order](ctx, tx, "WHERE tenant_id = $1 AND done_at IS NULL AND waits_for <> '' ORDER BY id LIMIT 200", tx.Tenant())
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []hold.Behind
	for _, o := range waiting {
		var places []place
		if err := json.Unmarshal([]byte(o.Places), &places); err != nil {
			return nil, fault.Wrap(op, err)
		}
		var at []id.Tenant
		for _, p := range places {
			at = append(at, p.Tenant)
		}
		if len(hold.Standing{b}.Touching(o.Who, at)) > 0 {
			out = append(out, hold.Behind{Number: o.ID, Since: o.WaitsSince})
		}
	}
	return out, nil
}
