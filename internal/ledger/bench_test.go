package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

// BenchmarkMonths sets the month view beside the bare sums over the postings'
// covering index: 500,000 entries of two lines, one tenant, 24 months.
func BenchmarkMonths(b *testing.B) {
	ctx := context.Background()
	bundle := storetest.Open(b, "sqlite", config)
	tenant, bank, food, _, _ := open(b, bundle)
	write(b, bundle, tenant, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO ledger_postings (tenant_id, id, entry_id, account_id, line, minor, currency, at, month, created_at)
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
			SELECT $1, printf('%%036d', i), printf('%%036d', i / 2), CASE WHEN i %% 2 = 0 THEN $2 ELSE $3 END, i %% 2, CASE WHEN i %% 2 = 0 THEN -100 ELSE 100 END,
			'IDR', %d + (i / 2) * 120000000, printf('%%04d-%%02d', 2025 + (i * 24 / 1000000) / 12, 1 + (i * 24 / 1000000) %% 12), 1 FROM n`,
			clock.At(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))), tenant, bank, food)
		if err == nil {
			err = ledger.Rebuild(ctx, tx)
		}
		return err
	})
	run := func(name string, f func(tx *store.Tx) error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := bundle.Read(ctx, bundle.Scope(tenant), f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("kept sums", func(tx *store.Tx) error {
		ms, err := ledger.Months(ctx, tx, "2026-01", "2026-12")
		if err == nil && len(ms) != 24 {
			return fmt.Errorf("%d months", len(ms))
		}
		return err
	})
	run("bare SQL over the covering index", func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT account_id, month, SUM(minor), COUNT(*) FROM ledger_postings WHERE tenant_id = $1 AND account_id IN ($2, $3) AND month >= $4 AND month <= $5 GROUP BY account_id, month",
			tenant, bank, food, "2026-01", "2026-12")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a, m string
			var sum, n int64
			if err := rows.Scan(&a, &m, &sum, &n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	run("balance at a day", func(tx *store.Tx) error {
		got, err := ledger.Balance(ctx, tx, bank, clock.At(time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)))
		if err == nil && got.Currency != money.IDR {
			return fmt.Errorf("balance %v", got)
		}
		return err
	})
}
