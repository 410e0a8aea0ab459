package promise

import (
	"context"
	"maps"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
)

const day = 24 * time.Hour

// sweepTime is how late the sweep may be: it runs every six hours.
const sweepTime = day

// oldest looks in every table that stores a kind of data for the row that is
// nearest to its end, or past it.
func oldest(ctx context.Context, s Site, a Args) (Finding, error) {
	cat, _ := s.Notice.Category(a["of"])
	o := look{Site: s, cat: cat, what: Category(cat.Key)}
	for _, t := range s.Schema.Tables() {
		if len(fieldsOf(t, cat.Key)) == 0 {
			continue
		}
		t, err := t.Strict(ctx, s.DB, s.Home)
		if err != nil {
			return Finding{}, err
		}
		if fields := fieldsOf(t, cat.Key); len(fields) > 0 {
			o.tables = append(o.tables, stored{t, fields})
		}
	}
	switch {
	case len(o.tables) == 0:
		return found(Kept, Fig("none_stored", "what", o.what)), nil
	case cat.Kept.NotKept:
		return o.nothing(ctx)
	case cat.Kept.Forever:
		return found(Kept, Fig("forever", "what", o.what)), nil
	}
	return o.byTerm(ctx)
}

// look is one kind of data being looked for.
type look struct {
	Site
	cat    notice.Category
	what   string
	tables []stored
}

// stored is a table with the columns of the kind of data.
type stored struct {
	rowset.Table
	fields []rowset.Field
}

// fieldsOf are the columns of a category. In a row of several, clocks and people stay
// as long as the row: where the category has others, those tell.
func fieldsOf(t rowset.Table, category string) []rowset.Field {
	var all, content []rowset.Field
	stay := slices.Concat(t.Subjects, slices.Collect(maps.Values(t.Clocks)))
	for _, f := range t.Fields {
		if f.Category != category {
			continue
		}
		all = append(all, f)
		if !slices.Contains(stay, f.Name) {
			content = append(content, f)
		}
	}
	if len(content) > 0 && len(t.Categories()) > 1 {
		return content
	}
	return all
}

// full says in SQL that a row still holds something of the kind.
func (t stored) full() string {
	text := ""
	for i, f := range t.fields {
		if i > 0 {
			text += " OR "
		}
		text += f.Full()
	}
	return "(" + text + ")"
}

// nothing is for what the notice says is not kept at all.
func (o look) nothing(ctx context.Context) (Finding, error) {
	var n int64
	err := o.each(ctx, func(tx *store.Tx) error {
		for _, t := range o.tables {
			var here int64
			if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+t.Name+" WHERE tenant_id = $1 AND "+t.full(), []any{tx.Tenant()}, &here); err != nil {
				return err
			}
			n += here
		}
		return nil
	})
	if err != nil {
		return Finding{}, err
	}
	if n > 0 {
		return found(Broken, Fig("stored_all_the_same", "what", o.what)), nil
	}
	return found(Kept, Fig("none_stored", "what", o.what)), nil
}

