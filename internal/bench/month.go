package bench

import (
	"context"
	"fmt"
	"time"

	"amanah/internal/app"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// piece is how many rows one transaction brings: a million do not fit into the
// engine's memory.
const piece = 20_000

// oneMonth is the month that is looked at, of 24.
const oneMonth = "2026-06"

// month measures the dashboard's month beside the bare SQL for the same figures.
func month(ctx context.Context, o Options, _ string) (*Result, error) {
	t, done, err := running(ctx, o, "")
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Live(ctx); err != nil {
		return nil, err
	}
	if err := grow(ctx, t, o.Entries, piece); err != nil {
		return nil, err
	}
	var view, bare []time.Duration
	for range 4 * o.Rounds {
		began := o.Clock.Now()
		f, err := t.Month(ctx, oneMonth)
		if err != nil {
			return nil, err
		}
		if f.Sums.Out == 0 || len(f.Merchants) == 0 {
			return nil, fmt.Errorf("the month is empty")
		}
		view = append(view, o.Clock.Now().Sub(began))
		began = o.Clock.Now()
		if err := bareMonth(ctx, t); err != nil {
			return nil, err
		}
		bare = append(bare, o.Clock.Now().Sub(began))
	}
	v, b := quantile(view, 0.5), quantile(bare, 0.5)
	r := &Result{Engine: t.Engine(), Baseline: "two SQL queries over the month's rows: sums by direction, ten largest merchants"}
	r.add("baseline p50", milliseconds(b), "ms", 1)
	r.add("month view p50", milliseconds(v), "ms", float64(b)/float64(v))
	r.add("entries of the tenant", float64(o.Entries), "entries", 0)
	times := float64(v) / float64(b)
	r.goal("within 3 times the bare SQL", times, times <= 3)
	return r, nil
}

// grow copies the booked rows until the tenant has so many, spread over 24
// months, with the sums that the ledger would have kept of them. One transaction
// brings piece rows: the engine keeps the memory that its largest one needed.
func grow(ctx context.Context, t *app.Trial, entries, piece int) error {
	have := 0
	err := t.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM captured WHERE tenant_id = $1 AND state = 'booked' AND merchant_id IS NOT NULL", []any{tx.Tenant()}, &have)
	})
	if err != nil || have == 0 {
		return fmt.Errorf("%d booked rows to begin with: %w", have, err)
	}
	first := clock.At(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	for from := 0; from < entries; from += piece {
		err := t.Write(ctx, func(tx *store.Tx, who id.Subject) error {
			_, err := tx.Exec(ctx, `INSERT INTO captured (tenant_id, id, subject, message_id, line, state, direction, minor, fee_minor, currency, at, precision, month, merchant_id, account_id,
				issuer, channel, category, confidence, doubt, trust, rule, reason, revision, created_at, changed_at)
				WITH RECURSIVE n(i) AS (SELECT $4 UNION ALL SELECT i + 1 FROM n WHERE i < $5),
				m AS (SELECT account_id, merchant_id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS k FROM captured WHERE rule <> 'x' AND state = 'booked' AND merchant_id IS NOT NULL)
				SELECT $1, printf('00000000-0000-7000-8000-%012d', i), $2, printf('00000000-0000-7000-8000-%012d', i), 0, 'booked', CASE WHEN i % 9 = 0 THEN 'in' ELSE 'out' END, 1000 + i % 977, -1, 'IDR', $3 + i * 60000000, 'second',
				printf('%04d-%02d', 2025 + (i * 24 / $6) / 12, 1 + (i * 24 / $6) % 12), m.merchant_id, m.account_id, 'BCA', 'qris', 'other', 980, '', 'verified', 'x', '', 0, 1, 1
				FROM n JOIN m ON m.k = n.i % $7`, tx.Tenant(), who, first, from, min(from+piece, entries)-1, entries, have)
			return err
		})
		if err != nil {
			return err
		}
	}
	return t.Write(ctx, func(tx *store.Tx, _ id.Subject) error {
		_, err := tx.Exec(ctx, `INSERT INTO ledger_months (tenant_id, id, account_id, month, debit, credit, postings)
			SELECT c.tenant_id, c.month || a.id, a.id, c.month, SUM(CASE WHEN a.kind = 'expense' THEN c.minor ELSE 0 END), SUM(CASE WHEN a.kind = 'asset' THEN c.minor ELSE 0 END), COUNT(*)
			FROM captured c, ledger_accounts a WHERE c.rule = 'x' AND c.direction = 'out' AND a.code <> 'expense.fee.IDR' GROUP BY c.tenant_id, c.month, a.id, a.kind
			ON CONFLICT DO NOTHING`)
		return err
	})
}

// bareMonth asks what the view cannot do without.
func bareMonth(ctx context.Context, t *app.Trial) error {
	return t.Read(ctx, func(tx *store.Tx) error {
		for _, text := range []string{
			"SELECT direction, SUM(minor), COUNT(*) FROM captured WHERE tenant_id = $1 AND month = $2 AND state = 'booked' AND currency = 'IDR' GROUP BY direction",
			"SELECT merchant_id, SUM(minor) AS total, COUNT(*) FROM captured WHERE tenant_id = $1 AND month = $2 AND state = 'booked' AND direction = 'out' AND currency = 'IDR' GROUP BY merchant_id ORDER BY total DESC LIMIT 10",
		} {
			if err := drain(ctx, tx, text); err != nil {
				return err
			}
		}
		return nil
	})
}

func drain(ctx context.Context, tx *store.Tx, text string) error {
	rows, err := tx.Query(ctx, text, tx.Tenant(), oneMonth)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key *string
		var sum, n int64
		if err := rows.Scan(&key, &sum, &n); err != nil {
			return err
		}
	}
	return rows.Err()
}
