package statement

import (
	"strings"
	"time"
)

// day is a date as it is printed; year is 0 where none stands there.
type day struct{ year, month, day int }

var monthNames = [12][]string{
	{"JANUARI", "JANUARY"}, {"FEBRUARI", "FEBRUARY", "PEBRUARI"}, {"MARET", "MARCH"}, {"APRIL"}, {"MEI", "MAY"}, {"JUNI", "JUNE"},
	{"JULI", "JULY"}, {"AGUSTUS", "AUGUST", "AGT", "AGS"}, {"SEPTEMBER", "SEPT"}, {"OKTOBER", "OCTOBER"}, {"NOVEMBER", "NOPEMBER"}, {"DESEMBER", "DECEMBER"},
}

// month reads a month's name or its beginning, three letters at least.
func month(s string) int {
	s = strings.TrimRight(s, ".,")
	if len(s) < 3 || len(s) > 9 {
		return 0
	}
	s = strings.ToUpper(s)
	for i, names := range monthNames {
		for _, n := range names {
			if strings.HasPrefix(n, s) {
				return i + 1
			}
		}
	}
	return 0
}

// number reads one to four digits.
func number(s string) (n int, ok bool) {
	if len(s) == 0 || len(s) > 4 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// order of the numbers in a date of digits.
type order string

const (
	dmy order = "dmy"
	mdy order = "mdy"
)

// readDay reads a date at the beginning of words; n is how many it takes, 0 for
// none.
func readDay(ws []string, o order) (d day, n int) {
	if len(ws) == 0 || len(ws[0]) == 0 || len(ws[0]) > 14 {
		return d, 0
	}
	if d, ok := oneWord(strings.TrimRight(ws[0], ",:"), o); ok {
		return d, 1
	}
	if len(ws) < 2 {
		return d, 0
	}
	first, isNumber := number(ws[0])
	second, isSecond := number(strings.TrimRight(ws[1], ","))
	switch m := month(ws[1]); {
	case isNumber && len(ws[0]) <= 2 && m > 0: // 05 DES
		d, n = day{month: m, day: first}, 2
	case isSecond && len(ws[1]) <= 3 && second <= 31 && month(ws[0]) > 0: // DEC 05
		d, n = day{month: month(ws[0]), day: second}, 2
	default:
		return d, 0
	}
	if len(ws) > n {
		y, ok := number(strings.TrimRight(strings.TrimLeft(ws[n], "'"), ","))
		if ok && len(strings.Trim(ws[n], "',")) == 4 && y >= 1990 && y <= 2100 || ok && strings.HasPrefix(ws[n], "'") {
			d.year = century(y)
			n++
		}
	}
	return d, valid(d, n)
}

// valid gives n where the date can be, 0 where it cannot.
func valid(d day, n int) int {
	y := d.year
	if y == 0 {
		y = 2024 // a leap year: 29 February is looked at again with its year
	}
	if d.month < 1 || d.month > 12 || d.day < 1 || y < 1990 || y > 2100 || time.Date(y, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Day() != d.day {
		return 0
	}
	return n
}

func century(y int) int {
	if y < 100 {
		return y + 2000
	}
	return y
}

// oneWord reads 05-DES, 05/12/2025, 2025-12-05, 05DES25.
func oneWord(s string, o order) (d day, ok bool) {
	p := parts(s)
	switch len(p) {
	case 2:
		if strings.Contains(s, ".") {
			return d, false // 12.05 is an amount
		}
		a, isA := number(p[0])
		b, isB := number(p[1])
		switch m := month(p[1]); {
		case isA && m > 0 && len(p[0]) <= 2:
			d = day{month: m, day: a}
		case isA && isB && len(p[0]) <= 2 && len(p[1]) == 2:
			if d = (day{month: b, day: a}); o == mdy {
				d.month, d.day = a, b
			}
		default:
			return d, false
		}
	case 3:
		a, isA := number(p[0])
		b, isB := number(p[1])
		c, isC := number(strings.TrimLeft(p[2], "'"))
		m := month(p[1])
		switch {
		case !isA || !isC || !isB && m == 0:
			return d, false
		case len(p[0]) == 4:
			d = day{a, b + m, c}
		case len(p[2]) < 2:
			return d, false
		case m > 0:
			d = day{century(c), m, a}
		case o == mdy:
			d = day{century(c), a, b}
		default:
			d = day{century(c), b, a}
		}
	default:
		return d, false
	}
	return d, valid(d, 1) == 1
}

// parts cuts a word at its signs, and where letters and digits meet.
func parts(s string) []string {
	out := make([]string, 0, 4)
	begin, kind := 0, byte(0)
	for i := 0; i <= len(s); i++ {
		k := byte(0)
		if i < len(s) {
			switch c := s[i]; {
			case c >= '0' && c <= '9':
				k = '0'
			case c|0x20 >= 'a' && c|0x20 <= 'z':
				k = 'a'
			case c == '-' || c == '/' || c == '.' || c == '\'':
			default:
				return nil
			}
		}
		if k != kind {
			if kind != 0 {
				out = append(out, s[begin:i])
			}
			begin, kind = i, k
		}
	}
	if len(out) > 3 {
		return nil
	}
	return out
}

// in gives the date its year: that of the reference, or the one before where it
// would lie after it by more than a week.
func (d day) in(ref time.Time) (t time.Time, ok bool) {
	y := d.year
	if y == 0 {
		if ref.IsZero() {
			return t, false
		}
		y = ref.Year()
		if time.Date(y, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).After(ref.AddDate(0, 0, 7)) {
			y--
		}
	}
	t = time.Date(y, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d.day
}

// isTime tells 12:31, 12:31:05 and what stands beside it.
func isTime(s string) bool {
	switch strings.ToUpper(s) {
	case "WIB", "WITA", "WIT", "PUKUL", "JAM":
		return true
	}
	if len(s) != 5 && len(s) != 8 {
		return false
	}
	for i := range len(s) {
		if i%3 == 2 && s[i] != ':' || i%3 != 2 && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}
