package billing

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/money"
)

// Xendit speaks to Xendit: QR codes (API version 2022-07-31), and its invoice
// page for all else.
type Xendit struct {
	URL   string // https://api.xendit.co
	Key   string // the secret key
	Token string // what the header x-callback-token has to hold
}

// Name is "xendit".
func (Xendit) Name() string { return "xendit" }

// Ask makes a QR code, or an invoice on Xendit's own page.
func (x Xendit) Ask(ctx context.Context, send Send, o Order) (Means, error) {
	path, version, body := "/v2/invoices", "", map[string]any{
		"external_id": o.Charge.String(), "amount": json.Number(whole(o.Amount)), "currency": string(o.Amount.Currency), "description": o.Number,
		"invoice_duration": max(60, int64(o.Expires.Time().Sub(o.Now.Time()).Seconds())),
	}
	if o.Method == ByQRIS {
		path, version = "/qr_codes", "2022-07-31"
		body = map[string]any{"reference_id": o.Charge.String(), "type": "DYNAMIC", "currency": string(o.Amount.Currency), "amount": json.Number(whole(o.Amount)),
			"expires_at": o.Expires.Time().UTC().Format(time.RFC3339)}
	}
	var got struct {
		ID      string    `json:"id"`
		QR      string    `json:"qr_string"`
		Page    string    `json:"invoice_url"`
		Expiry  time.Time `json:"expiry_date"`
		Expires time.Time `json:"expires_at"`
	}
	head := http.Header{"Idempotency-Key": {o.Charge.String()}}
	if version != "" {
		head.Set("api-version", version)
	}
	if err := call(ctx, send, x.URL+path, x.Key, head, body, &got); err != nil {
		return Means{}, fault.Wrap("billing.Xendit.Ask", err)
	}
	m := Means{Foreign: got.ID, QR: got.QR, Page: got.Page, Expires: clock.At(got.Expiry)}
	if m.Expires.IsZero() {
		m.Expires = clock.At(got.Expires)
	}
	if m.Foreign == "" || m.QR == "" && !strings.HasPrefix(m.Page, "https://") {
		return Means{}, fault.New(fault.Unavailable, "billing.Xendit.Ask", "billing.provider.answer")
	}
	return m, nil
}

// xenditCallback is the union of the documented shapes: the invoice callback has
// its fields at the top, QR and payment callbacks have event and data.
type xenditCallback struct {
	ID         string      `json:"id"`
	ExternalID string      `json:"external_id"`
	Status     string      `json:"status"`
	Amount     json.Number `json:"amount"`
	PaidAmount json.Number `json:"paid_amount"`
	Currency   string      `json:"currency"`
	PaidAt     string      `json:"paid_at"`
	Event      string      `json:"event"`
	Created    string      `json:"created"`
	Data       *struct {
		ID          string      `json:"id"`
		PaymentID   string      `json:"payment_id"`
		ReferenceID string      `json:"reference_id"`
		Status      string      `json:"status"`
		Amount      json.Number `json:"amount"`
		Request     json.Number `json:"request_amount"`
		Currency    string      `json:"currency"`
		Created     string      `json:"created"`
	} `json:"data"`
}

// Read checks the token and reads an invoice, QR or payment callback.
func (x Xendit) Read(h http.Header, body []byte) (Event, error) {
	const op = "billing.Xendit.Read"
	if x.Token == "" || subtle.ConstantTimeCompare([]byte(h.Get("x-callback-token")), []byte(x.Token)) != 1 {
		return Event{}, fault.New(fault.Unauthorized, op, "")
	}
	var c xenditCallback
	invalid := fault.New(fault.Invalid, op, "billing.callback.invalid")
	if err := json.Unmarshal(body, &c); err != nil {
		return Event{}, invalid
	}
	e := Event{Order: c.ExternalID, Reference: c.ID, At: instantOf(c.PaidAt)}
	status, amount, currency := c.Status, c.PaidAmount, c.Currency
	if amount == "" {
		amount = c.Amount
	}
	if d := c.Data; d != nil {
		e = Event{Order: d.ReferenceID, Reference: d.PaymentID, At: instantOf(d.Created)}
		if e.Reference == "" {
			e.Reference = d.ID
		}
		status, amount, currency = d.Status, d.Amount, d.Currency
		if amount == "" {
			amount = d.Request
		}
	}
	var ok bool
	if e.Status, ok = xenditStatus[strings.ToUpper(status)]; !ok || e.Reference == "" {
		return Event{}, invalid
	}
	if strings.HasPrefix(c.Event, "refund") {
		e.Status = StatusReversed
	}
	var err error
	if e.Amount, err = amountOf(amount, currency); err != nil {
		return Event{}, invalid
	}
	return e, nil
}

var xenditStatus = map[string]Status{
	"PAID": StatusPaid, "SETTLED": StatusPaid, "SUCCEEDED": StatusPaid, "COMPLETED": StatusPaid,
	"PENDING": StatusPending, "ACTIVE": StatusPending, "AWAITING_CAPTURE": StatusHeld, "REQUIRES_ACTION": StatusPending, "ACCEPTING_PAYMENTS": StatusPending, "AUTHORIZED": StatusHeld,
	"EXPIRED": StatusExpired, "FAILED": StatusFailed, "CANCELED": StatusFailed, "CANCELLED": StatusFailed, "INACTIVE": StatusExpired,
}

// whole writes an amount as a JSON number without needless decimals.
func whole(a money.Amount) string {
	n, frac, _ := strings.Cut(a.Decimal(), ".")
	if strings.Trim(frac, "0") == "" {
		return n
	}
	return n + "." + frac
}

// amountOf reads an amount as providers write it: 50000, 50000.0 or "50000.00".
func amountOf(n json.Number, currency string) (money.Amount, error) {
	c := money.Currency(strings.ToUpper(currency))
	if c == "" {
		c = money.IDR
	}
	if !c.Valid() {
		return money.Amount{}, fault.New(fault.Invalid, "billing.amountOf", "billing.callback.invalid")
	}
	s := n.String()
	if s == "" {
		s = "0"
	}
	if whole, frac, ok := strings.Cut(s, "."); ok {
		if frac = strings.TrimRight(frac, "0"); frac == "" {
			s = whole
		} else {
			s = whole + "." + frac
		}
	}
	a, err := money.Parse(s, c)
	if err == nil && a.Minor < 0 {
		err = fault.New(fault.Invalid, "billing.amountOf", "billing.callback.invalid")
	}
	return a, err
}

func instantOf(s string) clock.Instant {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0
	}
	return clock.At(t)
}

// call posts JSON with a key as the user name and reads a JSON answer. What the
// provider says in an error stays behind: it may quote the person.
func call(ctx context.Context, send Send, url, key string, head http.Header, body, into any) error {
	const op = "billing.call"
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(b))
	if err != nil {
		return fault.New(fault.Internal, op, "")
	}
	for name, v := range head {
		req.Header[http.CanonicalHeaderKey(name)] = v
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(key+":")))
	resp, err := send(req)
	if err != nil {
		return fault.New(fault.Unavailable, op, "billing.provider.down").Cause(fault.New(fault.CodeOf(err), op, fault.Of(err).Key))
	}
	if resp.Status < 200 || resp.Status > 299 {
		return fault.New(fault.Unavailable, op, "billing.provider.refused").With("status", resp.Status)
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		return fault.New(fault.Unavailable, op, "billing.provider.answer")
	}
	return nil
}
