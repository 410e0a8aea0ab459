package billing

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// VoidInvoice takes an invoice back on which nothing was paid: it keeps its number
// and owes nothing. Doing it again changes nothing. The reason is empty where
// nobody decided it. Fault Conflict where something was paid: make a credit note.
func (s *Service) VoidInvoice(ctx context.Context, tx *store.Tx, key id.ID, reason vault.Text) error {
	const op = "billing.VoidInvoice"
	inv, err := lock(ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if inv.State == Void {
		return nil
	}
	if inv.Kind != Bill || inv.State != Open || inv.Settled != 0 {
		return fault.New(fault.Conflict, op, "billing.void.paid")
	}
	inv.State, inv.VoidAt, inv.Reason = Void, tx.Now(), reason
	if err := store.Update(ctx, tx, inv); err != nil {
		return fault.Wrap(op, err)
	}
	for _, m := range []move{{source: "net", to: Revenue, minor: inv.Net}, {source: "tax", to: TaxOwed, minor: inv.Tax}} {
		m.inv, m.from, m.source = inv, Receivable, "void:"+inv.ID.String()+":"+m.source
		if err := s.post(ctx, tx, m); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

// Credit takes an invoice back, whole, by a credit note with a number of its own.
// What was paid on it becomes the debtor's credit. Doing it again gives the same
// note. Fault Conflict for what is void or a credit note itself.
func (s *Service) Credit(ctx context.Context, tx *store.Tx, key id.ID, why Words) (*Invoice, error) {
	const op = "billing.Credit"
	inv, err := lock(ctx, tx, key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	about := "credit:" + inv.ID.String()
	if have, err := store.One[Invoice](ctx, tx, "WHERE tenant_id = $1 AND about = $2", tx.Tenant(), about); !fault.Is(err, fault.NotFound) {
		return have, fault.Wrap(op, err)
	}
	if inv.Kind != Bill || inv.State == Void {
		return nil, fault.New(fault.Conflict, op, "billing.credit.not")
	}
	p, err := PaperOf(ctx, tx, inv.ID)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	p.Credits, p.Note, p.Issued, p.Due = inv.Number, why, tx.Now(), 0
	note := &Invoice{Debtor: inv.Debtor, Party: inv.Party, Kind: CreditNote, About: about, Credits: inv.ID, State: Paid, PaidAt: tx.Now()}
	if err := s.write(ctx, tx, note, &p, Draft{}, s.CreditSeries); err != nil {
		return nil, fault.Wrap(op, err)
	}
	left := inv.Left().Minor
	back := "credit:" + inv.ID.String() + ":"
	// The whole is taken back; what was paid of it is owed to the debtor.
	for _, m := range []move{
		{source: "net", from: Receivable, to: Revenue, minor: inv.Net}, {source: "tax", from: Receivable, to: TaxOwed, minor: inv.Tax},
		{source: "paid", from: Advance, to: Receivable, minor: inv.Total - left},
	} {
		m.inv, m.source = inv, back+m.source
		if err := s.post(ctx, tx, m); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	inv.Settled = inv.Total
	if inv.State != Paid {
		inv.State, inv.PaidAt = Paid, tx.Now()
	}
	return note, fault.Wrap(op, store.Update(ctx, tx, inv))
}

// useCredit sets what the debtor has as credit against an invoice.
func (s *Service) useCredit(ctx context.Context, tx *store.Tx, inv *Invoice) error {
	if !inv.owed() {
		return nil
	}
	// Two invoices of one debtor queue here, or both would use the same credit.
	if _, err := tx.Exec(ctx, "UPDATE billing_parties SET number = number WHERE tenant_id = $1 AND id = $2", tx.Tenant(), inv.Party); err != nil {
		return err
	}
	has, err := credit(ctx, tx, inv.Party, inv.Currency)
	if err != nil || has <= 0 {
		return err
	}
	use := min(has, inv.Left().Minor)
	if err := s.post(ctx, tx, move{inv: inv, source: "use:" + inv.ID.String() + ":" + tx.NewID().String(), from: Receivable, to: Advance, minor: use}); err != nil {
		return err
	}
	return s.settle(ctx, tx, inv, use)
}

// settle counts an amount as paid and tells who waits for it.
func (s *Service) settle(ctx context.Context, tx *store.Tx, inv *Invoice, minor int64) error {
	inv.Settled += minor
	inv.State = PartlyPaid
	if inv.Settled >= inv.Total {
		inv.State, inv.PaidAt = Paid, tx.Now()
	}
	if err := store.Update(ctx, tx, inv); err != nil || inv.State != Paid {
		return err
	}
	return s.paid(ctx, tx, inv)
}

// CreditOf is what a debtor has paid beyond what they owe.
func CreditOf(ctx context.Context, tx *store.Tx, party id.ID) (money.Amount, error) {
	has, err := credit(ctx, tx, party, money.IDR)
	return money.Amount{Minor: has, Currency: money.IDR}, fault.Wrap("billing.CreditOf", err)
}
