package receipt

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// day is a date that a line states.
type day struct {
	at      time.Time
	line    int
	low     float64 // the worst score of its digits
	worth   int
	clock   string // HH:MM behind or before it
	weekday string // as printed, "" for none
}

var (
	yearFirst  = regexp.MustCompile(`(?:^|[^0-9.])(20\d{2})\s?([-/.])\s?(\d{1,2})\s?([-/.])\s?(\d{2}|\d)`)
	dayFirst   = regexp.MustCompile(`(?:^|[^0-9])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?([-/.])\s?(20\d{2}|'?\d{2})`)
	withClock  = regexp.MustCompile(`(?:^|[^0-9])(\d{2})([./-]?)(\d{2})([./-]?)(\d{2})[\s.-]{0,2}(?:[01]\d|2[0-3]):[0-5]\d`)
	monthName  = regexp.MustCompile(`(?i)(?:^|[^0-9])(\d{1,2})\s*[-/. ]?\s*(jan|feb|mar|apr|mei|may|jun|jul|agu|ags|agt|aug|sep|[o0]kt|[o0]ct|n[o0]p|n[o0]v|des|dec)[a-z]*\s*[-/.,' ]?\s*(20\d{2}|\d{2})`)
	nameFirst  = regexp.MustCompile(`(?i)(jan|feb|mar|apr|mei|may|jun|jul|agu|aug|sep|okt|oct|nop|nov|des|dec)[a-z]*\.?\s*(\d{1,2})\s*(?:st|nd|rd|th)?\s*,?\s*(20\d{2})`)
	clockAfter = regexp.MustCompile(`^[^0-9:]{0,10}?([01]?\d|2[0-3])([:.])\s?([0-5]\d)(?:[:.]([0-5]\d))?(?:\s*([AaPp])\.?[Mm])?`)
	clockForm  = regexp.MustCompile(`(?:^|[^0-9:.])([01]?\d|2[0-3])(:)([0-5]\d)(?::([0-5]\d))?(?:\s*([AaPp])\.?[Mm])?(?:[^0-9-]|$)`)
	compactDay = regexp.MustCompile(`\d{6,}`)
	dateWord   = regexp.MustCompile(`(?i)tgl|tang+al|date|waktu|time|jam`)
	otherDate  = regexp.MustCompile(`(?i)berlaku|expire|exp\b|s/d|sampai|periode|hingga|valid|version|\bv\.`)
	weekdays   = regexp.MustCompile(`(?i)\b(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b`)
)

var months = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "ags": 8, "agt": 8, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nop": 11, "nov": 11, "des": 12, "dec": 12}

var namesOfDays = map[string]time.Weekday{"sen": 1, "sel": 2, "rab": 3, "kam": 4, "jum": 5, "sab": 6, "min": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 0}

// Years between which a receipt is believed to lie.
const (
	firstYear = 2005
	lastYear  = 2045
)

// datesOf finds the dates that a line states.
func datesOf(l line, at int) []day {
	text := readable(l.text)
	var out []day
	add := func(m []int, y, mo, d string, worth int) {
		date, ok := dateOf(y, mo, d)
		if !ok {
			return
		}
		f := day{at: date, line: at, low: lowest(l, text, m[2], m[len(m)-1]), worth: worth}
		if dateWord.MatchString(text) {
			f.worth += 2
		}
		if otherDate.MatchString(text[max(0, m[2]-24):m[2]]) {
			f.worth -= 4
		}
		if c := clockAfter.FindStringSubmatchIndex(text[m[1]:]); c != nil {
			f.clock = clockOf(text[m[1]:], c)
			f.worth++
		} else if c := clockForm.FindStringSubmatchIndex(text[:m[2]]); c != nil {
			f.clock = clockOf(text[:m[2]], c)
			f.worth++
		}
		if w := weekdays.FindString(text); w != "" {
			f.weekday = strings.ToLower(w[:3])
		}
		out = append(out, f)
	}
	for _, m := range matches(yearFirst, text) {
		if text[m[4]:m[5]] == text[m[8]:m[9]] {
			add(m, text[m[2]:m[3]], text[m[6]:m[7]], text[m[10]:m[11]], 6)
		}
	}
	for _, m := range matches(dayFirst, text) {
		d, mo, y := text[m[2]:m[3]], text[m[6]:m[7]], strings.Trim(text[m[10]:m[11]], "'")
		short := len(y) == 2
		if text[m[4]:m[5]] != text[m[8]:m[9]] || short && (len(d) < 2 || len(mo) < 2) || short && m[1] < len(text) && text[m[1]] == '.' {
			continue
		}
		if before := max(0, m[2]-1); text[m[4]:m[5]] == "." && m[2] > 0 && strings.ContainsRune(".,", rune(text[before])) {
			continue // part of a longer number
		}
		if n, _ := strconv.Atoi(mo); n > 12 && n <= 31 { // only then the month stands first
			d, mo = mo, d
		}
		worth := 6
		if short {
			worth = 5
		}
		add(m, y, mo, d, worth)
	}
	for _, m := range matches(withClock, text) {
		if one, two := m[4] < m[5], m[8] < m[9]; one != two {
			add(m, text[m[10]:m[11]], text[m[6]:m[7]], text[m[2]:m[3]], 4)
		}
	}
	monthDates(text, add)
	return out
}

