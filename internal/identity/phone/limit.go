package phone

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
)

// limit lets so many codes out in a time. It counts by one column of the codes
// that were sent.
type limit struct {
	by   string
	most int
	in   time.Duration
}

// limits: a person in front of a page, a telephone that anybody may name, and a
// network, which many honest people share.
var limits = []limit{
	{"subject_id", 1, time.Minute},
	{"subject_id", 5, time.Hour},
	{"subject_id", 10, 24 * time.Hour},
	{"number_index", 5, 24 * time.Hour},
	{"network_index", 20, time.Hour},
}

// slow refuses a code that would be one too many, with the wait until it is not.
func slow(ctx context.Context, tx *store.Tx, row *code) error {
	now := tx.Now().Time()
	for _, l := range limits {
		value := map[string]any{"subject_id": row.Subject, "number_index": row.NumberIndex, "network_index": row.NetworkIndex}[l.by]
		// The most-th newest: while it lies within the time, the limit is used up.
		old, err := store.Find[code](ctx, tx, "WHERE tenant_id = $1 AND "+l.by+" = $2 AND created_at > $3 ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET $4",
			tx.Tenant(), value, clock.At(now.Add(-l.in)), l.most-1)
		if err != nil {
			return err
		}
		if len(old) == 0 {
			continue
		}
		wait := max(old[0].CreatedAt.Time().Add(l.in).Sub(now).Round(time.Second), time.Second)
		return fault.New(fault.TooMany, "phone.slow", "phone.wait").With("wait", wait)
	}
	return nil
}
