package erasure

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// run is one order being carried out.
type run struct {
	*Erasure
	*order
	home   store.Scope
	notice *notice.Notice
	places []place
	plan   plan
	// harmless are holds that might cover the person and cover nothing.
	harmless []id.ID
}

// step is one; of a brief one the order does not remember that it was done: whoever
// goes on does it again. What stands between the order and the key is to be short.
type step struct {
	name  string
	do    func(*run, context.Context) error
	brief bool
}

// steps in their order; each may be done again.
var steps = []step{
	{"asked", (*run).askProcessors, true},
	{"told", (*run).tell, false},
	{"handed", (*run).handOver, true},
	{"granted", (*run).takeBack, true},
	{"key", (*run).destroyKeys, false},
	{"sessions", (*run).endSessions, false},
	{"workspaces", (*run).closeWorkspaces, false},
	{"rows", (*run).removeRows, false},
	{"files", (*run).removeFiles, false},
	{"verified", (*run).verify, false},
	{"compacted", (*run).compact, false},
	{"done", (*run).finish, false},
}

// Run carries an order out, from behind the step that was done last. A finished
// order gives its receipt again.
func (e *Erasure) Run(ctx context.Context, home store.Scope, number id.ID) (Result, error) {
	const op = "erasure.Run"
	home = homeScope(home)
	o, err := e.load(ctx, home, number)
	if err != nil {
		return Result{}, err
	}
	if o.DoneAt.IsZero() {
		r, err := e.prepare(home, o)
		if err != nil {
			return Result{Number: number}, err
		}
		if err := r.carryOut(ctx); errors.Is(err, errHeld) {
			return Result{Number: number, Told: r.Told, WaitsFor: r.WaitsFor, WaitsUntil: r.WaitsUntil.Time()}, nil
		} else if err != nil {
			return Result{Number: number, Told: r.Told}, fault.Wrap(op, err)
		}
		if o, err = e.load(ctx, home, number); err != nil {
			return Result{Number: number}, err
		}
	}
	return Result{Number: number, Receipt: []byte(o.Receipt), Told: o.Told}, nil
}

func (e *Erasure) prepare(home store.Scope, o *order) (*run, error) {
	home.Actor = store.Actor{Kind: "job"} // the one who asked is not to be named by what comes after
	r := &run{Erasure: e, order: o, home: home}
	n, ok := e.Notice(home.Service)
	if !ok {
		return nil, fault.New(fault.Internal, "erasure.Run", "").Cause(fmt.Errorf("no notice of the service %s", home.Service))
	}
	r.notice = n
	if err := json.Unmarshal([]byte(o.Places), &r.places); err != nil {
		return nil, fault.Wrap("erasure.Run", err)
	}
	return r, fault.Wrap("erasure.Run", json.Unmarshal([]byte(o.Plan), &r.plan))
}

func (r *run) carryOut(ctx context.Context) error {
	from := 1 + slices.IndexFunc(steps, func(s step) bool { return s.name == r.Step })
	for _, s := range steps[from:] {
		if err := r.interrupt("before " + s.name); err != nil {
			return err
		}
		if err := r.heldBefore(ctx); err != nil {
			return err
		}
		if err := s.do(r, ctx); errors.Is(err, errHeld) {
			return cmp.Or(r.heldBefore(ctx), err)
		} else if err != nil {
			return fault.Wrap("erasure."+s.name, err)
		}
		if err := r.interrupt("after " + s.name); err != nil {
			return err
		}
		if s.brief {
			continue
		}
		if err := r.mark(ctx, s.name); err != nil {
			return err
		}
	}
	return r.compact(ctx) // the order itself lost the person's id with its last step
}

// mark remembers the step in the order.
func (r *run) mark(ctx context.Context, name string) error {
	r.Step = name
	return r.DB.Write(ctx, r.home, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE erasure_orders SET step = $3, told = $4 WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL", tx.Tenant(), r.ID, name, r.Told)
		return err
	})
}

// scope is an enclosure's scope for the erasure itself.
func (r *run) scope(p place) store.Scope {
	s := r.home
	s.Tenant, s.Service = p.Tenant, p.Service
	return s
}

func (r *run) tell(ctx context.Context) error {
	if r.Farewell == nil {
		return nil
	}
	file, err := r.orderReceipt()
	if err != nil {
		return err
	}
	r.Told = r.Farewell.Farewell(ctx, r.home, r.Who, i18n.Lang(r.Language), file) == nil
	return nil
}

func (r *run) handOver(ctx context.Context) error {
	if r.Heirs == nil {
		return nil
	}
	return r.Heirs.HandOver(ctx, r.home, r.Who)
}

