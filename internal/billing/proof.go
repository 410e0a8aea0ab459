package billing

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Manual is the provider of what people record by hand.
const Manual = "manual"

// MostProof is the size of the largest proof of a transfer: 5 MiB.
const MostProof = 5 << 20

// proofTypes are what a proof may be, by what its content is and not by its name.
var proofTypes = []string{"image/jpeg", "image/png", "image/webp", "application/pdf"}

// Claim is a person's word that they paid.
type Claim struct {
	Invoice id.ID
	Amount  money.Amount
	Note    string
	File    []byte // the proof; may be empty
}

// KeepClaim keeps a claim with its proof, sealed with the person's key, for staff
// to decide. A person has one claim an invoice that waits. Faults: TooLarge,
// Invalid for a file that is neither a picture nor a PDF, Conflict for an invoice
// that owes nothing or has a claim that waits.
func (s *Service) KeepClaim(ctx context.Context, sc store.Scope, who id.Subject, c Claim) (*Payment, error) {
	const op = "billing.KeepClaim"
	kind, err := c.check(op)
	if err != nil {
		return nil, err
	}
	var file vault.FileID
	if len(c.File) > 0 {
		file = vault.FileID(s.db.NewID())
		if _, err := s.db.PutFile(ctx, sc, who, file, bytes.NewReader(c.File)); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	var p *Payment
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		inv, err := lock(ctx, tx, c.Invoice)
		if err != nil {
			return err
		}
		if !inv.owed() {
			return fault.New(fault.Conflict, op, "billing.claim.nothing")
		}
		waiting := 0
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM billing_payments WHERE tenant_id = $1 AND invoice_id = $2 AND state = $3", []any{tx.Tenant(), inv.ID, string(Claimed)}, &waiting); err != nil {
			return err
		}
		if waiting > 0 {
			return fault.New(fault.Conflict, op, "billing.claim.waits")
		}
		_, ends := fiscal(tx.Now(), s.FiscalYearBegins)
		p = &Payment{Debtor: who, Party: inv.Party, Invoice: inv.ID, Provider: Manual, State: Claimed, Flag: FlagClaim, Minor: c.Amount.Minor, Currency: c.Amount.Currency,
			Proof: file, ProofType: kind, Note: vault.Seal(c.Note), At: tx.Now(), YearEnds: ends}
		p.ID = tx.NewID()
		p.Reference = "claim:" + p.ID.String()
		return store.Insert(ctx, tx, p)
	})
	if err != nil && !file.IsZero() {
		_ = s.db.DeleteFile(ctx, sc, who, file) // nothing names it
	}
	return p, fault.Wrap(op, err)
}

func (c Claim) check(op string) (kind string, err error) {
	switch {
	case c.Amount.Minor <= 0:
		return "", fault.New(fault.Invalid, op, "billing.amount.invalid").On("amount")
	case len(c.Note) > 1000:
		return "", fault.New(fault.Invalid, op, "billing.note.long").On("note")
	case len(c.File) > MostProof:
		return "", fault.New(fault.TooLarge, op, "billing.proof.large").On("proof")
	case len(c.File) == 0:
		return "", nil
	}
	kind = http.DetectContentType(c.File)
	for _, t := range proofTypes {
		if kind == t {
			return kind, nil
		}
	}
	return "", fault.New(fault.Invalid, op, "billing.proof.type").On("proof")
}

// Decide takes a claim for true and books it, or refuses it. The amount is what
// staff found on the statement. Fault Conflict for a claim that was decided.
func (s *Service) Decide(ctx context.Context, tx *store.Tx, claim id.ID, accept bool, amount money.Amount, reason vault.Text) error {
	const op = "billing.Decide"
	if reason.IsZero() {
		return fault.New(fault.Invalid, op, "billing.reason.needed").On("reason")
	}
	p, err := s.takePayment(ctx, tx, claim, Claimed)
	if err != nil {
		return fault.Wrap(op, err)
	}
	p.Reason, p.Flag = reason, ""
	if !accept {
		p.State, p.DecidedAt = Refused, tx.Now()
		return fault.Wrap(op, store.Update(ctx, tx, p))
	}
	if amount.Minor <= 0 || amount.Currency != p.Currency {
		return fault.New(fault.Invalid, op, "billing.amount.invalid").On("amount")
	}
	p.Minor = amount.Minor
	return fault.Wrap(op, s.apply(ctx, tx, p, p.Invoice, false))
}

// OpenProof gives a proof's content and type. The caller closes it.
func (s *Service) OpenProof(ctx context.Context, sc store.Scope, p *Payment) (io.ReadCloser, string, error) {
	if p.Proof.IsZero() {
		return nil, "", fault.New(fault.NotFound, "billing.OpenProof", "")
	}
	f, err := s.db.OpenFile(ctx, sc, p.Debtor, p.Proof)
	return f, p.ProofType, fault.Wrap("billing.OpenProof", err)
}
