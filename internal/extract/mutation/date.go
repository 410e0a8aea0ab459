package mutation

import (
	"strconv"
	"strings"
	"time"
)

// day is a date as a cell states it, with the time beside it where one is.
type day struct {
	year, month, day     int // year 0 where none is stated
	hour, minute, second int
	precision            string // day, minute, second
}

var months = map[string]int{
	"jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "ags": 8, "agt": 8, "aug": 8,
	"sep": 9, "okt": 10, "oct": 10, "nov": 11, "nop": 11, "des": 12, "dec": 12,
}

// parseDay reads a date. order is "dmy", "mdy" or "ymd" for dates of digits only.
func parseDay(s, order string) (d day, ok bool) {
	d.precision = "day"
	fields := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '/' || r == '-' || r == '.' || r == ',' || r == 'T' || r == '\''
	})
	var parts []int
	month := 0
	for i, f := range fields {
		if strings.Contains(f, ":") {
			ok = d.clock(f) && d.assign(parts, month, order)
			if d.hour+d.minute+d.second == 0 {
				d.precision = "day" // what writes midnight knows the day only
			}
			return d, ok
		}
		n, err := strconv.Atoi(f)
		switch {
		case err == nil && len(f) == 8 && len(parts) == 0 && month == 0: // 20261101
			parts, order = []int{n / 10000, n / 100 % 100, n % 100}, "ymd"
		case err == nil && n >= 0 && len(f) <= 4 && len(parts) < 3:
			parts = append(parts, n)
			if len(f) == 4 && len(parts) == 1 {
				order = "ymd"
			}
		case err == nil && i > 2: // a time without colons is told by its own column
			return d, false
		case month == 0 && len(f) >= 3 && months[strings.ToLower(f[:3])] > 0 && monthName(f):
			month = months[strings.ToLower(f[:3])]
		case weekday(f), strings.EqualFold(f, "WIB"), strings.EqualFold(f, "pukul"), strings.EqualFold(f, "jam"):
		default:
			return d, false
		}
	}
	return d, d.assign(parts, month, order)
}

func monthName(f string) bool {
	return len(f) <= 9 && strings.Trim(strings.ToLower(f), "abcdefghijklmnopqrstuvwxyz") == ""
}

func weekday(f string) bool {
	switch strings.ToLower(f) {
	case "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "mon", "tue", "wed", "thu", "fri", "sat", "sun":
		return true
	}
	return false
}

// assign puts the numbers of a date where they belong.
func (d *day) assign(p []int, month int, order string) bool {
	switch {
	case month > 0 && len(p) == 2 && p[0] > 31:
		d.year, d.day = p[0], p[1]
	case month > 0 && len(p) == 2:
		d.day, d.year = p[0], p[1]
	case month > 0 && len(p) == 1:
		d.day = p[0]
	case month > 0:
		return false
	case len(p) == 3 && order == "ymd":
		d.year, month, d.day = p[0], p[1], p[2]
	case len(p) == 3 && order == "mdy":
		month, d.day, d.year = p[0], p[1], p[2]
	case len(p) == 3:
		d.day, month, d.year = p[0], p[1], p[2]
	case len(p) == 2 && order == "mdy":
		month, d.day = p[0], p[1]
	case len(p) == 2 && order != "ymd":
		d.day, month = p[0], p[1]
	default:
		return false
	}
	d.month = month
	if d.year > 0 && d.year < 100 {
		d.year += 2000
	}
	return d.valid()
}

func (d *day) valid() bool {
	y := d.year
	if y == 0 {
		y = 2024 // a leap year: 29/02 is looked at again with its year
	}
	if y < 1990 || y > 2100 || d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	t := time.Date(y, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	return t.Day() == d.day
}

// clock reads "14:05" or "14:05:09"; a full stop would be a date's.
func (d *day) clock(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "Z"), "WIB")
	if i := strings.IndexAny(s, "+"); i > 0 {
		s = s[:i]
	}
	p := strings.Split(s, ":")
	if len(p) != 2 && len(p) != 3 {
		return false
	}
	out := []*int{&d.hour, &d.minute, &d.second}
	most := []int{23, 59, 59}
	for i, t := range p {
		n, err := strconv.Atoi(t)
		if err != nil || n < 0 || n > most[i] {
			return false
		}
		*out[i] = n
	}
	d.precision = []string{"", "", "minute", "second"}[len(p)]
	return true
}

// time is the moment in a zone.
func (d day) time(zone *time.Location) time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, zone)
}
