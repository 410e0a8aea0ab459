package gate

import (
	"context"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

var _ store.Gate = (*Gate)(nil)

// Enter admits a transaction: its purpose is one of the notice, this node knows
// what people chose, and a person who acts has the purpose open. It may wait a
// moment for a node that was cut off to hear again.
func (g *Gate) Enter(ctx context.Context, s store.Scope) error {
	const op = "gate.Enter"
	var place uint8
	r, ok := g.rules[s.Service]
	if ok {
		place, ok = r.purposes[s.Purpose]
	}
	if !ok {
		return fault.New(fault.Forbidden, op, "notice.purpose_missing").With("service", s.Service).With("purpose", s.Purpose)
	}
	if g.cfg.Admit != nil {
		if err := g.cfg.Admit(s.Service, s.Purpose); err != nil {
			return fault.Wrap(op, err)
		}
	}
	if !r.open.has(place) {
		if err := g.fresh(ctx, op); err != nil {
			return err
		}
	}
	if s.Actor.Kind != "person" || s.Actor.ID.IsZero() || r.last.has(place) {
		return nil
	}
	return g.person(s.Service, r, id.Subject(s.Actor.ID), place).Err(op)
}

// Use admits the opening or sealing of a person's value. What only keeps may seal
// whatever the person stopped, but not while the account is closing.
func (g *Gate) Use(s store.Scope, who id.Subject, category string, act store.Act) error {
	v := g.Allow(s.Service, who, s.Purpose, category)
	if v.OK || s.Keep && act == store.Sealing && v.Why != Closing && v.Why != Undeclared && v.Why != NotFor {
		return nil
	}
	return v.Err("gate.Use")
}

// MaySend admits what is to leave: a purpose, for a person, with categories. nil,
// or why not.
func (g *Gate) MaySend(ctx context.Context, service string, who id.Subject, purpose string, categories []string) error {
	const op = "gate.MaySend"
	if err := g.fresh(ctx, op); err != nil && !g.Allow(service, who, purpose, "").OK {
		return err
	}
	if err := g.Allow(service, who, purpose, "").Err(op); err != nil {
		return err
	}
	for _, c := range categories {
		if err := g.Allow(service, who, purpose, c).Err(op); err != nil {
			return err
		}
	}
	return nil
}

// fresh waits until it is proven that this node hears.
func (g *Gate) fresh(ctx context.Context, op string) error {
	if g.knows() {
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		g.mu.Lock()
		next := g.waiting
		g.mu.Unlock()
		if g.knows() {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return Verdict{Why: Unknown}.Err(op)
		}
	}
}

func (g *Gate) knows() bool { return g.loaded.Load() && (g.alone || g.deaf() < lease) }

// hear takes the proof that all that was told before a moment has been learnt.
func (g *Gate) hear(asked time.Time) {
	g.heard.Store(int64(asked.Sub(g.begun)))
	g.mu.Lock()
	close(g.waiting)
	g.waiting = make(chan struct{})
	g.mu.Unlock()
}
