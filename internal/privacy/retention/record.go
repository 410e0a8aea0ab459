package retention

import (
	"context"
	"time"

	"amanah/internal/audit"
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

// Record writes down what somebody else removed because its term was over, in a
// transaction of the home.
func Record(ctx context.Context, tx *store.Tx, asOf time.Time, l Line) error {
	const op = "retention.Record"
	row := &destruction{At: tx.Now(), AsOf: clock.At(asOf), Table: l.Table, Category: l.Category, Term: l.Term, Action: l.Action, Rows: l.Rows}
	if err := store.Insert(ctx, tx, row); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "retention.removed", Object: l.Table, Count: l.Rows}))
}
