package clock

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Calendar knows on which days people work: Monday to Friday without national
// holidays and joint leave. It never changes; any number of goroutines may ask.
// A nil Calendar knows weekends only.
type Calendar struct {
	off   map[string]DayOff
	years map[int]bool // true: certain
}

// DayOff is a day on which nobody works although it may be no weekend.
type DayOff struct {
	Date  string // 2026-03-20
	Leave bool   // joint leave, not a holiday of its own
	Name  string // in Indonesian, as the decree says
}

//go:embed indonesia.txt
var indonesia []byte

var embedded = sync.OnceValues(func() (*Calendar, error) { return ReadCalendar("indonesia.txt", bytes.NewReader(indonesia)) })

// Indonesia is the calendar that the program brings. Its file says which years
// are certain.
func Indonesia() *Calendar {
	c, err := embedded()
	if err != nil {
		panic("clock: " + err.Error()) // the file is part of the program
	}
	return c
}

// calendarMost bounds a calendar's file: a century of decrees is far below.
const calendarMost = 1 << 20

// ReadCalendar reads a file in the form of indonesia.txt: "2026-03-20 leave Name",
// "year 2027 provisional", comments behind #. The error names file and line.
func ReadCalendar(name string, r io.Reader) (*Calendar, error) {
	c := &Calendar{off: map[string]DayOff{}, years: map[int]bool{}}
	lines := bufio.NewScanner(io.LimitReader(r, calendarMost))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := c.line(strings.Fields(line)); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for d := range c.off {
		if year := mustDay(d).Year(); !c.has(year) {
			return nil, fmt.Errorf("%s: the line \"year %d certain\" or \"year %d provisional\" is missing", name, year, year)
		}
	}
	return c, nil
}

func (c *Calendar) line(words []string) error {
	if words[0] == "year" {
		y, err := time.Parse("2006", strings.Join(words[1:min(2, len(words))], ""))
		if err != nil || len(words) != 3 || words[2] != "certain" && words[2] != "provisional" {
			return fmt.Errorf("want: year 2027 certain, or: year 2027 provisional")
		}
		c.years[y.Year()] = words[2] == "certain"
		return nil
	}
	if len(words) < 3 || words[1] != "holiday" && words[1] != "leave" {
		return fmt.Errorf("want: 2026-03-20 holiday NAME, or: 2026-03-20 leave NAME")
	}
	d, err := time.Parse(time.DateOnly, words[0])
	if err != nil {
		return fmt.Errorf("%q is no date such as 2026-03-20", words[0])
	}
	key := d.Format(time.DateOnly)
	if _, twice := c.off[key]; twice {
		return fmt.Errorf("%s is there twice", key)
	}
	c.off[key] = DayOff{Date: key, Leave: words[1] == "leave", Name: strings.Join(words[2:], " ")}
	return nil
}

func (c *Calendar) has(year int) bool { _, ok := c.years[year]; return ok }

func mustDay(s string) time.Time { t, _ := time.Parse(time.DateOnly, s); return t }

// Certain tells whether the days of a year come from its decree. Of a year that
// is not certain the table is computed, or empty.
func (c *Calendar) Certain(year int) bool { return c != nil && c.years[year] }

// Off tells what a day is that is no working day by the table; the day is that of
// t's zone.
func (c *Calendar) Off(t time.Time) (DayOff, bool) {
	if c == nil {
		return DayOff{}, false
	}
	d, ok := c.off[t.Format(time.DateOnly)]
	return d, ok
}

// Working tells whether the day of t, in t's zone, is a working day.
func (c *Calendar) Working(t time.Time) bool {
	if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	_, off := c.Off(t)
	return !off
}

// AddWorkingDays gives the same time of day on the n-th working day after the day
// of t, in t's zone. The day of t does not count; n below 1 gives t itself. What
// comes on a day off has until the end of that working day: who asks later is
// never answered earlier.
func (c *Calendar) AddWorkingDays(t time.Time, n int) time.Time {
	if n > 0 && !c.Working(t) {
		t = midnight(t).Add(24*time.Hour - time.Microsecond)
	}
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if c.Working(t) {
			n--
		}
	}
	return t
}

// WorkingDays counts the working days after the day of from up to that of to, in
// from's zone; 0 where to is not later.
func (c *Calendar) WorkingDays(from, to time.Time) int {
	n := 0
	end := to.In(from.Location()).Format(time.DateOnly)
	for d := from.AddDate(0, 0, 1); d.Format(time.DateOnly) <= end; d = d.AddDate(0, 0, 1) {
		if c.Working(d) {
			n++
		}
	}
	return n
}

// Office is a span of each working day, from midnight of the zone.
type Office struct{ Opens, Closes time.Duration }

// OfficeHours are nine to five.
var OfficeHours = Office{Opens: 9 * time.Hour, Closes: 17 * time.Hour}

// Open tells whether somebody is in the office at t, by t's zone.
func (c *Calendar) Open(t time.Time, o Office) bool {
	at := t.Sub(midnight(t))
	return c.Working(t) && at >= o.Opens && at < o.Closes
}

// Within gives the last moment not after t at which the office is open or just
// closes: what is due at night is due when the office closes before it.
func (c *Calendar) Within(t time.Time, o Office) time.Time {
	for range 366 {
		day := midnight(t)
		if c.Working(t) {
			if at := t.Sub(day); at >= o.Closes {
				return day.Add(o.Closes)
			} else if at >= o.Opens {
				return t
			}
		}
		t = day.Add(-time.Second) // the evening before
	}
	return t
}

// NextOpen gives the first moment from t on at which the office is open.
func (c *Calendar) NextOpen(t time.Time, o Office) time.Time {
	for range 366 {
		if c.Open(t, o) {
			return t
		}
		day := midnight(t)
		if c.Working(t) && t.Sub(day) < o.Opens {
			return day.Add(o.Opens)
		}
		t = day.AddDate(0, 0, 1)
	}
	return t
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
