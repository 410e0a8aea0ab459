package capture

import (
	"context"
	"iter"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
)

// PlanTask is the kind of the job that makes the next file of a scheduled target;
// its handler is [Service.Plan].
const PlanTask = "capture.plan"

// settle is how long after a span's end its file is made: what was changed in it
// is committed by then.
const settle = time.Minute

// schedule plans the next file of a scheduled target. A plan made before is void.
func (s *Service) schedule(ctx context.Context, tx *store.Tx, t *Target, k target.Kind) error {
	if !k.Traits().Scheduled || t.State != TargetActive {
		return nil
	}
	set, err := t.Set()
	if err != nil || set.File == nil {
		return err
	}
	due := set.File.Next(tx.Now().Time())
	if _, err := tx.Exec(ctx, "UPDATE targets SET due_at = $1 WHERE tenant_id = $2 AND id = $3", clock.At(due), tx.Tenant(), t.ID); err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: PlanTask, Service: s.Slug, Tenant: tx.Tenant(), ID: t.ID}, due.Add(settle))
}

// Plan is the handler of PlanTask: it puts the file of the span that ended on its
// way, once, and plans the next. While a target is paused its span grows.
func (s *Service) Plan(ctx context.Context, task job.Task) error {
	const op = "capture.Plan"
	sc := s.scope(task.Tenant, "deliver")
	var t *Target
	var set target.Settings
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) {
		if t, _, err = s.target(ctx, tx, task.ID); err == nil {
			set, err = t.Set()
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || t.State != TargetActive || t.DueAt.IsZero() || t.DueAt.Time().After(s.clock.Now()) {
		return fault.Wrap(op, err)
	}
	from := max(t.SpannedUntil, t.CreatedAt)
	empty := false
	if set.File != nil && set.File.Skip {
		if empty, err = s.nothing(ctx, sc, set.Filter, from, t.DueAt); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.span(ctx, tx, t, from, empty) }))
}

// span makes the delivery of one file, unless another job did.
func (s *Service) span(ctx context.Context, tx *store.Tx, t *Target, from clock.Instant, empty bool) error {
	n, err := tx.Exec(ctx, "UPDATE targets SET spanned_until = due_at WHERE tenant_id = $1 AND id = $2 AND due_at = $3 AND state = $4 AND (spanned_until IS NULL OR spanned_until < due_at)",
		tx.Tenant(), t.ID, t.DueAt, string(TargetActive))
	if err != nil || n == 0 {
		return err
	}
	if !empty && !t.VerifiedAt.IsZero() {
		d := &Delivery{Subject: t.Subject, Target: t.ID, Event: EventFile, State: Pending, SpanFrom: from, SpanUntil: t.DueAt, CreatedAt: tx.Now()}
		d.ID = eventID(t.ID, id.ID{}, EventFile, int64(t.DueAt))
		if _, err := store.InsertOnce(ctx, tx, d, "tenant_id, id"); err != nil {
			return err
		}
		if err := s.again(ctx, tx, d); err != nil {
			return err
		}
	}
	return s.schedule(ctx, tx, t, s.kinds[t.Kind])
}

// nothing tells whether a span has no transaction that a filter lets through.
func (s *Service) nothing(ctx context.Context, sc store.Scope, f target.Filter, from, until clock.Instant) (bool, error) {
	for _, err := range s.changed(ctx, sc, f, from, until) {
		return false, err
	}
	return true, nil
}

// changed are the booked transactions that came, were corrected or reversed after
// from and up to until, and pass a filter: page by page, so that memory does not
// grow with them.
func (s *Service) changed(ctx context.Context, sc store.Scope, f target.Filter, from, until clock.Instant) iter.Seq2[target.Record, error] {
	return func(yield func(target.Record, error) bool) {
		at, last := from, "g" // after every id: rows of the first moment are not in the span
		for {
			var page []View
			err := s.db.Read(ctx, sc, func(tx *store.Tx) error {
				rows, err := store.FindOpen[Captured](ctx, tx, "WHERE tenant_id = $1 AND (changed_at > $2 OR changed_at = $2 AND id > $3) AND changed_at <= $4 ORDER BY changed_at, id LIMIT 500",
					tx.Tenant(), at, last, until)
				if err != nil {
					return err
				}
				page, err = views(ctx, tx, rows)
				return err
			})
			if err != nil {
				yield(target.Record{}, err)
				return
			}
			for _, v := range page {
				if r := v.record(); (v.State == Booked || v.State == Reversed) && f.Match(r) && !yield(r, nil) {
					return
				}
			}
			if len(page) < 500 {
				return
			}
			at, last = page[len(page)-1].ChangedAt, page[len(page)-1].ID.String()
		}
	}
}

// views opens the names of rows.
func views(ctx context.Context, tx *store.Tx, rows []Captured) ([]View, error) {
	var shops []id.ID
	for _, c := range rows {
		shops = append(shops, c.Merchant)
	}
	b, err := openBook(ctx, tx, shops)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(rows))
	for _, c := range rows {
		out = append(out, b.view(c))
	}
	return out, nil
}

// one is a sequence of one transaction.
func one(r target.Record) iter.Seq2[target.Record, error] {
	return func(yield func(target.Record, error) bool) { yield(r, nil) }
}
