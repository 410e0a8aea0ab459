package capture

import (
	"context"
	"time"

	"amanah/internal/id"
	"amanah/internal/store"
)

// mostOthers is how many amounts of other accounts are looked at beforehand;
// where there are more, every row is looked up by itself.
const mostOthers = 20_000

// pairRows does what pair does, for rows of one account. One look-up says which
// amounts moved on other accounts about that time: a row of any other amount has
// no other half, and most rows have none.
func (s *Service) pairRows(ctx context.Context, tx *store.Tx, account id.ID, rows []*Captured, zone *time.Location) error {
	if len(rows) == 0 {
		return nil
	}
	from, to := rows[0].At, rows[0].At
	for _, c := range rows {
		from, to = min(from, c.At), max(to, c.At)
	}
	others := map[int64]bool{}
	err := each(ctx, tx, `SELECT DISTINCT minor FROM captured WHERE tenant_id = $1 AND at >= $2 AND at <= $3 AND state = $4 AND account_id <> $5 LIMIT $6`,
		[]any{tx.Tenant(), int64(from) - transferWithin.Microseconds(), int64(to) + transferWithin.Microseconds(), string(Booked), account, mostOthers}, func(r store.Rows) error {
			var minor int64
			err := r.Scan(&minor)
			others[minor] = true
			return err
		})
	if err != nil {
		return err
	}
	for _, c := range rows {
		if len(others) < mostOthers && !halfAmong(c, others) {
			continue
		}
		if err := s.pair(ctx, tx, c, zone); err != nil {
			return err
		}
	}
	return nil
}

// halfAmong tells whether one of the amounts could be the row's other half: the
// same, or with what a transfer costs on one of the sides.
func halfAmong(c *Captured, others map[int64]bool) bool {
	if others[c.Minor] || c.FeeMinor > 0 && others[c.Minor-c.FeeMinor] {
		return true
	}
	for _, fee := range transferFees {
		if others[c.Minor-fee] || others[c.Minor+fee] {
			return true
		}
	}
	return false
}
