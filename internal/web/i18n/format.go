package i18n

import (
	"math"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/money"
)

var months = map[Lang][12]string{
	ID: {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	EN: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var shortMonths = map[Lang][12]string{
	ID: {"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
	EN: {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

var weekdays = map[Lang][7]string{
	ID: {"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
	EN: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

func (p Printer) zone() *time.Location {
	if p.Zone == nil {
		return clock.WIB
	}
	return p.Zone
}

// Date is "22 November 2026", in the printer's zone; "–" for no time.
func (p Printer) Date(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(p.zone())
	return strconv.Itoa(t.Day()) + " " + months[p.lang()][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// ShortDate is "22 Nov 2026".
func (p Printer) ShortDate(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(p.zone())
	return strconv.Itoa(t.Day()) + " " + shortMonths[p.lang()][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Month is "November 2026".
func (p Printer) Month(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(p.zone())
	return months[p.lang()][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// ShortMonth is "Nov 2026".
func (p Printer) ShortMonth(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(p.zone())
	return shortMonths[p.lang()][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Weekday is "Senin" or "Monday".
func (p Printer) Weekday(t time.Time) string {
	return weekdays[p.lang()][t.In(p.zone()).Weekday()]
}

// Time is "14.05 WIB" in Indonesian, "14:05 WIB" in English.
func (p Printer) Time(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	layout := "15.04 MST"
	if p.lang() == EN {
		layout = "15:04 MST"
	}
	return t.In(p.zone()).Format(layout)
}

// DateTime is "22 Nov 2026 14.05 WIB".
func (p Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return p.ShortDate(t) + " " + p.Time(t)
}

// Machine is the value of a datetime attribute: RFC 3339 in the printer's zone.
func (p Printer) Machine(t time.Time) string { return t.In(p.zone()).Format(time.RFC3339) }

// Money is "Rp1.250.000" in Indonesian, "Rp1,250,000" in English.
func (p Printer) Money(a money.Amount) string { return a.Format(string(p.lang())) }

// Number groups the thousands: "1.250.000" or "1,250,000".
func (p Printer) Number(n int64) string {
	sep := "."
	if p.lang() == EN {
		sep = ","
	}
	sign, u := "", uint64(n)
	if n < 0 {
		sign, u = "\u2212", -uint64(n)
	}
	s := strconv.FormatUint(u, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

// Decimal writes a number with at most the given decimals: "12,5" or "12.5".
func (p Printer) Decimal(f float64, decimals int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "–"
	}
	s := strconv.FormatFloat(math.Abs(f), 'f', decimals, 64)
	head, tail, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(head, 10, 64)
	if err != nil {
		return s
	}
	point := ","
	if p.lang() == EN {
		point = "."
	}
	tail = strings.TrimRight(tail, "0")
	out := p.Number(n)
	if tail != "" {
		out += point + tail
	}
	if f < 0 && out != "0" {
		return "\u2212" + out
	}
	return out
}

// Percent writes a share: 0.125 is "12,5%" or "12.5%".
func (p Printer) Percent(share float64) string { return p.Decimal(share*100, 1) + "%" }

// Compact shortens a large number for an axis: "1,25 jt", "1.25m", "250 rb".
func (p Printer) Compact(n int64) string {
	units := []struct {
		from   float64
		id, en string
	}{{1e12, " T", "tn"}, {1e9, " M", "bn"}, {1e6, " jt", "m"}, {1e3, " rb", "k"}}
	f := float64(n)
	for _, u := range units {
		if math.Abs(f) >= u.from {
			unit := u.id
			if p.lang() == EN {
				unit = u.en
			}
			return p.Decimal(f/u.from, 2) + unit
		}
	}
	return p.Number(n)
}

// Bytes writes a size in powers of 1,000: "2,4 MB".
func (p Printer) Bytes(n int64) string {
	f := float64(n)
	for _, u := range []struct {
		from float64
		name string
	}{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if f >= u.from {
			return p.Decimal(f/u.from, 1) + "\u00a0" + u.name
		}
	}
	return p.Number(n) + "\u00a0B"
}

// Span writes how long something lasts, in its largest whole unit up to days:
// "3 hari", "2 hours". It rounds down and needs the shell's catalogue.
func (p Printer) Span(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	switch {
	case d >= 24*time.Hour:
		return p.T("span.days", "count", int64(d/(24*time.Hour)))
	case d >= time.Hour:
		return p.T("span.hours", "count", int64(d/time.Hour))
	case d >= time.Minute:
		return p.T("span.minutes", "count", int64(d/time.Minute))
	}
	return p.T("span.seconds", "count", int64(d/time.Second))
}
