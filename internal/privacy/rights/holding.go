package rights

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
)

// Holding is what is kept about a person of one category.
type Holding struct {
	Category notice.Category
	Purposes []notice.Purpose
	Records  int64
	// Oldest and Newest are when the records came to be.
	Oldest, Newest time.Time
	// First and Last are when the oldest and the newest record must be gone; zero
	// while the time has not begun to run or cannot be told from the records.
	First, Last time.Time
	Got         []Received
	// Secret is kept and not given in copies.
	Secret bool
}

// Received is who got data of a category.
type Received struct {
	Recipient notice.Recipient
	Times     int64
	Last      time.Time
}

// Kept lists what is kept about a person: one holding for each category of which
// there is a record, in the notice's order. fault NotFound for an unknown person.
func (r *Rights) Kept(ctx context.Context, who id.Subject) ([]Holding, error) {
	places, n, err := r.places(ctx, who)
	if err != nil {
		return nil, err
	}
	found := map[string]*Holding{}
	for _, p := range places {
		err := r.DB.Read(ctx, p.Scope, func(tx *store.Tx) error {
			for _, t := range r.Schema.Tables() {
				if err := r.measure(ctx, tx, n, t, p, who, found); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, fault.Wrap("rights.Kept", err)
		}
	}
	if err := r.received(ctx, who, n, found); err != nil {
		return nil, err
	}
	var out []Holding
	for _, c := range n.Categories() {
		if h := found[c.Key]; h != nil && h.Records > 0 {
			out = append(out, *h)
		}
	}
	return out, nil
}

// measure counts a table's rows of the person by category, in one query.
func (r *Rights) measure(ctx context.Context, tx *store.Tx, n *notice.Notice, t rowset.Table, p place, who id.Subject, found map[string]*Holding) error {
	w, ok := pick(t, p, who)
	if !ok {
		return nil
	}
	cats := t.Categories()
	counts := make([]int64, len(cats))
	var oldest, newest sql.NullInt64
	var firstID, lastID sql.NullString
	dest := []any{&oldest, &newest, &firstID, &lastID}
	at := since(t)
	text := fmt.Sprintf("MIN(%s), MAX(%s), MIN(id), MAX(id)", at, at)
	for i, c := range cats {
		text += ", COUNT(CASE WHEN " + present(t, c) + " THEN 1 END)"
		dest = append(dest, &counts[i])
	}
	if err := t.Measure(ctx, tx, text, w, dest...); err != nil {
		return err
	}
	from, to := clock.Instant(oldest.Int64).Time(), clock.Instant(newest.Int64).Time()
	if at == "NULL" {
		from, to = idTime(firstID.String), idTime(lastID.String)
	}
	for i, key := range cats {
		c, declared := n.Category(key)
		if counts[i] == 0 || !declared {
			continue
		}
		h := found[key]
		if h == nil {
			h = &Holding{Category: c, Secret: secret(n, key)}
			for _, k := range c.For {
				if pu, ok := n.Purpose(k); ok {
					h.Purposes = append(h.Purposes, pu)
				}
			}
			found[key] = h
		}
		h.add(counts[i], from, to)
		if _, runs := t.Clock(c.Kept.Event); runs && c.Kept.While == "" {
			h.First, h.Last = earlier(h.First, c.Kept.Due(from)), later(h.Last, c.Kept.Due(to))
		}
	}
	return nil
}

func (h *Holding) add(n int64, from, to time.Time) {
	h.Records += n
	h.Oldest, h.Newest = earlier(h.Oldest, from), later(h.Newest, to)
}

// present says in SQL that a row holds something of a category.
func present(t rowset.Table, category string) string {
	var parts []string
	for _, f := range t.Fields {
		if f.Category == category {
			parts = append(parts, f.Name+" IS NOT NULL")
		}
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// since is the column that says when a row came to be; NULL where only its id
// does.
func since(t rowset.Table) string {
	for _, event := range []string{"captured", "created", "submitted", "delivered"} {
		if c, ok := t.Clock(event); ok {
			return c
		}
	}
	return "NULL"
}

// idTime is the time in a UUIDv7.
func idTime(s string) time.Time {
	u, err := id.Parse(s)
	if err != nil {
		return time.Time{}
	}
	var ms int64
	for _, b := range u[:6] {
		ms = ms<<8 | int64(b)
	}
	return time.UnixMilli(ms).UTC()
}

// received adds who got what, from the ledger of transfers.
func (r *Rights) received(ctx context.Context, who id.Subject, n *notice.Notice, found map[string]*Holding) error {
	if r.Transfers == nil {
		return nil
	}
	all, err := r.Transfers.Transfers(ctx, who)
	if err != nil {
		return fault.Wrap("rights.received", err)
	}
	for _, tr := range all {
		rec, ok := n.Recipient(tr.Recipient)
		if !ok {
			rec = notice.Recipient{Key: tr.Recipient, Name: notice.Text{ID: tr.Recipient, EN: tr.Recipient}}
		}
		for _, c := range tr.Categories {
			if h := found[c]; h != nil {
				h.got(rec, tr)
			}
		}
	}
	return nil
}

func (h *Holding) got(rec notice.Recipient, tr Transfer) {
	i := slices.IndexFunc(h.Got, func(g Received) bool { return g.Recipient.Key == rec.Key })
	if i < 0 {
		h.Got = append(h.Got, Received{Recipient: rec})
		i = len(h.Got) - 1
	}
	h.Got[i].Times += tr.Times
	h.Got[i].Last = later(h.Got[i].Last, tr.Last)
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// basis is what a holding serves on one legal basis, in words.
type basis struct{ Basis, Article, Says string }

// bases groups the purposes by their legal basis.
func (h Holding) bases(lang string) []basis {
	var out []basis
	for _, p := range h.Purposes {
		i := slices.IndexFunc(out, func(b basis) bool { return b.Basis == p.Basis && b.Article == p.Article })
		if i < 0 {
			out = append(out, basis{p.Basis, p.Article, p.Say.In(lang)})
			continue
		}
		out[i].Says += " " + p.Say.In(lang)
	}
	return out
}
