package capture

import (
	"context"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// record writes what became of an attempt and plans the next.
func (s *Service) record(ctx context.Context, tx *store.Tx, o *outgoing, got target.Outcome) error {
	if err := s.keep(ctx, tx, o, got); err != nil {
		return err
	}
	d, err := store.Get[Delivery](ctx, tx, o.d.ID)
	if err != nil || d.State != Pending {
		return err // removed or taken meanwhile
	}
	d.LastStatus, d.LastError = int64(got.Status), got.Key
	if got.Taken() {
		d.Attempts, d.State, d.DeliveredAt, d.NextAt = d.Attempts+1, Delivered, tx.Now(), 0
		if _, err := tx.Exec(ctx, "UPDATE targets SET failing_since = NULL, parked_until = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), d.Target); err != nil {
			return err
		}
		return store.Update(ctx, tx, d)
	}
	var since clock.Instant
	if err := tx.QueryRow(ctx, "SELECT failing_since FROM targets WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), d.Target}, &since); err != nil {
		return err
	}
	if since.IsZero() {
		since = tx.Now()
		if _, err := tx.Exec(ctx, "UPDATE targets SET failing_since = $1 WHERE tenant_id = $2 AND id = $3", since, tx.Tenant(), d.Target); err != nil {
			return err
		}
	}
	if got.Wait > 0 && tx.Now().Time().Sub(since.Time()) < patience {
		return s.park(ctx, tx, d, got.Wait)
	}
	d.Attempts++
	return s.refused(ctx, tx, o, d, got)
}

// refused plans the next attempt of a delivery that was not taken, or holds the
// target.
func (s *Service) refused(ctx context.Context, tx *store.Tx, o *outgoing, d *Delivery, got target.Outcome) error {
	switch {
	case got.Pause != "":
		// It stays pending: nothing is lost until the person acts.
		d.NextAt = 0
		if err := store.Update(ctx, tx, d); err != nil {
			return err
		}
		return s.hold(ctx, tx, o, got.Pause)
	case int(d.Attempts) > len(pauses):
		d.State, d.NextAt = Dead, 0
		if err := store.Update(ctx, tx, d); err != nil {
			return err
		}
		return s.hold(ctx, tx, o, "target.failing")
	}
	if err := store.Update(ctx, tx, d); err != nil {
		return err
	}
	return s.later(ctx, tx, d.ID, pauses[d.Attempts-1])
}

// keep stores what an attempt changed in the target itself.
func (s *Service) keep(ctx context.Context, tx *store.Tx, o *outgoing, got target.Outcome) error {
	if got.Settings == nil && got.Secret == "" {
		return nil
	}
	t, k, err := s.target(ctx, tx, o.t.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if got.Settings != nil {
		if err := t.put(k, *got.Settings); err != nil {
			return err
		}
		o.set = *got.Settings
	}
	if got.Secret != "" && !t.Secret.IsZero() { // one that was cut off meanwhile stays so
		t.Secret = vault.Seal(got.Secret)
	}
	return store.Update(ctx, tx, t)
}

// park holds all deliveries of a target back for as long as its receiver asked.
func (s *Service) park(ctx context.Context, tx *store.Tx, d *Delivery, wait time.Duration) error {
	if err := store.Update(ctx, tx, d); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE targets SET parked_until = $1 WHERE tenant_id = $2 AND id = $3", clock.At(tx.Now().Time().Add(wait)), tx.Tenant(), d.Target); err != nil {
		return err
	}
	return s.later(ctx, tx, d.ID, wait)
}

// later has a delivery sent after a pause.
func (s *Service) later(ctx context.Context, tx *store.Tx, delivery id.ID, wait time.Duration) error {
	return s.sendAt(ctx, tx, delivery, tx.Now().Time().Add(wait))
}

// hold pauses a target that takes nothing, and tells its owner once.
func (s *Service) hold(ctx context.Context, tx *store.Tx, o *outgoing, reason string) error {
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = $2 WHERE tenant_id = $3 AND id = $4 AND state = $5", string(TargetPaused), reason, tx.Tenant(), o.t.ID, string(TargetActive))
	if err != nil || n == 0 || s.Tell == nil {
		return err
	}
	return s.Tell.Tell(ctx, tx, notify.Message{Subject: o.t.Subject, Key: "capture.notice." + reason, Args: map[string]string{"target": o.kind.Describe(o.set)},
		Link: "/app/targets/" + o.t.ID.String(), Once: "capture.target.paused:" + o.t.ID.String() + ":" + o.d.ID.String() + ":" + tx.Now().String(), Tone: notify.Warning})
}

// sendAt has a delivery sent at a time.
func (s *Service) sendAt(ctx context.Context, tx *store.Tx, delivery id.ID, at time.Time) error {
	if _, err := tx.Exec(ctx, "UPDATE deliveries SET next_at = $1 WHERE tenant_id = $2 AND id = $3", clock.At(at), tx.Tenant(), delivery); err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: DeliverTask, Service: s.Slug, Tenant: tx.Tenant(), ID: delivery}, at)
}

// verify notes that a test arrived. What came while the target was not verified
// any more goes on.
func (s *Service) verify(ctx context.Context, tx *store.Tx, key id.ID) error {
	t, _, err := s.target(ctx, tx, key)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE targets SET verified_at = COALESCE(verified_at, $1), failing_since = NULL WHERE tenant_id = $2 AND id = $3", tx.Now(), tx.Tenant(), key); err != nil {
		return err
	}
	if t.State != TargetActive || !t.VerifiedAt.IsZero() {
		return nil
	}
	return s.sendHeld(ctx, tx, key)
}

// sendHeld has all that waits for a target sent now.
func (s *Service) sendHeld(ctx context.Context, tx *store.Tx, key id.ID) error {
	held, err := store.Find[Delivery](ctx, tx, "WHERE tenant_id = $1 AND target_id = $2 AND state = $3 AND event <> $4 ORDER BY created_at, id", tx.Tenant(), key, string(Pending), EventTest)
	if err != nil {
		return err
	}
	for i := range held {
		if err := s.again(ctx, tx, &held[i]); err != nil {
			return err
		}
	}
	return nil
}

// Test sends a test event at once and says how it went: the answer's status and
// a key, empty where it was taken. The first one taken verifies the target.
func (s *Service) Test(ctx context.Context, sc store.Scope, key id.ID) (status int, why string, err error) {
	const op = "capture.Test"
	var out *outgoing
	zone := s.zone(ctx, sc.Tenant)
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		t, _, err := s.target(ctx, tx, key)
		if err != nil {
			return err
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
	got := s.send(ctx, sc, out)
	err = s.db.Write(context.WithoutCancel(ctx), sc, func(tx *store.Tx) error {
		if err := s.keep(ctx, tx, out, got); err != nil {
			return err
		}
		d := out.d
		d.LastStatus, d.LastError, d.State = int64(got.Status), got.Key, Failed
		if got.Taken() {
			d.State, d.DeliveredAt = Delivered, tx.Now()
			if err := s.verify(ctx, tx, key); err != nil {
				return err
			}
		}
		return store.Update(ctx, tx, &d)
	})
	return got.Status, got.Key, fault.Wrap(op, err)
}
