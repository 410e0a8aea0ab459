package modelread

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/money"
)

// What an answer may hold.
const (
	maxItems  = 200
	maxName   = 120
	maxMinor  = 1_000_000_000_000_00 // a trillion rupiah
	maxAnswer = 256 << 10
)

// said is an answer about a receipt, as the schema has it.
type said struct {
	Kind     *string     `json:"kind"`
	Merchant *string     `json:"merchant"`
	Date     *string     `json:"date"`
	Time     *string     `json:"time"`
	Currency *string     `json:"currency"`
	Items    *[]saidItem `json:"items"`
	Subtotal *string     `json:"subtotal"`
	Discount *string     `json:"discount"`
	Service  *string     `json:"service"`
	Tax      *string     `json:"tax"`
	Rounding *string     `json:"rounding"`
	Total    *string     `json:"total"`
	Paid     *string     `json:"paid"`
	Change   *string     `json:"change"`
	Method   *string     `json:"method"`
}

type saidItem struct {
	Name     *string `json:"name"`
	Qty      *string `json:"qty"`
	Unit     *string `json:"unit_price"`
	Price    *string `json:"price"`
	Discount *string `json:"discount"`
}

// reading is what an answer says, after it has been checked.
type reading struct {
	kind  string
	facts cash.Facts
	// adds says that the items, what is taken off and what is put on give the total.
	adds bool
}

var errAnswer = fault.New(fault.Invalid, "modelread", "model.answer")

// strict decodes one JSON value that has the fields of v and no others.
func strict(raw json.RawMessage, v any) error {
	if len(raw) > maxAnswer || !utf8.Valid(raw) {
		return errAnswer
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil {
		return errAnswer
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errAnswer
	}
	return nil
}

// parseReceipt checks an answer; today bounds its date.
func parseReceipt(raw json.RawMessage, today time.Time) (reading, error) {
	var s said
	if err := strict(raw, &s); err != nil {
		return reading{}, err
	}
	for _, p := range []*string{s.Kind, s.Merchant, s.Date, s.Time, s.Currency, s.Subtotal, s.Discount, s.Service, s.Tax, s.Rounding, s.Total, s.Paid, s.Change, s.Method} {
		if p == nil {
			return reading{}, errAnswer
		}
	}
	if s.Items == nil || len(*s.Items) > maxItems {
		return reading{}, errAnswer
	}
	r := reading{kind: *s.Kind, facts: cash.Facts{Merchant: name(*s.Merchant), Currency: money.Currency(*s.Currency), Method: *s.Method}}
	switch r.kind {
	case "receipt", "several", "other":
	default:
		return reading{}, errAnswer
	}
	switch r.facts.Method {
	case "", "cash", "card", "qris", "ewallet", "other":
	default:
		return reading{}, errAnswer
	}
	if r.facts.Currency == "" {
		r.facts.Currency = money.IDR
	}
	if !r.facts.Currency.Valid() {
		return reading{}, errAnswer
	}
	r.facts.Day, r.facts.Time = day(*s.Date, today), clockTime(*s.Time)
	if r.facts.Day == "" {
		r.facts.Time = ""
	}
	if err := s.amounts(&r.facts); err != nil {
		return reading{}, err
	}
	r.adds = adds(r.facts)
	return r, nil
}

func (s *said) amounts(f *cash.Facts) error {
	for _, x := range []struct {
		text string
		to   *int64
	}{{*s.Subtotal, &f.Subtotal}, {*s.Discount, &f.Discount}, {*s.Service, &f.Service}, {*s.Tax, &f.Tax}, {*s.Rounding, &f.Rounding}, {*s.Total, &f.Total}, {*s.Paid, &f.Paid}, {*s.Change, &f.Change}} {
		n, err := amount(x.text, f.Currency, x.to == &f.Rounding)
		if err != nil {
			return err
		}
		*x.to = n
	}
	for _, i := range *s.Items {
		if i.Name == nil || i.Qty == nil || i.Unit == nil || i.Price == nil || i.Discount == nil {
			return errAnswer
		}
		qty, err := thousandths(*i.Qty)
		unit, err2 := amount(*i.Unit, f.Currency, false)
		price, err3 := amount(*i.Price, f.Currency, false)
		off, err4 := amount(*i.Discount, f.Currency, false)
		if errors.Join(err, err2, err3, err4) != nil || off > price {
			return errAnswer
		}
		if n := name(*i.Name); n != "" {
			f.Items = append(f.Items, cash.NewItem{Name: n, Thousands: qty, Unit: unit, Minor: price - off})
		}
	}
	return nil
}

// amount reads a plain decimal; "" is 0.
func amount(text string, c money.Currency, negative bool) (int64, error) {
	if text == "" {
		return 0, nil
	}
	a, err := money.Parse(text, c)
	if err != nil || a.Minor < 0 && !negative || a.Minor > maxMinor || a.Minor < -maxMinor {
		return 0, errAnswer
	}
	return a.Minor, nil
}

// thousandths reads a quantity such as 2 or 0.345; "" is 0.
func thousandths(text string) (int64, error) {
	whole, part, _ := strings.Cut(text, ".")
	part = strings.TrimRight(part, "0")
	if len(part) > 3 || len(whole) > 6 {
		return 0, errAnswer
	}
	var n int64
	for _, r := range whole + part + strings.Repeat("0", 3-len(part)) {
		if r < '0' || r > '9' {
			return 0, errAnswer
		}
		n = 10*n + int64(r-'0')
	}
	return n, nil
}

// day keeps a date between three years ago and tomorrow: others were misread.
func day(text string, today time.Time) string {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil || at.After(today.AddDate(0, 0, 1)) || at.Before(today.AddDate(-3, 0, 0)) {
		return ""
	}
	return text
}

func clockTime(text string) string {
	if _, err := time.Parse("15:04", text); err != nil {
		return ""
	}
	return text
}

// name makes one plain line of a name, and nothing of what leads somewhere.
func name(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, text)), " ")
	low := strings.ToLower(text)
	for _, sign := range []string{"://", "www.", "@", "<", ">"} {
		if strings.Contains(low, sign) {
			return ""
		}
	}
	if r := []rune(text); len(r) > maxName {
		return ""
	}
	return text
}

// adds tells whether the parts give the total, with the tax in the prices or not.
func adds(f cash.Facts) bool {
	if f.Total <= 0 || len(f.Items) == 0 {
		return false
	}
	var sum int64
	for _, i := range f.Items {
		sum += i.Minor // 200 lines of a trillion each fit
	}
	for _, with := range []int64{sum - f.Discount + f.Service + f.Tax + f.Rounding, sum - f.Discount + f.Service + f.Rounding, sum + f.Service + f.Tax + f.Rounding, sum} {
		if with == f.Total {
			return true
		}
	}
	return false
}
