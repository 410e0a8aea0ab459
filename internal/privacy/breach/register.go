package breach

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/store"
)

// listMost is how many of a list a page shows.
const listMost = 500

// Register are the incidents of a service, the newest first: those that run, or
// those that ended.
func Register(ctx context.Context, tx *store.Tx, ended bool) ([]Incident, error) {
	which := "ended_at IS NULL"
	if ended {
		which = "ended_at IS NOT NULL"
	}
	return store.Find[Incident](ctx, tx, "WHERE tenant_id = $1 AND "+which+" ORDER BY opened_at DESC, id DESC LIMIT $2", tx.Tenant(), listMost)
}

// Steps are what happened in an incident, the oldest first.
func Steps(ctx context.Context, tx *store.Tx, c *Incident) ([]Step, error) {
	return store.Find[Step](ctx, tx, "WHERE tenant_id = $1 AND incident_id = $2 ORDER BY at, id LIMIT $3", tx.Tenant(), c.ID, listMost)
}

// Tasks are an incident's, the oldest first.
func Tasks(ctx context.Context, tx *store.Tx, c *Incident) ([]Task, error) {
	return store.Find[Task](ctx, tx, "WHERE tenant_id = $1 AND incident_id = $2 ORDER BY added_at, id LIMIT $3", tx.Tenant(), c.ID, listMost)
}

// Own finds an incident that concerns a person, and what of them; fault NotFound
// for any other, for a drill, and before the person was told.
func Own(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) (*Incident, *Exposed, error) {
	x, err := store.One[Exposed](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND incident_id = $3 AND told_at IS NOT NULL", tx.Tenant(), who, key)
	if err != nil {
		return nil, nil, err
	}
	c, err := store.Get[Incident](ctx, tx, key)
	if err == nil && c.Drill {
		err = fault.New(fault.NotFound, "breach.Own", "")
	}
	return c, x, err
}

// told sums up who was told and compares it with the clock.
func (s *Service) told(ctx context.Context, tx *store.Tx, c *Incident) (t Told, err error) {
	t = Told{AuthoritySent: c.SentAt.String(), AuthorityHow: c.SentHow.Reveal(), AuthorityRef: c.SentRef.Reveal(), AuthoritySum: c.SentHash, PeopleFrom: c.PeopleAt.String()}
	clocks, err := deadline.Of(ctx, tx, c.ID)
	if err != nil {
		return t, err
	}
	if n, err := s.notice(tx); err == nil && c.Drill && !c.ConfirmedAt.IsZero() {
		for _, d := range s.dues(n, c) {
			clocks = append(clocks, deadline.Item{Name: d.name, Due: d.at})
		}
	}
	for _, d := range clocks {
		late := d.State == deadline.Late || d.State == deadline.Running && d.Due.Before(tx.Now().Time())
		switch d.Name {
		case DueAuthority:
			if !c.SentAt.IsZero() { // it may be recorded later than it left
				late = c.SentAt.Time().After(d.Due)
			}
			t.AuthorityDue, t.AuthorityLate = stamp(d.Due), late
		case DuePeople:
			t.PeopleDue, t.PeopleLate = stamp(d.Due), late
		}
	}
	err = tx.QueryRow(ctx, "SELECT COUNT(told_at), COUNT(*) - COUNT(told_at), COUNT(seen_at) FROM breach_people WHERE tenant_id = $1 AND incident_id = $2", []any{tx.Tenant(), c.ID}, &t.PeopleTold, &t.PeopleLeft, &t.PeopleSeen)
	if err == nil && s.cfg.Mailed != nil {
		t.PeopleMailed, err = s.cfg.Mailed(ctx, tx, c.once())
	}
	return t, err
}

func stamp(t time.Time) string { return clock.At(t).String() }

// once makes telling a person of the incident once.
func (c *Incident) once() string { return "breach:" + c.ID.String() + ":told" }
