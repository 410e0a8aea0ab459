package plan

import (
	"amanah/internal/cash/plan/forecast"
)

// Unit is what a schedule counts in.
type Unit string

// The units.
const (
	Week  Unit = "week"
	Month Unit = "month"
	Year  Unit = "year"
)

// Units are all of them, in the order of pages.
func Units() []Unit { return []Unit{Month, Week, Year} }

// Schedule says on which days something falls due: First, and every Step units
// after it. What is set for the 31st falls on the last day of shorter months, and
// what is set for 29 February on the 28th.
type Schedule struct {
	Every Unit
	Step  int64
	First string
	Until string // included; "" for ever
}

// Valid tells whether it means something.
func (s Schedule) Valid() bool {
	_, ok := forecast.DayOf(s.First)
	_, until := forecast.DayOf(s.Until)
	return ok && s.Step >= 1 && s.Step <= 120 && (s.Every == Week || s.Every == Month || s.Every == Year) && s.First >= "1990" && s.First < "2200" &&
		(s.Until == "" || until && s.Until >= s.First)
}

// After is the first date after a day; "" where there is none.
func (s Schedule) After(day string) string {
	first, ok := forecast.DayOf(s.First)
	if !ok || s.Step < 1 {
		return ""
	}
	after, ok := forecast.DayOf(day)
	if !ok || day < s.First {
		after = first - 1
	}
	next := s.at(first, s.index(first, after))
	for n := s.index(first, after); next <= after; n++ {
		next = s.at(first, n+1)
	}
	if out := next.String(); s.Until == "" || out <= s.Until {
		return out
	}
	return ""
}

// index is a number of steps that does not reach behind a day.
func (s Schedule) index(first, day forecast.Day) int {
	span := int(day - first)
	long := map[Unit]int{Week: 7, Month: 31, Year: 366}[s.Every] * int(s.Step)
	return max(0, span/max(1, long))
}

// at is the n-th date.
func (s Schedule) at(first forecast.Day, n int) forecast.Day {
	on, step := first.Time().Day(), int(s.Step)*n
	switch s.Every {
	case Week:
		return first + forecast.Day(7*step)
	case Year:
		return first.AddMonths(12*step, on)
	}
	return first.AddMonths(step, on)
}
