package promise

import (
	"context"

	"amanah/internal/store"
)

// totals looks for a figure of use about fewer people than the notice's smallest
// group.
func totals(ctx context.Context, s Site, _ Args) (Finding, error) {
	least := 10
	if p, ok := s.Notice.Purpose("improve"); ok && p.AggregatesOfAtLeast > 0 {
		least = p.AggregatesOfAtLeast
	}
	var all, small int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN people < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM analytics_figures WHERE tenant_id = $1", []any{tx.Tenant(), least}, &all, &small)
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("totals_none")), nil
	}
	return found(when(small == 0), Fig("totals", "share", Share(all-small, all))), nil
}
