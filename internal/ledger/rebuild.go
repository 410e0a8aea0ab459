package ledger

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/store"
)

// Rebuild computes the sums of accounts and months anew from the postings. It
// is for after an erasure that took entries away; nothing else needs it.
func Rebuild(ctx context.Context, tx *store.Tx) error {
	const op = "ledger.Rebuild"
	type key struct {
		sum
		month string
	}
	// The lock of every account keeps entries out until the sums are right.
	if _, err := tx.Exec(ctx, "UPDATE ledger_accounts SET debit = 0, credit = 0 WHERE tenant_id = $1", tx.Tenant()); err != nil {
		return fault.Wrap(op, err)
	}
	if _, err := tx.Exec(ctx, "DELETE FROM ledger_months WHERE tenant_id = $1", tx.Tenant()); err != nil {
		return fault.Wrap(op, err)
	}
	// What a reversing entry turns round comes off the side that it stood on: see
	// sum.takenBack.
	rows, err := tx.Query(ctx, `SELECT p.account_id, p.currency, p.month,
		CAST(SUM(CASE WHEN (p.minor > 0) = (e.reverses IS NULL) THEN p.minor ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN (p.minor > 0) = (e.reverses IS NULL) THEN 0 ELSE -p.minor END) AS BIGINT), COUNT(*)
		FROM ledger_postings p JOIN ledger_entries e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
		WHERE p.tenant_id = $1 GROUP BY p.account_id, p.currency, p.month ORDER BY p.account_id, p.month`, tx.Tenant())
	if err != nil {
		return fault.Wrap(op, err)
	}
	var keys []key
	for rows.Next() {
		var k key
		if err := rows.Scan(&k.account, &k.currency, &k.month, &k.debit, &k.credit, &k.postings); err != nil {
			rows.Close()
			return fault.Wrap(op, err)
		}
		keys = append(keys, k)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return fault.Wrap(op, err)
	}
	for _, k := range keys {
		if err := k.add(ctx, tx, k.month); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}
