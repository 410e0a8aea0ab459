package document

import (
	"strconv"
	"time"

	"amanah/internal/money"
	"amanah/internal/web/i18n"
)

// Kind says what stands in a column: it aligns it, gives it a width, and in XLSX
// a number format.
type Kind string

// The kinds. A cell of another kind than its column is written as what it is.
const (
	KindText    Kind = "text"
	KindMoney   Kind = "money"
	KindDate    Kind = "date"   // a day
	KindTime    Kind = "time"   // a moment, to the minute where people read it
	KindNumber  Kind = "number" // a whole number
	KindPercent Kind = "percent"
)

// Cell is one value. The zero Cell is empty.
type Cell struct {
	kind     Kind
	text     string
	number   int64
	currency money.Currency
	at       time.Time
}

// Empty is a cell without a value.
var Empty = Cell{}

// Text is a text; any, also one that a stranger wrote.
func Text(s string) Cell { return Cell{kind: KindText, text: s} }

// Money is an amount.
func Money(a money.Amount) Cell { return Cell{kind: KindMoney, number: a.Minor, currency: a.Currency} }

// Date is the day of a time in the file's zone. The zero time is an empty cell.
func Date(t time.Time) Cell { return moment(KindDate, t) }

// Time is a moment. The zero time is an empty cell.
func Time(t time.Time) Cell { return moment(KindTime, t) }

func moment(k Kind, t time.Time) Cell {
	if t.IsZero() {
		return Empty
	}
	return Cell{kind: k, at: t}
}

// Number is a whole number.
func Number(n int64) Cell { return Cell{kind: KindNumber, number: n} }

// Percent is a share in thousandths: 125 is 12.5 %.
func Percent(thousandths int64) Cell { return Cell{kind: KindPercent, number: thousandths} }

func (c Cell) amount() money.Amount { return money.Amount{Minor: c.number, Currency: c.currency} }

// numeric tells whether a cell stands at the right.
func (k Kind) numeric() bool { return k == KindMoney || k == KindNumber || k == KindPercent }

// decimal is the plain decimal of a number: "152500.00", "12.5".
func (c Cell) decimal() string {
	switch c.kind {
	case KindMoney:
		return c.amount().Decimal()
	case KindPercent:
		return strconv.FormatFloat(float64(c.number)/10, 'f', -1, 64)
	}
	return strconv.FormatInt(c.number, 10)
}

// written is how people read a cell.
func (c Cell) written(p i18n.Printer) string {
	switch c.kind {
	case KindText:
		return c.text
	case KindMoney:
		return p.Money(c.amount())
	case KindDate:
		return p.ShortDate(c.at)
	case KindTime:
		return p.DateTime(c.at)
	case KindNumber:
		return p.Number(c.number)
	case KindPercent:
		return p.Percent(float64(c.number) / 1000)
	}
	return ""
}
