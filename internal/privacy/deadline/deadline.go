package deadline

import (
	"context"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// New is a deadline to set.
type New struct {
	Matter string // kind of case: "request"; no personal data in any field
	Ref    id.ID  // the case
	Name   string // which of the case's deadlines: "answer"
	// Start is from when the time runs; the zero time is now.
	Start time.Time
	Due   time.Time
	// Remind are the moments of reminders; nil gives half of the time and five
	// sixths of it. Moments outside Start and Due are left out.
	Remind []time.Time
	Link   string // the officer's page of the case, a path within the service
	Title  string // the case's number
	Rule   string // what sets the time, as people read it; may be empty
}

// Set begins a deadline. The transaction is one of the service's home. Setting
// the same one again changes nothing; another end for it is fault Conflict: use
// Move.
func Set(ctx context.Context, tx *store.Tx, n New) error {
	const op = "deadline.Set"
	if n.Start.IsZero() {
		n.Start = tx.Now().Time()
	}
	if n.Matter == "" || n.Name == "" || n.Ref.IsZero() || n.Due.Before(n.Start) {
		return fault.New(fault.Internal, op, "deadline.incomplete")
	}
	d := &row{Matter: n.Matter, Ref: n.Ref, Name: n.Name, Title: n.Title, Link: n.Link, Rule: n.Rule,
		SetAt: clock.At(n.Start), DueAt: clock.At(n.Due), FirstDue: clock.At(n.Due), State: Running}
	fresh, err := store.InsertOnce(ctx, tx, d, "tenant_id, ref, name")
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !fresh {
		old, err := find(ctx, tx, n.Ref, n.Name)
		if err == nil && old.DueAt != d.DueAt {
			err = fault.New(fault.Conflict, op, "deadline.exists")
		}
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, d.arm(ctx, tx, n.Remind))
}

// arm plans the alarms that have not passed; the end is always among them.
func (d *row) arm(ctx context.Context, tx *store.Tx, remind []time.Time) error {
	start, due := d.SetAt.Time(), d.DueAt.Time()
	if remind == nil {
		span := due.Sub(start)
		remind = []time.Time{start.Add(span / 2), start.Add(span / 6 * 5)}
	}
	for _, t := range remind {
		if !t.After(start) || !t.Before(due) {
			continue
		}
		a := &alarm{Deadline: d.ID, At: clock.At(t)}
		if _, err := store.InsertOnce(ctx, tx, a, "tenant_id, deadline, at, is_over"); err != nil {
			return err
		}
	}
	_, err := store.InsertOnce(ctx, tx, &alarm{Deadline: d.ID, At: d.DueAt, Over: true}, "tenant_id, deadline, at, is_over")
	return err
}

// Move gives an open deadline another end: an extension that the law or the
// notice allows and that the person was told of. What rang does not ring again;
// the new end has alarms of its own. fault Invalid if the new end lies before the
// old one, NotFound if the deadline is not open.
func Move(ctx context.Context, tx *store.Tx, ref id.ID, name string, due time.Time, remind ...time.Time) error {
	const op = "deadline.Move"
	d, err := find(ctx, tx, ref, name)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if d.State != Running {
		return fault.New(fault.NotFound, op, "deadline.closed")
	}
	if !due.After(d.DueAt.Time()) {
		return fault.New(fault.Invalid, op, "deadline.earlier")
	}
	if err := silence(ctx, tx, d.ID); err != nil {
		return fault.Wrap(op, err)
	}
	if len(remind) == 0 {
		now := tx.Now().Time()
		remind = []time.Time{now.Add(due.Sub(now) / 2), now.Add(due.Sub(now) / 6 * 5)}
	}
	d.DueAt, d.Moved = clock.At(due), d.Moved+1
	if err := store.Update(ctx, tx, d); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, d.arm(ctx, tx, remind))
}

// Met closes a deadline whose work is done, as kept or as late. Of a deadline that
// is closed or was never set nothing happens.
func Met(ctx context.Context, tx *store.Tx, ref id.ID, name string) error {
	return end(ctx, tx, ref, name, Kept)
}