func (r *run) takeBack(ctx context.Context) error {
	if r.Grants == nil {
		return nil
	}
	if r.Sealer != nil { // the grants' secrets are opened for the last time
		if err := r.DB.Write(ctx, r.home, func(tx *store.Tx) error { return r.Sealer.Unseal(ctx, tx, r.Who) }); err != nil {
			return err
		}
	}
	for _, p := range r.places {
		if err := r.Grants.TakeBack(ctx, r.scope(p), r.Who, p.Close); err != nil {
			return err
		}
	}
	return nil
}

// destroyKeys runs while no hold can come: with its end everything sealed is
// unreadable.
func (r *run) destroyKeys(ctx context.Context) error {
	return r.locked(ctx, r.home, func(*store.Tx) error { return r.destroy(ctx) })
}

func (r *run) destroy(ctx context.Context) error {
	if err := r.Vault.DestroyPerson(ctx, r.home.Tenant, r.Who); err != nil {
		return err
	}
	for _, p := range r.places {
		if !p.Close || p.Tenant == r.home.Tenant {
			continue
		}
		if err := r.Vault.DestroyTenant(ctx, p.Tenant); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) endSessions(ctx context.Context) error {
	if r.Sessions == nil {
		return nil
	}
	return r.Sessions.EndAll(ctx, r.home, r.Who)
}

func (r *run) closeWorkspaces(ctx context.Context) error {
	for _, p := range r.places {
		if !p.Close {
			continue
		}
		if r.Workspaces != nil {
			if err := r.Workspaces.Close(ctx, r.home, p.Tenant); err != nil {
				return err
			}
		}
		err := r.Schema.Each(func(t rowset.Table) error {
			return r.remove(ctx, r.scope(p), t, t.All(), func(rowset.Row) bool { return true })
		})
		if err != nil {
			return err
		}
		err = r.locked(ctx, r.home, func(*store.Tx) error {
			_, err := r.Vault.DeleteFiles(ctx, p.Tenant, id.Subject{})
			return err
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

func (r *run) removeRows(ctx context.Context) error {
	for _, p := range r.places {
		err := r.Schema.Each(func(t rowset.Table) error {
			fixed, err := t.Fixed(ctx, r.DB, r.home)
			if err != nil {
				return err
			}
			if t.Name == hold.Table { // they go last, with the files
				return nil
			}
			return r.remove(ctx, r.scope(p), t, t.Of(r.Who), func(row rowset.Row) bool { return t.Whole(row, r.Who.String(), fixed) })
		})
		if err != nil {
			return err
		}
		if s := r.scope(p); r.Settler != nil && s.Tenant != r.home.Tenant {
			if err := r.Settler.Settle(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove takes the rows that a condition selects away, in batches; those that
// whole refuses are only freed of the person.
func (r *run) remove(ctx context.Context, scope store.Scope, t rowset.Table, w rowset.Where, whole func(rowset.Row) bool) error {
	var after id.ID
	for {
		var rows []rowset.Row
		err := r.DB.Read(ctx, scope, func(tx *store.Tx) (err error) {
			rows, err = t.Keys(ctx, tx, w, after, rowset.Batch)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := r.interrupt("batch " + t.Name); err != nil {
			return err
		}
		began := r.DB.Clock().Now()
		if err := r.removeBatch(ctx, scope, t, rows, whole); err != nil {
			return err
		}
		if len(rows) == rowset.Batch { // nothing of it can be read: others go first
			r.DB.GiveWay(ctx, r.DB.Clock().Now().Sub(began))
		}
		after = rows[len(rows)-1].ID
	}
}

func (r *run) removeFiles(ctx context.Context) error {
	return r.locked(ctx, r.home, func(tx *store.Tx) error {
		if _, err := r.Vault.DeleteFiles(ctx, r.home.Tenant, r.Who); err != nil {
			return err
		}
		return r.Holds.Forget(ctx, tx, r.Who)
	})
}

// verify asks every table. What came in since the rows were removed goes now.
func (r *run) verify(ctx context.Context) error {
	for range 3 {
		left, err := r.left(ctx)
		if err != nil || left == 0 {
			return err
		}
		if err := r.closeWorkspaces(ctx); err != nil {
			return err
		}
		if err := r.removeRows(ctx); err != nil {
			return err
		}
		if err := r.removeFiles(ctx); err != nil {
			return err
		}
	}
	return fault.New(fault.Unavailable, "erasure.verify", "try_again")
}

func (r *run) left(ctx context.Context) (int64, error) {
	var sum int64
	for _, p := range r.places {
		err := r.DB.Read(ctx, r.scope(p), func(tx *store.Tx) error {
			for _, t := range r.Schema.Tables() {
				w := t.Of(r.Who)
				if p.Close {
					w = t.All()
				}
				n, err := t.Count(ctx, tx, w)
				if err != nil {
					return err
				}
				sum += n
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return sum, nil
}

func (r *run) compact(ctx context.Context) error { return r.DB.Compact(ctx) }
