package complaint

import (
	"context"
	"slices"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Kinds of remedies. Those of data are carried out by the program, as a request of
// the person; payment, apology and an outside watch over credit are followed until
// a document shows that they were done.
const (
	Correction   = "correction"
	Deletion     = "deletion"
	Reactivation = "reactivation"
	Compensation = "compensation"
	Apology      = "apology"
	Monitoring   = "monitoring"
)

// Kinds lists the remedies.
func Kinds() []string {
	return []string{Correction, Deletion, Reactivation, Compensation, Apology, Monitoring}
}

// rights are the requests that carry remedies of data out.
var rights = map[string]string{Correction: "correct", Deletion: "erase"}

// Order is a remedy to set.
type Order struct {
	Kind   string
	Note   string
	Amount money.Amount // of compensation
}

// Set orders a remedy in a case that was found right, in whole or in part.
func (s *Service) Set(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, o Order) error {
	const op = "complaint.Set"
	if err := s.fit(ctx, tx, c, officer); err != nil {
		return err
	}
	switch {
	case !slices.Contains(Kinds(), o.Kind):
		return fault.New(fault.Invalid, op, "complaint.remedy.unknown").On("kind")
	case c.Finding != Upheld && c.Finding != Partly:
		return fault.New(fault.Conflict, op, "complaint.remedy.unfounded").On("kind")
	case o.Kind == Compensation && o.Amount.Minor <= 0:
		return fault.New(fault.Invalid, op, "complaint.amount.empty").On("amount")
	}
	r := &Remedy{Subject: c.Subject, Case: c.ID, Kind: o.Kind, Note: vault.Seal(cut(o.Note)), AddedAt: tx.Now(), Currency: money.IDR}
	if o.Kind == Compensation {
		r.Minor, r.Currency = o.Amount.Minor, o.Amount.Currency
	}
	if right := rights[o.Kind]; right != "" && c.Account && s.cfg.Requests != nil {
		number, err := s.cfg.Requests.OpenFor(ctx, tx, c.Subject, right, c.Number)
		if err != nil {
			return fault.Wrap(op, err)
		}
		r.Carried = number
	}
	if err := store.Insert(ctx, tx, r); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.add(ctx, tx, c, step{what: "remedy_set", by: "officer", officer: officer, text: o.Kind}))
}

// Done notes that a remedy was carried out. A payment, an apology and a watch need
// the digest of the paper that shows it.
func (s *Service) Done(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, remedy id.ID, document string) error {
	const op = "complaint.Done"
	r, err := store.One[Remedy](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND case_id = $3", tx.Tenant(), remedy, c.ID)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !r.DoneAt.IsZero() {
		return nil
	}
	if r.Document = cut(document); r.Document == "" && rights[r.Kind] == "" && r.Kind != Reactivation {
		return fault.New(fault.Invalid, op, "complaint.document.empty").On("document")
	}
	r.DoneAt = tx.Now()
	if err := store.Update(ctx, tx, r); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, step{what: "remedy_done", by: "officer", officer: officer, text: r.Kind}); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "complaint.remedied", Subject: c.known(), Object: r.Kind, Count: 1, Told: c.Account}))
}
