package notice

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
)

// Period is a span of calendar time as ISO 8601 writes it (P1Y, P90D, PT72H), or
// a number of working days ("3 working days"), which a calendar of holidays counts.
type Period struct {
	Years, Months, Days     int
	Hours, Minutes, Seconds int
	// WorkingDays excludes all other fields.
	WorkingDays int
}

var (
	isoPeriod   = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$`)
	workingDays = regexp.MustCompile(`^(\d{1,4}) working days?$`)
)

// ParsePeriod reads an ISO 8601 duration in whole numbers, or "N working days".
// P0D is a period: at once.
func ParsePeriod(s string) (Period, error) {
	if m := workingDays.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return Period{WorkingDays: n}, nil
	}
	m := isoPeriod.FindStringSubmatch(s)
	if m == nil || s == "P" || strings.HasSuffix(s, "T") {
		return Period{}, fmt.Errorf("%q is not a period such as P1Y, P90D, PT72H or 3 working days", s)
	}
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	return Period{
		Years: n(1), Months: n(2), Days: n(3)*7 + n(4),
		Hours: n(6), Minutes: n(7), Seconds: n(8),
	}, nil
}

// IsZero tells whether the period is "at once".
func (p Period) IsZero() bool { return p == Period{} }

// String writes the period back in ISO 8601, or as "N working days".
func (p Period) String() string {
	if p.WorkingDays == 1 {
		return "1 working day"
	}
	if p.WorkingDays > 0 {
		return fmt.Sprintf("%d working days", p.WorkingDays)
	}
	var b strings.Builder
	b.WriteByte('P')
	put := func(n int, unit byte) {
		if n > 0 {
			b.WriteString(strconv.Itoa(n))
			b.WriteByte(unit)
		}
	}
	put(p.Years, 'Y')
	put(p.Months, 'M')
	put(p.Days, 'D')
	if p.Hours+p.Minutes+p.Seconds > 0 {
		b.WriteByte('T')
		put(p.Hours, 'H')
		put(p.Minutes, 'M')
		put(p.Seconds, 'S')
	}
	if b.Len() == 1 {
		return "P0D"
	}
	return b.String()
}

// AddTo gives the end of a period that begins at t, by the calendar of t's zone:
// a year after 29 February is 28 February, a month after 31 January the last day
// of February. Working days are Monday to Friday here; a deadline is Ends.
func (p Period) AddTo(t time.Time) time.Time { return p.Ends(t, nil) }

// Ends is AddTo with the holidays of a calendar: when what was asked at t is due.
// Hours and days run on the clock, over holidays too; only working days stop. The
// days are those of t's zone.
func (p Period) Ends(t time.Time, c *clock.Calendar) time.Time {
	if p.WorkingDays > 0 {
		return c.AddWorkingDays(t, p.WorkingDays)
	}
	if p.Years != 0 || p.Months != 0 {
		y, m, d := t.Date()
		first := time.Date(y+p.Years, m+time.Month(p.Months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
		last := first.AddDate(0, 1, -1).Day()
		t = first.AddDate(0, 0, min(d, last)-1)
	}
	t = t.AddDate(0, 0, p.Days)
	return t.Add(time.Duration(p.Hours)*time.Hour + time.Duration(p.Minutes)*time.Minute + time.Duration(p.Seconds)*time.Second)
}

// Compare orders periods by their length from a fixed day without leap years
// near it: which notice promises more, not when something ends.
func (p Period) Compare(q Period) int {
	from := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	return p.AddTo(from).Compare(q.AddTo(from))
}

// Say writes the period for people: "90 hari", "90 days", "3 x 24 jam".
func (p Period) Say(lang string) string {
	if p.IsZero() {
		return pick(lang, "saat itu juga", "at once")
	}
	if p.WorkingDays > 0 {
		return count(lang, p.WorkingDays, "hari kerja", "working day")
	}
	var parts []string
	add := func(n int, id, en string) {
		if n > 0 {
			parts = append(parts, count(lang, n, id, en))
		}
	}
	add(p.Years, "tahun", "year")
	add(p.Months, "bulan", "month")
	add(p.Days, "hari", "day")
	if p.Hours >= 48 && p.Hours%24 == 0 {
		parts = append(parts, fmt.Sprintf("%d\u00a0×\u00a024\u00a0%s", p.Hours/24, pick(lang, "jam", "hours")))
	} else {
		add(p.Hours, "jam", "hour")
	}
	add(p.Minutes, "menit", "minute")
	add(p.Seconds, "detik", "second")
	return strings.Join(parts, " ")
}

func pick(lang, id, en string) string {
	if lang == "en" {
		return en
	}
	return id
}

func count(lang string, n int, id, en string) string {
	if lang != "en" {
		return fmt.Sprintf("%d\u00a0%s", n, id)
	}
	if n != 1 {
		en += "s"
	}
	return fmt.Sprintf("%d\u00a0%s", n, en)
}
