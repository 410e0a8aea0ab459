package analytics

import (
	"context"
	"errors"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
)

// Run writes what was counted every while until the context ends, and once more
// then.
func (s *Service) Run(ctx context.Context, every time.Duration, fail func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := s.Flush(last); err != nil {
				fail(err)
			}
			return
		case <-t.C:
			if err := s.Flush(ctx); err != nil && ctx.Err() == nil {
				fail(err)
			}
		}
	}
}

// sizes is what a day's sets say, without anybody in them.
type sizes struct {
	d       *day
	people  map[string]int64 // by feature; 0 where the group is too small
	answers int64
}

// Flush writes the sizes of the sets, and the objections of browsers. What cannot
// be written is tried again at the next one.
func (s *Service) Flush(ctx context.Context) error {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	now := dayOf(s.c.DB.Clock().Now())
	s.mu.Lock()
	for service := range s.days {
		s.today(service, now)
	}
	var all []sizes
	past := s.past
	s.past = nil
	for _, d := range past {
		all = append(all, s.measure(d))
	}
	for _, d := range s.days {
		all = append(all, s.measure(d))
	}
	asks := s.asks
	s.asks = map[string]map[id.Subject]bool{}
	s.mu.Unlock()

	var errs []error
	for _, one := range all {
		err := s.write(ctx, one)
		errs = append(errs, err)
		if err != nil && one.d.name != now {
			s.mu.Lock()
			s.past = append(s.past, one.d)
			s.mu.Unlock()
		}
	}
	for service, people := range asks {
		for who := range people {
			if err := s.object(ctx, service, who); err != nil {
				errs = append(errs, err)
				s.mu.Lock()
				delete(s.today(service, now).settled, who) // asks again with the next page
				s.mu.Unlock()
			}
		}
	}
	return errors.Join(errs...)
}

// measure drops whom the gate has closed meanwhile, and gives the sizes.
func (s *Service) measure(d *day) sizes {
	counts := make([]int64, len(s.c.Features))
	for who, bits := range d.people {
		if !s.c.Gate.Allow(d.service, who, Purpose, Category).OK {
			delete(d.people, who)
			continue
		}
		for i := range counts {
			counts[i] += int64(bits >> i & 1)
		}
	}
	out, least := sizes{d: d, people: map[string]int64{}, answers: d.answers}, s.Least(d.service)
	for i, f := range s.c.Features {
		if n := counts[i]; n >= least {
			out.people[f.Name] = max(n-n%grain, least)
		} else {
			out.people[f.Name] = 0
		}
	}
	return out
}

// write makes the tables say what the sets do; nothing where they do already.
func (s *Service) write(ctx context.Context, z sizes) error {
	const signals = " " // no feature has this name
	changed := z.answers != z.d.wrote[signals]
	for name, n := range z.people {
		changed = changed || n != z.d.wrote[name]
	}
	if !changed {
		return nil
	}
	err := s.c.DB.Write(ctx, s.scope(z.d.service), func(tx *store.Tx) error {
		for name, n := range z.people {
			if n == z.d.wrote[name] {
				continue
			}
			if err := setFigure(ctx, tx, figure{Day: z.d.name, Feature: name, Part: s.part, People: n}); err != nil {
				return err
			}
		}
		return setSignal(ctx, tx, signal{Day: z.d.name, Part: s.part, Answers: z.answers})
	})
	if err != nil {
		return fault.Wrap("analytics.Flush", err)
	}
	z.d.wrote = map[string]int64{signals: z.answers}
	for name, n := range z.people {
		z.d.wrote[name] = n
	}
	return nil
}

func (s *Service) scope(service string) store.Scope {
	home := s.c.Home(service)
	home.Purpose = Purpose
	return home
}

func setFigure(ctx context.Context, tx *store.Tx, f figure) error {
	_, err := tx.Exec(ctx, "DELETE FROM analytics_figures WHERE tenant_id = $1 AND day = $2 AND feature = $3 AND part = $4", tx.Tenant(), f.Day, f.Feature, f.Part)
	if err != nil || f.People == 0 {
		return err
	}
	return store.Insert(ctx, tx, &f)
}

func setSignal(ctx context.Context, tx *store.Tx, g signal) error {
	_, err := tx.Exec(ctx, "DELETE FROM analytics_signals WHERE tenant_id = $1 AND day = $2 AND part = $3", tx.Tenant(), g.Day, g.Part)
	if err != nil || g.Answers == 0 {
		return err
	}
	return store.Insert(ctx, tx, &g)
}

// object makes of a browser's signal an objection of its person, who is told
// once. Who has ever decided about it keeps that decision.
func (s *Service) object(ctx context.Context, service string, who id.Subject) error {
	home := s.c.Home(service)
	home.Purpose = gate.Rights
	err := s.c.DB.Write(ctx, home, func(tx *store.Tx) error {
		all, err := gate.Of(ctx, tx, who)
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.Purpose == Purpose {
				return nil
			}
		}
		if err := gate.Stop(ctx, tx, who, Purpose, gate.Objected, id.ID{}); err != nil {
			return err
		}
		return s.c.Teller.Tell(ctx, tx, tell.Message{Subject: who, Key: "analytics.told", Link: "/privacy/figures", Once: "analytics:signal", Quiet: true})
	})
	return fault.Wrap("analytics.object", err)
}
