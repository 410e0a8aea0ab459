package forecast

import (
	"cmp"
	"slices"
)

// Pause is how often something regular comes.
type Pause string

// The pauses.
const (
	Weekly    Pause = "week"
	TwoWeekly Pause = "fortnight"
	Monthly   Pause = "month"
)

// pauses are the gaps in days that each allows: months and paydays move.
var pauses = []struct {
	name       Pause
	least, top Day
	late       Day // how long what is late is still waited for
}{{Weekly, 6, 8, 2}, {TwoWeekly, 12, 16, 4}, {Monthly, 25, 37, 10}}

// serie is something regular, with all its entries, the oldest first.
type serie struct {
	in                 bool
	category, merchant string
	pause              Pause
	late               Day
	entries            []Entry
}

// key groups entries: a merchant is enough, without one it is the category.
type key struct {
	in                 bool
	category, merchant string
}

func keyOf(in bool, category, merchant string) key {
	if merchant != "" {
		category = ""
	}
	return key{in, category, merchant}
}

// regular parts entries into what is regular and goes on, and the rest.
func regular(all []Entry, today Day) (series []serie, rest []Entry) {
	groups := map[key][]Entry{}
	var keys []key
	for _, e := range all {
		k := keyOf(e.In, e.Category, e.Merchant)
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], e)
	}
	for _, k := range keys { // in the order of entries, which are sorted
		for _, band := range bands(groups[k]) {
			s, ok := found(band, today)
			if !ok {
				rest = append(rest, band...)
				continue
			}
			series = append(series, s)
		}
	}
	return series, rest
}

// bands part a group by amount: none has one that is half as much again as its least.
func bands(group []Entry) [][]Entry {
	by := slices.Clone(group)
	slices.SortFunc(by, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Minor, b.Minor), compare(a, b)) })
	var out [][]Entry
	for _, e := range by {
		if n := len(out); n > 0 && e.Minor <= out[n-1][0].Minor/2*3 {
			out[n-1] = append(out[n-1], e)
			continue
		}
		out = append(out, []Entry{e})
	}
	for _, b := range out {
		slices.SortFunc(b, compare)
	}
	return out
}

// found tells whether a band comes regularly and has not stopped.
func found(band []Entry, today Day) (serie, bool) {
	n := len(band)
	if n < 2 {
		return serie{}, false
	}
	for _, p := range pauses {
		fits := true
		for i := 1; i < n && fits; i++ {
			gap := band[i].Day - band[i-1].Day
			fits = gap >= p.least && gap <= p.top
		}
		last := band[n-1]
		switch {
		case !fits || today-last.Day > p.top+p.late:
			continue
		case n == 2 && (p.name != Monthly || !near(band)):
			continue
		}
		return serie{band[0].In, last.Category, last.Merchant, p.name, p.late, band}, true
	}
	return serie{}, false
}

// near tells whether amounts differ by a tenth at most.
func near(band []Entry) bool {
	low, high := band[0].Minor, band[0].Minor
	for _, e := range band {
		low, high = min(low, e.Minor), max(high, e.Minor)
	}
	return high-low <= low/10
}

// is tells whether something planned is the serie itself, so that it does not count
// twice.
func (s serie) is(p Planned) bool {
	if s.in != p.In || s.category != p.Category && s.merchant == "" || p.Merchant != s.merchant {
		return false
	}
	m := middle(s.minors())
	return p.Minor <= m/2*3 && m <= p.Minor/2*3
}

// minors are the last six amounts.
func (s serie) minors() []int64 {
	var out []int64
	for _, e := range s.entries[max(0, len(s.entries)-6):] {
		out = append(out, e.Minor)
	}
	return out
}

// next are the days after today (or late by a little) on which it comes this month.
func (s serie) next(today Day) []Day {
	last := s.entries[len(s.entries)-1].Day
	step := func(n int) Day {
		switch s.pause {
		case Weekly:
			return last + Day(7*n)
		case TwoWeekly:
			return last + Day(14*n)
		}
		return last.AddMonths(n, s.on())
	}
	var out []Day
	for n := 1; n < 40; n++ {
		d := step(n)
		if d > today.last() {
			break
		}
		if d <= last || d < today-s.late || d < today.first() && d < today {
			continue
		}
		out = append(out, max(d, today))
	}
	return out
}

// on is the day of the month that a monthly serie comes on: the middle one, unless
// it moves around the end of months; then that of the last.
func (s serie) on() int {
	var days []int64
	for _, e := range s.entries {
		days = append(days, int64(e.Day.Time().Day()))
	}
	low, high := slices.Min(days), slices.Max(days)
	if high-low > 14 {
		return s.entries[len(s.entries)-1].Day.Time().Day()
	}
	return int(middle(days))
}

// expect adds what a serie still brings or takes this month.
func (r *Result) expect(s serie, today Day, unit int64) {
	minors := s.minors()
	mid, low, high := middle(minors)/unit*unit, slices.Min(minors)/unit*unit, slices.Max(minors)/unit*unit
	for _, d := range s.next(today) {
		x := Reason{Kind: Bill, Minor: -mid, Low: -high, High: -low, Day: d, Category: s.category, Merchant: s.merchant, Every: s.pause, Seen: len(s.entries)}
		if s.in {
			x.Kind, x.Minor, x.Low, x.High = Income, mid, low, high
		}
		r.add(x)
	}
}

// middle is the median, of an even number the mean of the two in the middle.
func middle(all []int64) int64 {
	by := slices.Clone(all)
	slices.Sort(by)
	n := len(by)
	if n == 0 {
		return 0
	}
	if n%2 == 1 {
		return by[n/2]
	}
	return by[n/2-1] + (by[n/2]-by[n/2-1])/2
}
