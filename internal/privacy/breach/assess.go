package breach

import (
	"context"
	"encoding/json"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// keepBatch is how many people one transaction keeps.
const keepBatch = 5000

// Assess computes whom an incident concerns and keeps it with the incident. It may
// run again with another query until people are told; who was found before and is
// not any more goes. It opens transactions of its own.
func (s *Service) Assess(ctx context.Context, service string, key id.ID, by id.Subject, q Query) (*Scope, error) {
	const op = "breach.Assess"
	home := s.cfg.Home(service)
	var c *Incident
	err := s.cfg.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		if c, err = store.Get[Incident](ctx, tx, key); err == nil {
			err = c.mayAssess()
		}
		return err
	})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	scope, err := s.Compute(ctx, service, q)
	if err != nil {
		return nil, err
	}
	if err := s.keepPeople(ctx, home, c, scope.People); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return scope, fault.Wrap(op, s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error { return s.assessed(ctx, tx, key, by, q, scope) }))
}

// assessed notes in the incident what was found.
func (s *Service) assessed(ctx context.Context, tx *store.Tx, key id.ID, by id.Subject, q Query, scope *Scope) error {
	c, err := store.Get[Incident](ctx, tx, key)
	if err == nil {
		err = c.mayAssess()
	}
	if err != nil {
		return err
	}
	if err := c.found(q, scope); err != nil {
		return err
	}
	c.AssessedAt = tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	if err := deadline.Met(ctx, tx, c.ID, DueAssess); err != nil {
		return err
	}
	if err := s.add(ctx, tx, c, by, "assessed", ""); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Act{Name: "breach.assessed", Object: "breach", Count: scope.Summary.People})
}

// found puts query and summary into the incident.
func (c *Incident) found(q Query, scope *Scope) error {
	asked, err := json.Marshal(q)
	if err != nil {
		return err
	}
	found, err := json.Marshal(scope.Summary)
	if err != nil {
		return err
	}
	c.Asked, c.Found = vault.Seal(string(asked)), vault.Seal(string(found))
	c.BeganAt, c.EndedRead = scope.First, scope.Last
	if !q.From.IsZero() && (c.BeganAt.IsZero() || q.From > c.BeganAt) {
		c.BeganAt = q.From
	}
	if !q.To.IsZero() && (c.EndedRead.IsZero() || q.To < c.EndedRead) {
		c.EndedRead = q.To
	}
	return nil
}

func (c *Incident) mayAssess() error {
	if !c.EndedAt.IsZero() || !c.PeopleAt.IsZero() {
		return fault.New(fault.Conflict, "breach.mayAssess", "breach.told")
	}
	return nil
}

// keepPeople replaces the people of an incident, a few thousand at a time.
func (s *Service) keepPeople(ctx context.Context, home store.Scope, c *Incident, people []Person) error {
	err := s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM breach_people WHERE tenant_id = $1 AND incident_id = $2 AND told_at IS NULL", tx.Tenant(), c.ID)
		return err
	})
	for err == nil && len(people) > 0 {
		piece := people[:min(keepBatch, len(people))]
		people = people[len(piece):]
		rows := make([]Exposed, len(piece))
		for i, p := range piece {
			rows[i] = Exposed{Subject: p.Subject, Incident: c.ID, Categories: strings.Join(p.Categories, " "), Tables: strings.Join(p.Tables, " "), Rows: p.Rows, First: p.First, Last: p.Last}
		}
		err = s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error { return store.InsertAll(ctx, tx, rows) })
	}
	return err
}

// Summary is what was found of an incident; ok is false before.
func (c *Incident) Summary() (sum Summary, ok bool) {
	text := c.Found.Reveal()
	return sum, text != "" && json.Unmarshal([]byte(text), &sum) == nil
}

// Query is what was asked for it.
func (c *Incident) Query() (q Query) {
	_ = json.Unmarshal([]byte(c.Asked.Reveal()), &q) // empty where nothing was asked
	return q
}

// untold counts the people of an incident who have not been told.
func untold(ctx context.Context, tx *store.Tx, c *Incident) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM breach_people WHERE tenant_id = $1 AND incident_id = $2 AND told_at IS NULL", []any{tx.Tenant(), c.ID}, &n)
	return n, err
}
