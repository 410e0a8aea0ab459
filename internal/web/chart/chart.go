package chart

import (
	"math"
	"strconv"

	"amanah/internal/money"
	"amanah/internal/web/i18n"
)

// Unit says how figures are written: as money of a currency, or as whole numbers.
type Unit struct{ Currency money.Currency }

// Count is the unit of things that are counted.
var Count = Unit{}

// Money is the unit of amounts, in minor units of the currency.
func Money(c money.Currency) Unit { return Unit{c} }

// text writes a figure in full.
func (u Unit) text(p i18n.Printer, v int64) string {
	if u.Currency == "" {
		return p.Number(v)
	}
	return p.Money(money.Amount{Minor: v, Currency: u.Currency})
}

// short writes a figure for an axis.
func (u Unit) short(p i18n.Printer, v int64) string {
	if u.Currency == "" {
		return p.Compact(v)
	}
	for range u.Currency.Digits() {
		v /= 10
	}
	return p.Compact(v)
}

// Period is one group of bars: a day or a month with what came in and went out.
type Period struct {
	Label   string // in the table: "November 2026"
	Short   string // below the bars: "Nov"; Label where empty
	In, Out int64  // both counted upwards
	Href    string // the table links to the period; may be empty
}

// InOut is a bar chart of what came in and went out by period, the oldest first.
type InOut struct {
	Name    string // unique in the page: letters, digits, dashes
	Title   string // translated
	Unit    Unit
	Periods []Period
	// In and Out are the names of the two series; the shell's words where empty.
	In, Out string
	// OneSeries leaves In out: a chart of Out alone.
	OneSeries bool
}

// Item is one named figure.
type Item struct {
	Label string
	Value int64 // not below nought
	Href  string
	// Limit is drawn as a line across the bar of Bars; 0 for none.
	Limit int64
}

// Bars is a list of horizontal bars, such as the largest merchants.
type Bars struct {
	Name, Title string
	Unit        Unit
	Items       []Item
	LabelHead   string // head of the first column of the table; "Name" where empty
	LimitHead   string // translated; says what the limits are
	// ToLimit draws each bar against its own limit in place of the largest figure.
	ToLimit bool
}

// Shares is one stacked bar that shows parts of a whole, at most six: the caller
// folds the rest into one.
type Shares struct {
	Name, Title string
	Unit        Unit
	Items       []Item
	LabelHead   string
}

// Spark is a small line without axes, beside a figure. Its text says what it
// shows.
type Spark struct {
	Name, Text string
	Values     []int64
}

// niceStep gives a step of 1, 2, 2.5 or 5 times a power of ten, so that at most
// n steps reach the top.
func niceStep(top int64, n int) int64 {
	if top <= 0 {
		return 1
	}
	raw := float64(top) / float64(n)
	pow := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if step := m * pow; step >= raw && step == math.Trunc(step) {
			return int64(step)
		}
	}
	return int64(math.Ceil(raw))
}

// pt writes a coordinate with at most two decimals, always the same way.
func pt(f float64) string {
	r := math.Round(f*100) / 100
	if r == 0 {
		r = 0 // no minus nought
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}

func largest(values ...int64) int64 {
	var top int64
	for _, v := range values {
		top = max(top, v)
	}
	return top
}

func percent(f float64) string { return pt(f) + "%" }

// ids of the title and the description of a chart.
func titleID(name string) string { return "chart-" + name + "-title" }
func descID(name string) string  { return "chart-" + name + "-desc" }
func labels(name string) string  { return titleID(name) + " " + descID(name) }
func class(series int) string    { return "c" + strconv.Itoa(series%6) }

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
