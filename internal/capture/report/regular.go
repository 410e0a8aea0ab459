package report

import (
	"context"
	"sort"

	"amanah/internal/capture"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Regular is a payment that comes back every month: one a month to the same
// merchant for three months or more, amounts within a tenth of each other.
type Regular struct {
	Merchant id.ID
	Name     string
	Minor    int64 // the last amount
	Months   int   // in a row, up to the last
	Last     string
}

// regular looks for them in the six months up to the span's last.
func (r *Report) regular(ctx context.Context, tx *store.Tx) error {
	_, last := r.Span.months()
	from := string(Span(last).add(-5))
	args := []any{tx.Tenant(), string(capture.Booked)}
	rows, err := tx.Query(ctx, `SELECT merchant_id, month, CAST(SUM(minor) AS BIGINT) FROM captured
		WHERE tenant_id = $1 AND state = $2 AND direction = 'out' AND merchant_id IS NOT NULL`+among(from, last, &args)+r.where(&args)+`
		GROUP BY merchant_id, month HAVING COUNT(*) = 1 ORDER BY merchant_id, month`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var now Regular
	end := func() {
		// What was not paid in the last two months has ended.
		if now.Months >= 3 && now.Last >= string(Span(last).add(-1)) {
			r.Regular = append(r.Regular, now)
		}
	}
	for rows.Next() {
		var one Regular
		if err := rows.Scan(&one.Merchant, &one.Last, &one.Minor); err != nil {
			return err
		}
		one.Months = 1
		if one.Merchant == now.Merchant && string(Span(now.Last).add(1)) == one.Last && near(now.Minor, one.Minor) {
			one.Months = now.Months + 1
		} else {
			end()
		}
		now = one
	}
	end()
	sort.SliceStable(r.Regular, func(i, j int) bool { return r.Regular[i].Minor > r.Regular[j].Minor })
	return rows.Err()
}

// near tells whether two amounts are within a tenth of the larger.
func near(a, b int64) bool {
	if a > b {
		a, b = b, a
	}
	return b-a <= b/10
}
