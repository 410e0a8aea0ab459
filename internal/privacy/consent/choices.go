package consent

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
)

var _ gate.Choices = Choices

// Choices tells the gate what counts now: the newest act of each person, or of
// one, about each purpose. A consent whose purpose became wider since is none. The transaction is one of the home.
func Choices(ctx context.Context, tx *store.Tx, who id.Subject, each func(gate.Choice)) error {
	f, err := floors(ctx, tx)
	if err != nil {
		return fault.Wrap("consent.Choices", err)
	}
	text := `SELECT c.subject_id, c.purpose, c.state, c.notice_version FROM consents c WHERE c.tenant_id = $1 AND c.number =
		(SELECT MAX(d.number) FROM consents d WHERE d.tenant_id = c.tenant_id AND d.subject_id = c.subject_id AND d.purpose = c.purpose)`
	args := []any{tx.Tenant()}
	if !who.IsZero() {
		text, args = text+" AND c.subject_id = $2", append(args, who)
	}
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return fault.Wrap("consent.Choices", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c gate.Choice
		var r record
		if err := rows.Scan(&c.Subject, &c.Purpose, &r.State, &r.Notice); err != nil {
			return fault.Wrap("consent.Choices", err)
		}
		r.Purpose = c.Purpose
		c.Given = f.judge(&r) == Given
		each(c)
	}
	return fault.Wrap("consent.Choices", rows.Err())
}
