package receipt

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Amount is a sum in hundredths of rupiah that a receipt may not state.
type Amount struct {
	Minor int64
	Known bool
}

// Item is one line that was bought.
type Item struct {
	Name     string
	Qty      int64  // in thousandths; 0 where the receipt does not state it
	Unit     Amount // price of one
	Price    int64  // of the line as printed, before Discount, in hundredths
	Discount int64  // taken off this line
	// Confidence is 0..1.
	Confidence float64
	Line       int // which line of the receipt, from 0
}

// Paid is how a receipt was settled. Method: cash, card, qris, ewallet, other, or
// empty.
type Paid struct {
	Method string
	Amount Amount
	Change Amount
}

// Checks are what of the arithmetic was looked at: nil where the receipt does not
// state enough.
type Checks struct {
	ItemsSumToSubtotal *bool
	TotalConsistent    *bool
}

// Verdict is what a picture or text turned out to be.
type Verdict string

// The verdicts.
const (
	Good          Verdict = "receipt"
	NotReceipt    Verdict = "not_a_receipt"
	ForeignScript Verdict = "foreign_script" // Arabic, Chinese: not read here
	Two           Verdict = "two_receipts"
	Contradiction Verdict = "contradiction" // the total does not follow from the rest
	Blurred       Verdict = "too_blurred"
	Incomplete    Verdict = "incomplete" // a receipt, but its total was not found
)

// Facts is what a receipt says. What it does not say for certain is empty, and
// named in Unsure: merchant, date, time, total, items.
type Facts struct {
	Merchant string
	Date     string // YYYY-MM-DD
	Time     string // HH:MM
	Currency string // IDR
	Items    []Item

	Subtotal, Discount, Service, Tax, Rounding, Total Amount
	TaxIncluded                                       bool // Tax is in the prices already

	Paid       Paid
	Category   string // one of [Categories], or empty
	Confidence float64
	Fields     map[string]float64 // confidence of merchant, date, total, items
	Checks     Checks
	Unsure     []string
	People     []Person
	Verdict    Verdict
	Lines      []string // the printed lines, as Person.Line and Item.Line count them
}

// Fingerprint is equal for two readings of one receipt: merchant, date, time and
// total. It is empty where too little is known to tell receipts apart. It is
// derived from personal data and is no secret.
func (f Facts) Fingerprint() string {
	if !f.Total.Known || f.Date == "" && f.Time == "" {
		return ""
	}
	h := sha256.Sum256([]byte(strings.Join([]string{key(f.Merchant), f.Date, f.Time, strconv.FormatInt(f.Total.Minor, 10)}, "\x00")))
	return hex.EncodeToString(h[:])
}
