package hold

import (
	"context"
	"errors"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// Silence is a reason for which the law forbids to tell the person.
type Silence string

// The reasons. Each needs the day on which it ends.
const (
	Told          Silence = ""
	Investigation Silence = "investigation" // a criminal investigation that telling would thwart
	Court         Silence = "court"         // a court's order says so
	Laundering    Silence = "laundering"    // the rule against warning in matters of money laundering
)

// Silences are the reasons that can be chosen.
func Silences() []Silence { return []Silence{Investigation, Court, Laundering} }

// New is a hold to be placed. Reason, OrderedBy and Review are needed.
type New struct {
	Who         id.Subject
	Workspace   id.Tenant
	Categories  []string
	From, Until time.Time
	Reason      string
	Case        string
	OrderedBy   string
	Review      time.Time
	Silence     Silence
	SilentUntil time.Time
}

// Bounds of what may be written.
const (
	textMost  = 2000
	reviewMax = 366 * 24 * time.Hour
)

// The deadline of each hold.
const (
	Matter = "hold"
	review = "review"
)

// Number is how people call a hold: the end of its id.
func (h *Hold) Number() string {
	s := h.ID.String()
	return "H-" + strings.ToUpper(s[len(s)-8:])
}

// latchID is the key of a home's latch.
var latchID = id.Must("00000000-0000-7000-8000-000000000002")

// turn waits for and takes the home's latch until the transaction ends.
func turn(ctx context.Context, tx *store.Tx) error {
	const next = "UPDATE hold_latches SET turns = turns + 1 WHERE tenant_id = $1 AND id = $2"
	n, err := tx.Exec(ctx, next, tx.Tenant(), latchID)
	if err == nil && n == 0 {
		l := &latch{}
		l.ID = latchID
		if _, err = store.InsertOnce(ctx, tx, l, "tenant_id, id"); err == nil {
			_, err = tx.Exec(ctx, next, tx.Tenant(), latchID)
		}
	}
	return err
}

// check gives the faults of a form, all at once.
func (n New) check(now time.Time) error {
	const op = "hold.Place"
	var errs []error
	wrong := func(field, key string) { errs = append(errs, fault.New(fault.Invalid, op, key).On(field)) }
	for field, text := range map[string]string{"reason": n.Reason, "ordered_by": n.OrderedBy} {
		if text == "" || len(text) > textMost {
			wrong(field, "hold."+field+".missing")
		}
	}
	if len(n.Case) > textMost {
		wrong("case", "hold.case.long")
	}
	if !n.Review.After(now) || n.Review.Sub(now) > reviewMax {
		wrong("review", "hold.review.wrong")
	}
	if !n.From.IsZero() && !n.Until.IsZero() && !n.Until.After(n.From) {
		wrong("until", "hold.until.wrong")
	}
	known := n.Silence == Told
	for _, s := range Silences() {
		known = known || s == n.Silence
	}
	if !known {
		wrong("silence", "hold.silence.wrong")
	}
	if n.Silence != Told && (!n.SilentUntil.After(now) || n.SilentUntil.Sub(now) > reviewMax) {
		wrong("silent_until", "hold.silent_until.wrong")
	}
	return errors.Join(errs...)
}

// known finds out whether the workspace and the categories are the service's: a
// hold on something that is nowhere would hold nothing, and nobody would see it.
func (b *Book) known(ctx context.Context, tx *store.Tx, n New) error {
	const op = "hold.Place"
	if !n.Workspace.IsZero() {
		if _, err := tenant.Get(ctx, tx, n.Workspace); fault.Is(err, fault.NotFound) {
			return fault.New(fault.Invalid, op, "hold.workspace.unknown").On("workspace")
		} else if err != nil {
			return fault.Wrap(op, err)
		}
	}
	if b.Notice == nil {
		return nil
	}
	of, ok := b.Notice(tx.Scope().Service)
	for _, key := range n.Categories {
		if _, there := of.Category(key); !ok || !there {
			return fault.New(fault.Invalid, op, "hold.categories.unknown").On("categories")
		}
	}
	return nil
}

func instant(t time.Time) clock.Instant {
	if t.IsZero() {
		return 0
	}
	return clock.At(t)
}

// Place writes a hold, in a transaction of the home. It is in force with the
// commit. Faults: Invalid, each on its field.
func (b *Book) Place(ctx context.Context, tx *store.Tx, n New) (*Hold, error) {
	const op = "hold.Place"
	n.Reason, n.OrderedBy, n.Case = strings.TrimSpace(n.Reason), strings.TrimSpace(n.OrderedBy), strings.TrimSpace(n.Case)
	if err := n.check(tx.Now().Time()); err != nil {
		return nil, err
	}
	if err := b.known(ctx, tx, n); err != nil {
		return nil, err
	}
	if err := turn(ctx, tx); err != nil {
		return nil, fault.Wrap(op, err)
	}
	h := &Hold{Who: n.Who, Workspace: n.Workspace, Categories: strings.Join(n.Categories, " "), From: instant(n.From), Until: instant(n.Until),
		Reason: vault.Seal(n.Reason), Case: vault.Seal(n.Case), OrderedBy: vault.Seal(n.OrderedBy), Silence: n.Silence, ReviewAt: instant(n.Review), CreatedAt: tx.Now()}
	if n.Silence != Told {
		h.SilentUntil = instant(n.SilentUntil)
	}
	h.ID = tx.NewID()
	silent, named := n.Silence != Told, n.Who
	if !silent {
		h.KnownTo, h.ToldAt = h.Who, tx.Now()
	}
	err := store.Insert(ctx, tx, h)
	if vault.Destroyed(err) { // too late to tell: the person's key is gone
		silent, named, h.KnownTo, h.ToldAt = true, id.Subject{}, id.Subject{}, 0
		err = store.Insert(ctx, tx, h)
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	due := deadline.New{Matter: Matter, Ref: h.ID, Name: review, Due: h.ReviewAt.Time(), Link: "/staff/privacy/holds/" + h.ID.String(), Title: h.Number()}
	if err := deadline.Set(ctx, tx, due); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if !silent {
		if err := b.tell(ctx, tx, h, "hold.placed"); err != nil {
			return nil, err
		}
	}
	return h, audit.Record(ctx, tx, audit.Act{Name: "hold.placed", Subject: named, Object: string(n.Silence), Told: !silent})
}

// Lift ends a hold; what waited goes on by itself after the commit. Lifting one
// that is lifted is fault Conflict.
func (b *Book) Lift(ctx context.Context, tx *store.Tx, key id.ID, reason string) error {
	const op = "hold.Lift"
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > textMost {
		return fault.New(fault.Invalid, op, "hold.lift.missing").On("reason")
	}
	if err := turn(ctx, tx); err != nil {
		return fault.Wrap(op, err)
	}
	h, err := store.Get[Hold](ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !h.LiftedAt.IsZero() {
		return fault.New(fault.Conflict, op, "hold.lifted.already")
	}
	h.LiftedAt, h.LiftReason = tx.Now(), vault.Seal(reason)
	if err := store.Update(ctx, tx, h); err != nil {
		return fault.Wrap(op, err)
	}
	if err := deadline.Met(ctx, tx, h.ID, review); err != nil {
		return fault.Wrap(op, err)
	}
	if !h.KnownTo.IsZero() {
		if err := b.tell(ctx, tx, h, "hold.ended"); err != nil {
			return err
		}
	}
	if b.Lifted != nil {
		if err := b.Lifted(ctx, tx); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, audit.Act{Name: "hold.lifted", Subject: h.Who, Told: !h.KnownTo.IsZero()})
}

// Prolong sets a later day of review. Fault Invalid for one that is not later.
func (b *Book) Prolong(ctx context.Context, tx *store.Tx, key id.ID, to time.Time) error {
	const op = "hold.Prolong"
	now := tx.Now().Time()
	if !to.After(now) || to.Sub(now) > reviewMax {
		return fault.New(fault.Invalid, op, "hold.review.wrong").On("review")
	}
	h, err := store.Get[Hold](ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !h.LiftedAt.IsZero() {
		return fault.New(fault.Conflict, op, "hold.lifted.already")
	}
	h.ReviewAt = clock.At(to)
	if err := store.Update(ctx, tx, h); err != nil {
		return fault.Wrap(op, err)
	}
	if err := deadline.Move(ctx, tx, h.ID, review, to); err != nil {
		return fault.Wrap(op, err)
	}
	return audit.Record(ctx, tx, audit.Act{Name: "hold.reviewed", Subject: h.Who, Told: !h.KnownTo.IsZero()})
}

// Break tells those whose silence has ended, in a transaction of the home, and
// how many they were.
func (b *Book) Break(ctx context.Context, tx *store.Tx) (int, error) {
	due, err := store.Find[Hold](ctx, tx, "WHERE tenant_id = $1 AND silent_until <= $2 AND told_at IS NULL ORDER BY id LIMIT 100", tx.Tenant(), tx.Now())
	if err != nil {
		return 0, fault.Wrap("hold.Break", err)
	}
	for i := range due {
		h := &due[i]
		// The row is sealed anew under the key of the person who now knows of it.
		h.KnownTo, h.ToldAt = h.Who, tx.Now()
		if err := store.Update(ctx, tx, h); err != nil {
			return i, fault.Wrap("hold.Break", err)
		}
		key := "hold.placed"
		if !h.LiftedAt.IsZero() {
			key = "hold.was"
		}
		if err := b.tell(ctx, tx, h, key); err != nil {
			return i, err
		}
	}
	return len(due), nil
}
