package hold

import (
	"context"
	"slices"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Bounds is what a hold covers, without its words: nothing is opened to read it.
type Bounds struct {
	ID          id.ID
	Who         id.Subject
	Workspace   id.Tenant
	Categories  []string // none: all
	From, Until clock.Instant
	ReviewAt    clock.Instant
	// Silent: the person must not be told of it yet.
	Silent bool
	// places are the workspaces that the person belongs to.
	places []id.Tenant
}

// Standing are the holds of a service that stand.
type Standing []Bounds

// Lock takes the home's latch until the transaction ends and gives the holds that
// stand: what it allows to remove may be removed in this transaction, and no hold
// comes before it ends. The transaction may be any enclosure's of the service.
func Lock(ctx context.Context, tx *store.Tx) (s Standing, err error) {
	err = tx.InHome(ctx, func(tx *store.Tx) error {
		if err := turn(ctx, tx); err != nil {
			return err
		}
		s, err = Read(ctx, tx)
		return err
	})
	return s, fault.Wrap("hold.Lock", err)
}

// Read gives the holds that stand, in a transaction of the home, without a lock:
// to look, not to decide what is removed.
func Read(ctx context.Context, tx *store.Tx) (Standing, error) {
	const op = "hold.Read"
	rows, err := tx.Query(ctx, "SELECT id, who, workspace_id, categories, from_at, until_at, review_at, silent_until, told_at FROM holds WHERE tenant_id = $1 AND lifted_at IS NULL ORDER BY id", tx.Tenant())
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer rows.Close()
	var out Standing
	for rows.Next() {
		var b Bounds
		var cats string
		var silent, told clock.Instant
		if err := rows.Scan(&b.ID, &b.Who, &b.Workspace, &cats, &b.From, &b.Until, &b.ReviewAt, &silent, &told); err != nil {
			return nil, fault.Wrap(op, err)
		}
		b.Categories, b.Silent = strings.Fields(cats), told.IsZero() && !silent.IsZero()
		out = append(out, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fault.Wrap(op, err)
	}
	rows.Close()
	for i, b := range out {
		if b.Who.IsZero() {
			continue
		}
		of, err := tenant.Of(ctx, tx, b.Who)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		for _, m := range of {
			out[i].places = append(out[i].places, m.Workspace.Key())
		}
	}
	return out, nil
}

// Covers tells whether a hold forbids to remove data of a person and a category
// that came to be at a moment; a zero moment is any, an empty category any. It
// wants a transaction of the home.
func Covers(ctx context.Context, tx *store.Tx, who id.Subject, category string, at time.Time) (Bounds, bool, error) {
	s, err := Read(ctx, tx)
	if err != nil {
		return Bounds{}, false, err
	}
	of, err := tenant.Of(ctx, tx, who)
	if err != nil {
		return Bounds{}, false, fault.Wrap("hold.Covers", err)
	}
	for _, b := range s {
		mine := slices.ContainsFunc(of, func(m tenant.Membership) bool { return m.Workspace.Key() == b.Workspace })
		if (b.Who.IsZero() || b.Who == who) && (b.Workspace.IsZero() || mine) && b.has(category) && b.during(at) {
			return b, true, nil
		}
	}
	return Bounds{}, false, nil
}

func (b Bounds) has(category string) bool {
	return category == "" || len(b.Categories) == 0 || slices.Contains(b.Categories, category)
}

func (b Bounds) during(at time.Time) bool {
	if at.IsZero() {
		return true
	}
	i := clock.At(at)
	return (b.From.IsZero() || i >= b.From) && (b.Until.IsZero() || i < b.Until)
}

// Touching are the holds that may cover something of a person who has rows in
// these workspaces.
func (s Standing) Touching(who id.Subject, workspaces []id.Tenant) Standing {
	var out Standing
	for _, b := range s {
		if (b.Who.IsZero() || b.Who == who) && (b.Workspace.IsZero() || slices.Contains(workspaces, b.Workspace)) {
			out = append(out, b)
		}
	}
	return out
}

// Without are the standing holds without some.
func (s Standing) Without(keys []id.ID) Standing {
	return slices.DeleteFunc(slices.Clone(s), func(b Bounds) bool { return slices.Contains(keys, b.ID) })
}

// Visible are the holds of which a person may be told.
func (s Standing) Visible() Standing {
	return slices.DeleteFunc(slices.Clone(s), func(b Bounds) bool { return b.Silent })
}

// births are the clocks that say when a row's data came to be, the best first.
var births = []string{"captured", "submitted", "created"}

// Rows says in SQL which rows of a table in an enclosure are held as far as they
// hold one of the categories, in the way of rowset.Where.And: places are written
// %d. ok is false where no hold can cover any.
func (s Standing) Rows(t rowset.Table, at store.Scope, categories []string) (text string, args []any, ok bool) {
	var parts []string
	for _, b := range s {
		if p, more, hit := b.rows(t, at, categories); hit {
			parts, args = append(parts, p), append(args, more...)
		}
	}
	if len(parts) == 0 {
		return "", nil, false
	}
	return "(" + strings.Join(parts, " OR ") + ")", args, true
}

func (b Bounds) rows(t rowset.Table, at store.Scope, categories []string) (text string, args []any, ok bool) {
	home := at.Tenant == rowset.Home(at)
	switch {
	case !b.Workspace.IsZero() && b.Workspace != at.Tenant:
		return "", nil, false
	case len(b.Categories) > 0 && !slices.ContainsFunc(categories, func(c string) bool { return slices.Contains(b.Categories, c) }):
		return "", nil, false
	}
	parts := []string{"1 = 1"}
	switch {
	case b.Who.IsZero():
	case len(t.Subjects) > 0:
		var named []string
		for _, c := range t.Subjects {
			named, args = append(named, c+" = %d"), append(args, b.Who)
		}
		parts = append(parts, "("+strings.Join(named, " OR ")+")")
	case home || !slices.Contains(b.places, at.Tenant):
		// Rows about nobody: those of the person's workspaces may be evidence, those
		// of the home belong to everybody.
		return "", nil, false
	}
	for _, event := range births {
		col, known := t.Clock(event)
		if !known {
			continue
		}
		if !b.From.IsZero() {
			parts, args = append(parts, "("+col+" IS NULL OR "+col+" >= %d)"), append(args, b.From)
		}
		if !b.Until.IsZero() {
			parts, args = append(parts, "("+col+" IS NULL OR "+col+" < %d)"), append(args, b.Until)
		}
		break
	}
	return "(" + strings.Join(parts, " AND ") + ")", args, true
}
