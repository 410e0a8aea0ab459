package billing

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// PaymentState is where a payment stands.
type PaymentState string

// A payment is claimed by a person until staff decides it, unmatched where nobody
// knows what it is for, accepted once it is in the books, refused where it never
// came.
const (
	Claimed   PaymentState = "claimed"
	Unmatched PaymentState = "unmatched"
	Accepted  PaymentState = "accepted"
	Refused   PaymentState = "refused"
)

// Flags say why staff should look at a payment.
const (
	FlagUnder    = "under"    // less than was owed
	FlagOver     = "over"     // more than was owed: the rest is credit
	FlagVoid     = "void"     // of an invoice that was taken back: all of it is credit
	FlagExpired  = "expired"  // after its charge had run out
	FlagCurrency = "currency" // in another currency than the invoice
	FlagUnknown  = "unknown"  // of an order that we did not make
	FlagReversed = "reversed" // the provider gave it back, or it is disputed
	FlagClaim    = "claim"    // a person says that they paid
)

// Incoming is money that came in, as whoever tells of it says.
type Incoming struct {
	Provider  string
	Reference string // the provider's number of this payment; unique with the provider
	// Order is the charge that it answers to, Invoice the invoice where there is no
	// charge. Either may be zero.
	Order   id.ID
	Invoice id.ID
	Amount  money.Amount
	At      clock.Instant
	Reason  vault.Text // the staff's, for what was recorded by hand
}

// Receive keeps a payment and puts it into the books. fresh is false where it was
// known already: then nothing happens. What cannot be matched is kept for staff.
func (s *Service) Receive(ctx context.Context, tx *store.Tx, in Incoming) (p *Payment, fresh bool, err error) {
	const op = "billing.Receive"
	if in.Provider == "" || in.Reference == "" || len(in.Reference) > 200 || in.Amount.Minor <= 0 || !in.Amount.Currency.Valid() {
		return nil, false, fault.New(fault.Invalid, op, "billing.payment.invalid")
	}
	_, ends := fiscal(tx.Now(), s.FiscalYearBegins)
	if in.At.IsZero() {
		in.At = tx.Now()
	}
	p = &Payment{Provider: in.Provider, Reference: in.Reference, State: Unmatched, Flag: FlagUnknown, Minor: in.Amount.Minor, Currency: in.Amount.Currency, Reason: in.Reason, At: in.At, YearEnds: ends}
	fresh, err = store.InsertOnce(ctx, tx, p, "tenant_id, provider, reference")
	if err == nil && !fresh {
		p, err = store.One[Payment](ctx, tx, "WHERE tenant_id = $1 AND provider = $2 AND reference = $3", tx.Tenant(), in.Provider, in.Reference)
	}
	if err != nil || !fresh {
		return p, fresh, fault.Wrap(op, err)
	}
	late := false
	if !in.Order.IsZero() {
		c, err := store.Get[Charge](ctx, tx, in.Order)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return p, true, fault.Wrap(op, err)
		}
		if err == nil && c.Provider == in.Provider {
			in.Invoice = c.Invoice
			late = c.State == ChargeExpired || !c.ExpiresAt.IsZero() && in.At > c.ExpiresAt
			c.State = ChargePaid
			if err := store.Update(ctx, tx, c); err != nil {
				return p, true, fault.Wrap(op, err)
			}
		}
	}
	if in.Invoice.IsZero() {
		return p, true, nil
	}
	return p, true, fault.Wrap(op, s.apply(ctx, tx, p, in.Invoice, late))
}

