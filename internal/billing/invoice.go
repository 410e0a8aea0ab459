package billing

import (
	"context"
	"slices"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Kind tells invoices from credit notes.
type Kind string

// The kinds.
const (
	Bill       Kind = "invoice"
	CreditNote Kind = "credit_note"
)

// State is where an invoice stands.
type State string

// The states. Overdue is never stored: StateAt tells it.
const (
	Open       State = "open"
	PartlyPaid State = "partly_paid"
	Paid       State = "paid"
	Overdue    State = "overdue"
	Void       State = "void"
)

// StateAt is the state at a moment: what is open past its day is overdue.
func (i *Invoice) StateAt(now clock.Instant) State {
	if i.owed() && !i.DueAt.IsZero() && now > i.DueAt {
		return Overdue
	}
	return i.State
}

func (i *Invoice) owed() bool {
	return i.Kind == Bill && (i.State == Open || i.State == PartlyPaid)
}

// Left is what is still to be paid.
func (i *Invoice) Left() money.Amount {
	left := i.Total - i.Settled
	if !i.owed() {
		left = 0
	}
	return money.Amount{Minor: left, Currency: i.Currency}
}

// Sum is the invoice's total.
func (i *Invoice) Sum() money.Amount { return money.Amount{Minor: i.Total, Currency: i.Currency} }

// Item is what is charged: one line.
type Item struct {
	Code     string // the product's word for it; nothing that a person wrote
	Text     Words
	Quantity int64  // thousandths; 1000 is one
	Unit     int64  // minor units
	Discount int64  // minor units, off the line
	Tax      string // a code of Taxes, or "" for none
}

// Draft is what Issue makes an invoice of.
type Draft struct {
	Party *Party
	// About names what is charged: an About that was charged gives that invoice again.
	About    string
	Currency money.Currency // IDR where empty
	Items    []Item
	Due      clock.Instant
	Note     Words // printed below the sum
}

// mostItems bounds an invoice.
const mostItems = 200

// Issue makes an invoice: number, lines, paper and books in the caller's
// transaction. What the debtor has as credit is set against it at once. created is
// false where the About was charged before. Fault Invalid for lines without sense.
func (s *Service) Issue(ctx context.Context, tx *store.Tx, d Draft) (inv *Invoice, created bool, err error) {
	const op = "billing.Issue"
	if d.Party == nil || d.About == "" || len(d.About) > 200 || len(d.Items) == 0 || len(d.Items) > mostItems {
		return nil, false, fault.New(fault.Invalid, op, "billing.invoice.invalid")
	}
	if d.Currency == "" {
		d.Currency = money.IDR
	}
	have, err := store.One[Invoice](ctx, tx, "WHERE tenant_id = $1 AND about = $2", tx.Tenant(), d.About)
	if !fault.Is(err, fault.NotFound) {
		return have, false, fault.Wrap(op, err)
	}
	p, err := s.reckon(d, tx.Now())
	if err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	inv = &Invoice{Debtor: d.Party.Subject, Party: d.Party.ID, Kind: Bill, About: d.About, State: Open}
	if err := s.write(ctx, tx, inv, &p, d, s.Series); err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	for _, m := range []move{{source: "net", from: Revenue, minor: p.Net}, {source: "tax", from: TaxOwed, minor: p.Tax}} {
		m.inv, m.to, m.source = inv, Receivable, "issue:"+inv.ID.String()+":"+m.source
		if err := s.post(ctx, tx, m); err != nil {
			return nil, false, fault.Wrap(op, err)
		}
	}
	return inv, true, fault.Wrap(op, s.useCredit(ctx, tx, inv))
}

// reckon computes lines, taxes and sums.
func (s *Service) reckon(d Draft, now clock.Instant) (Paper, error) {
	p := Paper{Kind: Bill, Issuer: s.Issuer, Currency: d.Currency, Issued: now, Due: d.Due, Note: d.Note,
		Debtor: PaperDebtor{Number: d.Party.Number, Name: d.Party.Name.Reveal(), Address: d.Party.Address.Reveal(), TaxID: d.Party.TaxID.Reveal()}}
	invalid := fault.New(fault.Invalid, "billing.reckon", "billing.invoice.invalid")
	if !d.Currency.Valid() {
		return p, invalid
	}
	for _, it := range d.Items {
		if it.Quantity <= 0 || it.Unit < 0 || it.Discount < 0 || it.Text.ID == "" || len(it.Text.ID)+len(it.Text.EN) > 1000 || len(it.Code) > 100 {
			return p, invalid
		}
		gross, err := share(it.Quantity, it.Unit, thousandths, payable(d.Currency))
		if err != nil {
			return p, err
		}
		if it.Discount > gross || it.Discount%payable(d.Currency) != 0 {
			return p, invalid
		}
		net := gross - it.Discount
		p.Lines = append(p.Lines, PaperLine{Text: it.Text, Quantity: it.Quantity, Unit: it.Unit, Discount: it.Discount, Net: net, Tax: it.Tax})
		if p.Net, err = plus(p.Net, net); err != nil {
			return p, err
		}
		if err := s.tax(&p, it.Tax, net, now); err != nil {
			return p, err
		}
	}
	for i := range p.Taxes {
		t := &p.Taxes[i]
		var err error
		if t.Amount, err = (Rate{Rate: t.Rate, Of: t.Of}).of(t.Net, d.Currency); err != nil {
			return p, err
		}
		p.Tax += t.Amount
	}
	var err error
	p.Total, err = plus(p.Net, p.Tax)
	return p, err
}

// tax adds a line to the base of its tax.
func (s *Service) tax(p *Paper, code string, net int64, now clock.Instant) error {
	if code == "" {
		return nil
	}
	if i := slices.IndexFunc(p.Taxes, func(t PaperTax) bool { return t.Code == code }); i >= 0 {
		p.Taxes[i].Net += net
		return nil
	}
	t, ok := s.Taxes[code]
	rate, inForce := t.at(now)
	if !ok || !inForce {
		return fault.New(fault.Invalid, "billing.tax", "billing.tax.unknown")
	}
	p.Taxes = append(p.Taxes, PaperTax{Code: code, Name: t.Name, Rate: rate.Rate, Of: rate.Of, Net: net})
	return nil
}

// write stores an invoice or a credit note with its number, lines and paper.
func (s *Service) write(ctx context.Context, tx *store.Tx, inv *Invoice, p *Paper, d Draft, series string) error {
	year, ends := fiscal(tx.Now(), s.FiscalYearBegins)
	n, err := next(ctx, tx, series, year)
	if err != nil {
		return err
	}
	inv.Number = numbered(series, year, n)
	inv.Net, inv.Tax, inv.Total, inv.Currency = p.Net, p.Tax, p.Total, p.Currency
	inv.IssuedAt, inv.DueAt, inv.YearEnds = tx.Now(), p.Due, ends
	if inv.Total == 0 && inv.Kind == Bill {
		inv.State, inv.PaidAt = Paid, tx.Now()
	}
	p.Number, p.Kind = inv.Number, inv.Kind
	if err := store.Insert(ctx, tx, inv); err != nil {
		return err
	}
	for i, l := range p.Lines {
		row := &Line{Debtor: inv.Debtor, Invoice: inv.ID, Pos: int64(i), TextID: vault.Seal(l.Text.ID), TextEN: vault.Seal(l.Text.EN), Quantity: l.Quantity,
			Unit: l.Unit, Discount: l.Discount, Net: l.Net, TaxCode: l.Tax, YearEnds: ends}
		if i < len(d.Items) {
			row.Code = d.Items[i].Code
		}
		if err := store.Insert(ctx, tx, row); err != nil {
			return err
		}
	}
	if err := keepPaper(ctx, tx, inv.ID, *p, ends); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE billing_parties SET year_ends = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), inv.Party, ends)
	return err
}

// InvoiceOf reads an invoice; fault NotFound.
func InvoiceOf(ctx context.Context, tx *store.Tx, key id.ID) (*Invoice, error) {
	i, err := store.Get[Invoice](ctx, tx, key)
	return i, fault.Wrap("billing.InvoiceOf", err)
}

// lock takes an invoice for a change: whoever comes second waits, and then sees
// what the first one did.
func lock(ctx context.Context, tx *store.Tx, key id.ID) (*Invoice, error) {
	if _, err := tx.Exec(ctx, "UPDATE invoices SET settled = settled WHERE tenant_id = $1 AND id = $2", tx.Tenant(), key); err != nil {
		return nil, err
	}
	return store.Get[Invoice](ctx, tx, key)
}
