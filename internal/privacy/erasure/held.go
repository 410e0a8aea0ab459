package erasure

import (
	"context"
	"errors"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
)

// What an order waits for.
const (
	WaitsForHold   = "hold" // and the person may know of it
	WaitsForDuty   = "duty" // a hold that the law forbids to tell
	waitsForNobody = ""     // it is under way
	untouched      = "nothing"
)

// errHeld ends a run that met a hold. It is no fault: the order waits.
var errHeld = errors.New("erasure: a hold covers the person's data")

// touching are the holds that may cover something of the person, but for those
// that were found to cover nothing.
func (r *run) touching(all hold.Standing) hold.Standing {
	var workspaces []id.Tenant
	for _, p := range r.places {
		workspaces = append(workspaces, p.Tenant)
	}
	return all.Touching(r.Who, workspaces).Without(r.harmless)
}

// locked runs f in a transaction in which no hold can come, and not at all where
// one stands.
func (r *run) locked(ctx context.Context, scope store.Scope, f func(*store.Tx) error) error {
	return r.DB.Write(ctx, scope, func(tx *store.Tx) error {
		all, err := hold.Lock(ctx, tx)
		if err != nil {
			return err
		}
		if len(r.touching(all)) > 0 {
			return errHeld
		}
		return f(tx)
	})
}

// held tells whether the order has to wait, and remembers that it does. Of the
// holds that might cover the person those count that cover a row.
func (r *run) held(ctx context.Context) (bool, error) {
	var standing hold.Standing
	err := r.DB.Read(ctx, r.home, func(tx *store.Tx) (err error) { standing, err = hold.Read(ctx, tx); return err })
	if err != nil {
		return false, err
	}
	var hit hold.Standing
	for _, b := range r.touching(standing) {
		n, err := r.covered(ctx, hold.Standing{b})
		if err != nil {
			return false, err
		}
		if n == 0 {
			r.harmless = append(r.harmless, b.ID)
			continue
		}
		hit = append(hit, b)
	}
	return len(hit) > 0, r.wait(ctx, hit)
}

// heldBefore is errHeld where the order has to wait.
func (r *run) heldBefore(ctx context.Context) error {
	held, err := r.held(ctx)
	if err == nil && held {
		err = errHeld
	}
	return err
}

// covered counts the rows of the person that holds cover.
func (r *run) covered(ctx context.Context, holds hold.Standing) (sum int64, err error) {
	for _, p := range r.places {
		scope := r.scope(p)
		err := r.DB.Read(ctx, scope, func(tx *store.Tx) error {
			for _, t := range r.Schema.Tables() {
				if !t.Personal() || t.Name == hold.Table {
					continue
				}
				text, args, ok := holds.Rows(t, scope, t.Categories())
				if !ok {
					continue
				}
				w := t.Of(r.Who)
				if p.Close {
					w = t.All()
				}
				n, err := t.Count(ctx, tx, w.And(text, args...))
				if err != nil {
					return err
				}
				sum += n
			}
			return nil
		})
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// wait writes into the order that it waits, or that it waits no more, and into
// the holds what was gone before they came.
func (r *run) wait(ctx context.Context, holds hold.Standing) error {
	why, until := waitsForNobody, clock.Instant(0)
	for _, b := range holds {
		until = max(until, b.ReviewAt)
	}
	switch {
	case len(holds) == 0:
	case len(holds.Visible()) > 0:
		why = WaitsForHold
	default:
		why = WaitsForDuty
	}
	if why == r.WaitsFor && until == r.WaitsUntil {
		return nil
	}
	begins := why != waitsForNobody && r.WaitsFor == waitsForNobody
	r.WaitsFor, r.WaitsUntil = why, until
	return r.DB.Write(ctx, r.home, func(tx *store.Tx) error {
		since := r.WaitsSince
		if begins {
			since = tx.Now()
		}
		if why == waitsForNobody {
			since = 0
		}
		r.WaitsSince = since
		_, err := tx.Exec(ctx, "UPDATE erasure_orders SET waits_for = $3, waits_since = $4, waits_until = $5 WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL", tx.Tenant(), r.ID, why, since, until)
		if err != nil {
			return err
		}
		gone := r.Step
		if gone == "" {
			gone = untouched
		}
		for _, b := range holds {
			if err := hold.Met(ctx, tx, b.ID, gone); err != nil {
				return err
			}
		}
		if !begins {
			return nil
		}
		if r.Sealer != nil { // what must stay is only stored
			if err := r.Sealer.Seal(ctx, tx, r.Who); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Act{Name: "erasure.waits", Object: strings.TrimSpace(why)})
	})
}

// removeBatch removes or frees rows, with their files, while no hold can come.
func (r *run) removeBatch(ctx context.Context, scope store.Scope, t rowset.Table, rows []rowset.Row, whole func(rowset.Row) bool) error {
	var gone, freed []rowset.Row
	for _, row := range rows {
		if whole(row) {
			gone = append(gone, row)
		} else {
			freed = append(freed, row)
		}
	}
	return r.locked(ctx, scope, func(tx *store.Tx) error {
		if _, err := t.DropFiles(ctx, r.Vault, scope, gone, nil); err != nil {
			return err
		}
		lost := func(row rowset.Row, f rowset.Field) bool { return t.Lost(row, f, r.Who) }
		if _, err := t.DropFiles(ctx, r.Vault, scope, freed, lost); err != nil {
			return err
		}
		for _, row := range freed {
			if err := t.Free(ctx, tx, row, r.Who); err != nil {
				return err
			}
		}
		_, err := t.Delete(ctx, tx, gone)
		return err
	})
}
