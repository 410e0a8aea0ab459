package breach

import (
	"context"
	"encoding/hex"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Contain says that the access has ended. text says how.
func (s *Service) Contain(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, text string) error {
	text, err := clean("how", text, textMost)
	if err != nil {
		return err
	}
	c.ContainedAt = tx.Now()
	if err := s.step(ctx, tx, c, Confirmed, Contained, by, text); err != nil {
		return err
	}
	return deadline.Met(ctx, tx, c.ID, DueContain)
}

// notified moves on once authority and people were both told.
func (s *Service) notified(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject) error {
	if c.State != Contained || c.SentAt.IsZero() || c.PeopleAt.IsZero() {
		return nil
	}
	if left, err := untold(ctx, tx, c); err != nil || left > 0 && !c.Drill {
		return err
	}
	c.NotifiedAt = tx.Now()
	return s.step(ctx, tx, c, Contained, Notified, by, "")
}

// Remediate says that what let it happen has been put right. Open tasks stand in
// the way: fault Conflict.
func (s *Service) Remediate(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, text string) error {
	text, err := clean("how", text, textMost)
	if err != nil {
		return err
	}
	open := 0
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM breach_tasks WHERE tenant_id = $1 AND incident_id = $2 AND done_at IS NULL", []any{tx.Tenant(), c.ID}, &open)
	if err == nil && open > 0 {
		err = fault.New(fault.Conflict, "breach.Remediate", "breach.tasks.open").With("open", open)
	}
	if err != nil {
		return err
	}
	c.RemediatedAt = tx.Now()
	return s.step(ctx, tx, c, Notified, Remediated, by, text)
}

// The three documents of the end.
const (
	RootCause  = "root_cause"
	Controls   = "controls"
	Compliance = "compliance"
)

// Documents are their names.
func Documents() []string { return []string{RootCause, Controls, Compliance} }

func (c *Incident) document(name string) *string {
	switch name {
	case RootCause:
		return &c.RootCause
	case Controls:
		return &c.Controls
	case Compliance:
		return &c.Compliance
	}
	return nil
}

// Attach keeps the digest of one of the three documents: 64 hexadecimal signs, as
// sha256sum writes them.
func (s *Service) Attach(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, name, digest string) error {
	const op = "breach.Attach"
	if !c.EndedAt.IsZero() {
		return fault.New(fault.Conflict, op, "breach.ended")
	}
	place := c.document(name)
	if place == nil {
		return fault.New(fault.Invalid, op, "breach.document.unknown").On("document")
	}
	digest = strings.ToLower(strings.TrimSpace(digest))
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != 32 {
		return fault.New(fault.Invalid, op, "breach.digest.wrong").On("digest")
	}
	*place = digest
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.add(ctx, tx, c, by, "attached", name+" "+digest))
}

// Close ends the incident; fault Conflict while one of the three documents is
// missing.
func (s *Service) Close(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject) error {
	const op = "breach.Close"
	for _, name := range Documents() {
		if *c.document(name) == "" {
			return fault.New(fault.Conflict, op, "breach.documents.missing").With("document", name)
		}
	}
	if err := s.step(ctx, tx, c, Remediated, Closed, by, ""); err != nil {
		return err
	}
	return fault.Wrap(op, s.end(ctx, tx, c))
}

// end starts the time for which everything of an incident is kept. A drill names
// nobody any more: it concerned no one.
func (s *Service) end(ctx context.Context, tx *store.Tx, c *Incident) error {
	c.EndedAt = tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	if c.Drill {
		if _, err := tx.Exec(ctx, "DELETE FROM breach_people WHERE tenant_id = $1 AND incident_id = $2", tx.Tenant(), c.ID); err != nil {
			return err
		}
	}
	for _, table := range []string{"breach_people", "breach_steps", "breach_tasks", "breach_reports"} {
		if _, err := tx.Exec(ctx, "UPDATE "+table+" SET ended_at = $3 WHERE tenant_id = $1 AND incident_id = $2", tx.Tenant(), c.ID, c.EndedAt); err != nil {
			return err
		}
	}
	return nil
}

// Kinds of tasks: work that the program cannot do.
var taskKinds = []string{"law_enforcement", "password_reset", "monitoring", "credit_monitoring", "patch", "other"}

// TaskKinds are all of them.
func TaskKinds() []string { return append([]string(nil), taskKinds...) }

// AddTask adds work to an incident.
func (s *Service) AddTask(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, kind, note string) error {
	const op = "breach.AddTask"
	if !c.EndedAt.IsZero() {
		return fault.New(fault.Conflict, op, "breach.ended")
	}
	known := false
	for _, k := range taskKinds {
		known = known || k == kind
	}
	if !known || len(note) > shortMost {
		return fault.New(fault.Invalid, op, "breach.task.unknown").On("kind")
	}
	if err := store.Insert(ctx, tx, &Task{Incident: c.ID, Kind: kind, Note: vault.Seal(strings.TrimSpace(note)), AddedAt: tx.Now()}); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.add(ctx, tx, c, by, "task", kind))
}

// FinishTask closes a task with what proves it.
func (s *Service) FinishTask(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, key id.ID, proof string) error {
	const op = "breach.FinishTask"
	proof, err := clean("proof", proof, shortMost)
	if err != nil {
		return err
	}
	t, err := store.Get[Task](ctx, tx, key)
	if err != nil || t.Incident != c.ID {
		return fault.New(fault.NotFound, op, "")
	}
	if !t.DoneAt.IsZero() {
		return fault.New(fault.Conflict, op, "breach.task.done")
	}
	t.DoneAt, t.Proof = tx.Now(), vault.Seal(proof)
	if err := store.Update(ctx, tx, t); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.add(ctx, tx, c, by, "task_done", t.Kind))
}

// SuspectCrime says that a crime is suspected: law enforcement becomes a task.
func (s *Service) SuspectCrime(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject) error {
	const op = "breach.SuspectCrime"
	if c.Crime {
		return nil
	}
	c.Crime = true
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.AddTask(ctx, tx, c, by, "law_enforcement", ""); err != nil {
		return err
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "breach.crime", Object: "breach", Count: 1}))
}
