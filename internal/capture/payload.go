package capture

import (
	"context"
	"encoding/json"
	"time"

	"amanah/internal/money"
	"amanah/internal/store"
)

// event is the body of a delivery.
type event struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	At     string `json:"at"`
	Tenant string `json:"tenant"`
	Data   any    `json:"data"`
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

// payload writes a delivery's body from what the books say now.
func (s *Service) payload(ctx context.Context, tx *store.Tx, d Delivery, zone *time.Location) ([]byte, error) {
	e := event{ID: d.ID.String(), Type: "transaction." + d.Event, At: d.CreatedAt.Time().Format(time.RFC3339), Tenant: tx.Tenant().String()}
	if d.Event == EventTest {
		e.Type, e.Data = "target.test", map[string]string{"message": "ok"}
		return json.Marshal(e)
	}
	v, err := s.View(ctx, tx, d.Captured)
	if err != nil {
		return nil, err
	}
	e.Data = v.shape(zone)
	return json.Marshal(e)
}

func (v View) shape(zone *time.Location) transaction {
	t := transaction{ID: v.ID.String(), Revision: v.Revision, Status: "success", Direction: v.Direction, Amount: v.Amount().Decimal(), Currency: string(v.Currency),
		At: v.At.Time().In(zone).Format(time.RFC3339), Precision: v.Precision, Merchant: v.MerchantName, Issuer: v.Issuer, Last: v.AccountLast, Channel: v.Channel,
		Reference: v.Reference.Reveal(), Category: v.Category, Confidence: float64(v.Confidence) / 1000, Note: v.Note.Reveal()}
	if v.State == Reversed {
		t.Status = "reversed"
	}
	if v.FeeMinor >= 0 {
		t.Fee = money.Amount{Minor: v.FeeMinor, Currency: v.Currency}.Decimal()
	}
	return t
}
