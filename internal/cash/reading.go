package cash

import (
	"context"

	"amanah/internal/money"
)

// Reader reads the picture of a receipt, outside of any transaction. An error means
// that it could not be read now; what a picture is stands in the Verdict.
type Reader interface {
	Read(ctx context.Context, picture []byte) (Reading, error)
}

// Verdict is what a picture is.
type Verdict string

// The verdicts. Unsure is a receipt of which something has to be asked.
const (
	Clear      Verdict = "clear"
	Unsure     Verdict = "unsure"
	NoReceipt  Verdict = "no_receipt"
	Blurred    Verdict = "blurred"
	Several    Verdict = "several" // two receipts on one picture
	Foreign    Verdict = "foreign" // a script that is not read
	TooLarge   Verdict = "too_large"
	Unreadable Verdict = "unreadable" // no picture, a broken one, a format that is not read
)

// Reading is what was read on a picture.
type Reading struct {
	Facts   Facts
	Verdict Verdict
	// People are names of people that stand on it; they are thrown away unless the
	// person consented.
	People []string
	Reader string // who read it: "local", "openai"
}

// Facts is what stands on a receipt. An amount of 0 does not stand there or is not
// sure; Unsure names what is not: merchant, date, total, items.
type Facts struct {
	Merchant string         `json:"merchant,omitempty"`
	Day      string         `json:"day,omitempty"`  // 2026-11-22
	Time     string         `json:"time,omitempty"` // 18:05
	Currency money.Currency `json:"currency,omitempty"`
	Total    int64          `json:"total,omitempty"` // minor units
	// Totals are what the total may be, the likeliest first, where it is unsure.
	Totals   []int64   `json:"totals,omitempty"`
	Subtotal int64     `json:"subtotal,omitempty"`
	Tax      int64     `json:"tax,omitempty"`
	Service  int64     `json:"service,omitempty"`
	Discount int64     `json:"discount,omitempty"`
	Rounding int64     `json:"rounding,omitempty"`
	Paid     int64     `json:"paid,omitempty"`
	Change   int64     `json:"change,omitempty"`
	Method   string    `json:"method,omitempty"`   // cash, card, qris, ewallet, other
	Category string    `json:"category,omitempty"` // a built-in key
	Items    []NewItem `json:"items,omitempty"`
	Unsure   []string  `json:"unsure,omitempty"`
	// Contradicts says that the items do not sum up to the total.
	Contradicts bool `json:"contradicts,omitempty"`
}
