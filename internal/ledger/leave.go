package ledger

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Forget takes everything that was booked for a person out of a tenant's books, as
// if it had not been, and with it the person's own accounts that nothing is left
// on. The sums of the others are computed anew. It is for a person who leaves; a
// mistake is mended by Reverse.
func Forget(ctx context.Context, tx *store.Tx, who id.Subject) error {
	const op = "ledger.Forget"
	for _, text := range []string{
		"DELETE FROM ledger_postings WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM ledger_entries WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM ledger_months WHERE tenant_id = $1 AND owner = $2",
		`DELETE FROM ledger_accounts WHERE tenant_id = $1 AND owner = $2 AND NOT EXISTS
			(SELECT 1 FROM ledger_postings p WHERE p.tenant_id = ledger_accounts.tenant_id AND p.account_id = ledger_accounts.id)`,
	} {
		if _, err := tx.Exec(ctx, text, tx.Tenant(), who); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, Rebuild(ctx, tx))
}

// Give makes an account another person's; zero: the tenant's own. Its name goes,
// which the old owner's key seals.
func Give(ctx context.Context, tx *store.Tx, account id.ID, owner id.Subject) error {
	var to any
	if !owner.IsZero() {
		to = owner
	}
	if _, err := tx.Exec(ctx, "UPDATE ledger_accounts SET owner = $3, name = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), account, to); err != nil {
		return fault.Wrap("ledger.Give", err)
	}
	_, err := tx.Exec(ctx, "UPDATE ledger_months SET owner = $3 WHERE tenant_id = $1 AND account_id = $2", tx.Tenant(), account, to)
	return fault.Wrap("ledger.Give", err)
}
