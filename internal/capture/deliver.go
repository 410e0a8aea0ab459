package capture

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// A delivery is pending until it was taken; dead after the last attempt, which
// a person may start anew; failed where nobody wants it any more.
const (
	Pending   DeliveryState = "pending"
	Delivered DeliveryState = "delivered"
	Failed    DeliveryState = "failed"
	Dead      DeliveryState = "dead"
)

// Events, as deliveries name them; the body says "transaction." before all but
// the test and the file.
const (
	EventCaptured  = "captured"
	EventCorrected = "corrected"
	EventReversed  = "reversed"
	EventTest      = "test"
	EventFile      = "file"
)

// pauses before the second and every further attempt: 34 hours and 42 minutes
// in all.
var pauses = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 12 * time.Hour}

const (
	// patience is how long a receiver may go on asking for pauses.
	patience = 35 * time.Hour
	// early is how much before its time a job may run.
	early = 2 * time.Second
	// lease is how long one process may send to a target of a serial kind; longer
	// than a job may run.
	lease = 40 * time.Second
)

// outgoing is a delivery with all that sending it needs.
type outgoing struct {
	d      Delivery
	t      Target
	kind   target.Kind
	set    target.Settings
	parcel target.Parcel
}

// Deliver is the handler of DeliverTask: it sends one delivery, once, and plans
// the next attempt by itself. An error means that it could not even try.
func (s *Service) Deliver(ctx context.Context, task job.Task) error {
	const op = "capture.Deliver"
	sc := s.scope(task.Tenant, "deliver")
	out, err := s.load(ctx, sc, task.ID)
	if err != nil || out == nil {
		return fault.Wrap(op, err)
	}
	if wait := out.t.ParkedUntil.Time().Sub(s.clock.Now()); wait > early {
		return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.later(ctx, tx, out.d.ID, wait) }))
	}
	if s.Limits != nil {
		why, err := s.Limits.MayTake(ctx, sc.Tenant, limitDeliver, 0)
		if err != nil {
			return fault.Wrap(op, err)
		}
		if why != "" { // nothing is lost: it goes out once the workspace works again
			return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.later(ctx, tx, out.d.ID, untilPaid) }))
		}
	}
	if out.kind.Traits().Serial {
		return fault.Wrap(op, s.inTurn(ctx, sc, out))
	}
	return fault.Wrap(op, s.attempt(ctx, sc, out))
}

// untilPaid is how often a delivery that is held back looks again.
const untilPaid = 10 * time.Minute

// attempt sends and notes what became of it.
func (s *Service) attempt(ctx context.Context, sc store.Scope, out *outgoing) error {
	got := s.send(ctx, sc, out)
	if ctx.Err() != nil {
		return ctx.Err() // stopping says nothing about the target: the job runs again
	}
	return s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.record(ctx, tx, out, got) })
}

// inTurn sends to a target of a serial kind: whoever has its turn goes on with
// what else is due, and whoever has not comes again.
func (s *Service) inTurn(ctx context.Context, sc store.Scope, out *outgoing) error {
	mine, err := s.takeTurn(ctx, sc, out)
	if err != nil || !mine {
		return err
	}
	defer s.endTurn(context.WithoutCancel(ctx), sc, out.t.ID)
	begun := s.clock.Now()
	for {
		if err := s.attempt(ctx, sc, out); err != nil {
			return err
		}
		if s.clock.Now().Sub(begun) > lease/4 {
			return nil
		}
		next, err := s.nextDue(ctx, sc, out.t.ID, out.d.ID)
		if err != nil || next.IsZero() {
			return err
		}
		if out, err = s.load(ctx, sc, next); err != nil || out == nil || out.t.ParkedUntil.Time().After(s.clock.Now()) {
			return err
		}
		if err := s.begin(ctx, sc, out); err != nil {
			return err
		}
	}
}

// takeTurn takes the target's turn and notes that the attempt begins.
func (s *Service) takeTurn(ctx context.Context, sc store.Scope, out *outgoing) (mine bool, err error) {
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		now := s.clock.Now()
		n, err := tx.Exec(ctx, "UPDATE targets SET busy_until = $1 WHERE tenant_id = $2 AND id = $3 AND (busy_until IS NULL OR busy_until <= $4)",
			clock.At(now.Add(lease)), tx.Tenant(), out.t.ID, clock.At(now))
		if err != nil {
			return err
		}
		if mine = n == 1; !mine {
			return s.later(ctx, tx, out.d.ID, 3*time.Second)
		}
		return s.mark(ctx, tx, out)
	})
	return mine, err
}

func (s *Service) endTurn(ctx context.Context, sc store.Scope, key id.ID) {
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE targets SET busy_until = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), key)
		return err
	})
	if err != nil { // the lease ends by itself
		s.Log.Warn("a target's turn was not given back", "code", fault.CodeOf(err))
	}
}

func (s *Service) begin(ctx context.Context, sc store.Scope, out *outgoing) error {
	return s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.mark(ctx, tx, out) })
}

