package cash

import (
	"context"
	"fmt"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Query selects entries; what is empty does not narrow.
type Query struct {
	From, Until string // days, both included
	Month       string // "2026-11"
	Kind        Kind
	Category    string
	Account     id.ID // on either side
	Member      id.Subject
	Way         Way
	Text        string // words of the merchant's name or of the note
	Currency    money.Currency
	Min, Max    int64 // minor units
	State       State // "": Booked
	Cursor      string
	Limit       int  // 0: 50, at most 500
	Asc         bool // the oldest first
}

// Line is an entry as a list shows it.
type Line struct {
	Entry
	Shop string // the merchant's name
}

// List gives the entries that a query selects and the person sees, the latest
// first, and the cursor of what follows; "" for the end.
func (s *Service) List(ctx context.Context, tx *store.Tx, v View, q Query) ([]Line, string, error) {
	const op = "cash.List"
	if q.Limit <= 0 || q.Limit > 500 {
		q.Limit = 50
	}
	var shops []id.ID
	if q.Text = strings.TrimSpace(q.Text); q.Text != "" {
		var err error
		if shops, err = s.named(ctx, tx, q.Text); err != nil {
			return nil, "", fault.Wrap(op, err)
		}
	}
	var out []Line
	// A note is sealed: those that are searched by words are opened page by page.
	for range maxPages {
		rows, next, err := s.page(ctx, tx, v, q, shops)
		if err != nil {
			return nil, "", fault.Wrap(op, err)
		}
		for _, l := range rows {
			if q.Text == "" || has(l.Shop, q.Text) || has(l.Note.Reveal(), q.Text) {
				out = append(out, l)
				if len(out) == q.Limit {
					return out, cursorOf(l.Entry), nil
				}
			}
		}
		if q.Cursor = next; next == "" || q.Text == "" {
			return out, next, nil
		}
	}
	return out, q.Cursor, nil
}

// maxPages bounds how many pages a search opens before it gives what it has.
const maxPages = 20

func cursorOf(e Entry) string { return e.Day + "." + e.ID.String() }

func (s *Service) page(ctx context.Context, tx *store.Tx, v View, q Query, shops []id.ID) ([]Line, string, error) {
	text, args := q.where(v, tx.Tenant(), shops)
	order, limit := "DESC", q.Limit
	if q.Asc {
		order = "ASC"
	}
	if q.Text != "" {
		limit = 500
	}
	args = append(args, limit)
	rows, err := store.FindOpen[Entry](ctx, tx, text+fmt.Sprintf(" ORDER BY day %s, id %s LIMIT $%d", order, order, len(args)), args...)
	if err != nil {
		return nil, "", err
	}
	lines, err := s.lined(ctx, tx, rows)
	next := ""
	if len(rows) == limit {
		next = cursorOf(rows[limit-1])
	}
	return lines, next, err
}

// lined puts the merchants' names to entries.
func (s *Service) lined(ctx context.Context, tx *store.Tx, rows []Entry) ([]Line, error) {
	seen := map[id.ID]bool{}
	var keys []id.ID
	for _, e := range rows {
		if !e.Merchant.IsZero() && !seen[e.Merchant] {
			seen[e.Merchant] = true
			keys = append(keys, e.Merchant)
		}
	}
	names, err := s.merchants(ctx, tx, keys)
	out := make([]Line, len(rows))
	for i, e := range rows {
		out[i] = Line{e, names[e.Merchant]}
	}
	return out, err
}

// Line gives one entry as a list shows it; fault NotFound for one that is not seen.
func (s *Service) Line(ctx context.Context, tx *store.Tx, v View, key id.ID) (Line, error) {
	e, err := s.Entry(ctx, tx, v, key)
	if err != nil {
		return Line{}, err
	}
	lines, err := s.lined(ctx, tx, []Entry{*e})
	if err != nil {
		return Line{}, fault.Wrap("cash.Line", err)
	}
	return lines[0], nil
}

func (q Query) where(v View, family id.Tenant, shops []id.ID) (string, []any) {
	var b strings.Builder
	b.WriteString("WHERE tenant_id = $1 AND ")
	seen, args := v.where("", []any{family})
	b.WriteString(seen)
	add := func(cond string, value any) {
		args = append(args, value)
		b.WriteString(" AND " + strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(args))))
	}
	state := q.State
	if state == "" {
		state = Booked
	}
	add("state = ?", string(state))
	for _, c := range []struct {
		on    bool
		cond  string
		value any
	}{
		{q.From != "", "day >= ?", q.From}, {q.Until != "", "day <= ?", q.Until}, {q.Month != "", "month = ?", q.Month},
		{q.Kind != "", "kind = ?", string(q.Kind)}, {q.Category != "", "category = ?", q.Category},
		{!q.Account.IsZero(), "(account_id = ? OR to_id = ?)", q.Account}, {!q.Member.IsZero(), "subject = ?", q.Member},
		{q.Way != "", "way = ?", string(q.Way)}, {q.Currency != "", "currency = ?", q.Currency}, {q.Min > 0, "minor >= ?", q.Min}, {q.Max > 0, "minor <= ?", q.Max},
	} {
		if c.on {
			add(c.cond, c.value)
		}
	}
	if day, key, ok := strings.Cut(q.Cursor, "."); ok {
		args = append(args, day, key)
		than := "<"
		if q.Asc {
			than = ">"
		}
		fmt.Fprintf(&b, " AND (day %s $%d OR day = $%d AND id %s $%d)", than, len(args)-1, len(args)-1, than, len(args))
	}
	if q.Text != "" {
		b.WriteString(" AND (note IS NOT NULL")
		if len(shops) > 0 {
			marks := ""
			marks, args = in(args, shops[:min(len(shops), 500)])
			b.WriteString(" OR merchant_id IN " + marks)
		}
		b.WriteString(")")
	}
	return b.String(), args
}

// in makes "($2, $3)" of ids, behind the arguments so far.
func in(args []any, keys []id.ID) (string, []any) {
	marks := make([]string, len(keys))
	for i, k := range keys {
		args = append(args, k)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return "(" + strings.Join(marks, ", ") + ")", args
}
