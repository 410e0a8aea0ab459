package forecast

import (
	"cmp"
	"slices"

	"amanah/internal/money"
)

// MinDays is how many days of history a forecast needs.
const MinDays = 28

// Back is how many full months are looked at.
const Back = 6

// Entry is one movement of the past or of the month so far. Equal ones may be
// given as one with their sum only where they are of one day, category and merchant.
type Entry struct {
	Day      Day
	In       bool
	Minor    int64 // never negative
	Category string
	Merchant string // a key; "" for none. It is compared, never shown.
	// Unread entries count as facts of this month; nothing is concluded from them:
	// their person objected.
	Unread bool
}

// Planned is what is set to come on a day, of which nothing is booked yet.
type Planned struct {
	Day      Day
	In       bool
	Minor    int64
	Category string
	Merchant string
	Ref      string // given back in the reason
}

// Goal is what a goal needs put aside in this month still.
type Goal struct {
	Ref   string
	Minor int64
}

// History is all that a forecast is made from, in one currency.
type History struct {
	Currency money.Currency
	Entries  []Entry
	Planned  []Planned
	Goals    []Goal
	// Began is the first day of the books; zero: that of the first entry.
	Began Day
}

// Kind says what a reason is.
type Kind string

// The kinds, in the order in which they are told.
const (
	CameIn   Kind = "came_in"  // this month so far
	WentOut  Kind = "went_out" // this month so far
	PlanIn   Kind = "plan_in"  // set to come
	PlanOut  Kind = "plan_out"
	Income   Kind = "income" // regular, expected
	Bill     Kind = "bill"   // regular, expected
	Usual    Kind = "usual"  // of a category, in the days left
	GoalPart Kind = "goal"
)

var order = []Kind{CameIn, PlanIn, Income, WentOut, PlanOut, Bill, Usual, GoalPart}

// Reason is one line of the sum. Minor is positive for what is there to save and
// negative for what is not; Low and High are how it may turn out.
type Reason struct {
	Kind     Kind
	Minor    int64
	Low      int64
	High     int64
	Day      Day    // when it is expected; of what is so far: today
	Category string // "" for sums of all
	Merchant string
	Every    Pause // of what is regular
	Seen     int   // how often it was seen; of Usual how many months
	Days     int   // of Usual: for how many days
	Ref      string
}

// Result is a forecast, or why there is none.
type Result struct {
	Known bool
	// Needs is how many more days of history a forecast needs; 0 where it is known.
	Needs  int
	Amount money.Amount
	// Low and High are the least and the most that it comes to if each line turns out
	// as badly or as well as it has lately.
	Low, High money.Amount
	Reasons   []Reason
	Months    int // full months that the usual spending is taken from; 0: of the last 30 days
	Days      int // left after today
	Unread    int // entries that nothing was concluded from
}

// Make makes the forecast of the month that today lies in.
func Make(h History, today Day) Result {
	all := slices.Clone(h.Entries)
	all = slices.DeleteFunc(all, func(e Entry) bool { return e.Day > today || e.Minor < 0 })
	slices.SortFunc(all, compare)
	r := Result{Days: int(today.last() - today)}
	began := today
	if len(all) > 0 {
		began = all[0].Day
	}
	if h.Began != 0 && h.Began < began {
		began = h.Began
	}
	r.Needs = max(0, MinDays-int(today-began))
	r.Amount.Currency, r.Low.Currency, r.High.Currency = h.Currency, h.Currency, h.Currency
	if r.Needs > 0 {
		return r
	}
	r.Known = true
	r.facts(all, today)
	read := slices.DeleteFunc(all, func(e Entry) bool { r.Unread += one(e.Unread); return e.Unread })
	unit := unitOf(h.Currency)
	series, rest := regular(read, today)
	for _, p := range h.Planned {
		if p.Day > today.last() || p.Minor < 0 {
			continue
		}
		r.plan(p)
		series = slices.DeleteFunc(series, func(s serie) bool { return s.is(p) })
	}
	for _, s := range series {
		r.expect(s, today, unit)
	}
	r.usual(rest, began, today, unit)
	for _, g := range h.Goals {
		if g.Minor > 0 {
			r.add(Reason{Kind: GoalPart, Minor: -g.Minor, Low: -g.Minor, High: -g.Minor, Ref: g.Ref, Day: today.last()})
		}
	}
	r.sum()
	return r
}

// facts are what this month has come to so far.
func (r *Result) facts(all []Entry, today Day) {
	var in, out int64
	for _, e := range all {
		switch {
		case e.Day < today.first():
		case e.In:
			in += e.Minor
		default:
			out += e.Minor
		}
	}
	r.add(Reason{Kind: CameIn, Minor: in, Low: in, High: in, Day: today})
	r.add(Reason{Kind: WentOut, Minor: -out, Low: -out, High: -out, Day: today})
}

func (r *Result) plan(p Planned) {
	x := Reason{Kind: PlanOut, Minor: -p.Minor, Day: p.Day, Category: p.Category, Merchant: p.Merchant, Ref: p.Ref}
	if p.In {
		x.Kind, x.Minor = PlanIn, p.Minor
	}
	x.Low, x.High = x.Minor, x.Minor
	r.add(x)
}

func (r *Result) add(x Reason) {
	if x.Minor != 0 || x.Low != 0 || x.High != 0 || x.Kind == CameIn || x.Kind == WentOut {
		r.Reasons = append(r.Reasons, x)
	}
}

// sum puts the lines in their order and adds them up.
func (r *Result) sum() {
	slices.SortFunc(r.Reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), cmp.Compare(a.Day, b.Day), -cmp.Compare(abs(a.Minor), abs(b.Minor)),
			cmp.Compare(a.Category, b.Category), cmp.Compare(a.Merchant, b.Merchant), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High))
	})
	for _, x := range r.Reasons {
		r.Amount.Minor += x.Minor
		r.Low.Minor += x.Low
		r.High.Minor += x.High
	}
}

func compare(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(one(a.In), one(b.In)), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Merchant, b.Merchant),
		cmp.Compare(a.Minor, b.Minor), cmp.Compare(one(a.Unread), one(b.Unread)))
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func abs(n int64) int64 { return max(n, -n) }

// unitOf is one whole unit of a currency in minor units: what is expected has no
// minor digits.
func unitOf(c money.Currency) int64 {
	unit := int64(1)
	for range c.Digits() {
		unit *= 10
	}
	return unit
}