// mark notes before an attempt that the other side may have it from now on, and
// learns whether anything of the transaction may be there already.
func (s *Service) mark(ctx context.Context, tx *store.Tx, out *outgoing) error {
	n := 0
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM deliveries WHERE tenant_id = $1 AND target_id = $2 AND captured_id = $3 AND begun_at IS NOT NULL", []any{tx.Tenant(), out.t.ID, out.d.Captured}, &n)
	if err != nil {
		return err
	}
	// A replay may find what was sent so long ago that its deliveries are not kept.
	out.parcel.Fresh = n == 0 && out.d.Event == EventCaptured && out.d.Replay.IsZero()
	_, err = tx.Exec(ctx, "UPDATE deliveries SET begun_at = COALESCE(begun_at, $1) WHERE tenant_id = $2 AND id = $3", tx.Now(), tx.Tenant(), out.d.ID)
	return err
}

// nextDue is the next delivery of a target whose time has come; zero for none.
func (s *Service) nextDue(ctx context.Context, sc store.Scope, key, but id.ID) (next id.ID, err error) {
	err = s.db.Read(ctx, sc, func(tx *store.Tx) error {
		err := tx.QueryRow(ctx, "SELECT id FROM deliveries WHERE tenant_id = $1 AND target_id = $2 AND state = $3 AND next_at <= $4 AND id <> $5 ORDER BY created_at, id LIMIT 1",
			[]any{tx.Tenant(), key, string(Pending), clock.At(s.clock.Now()), but}, &next)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return next, err
}

// load reads a delivery that is due; nil where there is nothing to send.
func (s *Service) load(ctx context.Context, sc store.Scope, delivery id.ID) (*outgoing, error) {
	var out *outgoing
	// Asked for before the transaction: one that waits for another can wait for ever.
	zone := s.zone(ctx, sc.Tenant)
	err := s.db.Read(ctx, sc, func(tx *store.Tx) error {
		d, err := store.Get[Delivery](ctx, tx, delivery)
		if fault.Is(err, fault.NotFound) {
			return nil // erased meanwhile
		}
		if err != nil {
			return err
		}
		// A job that comes early is a repetition: the right one is planned.
		if d.State != Pending || d.NextAt.Time().Sub(s.clock.Now()) > early {
			return nil
		}
		t, err := store.Get[Target](ctx, tx, d.Target)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.State != TargetActive || t.VerifiedAt.IsZero() {
			return nil
		}
		out, err = s.prepare(ctx, tx, *d, *t, zone)
		return err
	})
	return out, err
}

// prepare makes a delivery's parcel from what the books say now.
func (s *Service) prepare(ctx context.Context, tx *store.Tx, d Delivery, t Target, zone *time.Location) (*outgoing, error) {
	out := &outgoing{d: d, t: t, kind: s.kinds[t.Kind]}
	if out.kind == nil {
		return nil, fault.New(fault.Internal, "capture.prepare", "")
	}
	var err error
	if out.set, err = t.Set(); err != nil {
		return nil, err
	}
	out.parcel = target.Parcel{Event: d.ID.String(), Type: "transaction." + d.Event, At: d.CreatedAt.Time(), Now: s.clock.Now(), Tenant: tx.Tenant(), Zone: zone}
	switch d.Event {
	case EventTest:
		out.parcel.Type, out.parcel.Record = target.TypeTest, target.Sample(s.clock.Now())
		out.parcel.Rows = one(out.parcel.Record)
		out.parcel.From, out.parcel.Until = s.clock.Now().Add(-24*time.Hour), s.clock.Now()
	case EventFile:
		out.parcel.Type = target.TypeFile
		out.parcel.From, out.parcel.Until = d.SpanFrom.Time(), d.SpanUntil.Time()
		out.parcel.Rows = s.changed(ctx, tx.Scope(), out.set.Filter, d.SpanFrom, d.SpanUntil)
	default:
		v, err := s.View(ctx, tx, d.Captured)
		if err != nil {
			return nil, err
		}
		out.parcel.Record = v.record()
	}
	return out, nil
}

// send hands the parcel to its kind, with a way out that is bound to what the
// notice says about it.
func (s *Service) send(ctx context.Context, sc store.Scope, o *outgoing) target.Outcome {
	return o.kind.Send(ctx, s.way(ctx, sc, o.t, o.set, o.kind.Traits()), o.parcel)
}

func (s *Service) way(ctx context.Context, sc store.Scope, t Target, set target.Settings, is target.Traits) target.To {
	use := egress.Use{Service: s.Slug, Tenant: sc.Tenant, Subject: t.Subject, Recipient: is.Recipient, Purpose: "deliver", Categories: is.Categories}
	return target.To{ID: t.ID, Settings: set, Secret: t.Secret.Reveal(),
		Carry:  func(req *http.Request) (*egress.Response, error) { return s.Door.Do(ctx, use, req) },
		Client: s.Door.Client(use),
		Post: func(ctx context.Context, l target.Letter) error {
			if s.Post == nil {
				return fault.New(fault.Unavailable, "capture.Post", "mail.no_relay")
			}
			return s.Post(ctx, sc, t.Subject, l)
		}}
}
