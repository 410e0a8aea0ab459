package forecast

import (
	"time"
)

// Day is a day of the calendar, counted from 1 January 1970.
type Day int

// DayOf reads "2026-11-22"; ok is false for what is no day.
func DayOf(s string) (Day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, false
	}
	return Day(t.Unix() / 86400), true
}

// Time is the day's midnight in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is "2026-11-22".
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Month is "2026-11".
func (d Day) Month() string { return d.Time().Format("2006-01") }

// first and last are the ends of the day's month.
func (d Day) first() Day { return d - Day(d.Time().Day()) + 1 }

func (d Day) last() Day {
	t := d.Time()
	return Day(time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// days is how many days the day's month has.
func (d Day) days() int { return int(d.last()-d.first()) + 1 }

// AddMonths goes on by whole months; on is the day of the month that is meant, so
// that the 31st comes back after a shorter month.
func (d Day) AddMonths(n, on int) Day {
	t := d.Time()
	first := Day(time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	return first + Day(min(on, first.days())) - 1
}
