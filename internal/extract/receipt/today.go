package receipt

import (
	"math"
	"regexp"
	"strings"
)

// leastDigit is the score under which a digit of a date counts as faded.
const leastDigit = 0.5

// stateDay states date and time where they are certain.
func (r *reading) stateDay(f *Facts) {
	best, sure := r.bestDay()
	switch {
	case best == nil || !sure:
		f.Unsure = append(f.Unsure, "date")
	default:
		f.Date = best.at.Format("2006-01-02")
		f.Fields["date"] = math.Round(100*min(0.99, 0.5+0.5*best.low)) / 100
	}
	if best != nil && best.clock != "" {
		f.Time = best.clock
		return
	}
	if c := r.looseClock(); c != "" {
		f.Time = c
		return
	}
	f.Unsure = append(f.Unsure, "time")
}

// bestDay is the date that the receipt was made on, and whether it is certain:
// its digits are, or another line repeats it, and nothing speaks against it.
func (r *reading) bestDay() (*day, bool) {
	var best *day
	for i := range r.days {
		d := &r.days[i]
		if best == nil || d.worth > best.worth || d.worth == best.worth && d.low > best.low {
			best = d
		}
	}
	if best == nil || best.worth < 4 {
		return nil, false
	}
	repeated := r.repeated(*best)
	if best.weekday != "" {
		if w, known := namesOfDays[best.weekday]; known && w != best.at.Weekday() {
			return best, false
		} else if known {
			repeated = true
		}
	}
	for _, d := range r.days {
		if d.worth >= best.worth && !d.at.Equal(best.at) {
			return best, false
		}
	}
	return best, best.low >= leastDigit || repeated && best.low >= leastDigit/2
}

// repeated tells whether another line has the same date, or a number of papers
// holds it: PJL-220818.
func (r *reading) repeated(d day) bool {
	forms := []string{d.at.Format("060102"), d.at.Format("020106"), d.at.Format("20060102"), d.at.Format("02012006")}
	for _, o := range r.days {
		if o.line != d.line && o.at.Equal(d.at) {
			return true
		}
	}
	for i, l := range r.lines {
		if i == d.line {
			continue
		}
		for _, n := range compactDay.FindAllString(l.text, 4) {
			for _, f := range forms {
				if strings.Contains(n, f) {
					return true
				}
			}
		}
	}
	return false
}

var clockBeside = regexp.MustCompile(`(?i)(?:jam|time|waktu|pukul|J#)\s*(?:cetak)?\s*[:=]?\s*([01]?\d|2[0-3])([:.])([0-5]\d)(?:[:.][0-5]\d)?(?:\s*([AaPp])\.?[Mm])?`)

// looseClock is a time that stands away from the date.
func (r *reading) looseClock() string {
	for _, l := range r.lines {
		if m := clockBeside.FindStringSubmatch(readable(l.text)); m != nil {
			return twoDigits(atoi(m[1])) + ":" + m[3]
		}
	}
	for i, l := range r.lines {
		text := readable(l.text)
		if r.roles[i] != dated && r.roles[i] != paper && r.roles[i] != personal {
			continue
		}
		if m := clockForm.FindStringSubmatchIndex(text); m != nil && text[m[4]] == ':' {
			return clockOf(text, m)
		}
	}
	return ""
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}
