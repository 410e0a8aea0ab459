package capture

import (
	"context"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
)

// RevokeTask is the kind of the job that takes back a grant; its handler is
// [Service.Revoke].
const RevokeTask = "capture.revoke"

// cutOff zeroes a granted secret now, and leaves its taking back to a job: the
// giver may be slow or away, and nothing may use the grant meanwhile.
func (s *Service) cutOff(ctx context.Context, tx *store.Tx, key id.ID) error {
	t, k, err := s.target(ctx, tx, key)
	if err != nil {
		return err
	}
	if t.Secret.IsZero() || !k.Traits().Granted {
		return nil
	}
	r := &revocation{Subject: t.Subject, Kind: t.Kind, Secret: t.Secret, CreatedAt: tx.Now()}
	if err := store.Insert(ctx, tx, r); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE targets SET secret = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), key); err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: RevokeTask, Service: s.Slug, Tenant: tx.Tenant(), ID: r.ID}, time.Time{})
}

// Revoke is the handler of RevokeTask. It tries until the giver says that there is
// nothing left, with growing pauses; then the secret goes.
func (s *Service) Revoke(ctx context.Context, task job.Task) error {
	const op = "capture.Revoke"
	sc := s.scope(task.Tenant, "deliver")
	var r *revocation
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { r, err = store.Get[revocation](ctx, tx, task.ID); return err })
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	done := s.disconnect(ctx, sc, *r)
	if ctx.Err() != nil {
		return fault.Wrap(op, ctx.Err())
	}
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error {
		if done {
			_, err := store.Delete[revocation](ctx, tx, r.ID)
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE target_revocations SET attempts = attempts + 1 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), r.ID); err != nil {
			return err
		}
		wait := pauses[min(int(r.Attempts), len(pauses)-1)]
		return s.Jobs.Enqueue(ctx, tx, task, tx.Now().Time().Add(wait))
	}))
}
