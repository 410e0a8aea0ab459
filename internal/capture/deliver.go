package capture

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/channel/webhook"
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
// the test.
const (
	EventCaptured  = "captured"
	EventCorrected = "corrected"
	EventReversed  = "reversed"
	EventTest      = "test"
)

// pauses before the second and every further attempt: 34 hours and 42 minutes
// in all.
var pauses = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 12 * time.Hour}

// sent are the categories of what a target gets, as the notice names them.
var sent = []string{"transaction.amount", "transaction.time", "transaction.merchant", "transaction.account", "transaction.reference", "transaction.category", "transaction.note"}

// announce puts an event on its way to every target that wants it.
func (s *Service) announce(ctx context.Context, tx *store.Tx, c *Captured, event string) error {
	targets, err := store.Find[Target](ctx, tx, "WHERE tenant_id = $1 AND state <> $2 AND verified_at IS NOT NULL ORDER BY id", tx.Tenant(), string(TargetRemoved))
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.Direction != "" && t.Direction != c.Direction {
			continue
		}
		d := &Delivery{Subject: c.Subject, Target: t.ID, Captured: c.ID, Event: event, Revision: c.Revision, State: Pending, NextAt: tx.Now(), CreatedAt: tx.Now()}
		created, err := store.InsertOnce(ctx, tx, d, "tenant_id, target_id, captured_id, event, revision")
		if err != nil {
			return err
		}
		if created && t.State == TargetActive {
			if err := s.again(ctx, tx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// outgoing is a delivery with all that sending it needs.
type outgoing struct {
	d      Delivery
	t      Target
	secret webhook.Secret
	body   []byte
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
	status, key := s.send(ctx, sc, out)
	if ctx.Err() != nil {
		return fault.Wrap(op, ctx.Err()) // stopping says nothing about the target: the job runs again
	}
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.record(ctx, tx, out, status, key) }))
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
		if d.State != Pending || d.NextAt.Time().Sub(s.clock.Now()) > 2*time.Second {
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

func (s *Service) prepare(ctx context.Context, tx *store.Tx, d Delivery, t Target, zone *time.Location) (*outgoing, error) {
	secret, err := webhook.ParseSecret(t.Secret.Reveal())
	if err != nil {
		return nil, err
	}
	body, err := s.payload(ctx, tx, d, zone)
	return &outgoing{d, t, secret, body}, err
}

// send gives the answer's status, and a key where it was not taken.
func (s *Service) send(ctx context.Context, sc store.Scope, o *outgoing) (status int, key string) {
	req, err := webhook.NewRequest(ctx, o.t.URL.Reveal(), o.d.ID.String(), s.clock.Now(), o.body, o.secret)
	if err != nil {
		return 0, or(fault.Of(err).Key, "egress.bad_url")
	}
	use := egress.Use{Service: s.Slug, Tenant: sc.Tenant, Subject: o.d.Subject, Recipient: egress.Recipient{Key: egress.Target, Kind: egress.Chosen}, Purpose: "deliver", Categories: sent}
	resp, err := s.Door.Do(ctx, use, req)
	if resp != nil {
		status = resp.Status
	}
	switch {
	case err != nil && status >= 200 && status < 300 && fault.Of(err).Key != "egress.redirect":
		return status, "" // it was taken; only its answer was too long or too slow
	case err != nil:
		return status, or(fault.Of(err).Key, "egress.unreachable")
	case status >= 200 && status < 300:
		return status, ""
	}
	return status, "target.status"
}

// record writes what became of an attempt and plans the next.
func (s *Service) record(ctx context.Context, tx *store.Tx, o *outgoing, status int, key string) error {
	d, err := store.Get[Delivery](ctx, tx, o.d.ID)
	if err != nil || d.State != Pending {
		return err // removed or taken meanwhile
	}
	d.Attempts, d.LastStatus, d.LastError = d.Attempts+1, int64(status), key
	if key == "" {
		d.State, d.DeliveredAt, d.NextAt = Delivered, tx.Now(), 0
		if _, err := tx.Exec(ctx, "UPDATE targets SET failing_since = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), d.Target); err != nil {
			return err
		}
		return store.Update(ctx, tx, d)
	}
	if _, err := tx.Exec(ctx, "UPDATE targets SET failing_since = COALESCE(failing_since, $1) WHERE tenant_id = $2 AND id = $3", tx.Now(), tx.Tenant(), d.Target); err != nil {
		return err
	}
	if int(d.Attempts) > len(pauses) || status == http.StatusGone {
		d.State, d.NextAt = Dead, 0
		if _, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = $2 WHERE tenant_id = $3 AND id = $4 AND state = $5", string(TargetPaused), "target.failing", tx.Tenant(), d.Target, string(TargetActive)); err != nil {
			return err
		}
		return store.Update(ctx, tx, d)
	}
	next := tx.Now().Time().Add(pauses[d.Attempts-1])
	d.NextAt = clock.At(next)
	if err := store.Update(ctx, tx, d); err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: DeliverTask, Service: s.Slug, Tenant: tx.Tenant(), ID: d.ID}, next)
}

// Test sends a test event at once and says how it went: the answer's status and
// a key, empty where it was taken. The first one taken verifies the target.
func (s *Service) Test(ctx context.Context, sc store.Scope, target id.ID) (status int, key string, err error) {
	const op = "capture.Test"
	var out *outgoing
	zone := s.zone(ctx, sc.Tenant)
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		t, err := store.Get[Target](ctx, tx, target)
		if err != nil {
			return err
		}
		if t.State == TargetRemoved {
			return fault.New(fault.NotFound, op, "not_found")
		}
		d := Delivery{Subject: t.Subject, Target: t.ID, Event: EventTest, State: Pending, Attempts: 1, CreatedAt: tx.Now()}
		if err := store.Insert(ctx, tx, &d); err != nil {
			return err
		}
		out, err = s.prepare(ctx, tx, d, *t, zone)
		return err
	})
	if err != nil {
		return 0, "", fault.Wrap(op, err)
	}
	status, key = s.send(ctx, sc, out)
	err = s.db.Write(context.WithoutCancel(ctx), sc, func(tx *store.Tx) error {
		d := out.d
		d.LastStatus, d.LastError, d.State = int64(status), key, Failed
		if key == "" {
			d.State, d.DeliveredAt = Delivered, tx.Now()
			_, err := tx.Exec(ctx, "UPDATE targets SET verified_at = COALESCE(verified_at, $1), failing_since = NULL WHERE tenant_id = $2 AND id = $3 AND state <> $4", tx.Now(), tx.Tenant(), target, string(TargetRemoved))
			if err != nil {
				return err
			}
		}
		return store.Update(ctx, tx, &d)
	})
	return status, key, fault.Wrap(op, err)
}
