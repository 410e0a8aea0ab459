package audit

import (
	"context"
	"fmt"
	"strings"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Search says which entries of a log to give. What is zero bounds nothing.
type Search struct {
	Act      string     // exactly
	Who      id.Subject // who acted, or whom it concerns
	From, To clock.Instant
	Before   id.ID // the last entry of the page before
	Limit    int   // 50 where 0, 200 at most
}

// Entry is one act as officers read it: people by pseudonym, or by nothing once
// they are erased.
type Entry struct {
	ID             id.ID
	Seq            int64 // 0 while it waits for its place
	At             clock.Instant
	ActorKind      string
	Actor, Subject id.Subject
	Act, Object    string
	Count          int64
	Purpose        string
}

// Find gives the entries in the transaction's tenant that fit, the newest first,
// and whether there are more.
func Find(ctx context.Context, tx *store.Tx, s Search) (out []Entry, more bool, err error) {
	if s.Limit <= 0 {
		s.Limit = 50
	}
	s.Limit = min(s.Limit, 200)
	where, args := []string{"tenant_id = $1"}, []any{tx.Tenant()}
	add := func(text string, v any) {
		args = append(args, v)
		where = append(where, strings.ReplaceAll(text, "?", fmt.Sprintf("$%d", len(args))))
	}
	if s.Act != "" {
		add("act = ?", s.Act)
	}
	if !s.Who.IsZero() {
		add("(subject = ? OR actor = ?)", s.Who)
	}
	if !s.From.IsZero() {
		add("at >= ?", s.From)
	}
	if !s.To.IsZero() {
		add("at < ?", s.To)
	}
	if !s.Before.IsZero() {
		add("id < ?", s.Before)
	}
	rows, err := store.Find[entry](ctx, tx, fmt.Sprintf("WHERE %s ORDER BY id DESC LIMIT %d", strings.Join(where, " AND "), s.Limit+1), args...)
	if err != nil {
		return nil, false, fault.Wrap("audit.Find", err)
	}
	if len(rows) > s.Limit {
		rows, more = rows[:s.Limit], true
	}
	for _, e := range rows {
		out = append(out, Entry{e.ID, e.Seq, e.At, e.ActorKind, e.Actor, e.Subject, e.Act, e.Object, e.Count, e.Purpose})
	}
	return out, more, nil
}