// apply sets a payment against an invoice: as much as is owed, the rest as credit.
func (s *Service) apply(ctx context.Context, tx *store.Tx, p *Payment, invoice id.ID, late bool) error {
	inv, err := lock(ctx, tx, invoice)
	if fault.Is(err, fault.NotFound) {
		return nil // stays unmatched
	}
	if err != nil {
		return err
	}
	p.Invoice, p.Party, p.Debtor = inv.ID, inv.Party, inv.Debtor
	if inv.Currency != p.Currency {
		p.Flag = FlagCurrency
		return store.Update(ctx, tx, p)
	}
	left := inv.Left().Minor
	use := min(left, p.Minor)
	p.State, p.DecidedAt, p.Flag = Accepted, tx.Now(), flagOf(inv, left, p.Minor, late)
	if err := store.Update(ctx, tx, p); err != nil {
		return err
	}
	key := "payment:" + p.ID.String() + ":"
	for _, m := range []move{{source: "paid", from: Receivable, minor: use}, {source: "over", from: Advance, minor: p.Minor - use}} {
		m.inv, m.payment, m.to, m.source = inv, p.ID, Cash, key+m.source
		if err := s.post(ctx, tx, m); err != nil {
			return err
		}
	}
	if use == 0 {
		return nil
	}
	return s.settle(ctx, tx, inv, use)
}

func flagOf(inv *Invoice, left, minor int64, late bool) string {
	switch {
	case inv.State == Void:
		return FlagVoid
	case minor > left:
		return FlagOver
	case minor < left:
		return FlagUnder
	case late:
		return FlagExpired
	}
	return ""
}

// Match says for staff which invoice an unmatched payment is for. Fault Conflict
// where it is matched already or its currency is another.
func (s *Service) Match(ctx context.Context, tx *store.Tx, payment id.ID, number string, reason vault.Text) error {
	const op = "billing.Match"
	p, err := s.takePayment(ctx, tx, payment, Unmatched)
	if err != nil {
		return fault.Wrap(op, err)
	}
	inv, err := store.One[Invoice](ctx, tx, "WHERE tenant_id = $1 AND number = $2 AND kind = $3", tx.Tenant(), number, string(Bill))
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Invalid, op, "billing.match.number").On("number")
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if inv.Currency != p.Currency {
		return fault.New(fault.Conflict, op, "billing.match.currency").On("number")
	}
	p.Reason = reason
	return fault.Wrap(op, s.apply(ctx, tx, p, inv.ID, false))
}

// takePayment takes a payment that waits for a decision: of two members of staff
// who decide at once one gets fault Conflict.
func (s *Service) takePayment(ctx context.Context, tx *store.Tx, key id.ID, from PaymentState) (*Payment, error) {
	n, err := tx.Exec(ctx, "UPDATE billing_payments SET decided_at = $3 WHERE tenant_id = $1 AND id = $2 AND state = $4", tx.Tenant(), key, tx.Now(), string(from))
	if err != nil {
		return nil, err
	}
	p, err := store.Get[Payment](ctx, tx, key)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "billing.takePayment", "billing.decided")
	}
	return p, err
}

// Seen takes the flag off a payment: staff has looked at it.
func Seen(ctx context.Context, tx *store.Tx, payment id.ID) error {
	_, err := tx.Exec(ctx, "UPDATE billing_payments SET flag = '' WHERE tenant_id = $1 AND id = $2 AND state = $3", tx.Tenant(), payment, string(Accepted))
	return fault.Wrap("billing.Seen", err)
}

// Record is a payment that staff saw come in: cash, or a transfer on the bank's
// statement. The reference is the staff's own; the same one twice is one payment.
func (s *Service) Record(ctx context.Context, tx *store.Tx, invoice id.ID, amount money.Amount, reference string, reason vault.Text) (*Payment, error) {
	const op = "billing.Record"
	if reason.IsZero() {
		return nil, fault.New(fault.Invalid, op, "billing.reason.needed").On("reason")
	}
	if amount.Minor <= 0 {
		return nil, fault.New(fault.Invalid, op, "billing.amount.invalid").On("amount")
	}
	inv, err := InvoiceOf(ctx, tx, invoice)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if inv.Kind != Bill {
		return nil, fault.New(fault.Conflict, op, "billing.credit.not")
	}
	if reference == "" {
		reference = tx.NewID().String()
	}
	p, fresh, err := s.Receive(ctx, tx, Incoming{Provider: Manual, Reference: reference, Invoice: invoice, Amount: amount, Reason: reason})
	if err == nil && !fresh {
		err = fault.New(fault.Conflict, op, "billing.record.twice").On("reference")
	}
	return p, fault.Wrap(op, err)
}
