package audit

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Filter says which reads are asked for; what is zero does not narrow.
type Filter struct {
	Actor      id.Subject
	Credential id.ID       // a session or a token
	Address    vault.Index // from AddressIndex
	Tables     []string
	// From and To are the span; reads are kept by the hour, so that one is found
	// whose hour touches it.
	From, To clock.Instant
}

// Exposure is what was read of one person in one table of one tenant, or, where
// Whole, what may be any row of that table.
type Exposure struct {
	Tenant      id.Tenant
	Table       string
	Subject     id.Subject // zero where Whole, and where the person was erased since
	Whole       bool
	Rows        int64 // how many were read, the same ones counted again
	First, Last clock.Instant
}

// AddressIndex is the blind index of a client's address in the read log.
func AddressIndex(ctx context.Context, v *vault.Vault, home id.Tenant, address string) (vault.Index, error) {
	return v.Index(ctx, home, "read_log.address", address)
}

// Exposed gives what the reads that a filter selects have exposed, summed up, in
// the order of tenant, table and person. tx is one in the service's home. The
// loop over it asks nothing else of tx.
func Exposed(ctx context.Context, tx *store.Tx, f Filter) iter.Seq2[Exposure, error] {
	return func(yield func(Exposure, error) bool) {
		where, args := f.where(tx.Tenant())
		rows, err := tx.Query(ctx, "SELECT place, table_name, subject, whole, CAST(SUM(row_count) AS BIGINT), MIN(first_at), MAX(last_at) FROM read_log WHERE "+where+
			" GROUP BY place, table_name, subject, whole ORDER BY place, table_name, subject", args...)
		if err != nil {
			yield(Exposure{}, fault.Wrap("audit.Exposed", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e Exposure
			err := rows.Scan(&e.Tenant, &e.Table, &e.Subject, &e.Whole, &e.Rows, &e.First, &e.Last)
			if !yield(e, fault.Wrap("audit.Exposed", err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Exposure{}, fault.Wrap("audit.Exposed", err))
		}
	}
}

func (f Filter) where(home id.Tenant) (string, []any) {
	parts, args := []string{"tenant_id = $1"}, []any{home}
	add := func(text string, v any) {
		args = append(args, v)
		parts = append(parts, fmt.Sprintf(text, len(args)))
	}
	if !f.Actor.IsZero() {
		add("actor = $%d", f.Actor)
	}
	if !f.Credential.IsZero() {
		add("credential = $%d", f.Credential)
	}
	if !f.Address.IsZero() {
		add("address = $%d", f.Address)
	}
	if len(f.Tables) > 0 {
		var in []string
		for _, t := range f.Tables {
			args = append(args, t)
			in = append(in, fmt.Sprintf("$%d", len(args)))
		}
		parts = append(parts, "table_name IN ("+strings.Join(in, ", ")+")")
	}
	if !f.From.IsZero() {
		// A row spans an hour at most: the index serves both ends.
		add("first_at >= $%d", f.From-clock.Instant(bucket.Microseconds()))
		add("last_at >= $%d", f.From)
	}
	if !f.To.IsZero() {
		add("first_at <= $%d", f.To)
	}
	return strings.Join(parts, " AND "), args
}
