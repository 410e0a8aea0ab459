package audit

import (
	"context"
	"encoding/json"
	"io"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// ReadLine is one row of the read log as Slice writes it.
type ReadLine struct {
	ID         id.ID         `json:"id"`
	Tenant     id.Tenant     `json:"tenant"`
	ActorKind  string        `json:"actor_kind"`
	Actor      id.Subject    `json:"actor,omitzero"`
	Credential id.ID         `json:"credential,omitzero"`
	Table      string        `json:"table"`
	Subject    id.Subject    `json:"subject,omitzero"`
	Whole      bool          `json:"whole,omitempty"`
	Rows       int64         `json:"rows"`
	First      clock.Instant `json:"first"`
	Last       clock.Instant `json:"last"`
}

// Slice writes the rows that a filter selects, one JSON object a line, in the order
// of their first reading: evidence, by ids alone. It tells how many. tx is one in
// the service's home.
func Slice(ctx context.Context, tx *store.Tx, f Filter, w io.Writer) (n int64, err error) {
	const op = "audit.Slice"
	where, args := f.where(tx.Tenant())
	rows, err := tx.Query(ctx, "SELECT id, place, actor_kind, actor, credential, table_name, subject, whole, row_count, first_at, last_at FROM read_log WHERE "+where+" ORDER BY first_at, id", args...)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	defer rows.Close()
	out := json.NewEncoder(w)
	for rows.Next() {
		var l ReadLine
		if err := rows.Scan(&l.ID, &l.Tenant, &l.ActorKind, &l.Actor, &l.Credential, &l.Table, &l.Subject, &l.Whole, &l.Rows, &l.First, &l.Last); err != nil {
			return n, fault.Wrap(op, err)
		}
		if err := out.Encode(l); err != nil {
			return n, err
		}
		n++
	}
	return n, fault.Wrap(op, rows.Err())
}

// Actors are the people whose reads a filter selects.
func Actors(ctx context.Context, tx *store.Tx, f Filter) (out []id.Subject, err error) {
	const op = "audit.Actors"
	where, args := f.where(tx.Tenant())
	rows, err := tx.Query(ctx, "SELECT DISTINCT actor FROM read_log WHERE "+where+" AND actor IS NOT NULL AND actor_kind = 'person'", args...)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer rows.Close()
	for rows.Next() {
		var who id.Subject
		if err := rows.Scan(&who); err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, who)
	}
	return out, fault.Wrap(op, rows.Err())
}
