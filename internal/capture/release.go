package capture

import (
	"context"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// tries are the pauses before a grant is asked to be taken back, by those who
// cannot wait for the job; try is how long the giver may take each time.
var tries = []time.Duration{0, 500 * time.Millisecond, 2 * time.Second}

const try = 5 * time.Second

// forbearance is how long all of a workspace's grants may take together.
const forbearance = 30 * time.Second

// Release disconnects the targets that a person set up in a workspace, or all of
// them, while the person's key still opens their secrets: nothing may use a grant
// from here on, and its giver is asked to take it back. A giver that is away is
// asked a few times and then holds nothing up; the secret goes with its key. A
// fault is the store's own; doing it again is no error.
func (s *Service) Release(ctx context.Context, workspace id.Tenant, who id.Subject, all bool) error {
	const op = "capture.Release"
	sc := s.scope(workspace, "rights") // leaving works also where delivering does not, or is restricted
	whose := func(of id.Subject) bool { return all || of == who }
	var left []revocation
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		targets, err := store.Find[Target](ctx, tx, "WHERE tenant_id = $1 AND state <> $2 ORDER BY id", tx.Tenant(), string(TargetRemoved))
		if err != nil {
			return err
		}
		for _, t := range targets {
			if !whose(t.Subject) || s.kinds[t.Kind] == nil {
				continue
			}
			if err := s.RemoveTarget(ctx, tx, t.ID); err != nil {
				return err
			}
		}
		left, err = store.Find[revocation](ctx, tx, "WHERE tenant_id = $1 ORDER BY id", tx.Tenant())
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	bounded, cancel := context.WithTimeout(ctx, forbearance)
	defer cancel()
	for _, r := range left {
		if !whose(r.Subject) {
			continue
		}
		if !s.takenBack(bounded, sc, r) {
			s.Log.Warn("a grant was not taken back by its giver; its secret is destroyed", "kind", r.Kind)
			continue
		}
		if err := s.db.Write(ctx, sc, func(tx *store.Tx) error { _, err := store.Delete[revocation](ctx, tx, r.ID); return err }); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, ctx.Err())
}

// takenBack asks a giver a few times.
func (s *Service) takenBack(ctx context.Context, sc store.Scope, r revocation) bool {
	for _, wait := range tries {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return false
		case <-timer.C:
		}
		if s.disconnect(ctx, sc, r) {
			return true
		}
	}
	return false
}

// disconnect asks once.
func (s *Service) disconnect(ctx context.Context, sc store.Scope, r revocation) bool {
	k := s.kinds[r.Kind]
	if k == nil || r.Secret.IsZero() {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, try)
	defer cancel()
	return k.Disconnect(ctx, s.way(ctx, sc, Target{Subject: r.Subject, Kind: r.Kind, Secret: r.Secret}, target.Settings{}, k.Traits()))
}
