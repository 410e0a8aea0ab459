package report

import (
	"time"

	"amanah/internal/fault"
)

// Span is a month ("2026-11") or a year ("2026").
type Span string

// Year tells whether the span is a year.
func (s Span) Year() bool { return len(s) == 4 }

// check gives fault Invalid for what is no span between 1970 and 9999.
func (s Span) check(op string) error {
	t, err := time.Parse(s.layout(), string(s))
	if err != nil || t.Year() < 1970 {
		return fault.New(fault.Invalid, op, "report.span").On("span")
	}
	return nil
}

func (s Span) layout() string {
	if s.Year() {
		return "2006"
	}
	return "2006-01"
}

// start is the first day, without a zone.
func (s Span) start() time.Time {
	t, _ := time.Parse(s.layout(), string(s)) // checked before
	return t
}

// add moves by so many months or years.
func (s Span) add(n int) Span {
	if s.Year() {
		return Span(s.start().AddDate(n, 0, 0).Format("2006"))
	}
	return Span(s.start().AddDate(0, n, 0).Format("2006-01"))
}

// yearAgo is the same month a year before.
func (s Span) yearAgo() Span { return Span(s.start().AddDate(-1, 0, 0).Format(s.layout())) }

// months are its first and its last month.
func (s Span) months() (from, to string) {
	if s.Year() {
		return string(s) + "-01", string(s) + "-12"
	}
	return string(s), string(s)
}

// days is how many days a month has.
func (s Span) days() int { return s.start().AddDate(0, 1, -1).Day() }

// spanOf is the month of a moment in a zone.
func spanOf(now time.Time, zone *time.Location) Span { return Span(now.In(zone).Format("2006-01")) }
