package breach

import (
	"context"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// reportsMost is how many reports of one person wait at most.
const reportsMost = 5

// TakeReport takes the report of a person who believes that their data is out: it opens a
// suspected incident, tells the officers, and acknowledges it to the person.
// Faults: Invalid on the text, TooMany.
func (s *Service) TakeReport(ctx context.Context, tx *store.Tx, who id.Subject, text string) (*Report, error) {
	const op = "breach.TakeReport"
	text, err := clean("text", text, textMost)
	if err != nil {
		return nil, err
	}
	open := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM breach_reports WHERE tenant_id = $1 AND subject_id = $2 AND ended_at IS NULL", []any{tx.Tenant(), who}, &open); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if open >= reportsMost {
		return nil, fault.New(fault.TooMany, op, "breach.too_many").With("limit", reportsMost)
	}
	c, err := s.Open(ctx, tx, Opening{Title: s.cfg.Words("id", "breach.reported"), Kinds: []Kind{Access}})
	if err != nil {
		return nil, err
	}
	r := &Report{Subject: who, Incident: c.ID, Number: c.Number, Text: vault.Seal(text), At: tx.Now()}
	if err := store.Insert(ctx, tx, r); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, id.Subject{}, "reported", ""); err != nil {
		return nil, fault.Wrap(op, err)
	}
	err = s.cfg.Teller.Tell(ctx, tx, tell.Message{Subject: who, Key: "breach.told.report", Args: map[string]string{"number": c.Number}, Link: "/privacy/breaches", Once: "breach.report:" + r.ID.String()})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return r, fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "breach.reported", Subject: who, Object: "breach", Count: 1, Told: true}))
}

// Reports are a person's own, the newest first.
func Reports(ctx context.Context, tx *store.Tx, who id.Subject) ([]Report, error) {
	return store.Find[Report](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY at DESC, id DESC LIMIT $3", tx.Tenant(), who, listMost)
}

// ReportsOf are those that opened an incident.
func ReportsOf(ctx context.Context, tx *store.Tx, c *Incident) ([]Report, error) {
	return store.Find[Report](ctx, tx, "WHERE tenant_id = $1 AND incident_id = $2 ORDER BY at LIMIT $3", tx.Tenant(), c.ID, listMost)
}

// Concerns are the incidents of which a person was told, the newest first.
func Concerns(ctx context.Context, tx *store.Tx, who id.Subject) ([]Exposed, error) {
	return store.Find[Exposed](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND told_at IS NOT NULL ORDER BY told_at DESC, id LIMIT $3", tx.Tenant(), who, listMost)
}
