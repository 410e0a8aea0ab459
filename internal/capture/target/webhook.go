package target

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"amanah/internal/channel/webhook"
	"amanah/internal/fault"
	"amanah/internal/privacy/egress"
)

// transactions are the categories of what a target gets, as the notice names them.
var transactions = []string{"transaction.amount", "transaction.time", "transaction.merchant", "transaction.account", "transaction.reference", "transaction.category", "transaction.note"}

var chosen = egress.Recipient{Key: egress.Target, Kind: egress.Chosen}

// Webhook posts the documented JSON, signed by the Standard Webhooks convention.
type Webhook struct{ Loopback bool }

// Traits of a webhook.
func (Webhook) Traits() Traits {
	return Traits{Name: "webhook", Recipient: chosen, Categories: transactions}
}

// Check looks at the address.
func (w Webhook) Check(s Settings) error {
	_, err := Host(s.URL, w.Loopback)
	return err
}

// Describe is the receiver's host.
func (w Webhook) Describe(s Settings) string {
	host, _ := Host(s.URL, w.Loopback) // it was checked when it was written
	return host
}

// Send posts one event.
func (Webhook) Send(ctx context.Context, to To, p Parcel) Outcome {
	secret, err := webhook.ParseSecret(to.Secret)
	if err != nil {
		return Outcome{Key: "target.secret"}
	}
	body, err := EventBody(p, to.Settings.Mapping)
	if err != nil {
		return Outcome{Key: "target.body"}
	}
	req, err := webhook.NewRequest(ctx, to.Settings.URL, p.Event, p.Now, body, secret)
	if err != nil {
		return Outcome{Key: keyOf(err, "egress.bad_url")}
	}
	return answered(to.Carry(req))
}

// Disconnect has nothing to take back.
func (Webhook) Disconnect(context.Context, To) bool { return true }

func keyOf(err error, other string) string {
	if k := fault.Of(err).Key; k != "" {
		return k
	}
	return other
}

// transaction is the shape of "amanah extract email" with the number by which a
// later correction names it again.
type transaction struct {
	ID         string  `json:"id"`
	Revision   int64   `json:"revision"`
	Status     string  `json:"status"` // success, reversed
	Direction  string  `json:"direction"`
	Amount     string  `json:"amount"`
	Fee        string  `json:"fee,omitempty"`
	Currency   string  `json:"currency"`
	At         string  `json:"at"`
	Precision  string  `json:"at_precision"`
	Merchant   string  `json:"merchant,omitempty"`
	Issuer     string  `json:"issuer,omitempty"`
	Last       string  `json:"account_last,omitempty"`
	Channel    string  `json:"channel,omitempty"`
	Reference  string  `json:"reference,omitempty"`
	Category   string  `json:"category,omitempty"`
	Confidence float64 `json:"confidence"`
	Note       string  `json:"note,omitempty"`
}

// Shape is a transaction as a webhook's data without a mapping.
func (r Record) Shape(zone *time.Location) any {
	t := transaction{Revision: r.Revision, Status: r.Status(), Direction: r.Direction, Amount: r.Amount.Decimal(), Currency: string(r.Amount.Currency),
		At: r.At.In(zone).Format(time.RFC3339), Precision: r.Precision, Merchant: r.Merchant, Issuer: r.Issuer, Last: r.Last, Channel: r.Channel,
		Reference: r.Reference, Category: r.Category, Confidence: r.Confidence, Note: r.Note}
	if !r.ID.IsZero() {
		t.ID = r.ID.String()
	}
	if r.Fee != nil {
		t.Fee = r.Fee.Decimal()
	}
	return t
}

// EventBody is the body of a webhook: {id, type, at, tenant, data}. With mapped
// fields data has those, in their order; a test says only "ok".
func EventBody(p Parcel, m Mapping) ([]byte, error) {
	data := p.Record.Shape(p.Zone)
	switch {
	case p.Test():
		data = map[string]string{"message": "ok"}
	case len(m.Fields) > 0:
		data = json.RawMessage(object(m.Cells(p.Record, p.Zone)))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		ID     string `json:"id"`
		Type   string `json:"type"`
		At     string `json:"at"`
		Tenant string `json:"tenant"`
		Data   any    `json:"data"`
	}{p.Event, p.Type, p.At.Format(time.RFC3339), p.Tenant.String(), data})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