// Drop closes a deadline that no longer runs: the case was taken back.
func Drop(ctx context.Context, tx *store.Tx, ref id.ID, name string) error {
	return end(ctx, tx, ref, name, Gone)
}

func end(ctx context.Context, tx *store.Tx, ref id.ID, name string, as State) error {
	const op = "deadline.end"
	d, err := find(ctx, tx, ref, name)
	if fault.Is(err, fault.NotFound) || err == nil && d.State != Running {
		return nil
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	d.ClosedAt = tx.Now()
	if d.State = as; as == Kept && d.ClosedAt > d.DueAt {
		d.State = Late
	}
	if err := store.Update(ctx, tx, d); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, silence(ctx, tx, d.ID))
}

// silence takes away the alarms that have not rung.
func silence(ctx context.Context, tx *store.Tx, deadline id.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM deadline_alarms WHERE tenant_id = $1 AND deadline = $2 AND rung_at IS NULL", tx.Tenant(), deadline)
	return err
}

func find(ctx context.Context, tx *store.Tx, ref id.ID, name string) (*row, error) {
	return store.One[row](ctx, tx, "WHERE tenant_id = $1 AND ref = $2 AND name = $3", tx.Tenant(), ref, name)
}

// Item is a deadline as pages show it.
type Item struct {
	Matter, Name, Title, Link, Rule string
	Ref                             id.ID
	Start, Due, FirstDue, Closed    time.Time
	Moved                           bool
	State                           State
	Colour                          Colour
}

// Colour says how urgent it is, from the share of the time that is left.
type Colour string

// The colours. Red is also what is over.
const (
	Green Colour = "green" // half of the time or more is left
	Amber Colour = "amber" // less than half
	Red   Colour = "red"   // less than a fifth, or none
)

// ColourOf tells the colour at a moment.
func ColourOf(start, due, now time.Time) Colour {
	left, all := due.Sub(now), due.Sub(start)
	switch {
	case left*5 < all || left <= 0:
		return Red
	case left*2 < all:
		return Amber
	}
	return Green
}

// Open lists what runs in the service, the most urgent first. The transaction is
// one of its home.
func Open(ctx context.Context, tx *store.Tx) ([]Item, error) {
	return list(ctx, tx, "WHERE tenant_id = $1 AND state = $2 ORDER BY due_at, id", tx.Tenant(), Running)
}

// Of lists all deadlines of a case, in the order of their ends.
func Of(ctx context.Context, tx *store.Tx, ref id.ID) ([]Item, error) {
	return list(ctx, tx, "WHERE tenant_id = $1 AND ref = $2 ORDER BY due_at, id", tx.Tenant(), ref)
}

// Closed lists what ended from a moment on: for the figures of how promises are
// kept.
func Closed(ctx context.Context, tx *store.Tx, matter string, from time.Time) ([]Item, error) {
	all, err := list(ctx, tx, "WHERE tenant_id = $1 AND matter = $2 AND closed_at >= $3 ORDER BY closed_at", tx.Tenant(), matter, clock.At(from))
	return slices.DeleteFunc(all, func(i Item) bool { return i.State == Gone }), err
}

func list(ctx context.Context, tx *store.Tx, tail string, args ...any) ([]Item, error) {
	rows, err := store.Find[row](ctx, tx, tail, args...)
	if err != nil {
		return nil, fault.Wrap("deadline.list", err)
	}
	now := tx.Now().Time()
	out := make([]Item, len(rows))
	for i, d := range rows {
		out[i] = Item{Matter: d.Matter, Name: d.Name, Title: d.Title, Link: d.Link, Rule: d.Rule, Ref: d.Ref, Start: d.SetAt.Time(), Due: d.DueAt.Time(),
			FirstDue: d.FirstDue.Time(), Closed: d.ClosedAt.Time(), Moved: d.Moved > 0, State: d.State, Colour: ColourOf(d.SetAt.Time(), d.DueAt.Time(), now)}
	}
	return out, nil
}
