package retention

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
)

// Destroyed is one line of the record of destruction.
type Destroyed struct {
	At                            clock.Instant
	Table, Category, Term, Action string
	Rows                          int64
}

// Since gives what went in the transaction's tenant since a moment, the newest
// first, at most limit lines.
func Since(ctx context.Context, tx *store.Tx, from clock.Instant, limit int) ([]Destroyed, error) {
	rows, err := store.Find[destruction](ctx, tx, "WHERE tenant_id = $1 AND at >= $2 ORDER BY at DESC, id DESC LIMIT $3", tx.Tenant(), from, limit)
	var out []Destroyed
	for _, r := range rows {
		out = append(out, Destroyed{r.At, r.Table, r.Category, r.Term, r.Action, r.Rows})
	}
	return out, fault.Wrap("retention.Since", err)
}