// byTerm compares with the notice's term: where the row has the clock of the
// event by the oldest row, else by the people to whom the event happened.
func (o look) byTerm(ctx context.Context) (Finding, error) {
	keep := o.cat.Kept
	f := Finding{State: Kept}
	first, clocked := time.Time{}, false
	left := false
	err := o.each(ctx, func(tx *store.Tx) error {
		for _, t := range o.tables {
			event, due := keep.Event, keep.Due
			col, ok := t.Clock(event)
			if !ok && keep.HasAtMost {
				due = keep.DueAtMost
				col, ok = t.Clock(keep.AtMostEvent)
			}
			if !ok {
				continue
			}
			clocked = true
			at, err := o.first(ctx, tx, t, col)
			if err != nil {
				return err
			}
			if at.IsZero() {
				continue
			}
			f.State = worse(f.State, judge(o.Now, at, due(at)))
			if first.IsZero() || at.Before(first) {
				first = at
			}
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	if !clocked || keep.While != "" {
		if left, err = o.outlived(ctx); err != nil {
			return f, err
		}
	}
	return o.say(f.State, first, clocked, left), nil
}

// say puts what was seen into words.
func (o look) say(state State, first time.Time, clocked, left bool) Finding {
	keep := o.cat.Kept
	limit := keep.Period
	if keep.HasAtMost {
		limit = keep.AtMost
	}
	switch {
	case left:
		return found(Broken, Fig("outlived", "what", o.what))
	case !clocked:
		return found(state, Fig("with_account", "what", o.what))
	case first.IsZero():
		return found(state, Fig("none_due", "what", o.what, "limit", Of(limit)))
	}
	return found(state, Fig("oldest", "what", o.what, "age", Span(o.Now.Sub(first)), "limit", Of(limit)))
}

// judge weighs the oldest row: past its time and the sweep's it is broken.
func judge(now, at, due time.Time) State {
	switch {
	case due.IsZero():
		return Kept
	case now.After(due.Add(sweepTime)):
		return Broken
	case soon(now.Sub(at), due.Sub(at)):
		return AtRisk
	}
	return Kept
}

// first is the earliest time of an event among the rows that hold something;
// zero where there is none, or only in times to come.
func (o look) first(ctx context.Context, tx *store.Tx, t stored, col string) (time.Time, error) {
	var at clock.Instant
	err := tx.QueryRow(ctx, "SELECT MIN("+col+") FROM "+t.Name+" WHERE tenant_id = $1 AND "+col+" <= $2 AND "+t.full(), []any{tx.Tenant(), clock.At(o.Now)}, &at)
	return at.Time(), err
}

// outlived tells whether rows are left of somebody whose event is longer ago than
// the notice allows.
func (o look) outlived(ctx context.Context) (bool, error) {
	if o.Events == nil {
		return false, nil
	}
	left := false
	for _, room := range o.Rooms {
		list, known, err := o.Events.Happened(ctx, room, o.cat.Kept.Event, o.Now)
		if err != nil {
			return false, err
		}
		if !known {
			continue
		}
		err = o.DB.Read(ctx, room, func(tx *store.Tx) error {
			for _, h := range list {
				if h.Subject.IsZero() || !o.Now.After(o.cat.Kept.Due(h.At).Add(sweepTime)) {
					continue
				}
				for _, t := range o.tables {
					for _, col := range t.Subjects {
						var n int64
						if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+t.Name+" WHERE tenant_id = $1 AND "+col+" = $2 AND "+t.full(), []any{tx.Tenant(), h.Subject}, &n); err != nil {
							return err
						}
						left = left || n > 0
					}
				}
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return left, nil
}

// terms looks whether every kind of data that lies in the service's rooms has a
// term in its notice.
func terms(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, ruled int64
	missing := ""
	err := s.each(ctx, func(tx *store.Tx) error {
		for _, t := range s.Schema.Tables() {
			for _, c := range t.Categories() {
				var n int64
				w := stored{t, fieldsOf(t, c)}
				if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+t.Name+" WHERE tenant_id = $1 AND "+w.full(), []any{tx.Tenant()}, &n); err != nil {
					return err
				}
				if n == 0 {
					continue
				}
				all++
				if cat, ok := s.Notice.Category(c); ok && (cat.Kept.Forever || cat.Kept.Event != "" || cat.Kept.NotKept) {
					ruled++
				} else {
					missing = t.Name + ": " + c
				}
			}
		}
		return nil
	})
	if err != nil {
		return Finding{}, err
	}
	if missing != "" {
		return found(Broken, Fig("no_term", "where", Words(missing), "share", Share(ruled, all))), nil
	}
	return found(Kept, Fig("all_terms", "share", Share(ruled, all))), nil
}
