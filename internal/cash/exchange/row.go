package exchange

import (
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/money"
)

// Place is an account as a file names it.
type Place struct {
	Name     string
	Kind     cash.AccountKind
	Currency money.Currency
}

// Row is one movement as a file has it, whoever wrote the file.
type Row struct {
	Line   int64  // of a file that is read, from 1
	ID     string // the writer's own number
	At     time.Time
	Day    string // 2026-11-22
	Timed  bool   // the hour is known
	Kind   cash.Kind
	Amount money.Amount
	From   Place
	// To and Arrived belong to a transfer.
	To      Place
	Arrived money.Amount
	// Category is a built-in key, or the name of another.
	Category string
	Merchant string
	Note     string
	Private  bool
	Member   string
}

// Bad is a line that cannot be booked. Reason ends the message key
// "exchange.bad.<reason>".
type Bad struct {
	Line   int64
	Reason string
}

// Error names no content.
func (b *Bad) Error() string { return "exchange: bad line: " + b.Reason }

// most is the largest amount that the books take, in minor units.
const most = 1_000_000_000_000_000

// noon is when a day happened of which the hour is not known.
func noon(day string, zone *time.Location) (time.Time, bool) {
	d, err := time.ParseInLocation(time.DateOnly, day, zone)
	return d.Add(12 * time.Hour), err == nil
}

// check says why a row cannot be booked; "" for a good one.
func (r *Row) check(now time.Time) string {
	switch {
	case r.Kind != cash.Out && r.Kind != cash.In && r.Kind != cash.Transfer && r.Kind != cash.Opening:
		return "kind"
	case !r.Amount.Currency.Valid():
		return "currency"
	case r.Amount.Minor <= 0 || r.Amount.Minor > most:
		return "amount"
	case r.At.IsZero() || r.At.Year() < 1990 || r.At.After(now.AddDate(1, 0, 0)):
		return "date"
	case r.From.Name == "" || len([]rune(r.From.Name)) > 60:
		return "account"
	case len([]rune(r.Merchant)) > 120 || len([]rune(r.Note)) > 1000 || len([]rune(r.Category)) > 60:
		return "long"
	}
	if r.Kind != cash.Transfer {
		return ""
	}
	switch {
	case r.To.Name == "" || len([]rune(r.To.Name)) > 60:
		return "to"
	case !r.Arrived.Currency.Valid() || r.Arrived.Minor <= 0 || r.Arrived.Minor > most:
		return "arrived"
	case r.From.same(r.To):
		return "same"
	}
	return ""
}

func (p Place) same(q Place) bool {
	return p.Currency == q.Currency && strings.EqualFold(p.Name, q.Name)
}

// amount reads a plain decimal. Noughts behind the currency's minor digits are cut;
// any other digit there is refused.
func amount(text string, c money.Currency) (money.Amount, bool) {
	text = strings.TrimSpace(text)
	if whole, frac, ok := strings.Cut(text, "."); ok && len(frac) > c.Digits() {
		if strings.Trim(frac[c.Digits():], "0") != "" {
			return money.Amount{}, false
		}
		if text = whole; c.Digits() > 0 {
			text += "." + frac[:c.Digits()]
		}
	}
	a, err := money.Parse(text, c)
	return a, err == nil
}

// one makes a text a single line without signs of control.
func one(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\u0085' || r == '\u00a0'
	}), " ")
}

func zoneOr(z *time.Location) *time.Location {
	if z == nil {
		return clock.WIB
	}
	return z
}
