package billing

import (
	"context"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
)

// Midtrans speaks to Midtrans' Core API: QRIS and virtual accounts.
type Midtrans struct {
	URL  string // https://api.midtrans.com
	Key  string // the server key
	Bank string // of virtual accounts: bca, bni, bri, permata, cimb
}

// Name is "midtrans".
func (Midtrans) Name() string { return "midtrans" }

// Ask charges by QRIS or by a virtual account; Midtrans' page is not used.
func (m Midtrans) Ask(ctx context.Context, send Send, o Order) (Means, error) {
	const op = "billing.Midtrans.Ask"
	body := map[string]any{
		"transaction_details": map[string]any{"order_id": o.Charge.String(), "gross_amount": json.Number(whole(o.Amount))},
		"custom_expiry":       map[string]any{"expiry_duration": max(1, int64(o.Expires.Time().Sub(o.Now.Time()).Minutes())), "unit": "minute"},
	}
	if o.Method == ByBank {
		body["payment_type"], body["bank_transfer"] = "bank_transfer", map[string]any{"bank": m.Bank}
	} else {
		body["payment_type"], body["qris"] = "qris", map[string]any{"acquirer": "gopay"}
	}
	var got struct {
		Code    string `json:"status_code"`
		ID      string `json:"transaction_id"`
		QR      string `json:"qr_string"`
		Permata string `json:"permata_va_number"`
		Expiry  string `json:"expiry_time"`
		VA      []struct {
			Bank   string `json:"bank"`
			Number string `json:"va_number"`
		} `json:"va_numbers"`
	}
	if err := call(ctx, send, m.URL+"/v2/charge", m.Key, nil, body, &got); err != nil {
		return Means{}, fault.Wrap(op, err)
	}
	out := Means{Foreign: got.ID, QR: got.QR, Expires: o.Expires}
	if t, err := time.ParseInLocation(time.DateTime, got.Expiry, clock.WIB); err == nil {
		out.Expires = clock.At(t)
	}
	if len(got.VA) > 0 {
		out.Bank, out.Account = strings.ToUpper(got.VA[0].Bank), got.VA[0].Number
	} else if got.Permata != "" {
		out.Bank, out.Account = "PERMATA", got.Permata
	}
	if got.Code != "201" && got.Code != "200" || out.QR == "" && out.Account == "" {
		return Means{}, fault.New(fault.Unavailable, op, "billing.provider.answer")
	}
	return out, nil
}

// Signature is what a notification has to carry: the SHA-512 of order, status
// code, gross amount and server key, in hexadecimal.
func (m Midtrans) Signature(order, code, gross string) string {
	sum := sha512.Sum512([]byte(order + code + gross + m.Key))
	return hex.EncodeToString(sum[:])
}

// Read checks the signature and reads a notification. The signature covers order,
// code and amount only. So a payment is believed for the signed code 200 alone,
// and is known by its order and not by the transaction's id, which is not signed:
// Midtrans settles an order once.
func (m Midtrans) Read(_ http.Header, body []byte) (Event, error) {
	const op = "billing.Midtrans.Read"
	var n struct {
		Order     string      `json:"order_id"`
		Code      string      `json:"status_code"`
		Gross     json.Number `json:"gross_amount"`
		Signature string      `json:"signature_key"`
		Status    string      `json:"transaction_status"`
		Fraud     string      `json:"fraud_status"`
		Currency  string      `json:"currency"`
		Settled   string      `json:"settlement_time"`
	}
	invalid := fault.New(fault.Invalid, op, "billing.callback.invalid")
	if err := json.Unmarshal(body, &n); err != nil || n.Order == "" || n.Signature == "" {
		return Event{}, invalid
	}
	want := m.Signature(n.Order, n.Code, n.Gross.String())
	if m.Key == "" || subtle.ConstantTimeCompare([]byte(strings.ToLower(n.Signature)), []byte(want)) != 1 {
		return Event{}, fault.New(fault.Unauthorized, op, "")
	}
	e := Event{Order: n.Order, Reference: n.Order}
	if t, err := time.ParseInLocation(time.DateTime, n.Settled, clock.WIB); err == nil {
		e.At = clock.At(t)
	}
	switch n.Status {
	case "settlement", "capture":
		e.Status = StatusPaid
		if n.Fraud == "challenge" {
			e.Status = StatusHeld
		}
		if n.Fraud == "deny" {
			e.Status = StatusFailed
		}
		if n.Code != "200" && e.Status == StatusPaid {
			return Event{}, invalid
		}
	case "pending", "authorize":
		e.Status = StatusPending
	case "deny", "cancel", "failure":
		e.Status = StatusFailed
	case "expire":
		e.Status = StatusExpired
	case "refund", "partial_refund", "chargeback", "partial_chargeback":
		e.Status = StatusReversed
	default:
		return Event{}, invalid
	}
	var err error
	if e.Amount, err = amountOf(n.Gross, n.Currency); err != nil {
		return Event{}, invalid
	}
	return e, nil
}
