package breach

import (
	"context"
	"strings"
	"sync"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// TellTask is the kind of the job that tells the people of an incident.
const TellTask = "breach.tell"

// tellBatch is how many people are told in one transaction.
const tellBatch = 200

// Accept keeps the texts of the letters as an officer wants them. Parts may still
// be missing; then nothing can be sent.
func (s *Service) Accept(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, p Parts) error {
	const op = "breach.Accept"
	if !c.EndedAt.IsZero() || !c.PeopleAt.IsZero() && !c.SentAt.IsZero() {
		return fault.New(fault.Conflict, op, "breach.told")
	}
	if err := c.accept(p); err != nil {
		return err
	}
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.add(ctx, tx, c, by, "drafted", ""))
}

// ready refuses a letter with a missing part, and one before containment.
func (s *Service) ready(tx *store.Tx, c *Incident, wanted []string) (Parts, error) {
	const op = "breach.ready"
	n, err := s.notice(tx)
	if err != nil {
		return nil, err
	}
	if c.State != Contained && c.State != Confirmed {
		return nil, fault.New(fault.Conflict, op, "breach.skip").With("state", string(c.State))
	}
	p := s.Accepted(n, c)
	if missing := p.Missing(wanted); len(missing) > 0 {
		return nil, fault.New(fault.Invalid, op, "breach.part.missing").On(missing[0]+"_id").With("part", missing[0])
	}
	return p, nil
}

// Dispatch records that the letter to the authority left: how, and under which
// reference. The letter's digest is kept. Fault Invalid while a part is missing.
// In a drill nothing leaves: the record says so by its mark.
func (s *Service) Dispatch(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, at time.Time, how, ref string) error {
	const op = "breach.Dispatch"
	how, err := clean("by_way", how, shortMost)
	if err != nil {
		return err
	}
	if ref, err = clean("ref", ref, shortMost); err != nil {
		return err
	}
	p, err := s.ready(tx, c, ForAuthority())
	if err != nil {
		return err
	}
	if !c.SentAt.IsZero() {
		return fault.New(fault.Conflict, op, "breach.sent")
	}
	if at.IsZero() {
		at = tx.Now().Time()
	}
	if at.After(tx.Now().Time()) || at.Before(c.ConfirmedAt.Time()) {
		return fault.New(fault.Invalid, op, "breach.at.wrong").On("at")
	}
	n, err := s.notice(tx)
	if err != nil {
		return err
	}
	c.SentAt, c.SentHow, c.SentRef, c.SentBy = clock.At(at), vault.Seal(how), vault.Seal(ref), by
	c.SentHash = digest([]byte(s.Authority(n, c, p, "id") + s.Authority(n, c, p, "en")))
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	if err := deadline.Met(ctx, tx, c.ID, DueAuthority); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, by, "authority", how+" "+ref); err != nil {
		return fault.Wrap(op, err)
	}
	if err := audit.Record(ctx, tx, audit.Act{Name: "breach.authority", Object: "breach", Count: 1}); err != nil {
		return fault.Wrap(op, err)
	}
	return s.notified(ctx, tx, c, by)
}

// TellPeople orders that everybody concerned is told, in the pages and by letter.
// Fault Invalid while a part is missing. A drill tells nobody.
func (s *Service) TellPeople(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject) error {
	const op = "breach.TellPeople"
	if _, err := s.ready(tx, c, ForPeople()); err != nil {
		return err
	}
	if !c.PeopleAt.IsZero() {
		return fault.New(fault.Conflict, op, "breach.told")
	}
	c.PeopleAt = tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, by, "people", ""); err != nil {
		return fault.Wrap(op, err)
	}
	if c.Drill {
		return s.notified(ctx, tx, c, by)
	}
	if err := audit.Record(ctx, tx, audit.Act{Name: "breach.people", Object: "breach", Count: 1}); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.cfg.Jobs.Enqueue(ctx, tx, job.Task{Kind: TellTask, Service: tx.Scope().Service, Tenant: tx.Tenant(), ID: c.ID}, tx.Now().Time()))
}

// TellAll is the job of TellPeople: it tells all who were not told yet, some at a time; it may run again.
func (s *Service) TellAll(ctx context.Context, t job.Task) error {
	home := s.cfg.Home(t.Service)
	for {
		left := 0
		err := s.cfg.DB.Write(ctx, home, func(tx *store.Tx) (err error) { left, err = s.tellSome(ctx, tx, t.ID); return err })
		if err != nil || left == 0 {
			s.notices.forget()
			return fault.Wrap("breach.TellAll", err)
		}
	}
}

// tellSome tells a batch and gives its size; with the last one the deadline is met.
func (s *Service) tellSome(ctx context.Context, tx *store.Tx, key id.ID) (int, error) {
	c, err := store.Get[Incident](ctx, tx, key)
	if err != nil || c.Drill || c.PeopleAt.IsZero() {
		return 0, err
	}
	n, err := s.notice(tx)
	if err != nil {
		return 0, err
	}
	p := s.Accepted(n, c)
	some, err := store.Find[Exposed](ctx, tx, "WHERE tenant_id = $1 AND incident_id = $2 AND told_at IS NULL AND subject_id IS NOT NULL ORDER BY id LIMIT $3", tx.Tenant(), key, tellBatch)
	if err != nil {
		return 0, err
	}
	for i := range some {
		x := &some[i]
		data := DataOf(n, strings.Fields(x.Categories))
		args := map[string]string{"number": c.Number, "data_id": data.ID, "data_en": data.EN}
		for _, part := range []string{PartWhen, PartHandling, PartAdvice, PartContact} {
			args[part+"_id"], args[part+"_en"] = p[part].ID, p[part].EN
		}
		if err := s.cfg.Teller.Tell(ctx, tx, tell.Message{Subject: x.Subject, Key: "breach.told.person", Args: args, Link: c.ownPath(), Once: c.once(), Tone: tell.Danger}); err != nil {
			return 0, err
		}
		x.ToldAt = tx.Now()
		if err := store.Update(ctx, tx, x); err != nil {
			return 0, err
		}
	}
	if len(some) > 0 {
		return len(some), nil
	}
	if err := deadline.Met(ctx, tx, c.ID, DuePeople); err != nil {
		return 0, err
	}
	return 0, s.notified(ctx, tx, c, id.Subject{})
}

// shown remembers for a moment which services have an incident that people were
// told of, so that pages of the others ask nothing.
type shown struct {
	mu    sync.Mutex
	until map[string]time.Time
	has   map[string]bool
}

func newShown() *shown { return &shown{until: map[string]time.Time{}, has: map[string]bool{}} }

func (x *shown) forget() { x.mu.Lock(); clear(x.until); x.mu.Unlock() }
