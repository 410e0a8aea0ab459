package capture

import (
	"context"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
)

// ReplayTask is the kind of the job that puts a piece of a replay on its way; its
// handler is [Service.ReplayPiece].
const ReplayTask = "capture.replay"

// ReplayState is where a replay stands.
type ReplayState string

// A replay runs until all is queued, or until a person stops it.
const (
	ReplayRunning ReplayState = "running"
	ReplayDone    ReplayState = "done"
	ReplayStopped ReplayState = "stopped"
)

// piece is how many transactions one job of a replay puts on their way.
const piece = 200

// Span is a span of local days, both inclusive.
type Span struct{ Since, Until string }

// bounds are the moments of a span in a zone, the second exclusive.
func (p Span) bounds(zone *time.Location) (clock.Instant, clock.Instant, error) {
	wrong := func(field, key string) error { return fault.New(fault.Invalid, "capture.Replay", key).On(field) }
	from, err := time.ParseInLocation(time.DateOnly, p.Since, zone)
	if err != nil {
		return 0, 0, wrong("since", "capture.target.filter.date")
	}
	to, err := time.ParseInLocation(time.DateOnly, p.Until, zone)
	if err != nil {
		return 0, 0, wrong("until", "capture.target.filter.date")
	}
	if to.Before(from) {
		return 0, 0, wrong("until", "capture.target.replay.range")
	}
	return clock.At(from), clock.At(to.AddDate(0, 0, 1)), nil
}

// CountReplay says how many transactions a replay would send: those of the span
// that the target's filter lets through.
func (s *Service) CountReplay(ctx context.Context, sc store.Scope, key id.ID, p Span) (n int64, err error) {
	const op = "capture.CountReplay"
	from, to, err := p.bounds(s.zone(ctx, sc.Tenant))
	if err != nil {
		return 0, err
	}
	var set target.Settings
	err = s.db.Read(ctx, sc, func(tx *store.Tx) error {
		t, k, err := s.target(ctx, tx, key)
		if err != nil {
			return err
		}
		if k.Traits().Scheduled {
			return fault.New(fault.Invalid, op, "capture.target.replay.file")
		}
		set, err = t.Set()
		return err
	})
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	at, last := from, id.ID{}
	for {
		var page []View
		err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { page, err = spanPage(ctx, tx, at, last, to); return err })
		if err != nil {
			return 0, fault.Wrap(op, err)
		}
		for _, v := range page {
			if set.Filter.Match(v.record()) {
				n++
			}
		}
		if len(page) < piece {
			return n, nil
		}
		at, last = page[len(page)-1].At, page[len(page)-1].ID
	}
}

// spanPage reads transactions of a span in the order of their time, after a place.
func spanPage(ctx context.Context, tx *store.Tx, at clock.Instant, last id.ID, to clock.Instant) ([]View, error) {
	rows, err := store.FindOpen[Captured](ctx, tx, "WHERE tenant_id = $1 AND (at > $2 OR at = $2 AND id > $3) AND at < $4 AND state IN ($5, $6) ORDER BY at, id LIMIT $7",
		tx.Tenant(), at, last.String(), to, string(Booked), string(Reversed), piece)
	if err != nil {
		return nil, err
	}
	return views(ctx, tx, rows)
}

// StartReplay has a span sent to a target again. Whatever the target got before
// comes with the number that it had then.
func (s *Service) StartReplay(ctx context.Context, sc store.Scope, key id.ID, p Span) (id.ID, error) {
	const op = "capture.StartReplay"
	n, err := s.CountReplay(ctx, sc, key, p)
	if err != nil {
		return id.ID{}, err
	}
	from, _, err := p.bounds(s.zone(ctx, sc.Tenant))
	if err != nil {
		return id.ID{}, err
	}
	r := &Replay{Target: key, Since: p.Since, Until: p.Until, State: ReplayRunning, Total: n, LastAt: from}
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		t, _, err := s.target(ctx, tx, key)
		if err != nil {
			return err
		}
		if t.State != TargetActive || t.VerifiedAt.IsZero() {
			return fault.New(fault.Conflict, op, "capture.target.replay.held")
		}
		var running int
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM target_replays WHERE tenant_id = $1 AND target_id = $2 AND state = $3", []any{tx.Tenant(), key, string(ReplayRunning)}, &running); err != nil {
			return err
		}
		if running > 0 {
			return fault.New(fault.Conflict, op, "capture.target.replay.running")
		}
		r.Subject, r.CreatedAt = t.Subject, tx.Now()
		if err := store.Insert(ctx, tx, r); err != nil {
			return err
		}
		return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: ReplayTask, Service: s.Slug, Tenant: tx.Tenant(), ID: r.ID}, time.Time{})
	})
	return r.ID, fault.Wrap(op, err)
}

