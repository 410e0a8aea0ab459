package billing

import (
	"context"
	"fmt"
	"time"

	"amanah/internal/clock"
	"amanah/internal/store"
)

// next counts a series up in the caller's transaction and gives the number. The
// counter stays locked until that transaction ends, and goes back if it fails: so
// there is no gap, and issuers of one enclosure queue here.
func next(ctx context.Context, tx *store.Tx, series string, year int64) (int64, error) {
	if _, err := store.InsertOnce(ctx, tx, &counterRow{Series: series, Year: year}, "tenant_id, series, year"); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "UPDATE billing_counters SET last_number = last_number + 1 WHERE tenant_id = $1 AND series = $2 AND year = $3", tx.Tenant(), series, year); err != nil {
		return 0, err
	}
	var n int64
	err := tx.QueryRow(ctx, "SELECT last_number FROM billing_counters WHERE tenant_id = $1 AND series = $2 AND year = $3", []any{tx.Tenant(), series, year}, &n)
	return n, err
}

// numbered writes "INV/2026/000123".
func numbered(series string, year, n int64) string { return fmt.Sprintf("%s/%d/%06d", series, year, n) }

// fiscal is the fiscal year that a moment lies in and the moment of its end. It
// is named after the calendar year in which it begins, on the first of a month,
// in Jakarta.
func fiscal(at clock.Instant, begins time.Month) (year int64, ends clock.Instant) {
	t := at.Time().In(clock.WIB)
	y := t.Year()
	if t.Month() < begins {
		y--
	}
	return int64(y), clock.At(time.Date(y+1, begins, 1, 0, 0, 0, 0, clock.WIB))
}
