package billing

import (
	"context"
	"net/http"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
)

// Provider takes payments for the issuer and tells of them.
type Provider interface {
	// Name is the last part of the callback's address and of what is stored.
	Name() string
	// Ask asks for a means of paying. It is called outside of any transaction.
	Ask(ctx context.Context, send Send, o Order) (Means, error)
	// Read checks a callback's signature and reads it. Fault Unauthorized for a
	// wrong signature, Invalid for what is no callback of this provider.
	Read(h http.Header, body []byte) (Event, error)
}

// Send lets a request out through the Door, for one invoice.
type Send func(req *http.Request) (*egress.Response, error)

// Order is what a provider is asked to collect.
type Order struct {
	Charge  id.ID // the order's number at the provider
	Number  string
	Amount  money.Amount
	Now     clock.Instant
	Expires clock.Instant
	Method  Method
}

// Method is how the person wants to pay.
type Method string

// The methods. Page is the provider's own page, with whatever it offers.
const (
	ByQRIS Method = "qris"
	ByBank Method = "bank"
	ByPage Method = "page"
)

// Means is how an order can be paid.
type Means struct {
	Foreign string // the provider's id of it
	QR      string // a QRIS payload
	Bank    string
	Account string // a virtual account's number
	Page    string // the provider's page
	Expires clock.Instant
}

// Status is what a callback says of an order.
type Status string

// The statuses. Held is money that the provider still examines.
const (
	StatusPending  Status = "pending"
	StatusPaid     Status = "paid"
	StatusFailed   Status = "failed"
	StatusExpired  Status = "expired"
	StatusHeld     Status = "held"
	StatusReversed Status = "reversed"
)

// Event is one callback, read.
type Event struct {
	Status    Status
	Order     string // as we named it; may be none of ours
	Reference string // the provider's number of the payment
	Amount    money.Amount
	At        clock.Instant
}

// ChargeState is where a charge at a provider stands.
type ChargeState string

// A charge is asked for before the provider is; waiting once there is a means.
const (
	ChargeAsked   ChargeState = "asked"
	ChargeWaiting ChargeState = "waiting"
	ChargeHeld    ChargeState = "held"
	ChargePaid    ChargeState = "paid"
	ChargeExpired ChargeState = "expired"
	ChargeFailed  ChargeState = "failed"
)
