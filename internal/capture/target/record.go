package target

import (
	"strconv"
	"time"

	"amanah/internal/id"
	"amanah/internal/money"
)

// Record is a transaction as targets see it. The account holder's name and the
// whole account number are not part of it.
type Record struct {
	ID         id.ID
	Revision   int64 // grows with every correction
	Reversed   bool
	Direction  string // out, in, internal
	Amount     money.Amount
	Fee        *money.Amount // nil where the mail names none
	At         time.Time
	Precision  string // second, minute, day, header
	Merchant   string
	Category   string
	Account    id.ID
	Issuer     string
	Last       string // the last digits of the account
	Channel    string
	Reference  string
	Confidence float64 // 0 to 1
	Note       string
}

// Status is "success" or "reversed".
func (r Record) Status() string {
	if r.Reversed {
		return "reversed"
	}
	return "success"
}

// Sample is an invented transaction: what a test sends, and what a preview shows
// where there is no real one yet.
func Sample(at time.Time) Record {
	return Record{Direction: "out", Amount: money.Rupiah(25_000), At: at.Truncate(time.Second), Precision: "second", Merchant: "Contoh Toko Amanah",
		Category: "other", Issuer: "BCA", Last: "0000", Channel: "qris", Reference: "CONTOH", Confidence: 1}
}

// Sources are the names of all that a field can show, in the order in which
// pages list them.
func Sources() []string {
	return []string{"id", "status", "at", "date", "time", "direction", "amount", "signed_amount", "fee", "currency", "merchant", "category",
		"issuer", "account_last", "channel", "reference", "note", "confidence", "at_precision", "revision"}
}

// Value is what stands in one field. Number says that Text is a plain number.
type Value struct {
	Text   string
	Number bool
}

// value gives what a source shows in a notation; an unknown source is empty.
func (r Record) value(source string, n Notation, zone *time.Location) Value {
	text := func(s string) Value { return Value{Text: s} }
	switch source {
	case "id":
		if r.ID.IsZero() {
			return text("")
		}
		return text(r.ID.String())
	case "status":
		return text(r.Status())
	case "at", "date", "time":
		return n.moment(source, r.At.In(zone), r.Precision)
	case "direction":
		return text(r.Direction)
	case "amount":
		return n.amount(r.Amount)
	case "signed_amount":
		if r.Direction == "out" {
			return n.amount(r.Amount.Neg())
		}
		return n.amount(r.Amount)
	case "fee":
		if r.Fee == nil {
			return Value{}
		}
		return n.amount(*r.Fee)
	case "currency":
		return text(string(r.Amount.Currency))
	case "confidence":
		return Value{Text: strconv.FormatFloat(r.Confidence, 'f', -1, 64), Number: true}
	case "revision":
		return Value{Text: strconv.FormatInt(r.Revision, 10), Number: true}
	}
	return text(map[string]string{"merchant": r.Merchant, "category": r.Category, "issuer": r.Issuer, "account_last": r.Last,
		"channel": r.Channel, "reference": r.Reference, "note": r.Note, "at_precision": r.Precision}[source])
}