// monthDates finds dates that name their month.
func monthDates(text string, add func(m []int, y, mo, d string, worth int)) {
	for _, m := range matches(monthName, text) {
		add(m, text[m[6]:m[7]], monthOf(text[m[4]:m[5]]), text[m[2]:m[3]], 6)
	}
	for _, m := range matches(nameFirst, text) {
		add(m, text[m[6]:m[7]], monthOf(text[m[2]:m[3]]), text[m[4]:m[5]], 6)
	}
}

// matches are all matches of a form, those too that begin inside another.
func matches(form *regexp.Regexp, text string) [][]int {
	var out [][]int
	for from := 0; from < len(text) && len(out) < 6; {
		m := form.FindStringSubmatchIndex(text[from:])
		if m == nil {
			break
		}
		next := from + m[3]
		for i := range m {
			if m[i] >= 0 {
				m[i] += from
			}
		}
		out = append(out, m)
		from = next
	}
	return out
}

func monthOf(name string) string {
	return strconv.Itoa(int(months[strings.ReplaceAll(strings.ToLower(name), "0", "o")]))
}

// readable puts digits for letters that stand between digits of a date: "O2.1O.22".
func readable(s string) string {
	r := []rune(s)
	digitAt := func(i int) bool { return i >= 0 && i < len(r) && (r[i] >= '0' && r[i] <= '9') }
	signAt := func(i int) bool { return i >= 0 && i < len(r) && strings.ContainsRune("./-:", r[i]) }
	spaceAt := func(i int) bool { return i < 0 || r[i] == ' ' }
	for i, c := range r {
		d, like := looks[c]
		if !like || !strings.ContainsRune("OoIl|SB", c) {
			continue
		}
		if spaceAt(i-1) && digitAt(i+1) && signAt(i+2) && digitAt(i+3) {
			r[i] = d
		}
		if (digitAt(i-1) || signAt(i-1) && digitAt(i-2)) && (digitAt(i+1) || signAt(i+1) && (digitAt(i+2))) {
			r[i] = d
		}
	}
	return string(r)
}

func dateOf(y, mo, d string) (time.Time, bool) {
	year, _ := strconv.Atoi(y)
	month, _ := strconv.Atoi(mo)
	dom, _ := strconv.Atoi(d)
	if year < 100 {
		year += 2000
	}
	at := time.Date(year, time.Month(month), dom, 0, 0, 0, 0, time.UTC)
	return at, year >= firstYear && year <= lastYear && month >= 1 && month <= 12 && dom >= 1 && at.Day() == dom
}

// lowest is the worst score of the digits between two bytes of a text.
func lowest(l line, text string, i, j int) float64 {
	if l.chars == nil {
		return l.score
	}
	a, b := utf8.RuneCountInString(text[:i]), utf8.RuneCountInString(text[:j])
	low := 1.0
	for i, r := range []rune(text) {
		if i >= a && i < b && i < len(l.chars) && r >= '0' && r <= '9' {
			low = min(low, l.chars[i])
		}
	}
	return low
}

func clockOf(text string, m []int) string {
	h, _ := strconv.Atoi(text[m[2]:m[3]])
	if m[10] >= 0 {
		switch pm := strings.EqualFold(text[m[10]:m[11]], "p"); {
		case pm && h < 12:
			h += 12
		case !pm && h == 12:
			h = 0
		}
	}
	return twoDigits(h) + ":" + text[m[6]:m[7]]
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
