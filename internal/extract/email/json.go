package email

import (
	"encoding/json"
	"math"
	"time"
)

type resultJSON struct {
	File         string            `json:"file"`
	Kind         Kind              `json:"kind"`
	Transactions []transactionJSON `json:"transactions"`
	Sender       senderJSON        `json:"sender"`
	Reason       string            `json:"reason,omitempty"`
	Rule         string            `json:"rule,omitempty"`
	Forwarding   *forwardingJSON   `json:"forwarding,omitempty"`
}

type transactionJSON struct {
	Status      string  `json:"status"`
	Direction   string  `json:"direction"`
	Amount      string  `json:"amount"`
	Fee         string  `json:"fee,omitempty"`
	Currency    string  `json:"currency"`
	At          string  `json:"at,omitempty"`
	AtPrecision string  `json:"at_precision,omitempty"`
	Merchant    string  `json:"merchant,omitempty"`
	Issuer      string  `json:"issuer,omitempty"`
	AccountLast string  `json:"account_last,omitempty"`
	Channel     string  `json:"channel,omitempty"`
	Reference   string  `json:"reference,omitempty"`
	Category    string  `json:"category,omitempty"`
	Confidence  float64 `json:"confidence"`
}

type senderJSON struct {
	Domain string `json:"domain,omitempty"`
	DKIM   string `json:"dkim"`
	Trust  Trust  `json:"trust"`
}

type forwardingJSON struct {
	Provider string `json:"provider"`
	From     string `json:"from,omitempty"`
	Code     string `json:"code,omitempty"`
	Link     string `json:"link,omitempty"`
}

// JSON is the contract's line for one file, without a line end. What the mail
// does not state is left out.
func (r Result) JSON(file string) ([]byte, error) {
	out := resultJSON{File: file, Kind: r.Kind, Transactions: []transactionJSON{}, Reason: r.Reason, Rule: r.Rule,
		Sender: senderJSON{Domain: r.Sender.Domain, DKIM: or(r.Sender.DKIM, "none"), Trust: r.Sender.Trust}}
	for _, t := range r.Transactions {
		j := transactionJSON{Status: t.Status, Direction: t.Direction, Amount: t.Amount.Decimal(), Currency: string(t.Amount.Currency),
			Merchant: t.Merchant, Issuer: t.Issuer, AccountLast: t.AccountLast, Channel: t.Channel, Reference: t.Reference,
			Category: t.Category, Confidence: math.Round(t.Confidence*1000) / 1000}
		if t.Fee.Currency != "" {
			j.Fee = t.Fee.Decimal()
		}
		if !t.At.IsZero() {
			j.At, j.AtPrecision = t.At.Format(time.RFC3339), t.AtPrecision
		}
		out.Transactions = append(out.Transactions, j)
	}
	if f := r.Forwarding; f != nil {
		out.Forwarding = &forwardingJSON{f.Provider, f.From, f.Code, f.Link}
	}
	return json.Marshal(out)
}
