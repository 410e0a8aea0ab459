package promise

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/retention"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
)

// Purpose is the notice's purpose that promises are looked at for.
const Purpose = "rights"

// stale is how old what a check found may be before it counts no more: the job
// runs every hour.
const stale = 3 * time.Hour

// Config is what New needs. Log and Events may be nil.
type Config struct {
	DB      *store.DB
	Schema  *rowset.Schema
	Tenants retention.Tenants
	Events  retention.Events
	Notices []*notice.Notice
	Checks  []Check
	// Runs tells whether a part of the program runs for a service.
	Runs func(service, module string) bool
	Home func(service string) store.Scope
	Log  *slog.Logger
}

// Keeper runs the checks and keeps what they found. It is safe for concurrent use.
type Keeper struct {
	Config
	lately sync.Map // of what is looked at more seldom than every hour
}

// New checks that nothing is missing.
func New(c Config) (*Keeper, error) {
	if c.DB == nil || c.Schema == nil || c.Tenants == nil || c.Runs == nil || c.Home == nil {
		return nil, errors.New("promise: New needs a store, a schema, tenants, and what runs")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Keeper{Config: c}, nil
}

// notice finds the notice of a service.
func (k *Keeper) notice(service string) (*notice.Notice, error) {
	for _, n := range k.Notices {
		if n.Service() == service {
			return n, nil
		}
	}
	return nil, fault.New(fault.NotFound, "promise.notice", "not_found")
}

// Run looks at every promise of every service and keeps what it found. One check
// that fails does not keep the others from being looked at.
func (k *Keeper) Run(ctx context.Context) error {
	const op = "promise.Run"
	all, err := k.Tenants.Tenants(ctx)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, n := range k.Notices {
		home := k.Home(n.Service())
		home.Purpose = Purpose
		s := Site{Notice: n, Home: home, Now: k.DB.Clock().Now(), DB: k.DB, Schema: k.Schema, Events: k.Events}
		for _, r := range all {
			if r.Service == n.Service() {
				r.Purpose = Purpose
				s.Rooms = append(s.Rooms, r)
			}
		}
		if err := k.service(ctx, s); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

// service looks at one service: each check with its parameters once, however many
// promises name it.
func (k *Keeper) service(ctx context.Context, s Site) error {
	done := map[string]Finding{}
	var rows []result
	for _, p := range s.Notice.Promises() {
		if k.waits(s.Notice, p) || len(p.Checks) == 0 {
			continue
		}
		f := Finding{State: Kept}
		for _, c := range p.Checks {
			key := c.String()
			one, ok := done[key]
			if !ok {
				one = k.look(ctx, s, c)
				done[key] = one
			}
			f.State = worse(f.State, one.State)
			f.Figures = append(f.Figures, one.Figures...)
		}
		text, err := json.Marshal(f.Figures)
		if err != nil {
			return err
		}
		rows = append(rows, result{Promise: p.ID, State: f.State, Figures: string(text), At: clock.At(s.Now), Since: clock.At(s.Now)})
	}
	return k.DB.Write(ctx, s.Home, func(tx *store.Tx) error {
		for i := range rows {
			if err := keep(ctx, tx, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// look runs one check. What it cannot find out is unchecked.
func (k *Keeper) look(ctx context.Context, s Site, c notice.PromiseCheck) Finding {
	check, ok := find(k.Checks, c.Name)
	if !ok { // Verify has seen to it
		return Finding{State: Unchecked}
	}
	key := s.Notice.Service() + " " + c.String()
	if was, ok := k.lately.Load(key); ok && check.Every > 0 && s.Now.Sub(was.(earlier).at) < check.Every && s.Now.After(was.(earlier).at) {
		return was.(earlier).Finding
	}
	f, err := check.Look(ctx, s, c.Args)
	if err != nil {
		k.Log.Error("a promise could not be looked at", "service", s.Notice.Service(), "check", c.Name, "error", err)
		return found(Unchecked, Fig("failed"))
	}
	if check.Every > 0 {
		k.lately.Store(key, earlier{f, s.Now})
	}
	return f
}

type earlier struct {
	Finding
	at time.Time
}

// waits tells whether the part of the program that keeps a promise does not run.
func (k *Keeper) waits(n *notice.Notice, p notice.Promise) bool {
	return p.Module != "" && !k.Runs(n.Service(), p.Module)
}

// keep puts what was found in the place of what was found before; since moves with
// the state alone.
func keep(ctx context.Context, tx *store.Tx, r *result) error {
	fresh, err := store.InsertOnce(ctx, tx, r, "tenant_id, promise")
	if err != nil || fresh {
		return err
	}
	if _, err = tx.Exec(ctx, "UPDATE promise_results SET since = $1 WHERE tenant_id = $2 AND promise = $3 AND state <> $4", r.At, tx.Tenant(), r.Promise, string(r.State)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE promise_results SET state = $1, figures = $2, at = $3 WHERE tenant_id = $4 AND promise = $5", string(r.State), r.Figures, r.At, tx.Tenant(), r.Promise)
	return err
}

// Line is one promise as it stands.
type Line struct {
	notice.Promise
	State   State
	Figures []Figure
	// At is when it was looked at last, Since when it came into its state; zero
	// where nobody looks.
	At, Since time.Time
}

// Board is how all promises of a service stand, in the order of their file.
func (k *Keeper) Board(ctx context.Context, service string) ([]Line, error) {
	const op = "promise.Board"
	n, err := k.notice(service)
	if err != nil {
		return nil, err
	}
	home := k.Home(service)
	home.Purpose = Purpose
	rows := map[string]result{}
	err = k.DB.Read(ctx, home, func(tx *store.Tx) error {
		list, err := store.Find[result](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
		for _, r := range list {
			rows[r.Promise] = r
		}
		return err
	})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	now := k.DB.Clock().Now()
	out := make([]Line, 0, len(n.Promises()))
	for _, p := range n.Promises() {
		l, err := k.line(n, p, rows, now)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, l)
	}
	return out, nil
}

func (k *Keeper) line(n *notice.Notice, p notice.Promise, rows map[string]result, now time.Time) (Line, error) {
	l := Line{Promise: p, State: Unchecked}
	switch {
	case p.People:
		l.State = ByPeople
		return l, nil
	case k.waits(n, p):
		l.State = Waiting
		return l, nil
	}
	r, ok := rows[p.ID]
	if !ok {
		return l, nil
	}
	l.State, l.At, l.Since = r.State, r.At.Time(), r.Since.Time()
	if now.Sub(l.At) > stale {
		l.State = Unchecked
	}
	return l, json.Unmarshal([]byte(r.Figures), &l.Figures)
}
