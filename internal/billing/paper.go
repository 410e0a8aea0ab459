package billing

import (
	"context"
	"encoding/json"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Paper is an invoice as it was issued: all that is printed, in both languages.
type Paper struct {
	Kind     Kind           `json:"kind"`
	Number   string         `json:"number"`
	Credits  string         `json:"credits,omitempty"` // number of the invoice taken back
	Issuer   Issuer         `json:"issuer"`
	Debtor   PaperDebtor    `json:"debtor"`
	Lines    []PaperLine    `json:"lines"`
	Taxes    []PaperTax     `json:"taxes"`
	Net      int64          `json:"net"`
	Tax      int64          `json:"tax"`
	Total    int64          `json:"total"`
	Currency money.Currency `json:"currency"`
	Issued   clock.Instant  `json:"issued"`
	Due      clock.Instant  `json:"due"`
	Note     Words          `json:"note"`
}

// Issuer is who sends invoices, as the configuration says.
type Issuer struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	TaxID   string `json:"tax_id,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// PaperDebtor is whom the invoice is made out to.
type PaperDebtor struct {
	Number  int64  `json:"number"`
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	TaxID   string `json:"tax_id,omitempty"`
}

// PaperLine is one line as printed.
type PaperLine struct {
	Text     Words  `json:"text"`
	Quantity int64  `json:"quantity"` // thousandths
	Unit     int64  `json:"unit"`
	Discount int64  `json:"discount"`
	Net      int64  `json:"net"`
	Tax      string `json:"tax,omitempty"`
}

// PaperTax is one tax of the whole invoice.
type PaperTax struct {
	Code   string   `json:"code"`
	Name   Words    `json:"name"`
	Rate   int64    `json:"rate"` // hundredths of a percent
	Of     [2]int64 `json:"of"`
	Net    int64    `json:"net"`
	Amount int64    `json:"amount"`
}

// amount writes minor units with the paper's currency.
func (p Paper) amount(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: p.Currency}
}

// PaperOf reads an invoice as it was issued; fault NotFound where it has gone.
func PaperOf(ctx context.Context, tx *store.Tx, invoice id.ID) (Paper, error) {
	var p Paper
	row, err := store.One[paperRow](ctx, tx, "WHERE tenant_id = $1 AND invoice_id = $2", tx.Tenant(), invoice)
	if err == nil {
		err = json.Unmarshal([]byte(row.Document.Reveal()), &p)
	}
	return p, fault.Wrap("billing.PaperOf", err)
}

func keepPaper(ctx context.Context, tx *store.Tx, invoice id.ID, p Paper, ends clock.Instant) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return store.Insert(ctx, tx, &paperRow{Invoice: invoice, Document: vault.Seal(string(b)), YearEnds: ends})
}
