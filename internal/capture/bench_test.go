package capture_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

// BenchmarkMonthView sets the dashboard's month beside the bare SQL for the same
// figures, over 1,000,000 transactions of one tenant in 24 months.
func BenchmarkMonthView(b *testing.B) {
	ctx := context.Background()
	r := newRig(b, storetest.Open(b, "sqlite", config))
	for i := range 40 {
		r.mail(genuine(fmt.Sprint(i), kopi(withMerchant(fmt.Sprintf("Toko %02d", i)))))
	}
	// In pieces: one transaction of a million rows does not fit into the engine's memory.
	const all, piece = 1_000_000, 20_000
	for from := 0; from < all; from += piece {
		r.write(func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO captured (tenant_id, id, subject, message_id, line, state, direction, minor, fee_minor, currency, at, precision, month, merchant_id, account_id,
				issuer, channel, category, confidence, doubt, trust, rule, reason, revision, created_at, changed_at)
				WITH RECURSIVE n(i) AS (SELECT $4 UNION ALL SELECT i + 1 FROM n WHERE i < $5),
				m AS (SELECT id, account_id, merchant_id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS k FROM captured WHERE rule <> 'x')
				SELECT $1, printf('%036d', i), $2, printf('%036d', i), 0, 'booked', CASE WHEN i % 9 = 0 THEN 'in' ELSE 'out' END, 1000 + i % 977, -1, 'IDR', $3 + i * 60000000, 'second',
				printf('%04d-%02d', 2025 + (i * 24 / 1000000) / 12, 1 + (i * 24 / 1000000) % 12), m.merchant_id, m.account_id, 'BCA', 'qris', 'other', 980, '', 'verified', 'x', '', 0, 1, 1
				FROM n JOIN m ON m.k = n.i % 40`, r.tenant, r.person, clock.At(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)), from, from+piece-1)
			return err
		})
	}
	r.write(func(tx *store.Tx) error {
		// What the ledger would have kept of them.
		_, err := tx.Exec(ctx, `INSERT INTO ledger_months (tenant_id, id, account_id, month, debit, credit, postings)
			SELECT c.tenant_id, c.month || a.id, a.id, c.month, SUM(CASE WHEN a.kind = 'expense' THEN c.minor ELSE 0 END), SUM(CASE WHEN a.kind = 'asset' THEN c.minor ELSE 0 END), COUNT(*)
			FROM captured c, ledger_accounts a WHERE c.rule = 'x' AND c.direction = 'out' AND a.code <> 'expense.fee.IDR' GROUP BY c.tenant_id, c.month, a.id, a.kind
			ON CONFLICT DO NOTHING`)
		return err
	})
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			err := r.Read(ctx, r.scope(), func(tx *store.Tx) error {
				f, err := r.Month(ctx, tx, "2026-06", money.IDR)
				if err == nil && len(f.Merchants) != 10 {
					err = fmt.Errorf("%d merchants", len(f.Merchants))
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			err := r.Read(ctx, r.scope(), func(tx *store.Tx) error {
				for _, text := range []string{
					"SELECT direction, SUM(minor), COUNT(*) FROM captured WHERE tenant_id = $1 AND month = '2026-06' AND state = 'booked' AND currency = 'IDR' GROUP BY direction",
					"SELECT merchant_id, SUM(minor) AS total, COUNT(*) FROM captured WHERE tenant_id = $1 AND month = '2026-06' AND state = 'booked' AND direction = 'out' AND currency = 'IDR' GROUP BY merchant_id ORDER BY total DESC LIMIT 10",
				} {
					rows, err := tx.Query(ctx, text, r.tenant)
					if err != nil {
						return err
					}
					for rows.Next() {
						var key *string
						var sum, n int64
						if err := rows.Scan(&key, &sum, &n); err != nil {
							return err
						}
					}
					rows.Close()
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func withMerchant(name string) func(*email.Transaction) {
	return func(t *email.Transaction) { t.Merchant, t.Reference = name, name }
}