// ReplayPiece is the handler of ReplayTask: it puts the next piece on its way and
// notes how far it came, in one transaction.
func (s *Service) ReplayPiece(ctx context.Context, task job.Task) error {
	const op = "capture.ReplayPiece"
	sc := s.scope(task.Tenant, "deliver")
	zone := s.zone(ctx, sc.Tenant)
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		r, err := store.Get[Replay](ctx, tx, task.ID)
		if err != nil || r.State != ReplayRunning {
			return err
		}
		t, k, err := s.target(ctx, tx, r.Target)
		if err != nil {
			return err
		}
		set, err := t.Set()
		if err != nil {
			return err
		}
		_, to, err := Span{r.Since, r.Until}.bounds(zone)
		if err != nil {
			return err
		}
		page, err := spanPage(ctx, tx, r.LastAt, r.LastID, to)
		if err != nil {
			return err
		}
		wait := time.Duration(0)
		for _, v := range page {
			if set.Filter.Match(v.record()) {
				if err := s.replayOne(ctx, tx, t, r, v, wait); err != nil {
					return err
				}
				r.Queued++
				wait += k.Traits().Pace
			}
			r.LastAt, r.LastID = v.At, v.ID
		}
		if len(page) < piece {
			r.State = ReplayDone
			return store.Update(ctx, tx, r)
		}
		if err := store.Update(ctx, tx, r); err != nil {
			return err
		}
		return s.Jobs.Enqueue(ctx, tx, task, tx.Now().Time().Add(wait))
	})
	if fault.Is(err, fault.NotFound) {
		return nil // erased or removed meanwhile
	}
	return fault.Wrap(op, err)
}

// replayOne sends the last event of a transaction again, or makes the one that the
// target should have had. What waits anyway is left alone.
func (s *Service) replayOne(ctx context.Context, tx *store.Tx, t *Target, r *Replay, v View, wait time.Duration) error {
	d, err := store.One[Delivery](ctx, tx, "WHERE tenant_id = $1 AND target_id = $2 AND captured_id = $3 ORDER BY revision DESC, created_at DESC", tx.Tenant(), t.ID, v.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		event := EventCaptured
		switch {
		case v.State == Reversed:
			event = EventReversed
		case v.Revision > 0:
			event = EventCorrected
		}
		d = &Delivery{Subject: v.Subject, Target: t.ID, Captured: v.ID, Event: event, Revision: v.Revision, State: Pending, Replay: r.ID, CreatedAt: tx.Now()}
		d.ID = eventID(t.ID, v.ID, event, v.Revision)
		err = store.Insert(ctx, tx, d)
	case err == nil && d.State == Pending:
		return nil
	case err == nil:
		d.State, d.Attempts, d.LastError, d.Replay = Pending, 0, "", r.ID
		err = store.Update(ctx, tx, d)
	}
	if err != nil {
		return err
	}
	return s.later(ctx, tx, d.ID, wait)
}

// StopReplay takes back what a replay has not sent yet.
func (s *Service) StopReplay(ctx context.Context, tx *store.Tx, key id.ID) error {
	const op = "capture.StopReplay"
	r, err := store.Get[Replay](ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if r.State != ReplayRunning && r.State != ReplayDone {
		return fault.New(fault.Conflict, op, "capture.changed")
	}
	r.State = ReplayStopped
	if err := store.Update(ctx, tx, r); err != nil {
		return fault.Wrap(op, err)
	}
	// What had arrived before the replay has still arrived.
	_, err = tx.Exec(ctx, "UPDATE deliveries SET state = CASE WHEN delivered_at IS NULL THEN $1 ELSE $2 END, last_error = CASE WHEN delivered_at IS NULL THEN $3 ELSE '' END, next_at = NULL WHERE tenant_id = $4 AND replay_id = $5 AND state = $6",
		string(Failed), string(Delivered), "replay.stopped", tx.Tenant(), key, string(Pending))
	return fault.Wrap(op, err)
}

// ReplayProgress is a replay and how much of it arrived.
type ReplayProgress struct {
	Replay
	Arrived, Waiting, Lost int64
}

// Replays is a target's last replay, if there was one: a delivery knows only the
// last that sent it.
func (s *Service) Replays(ctx context.Context, tx *store.Tx, key id.ID) ([]ReplayProgress, error) {
	const op = "capture.Replays"
	all, err := store.Find[Replay](ctx, tx, "WHERE tenant_id = $1 AND target_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1", tx.Tenant(), key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := make([]ReplayProgress, 0, len(all))
	for _, r := range all {
		p := ReplayProgress{Replay: r}
		err := tx.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN state = $1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = $2 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state IN ($3, $4) THEN 1 ELSE 0 END), 0)
			FROM deliveries WHERE tenant_id = $5 AND replay_id = $6`, []any{string(Delivered), string(Pending), string(Dead), string(Failed), tx.Tenant(), r.ID}, &p.Arrived, &p.Waiting, &p.Lost)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, p)
	}
	return out, nil
}
