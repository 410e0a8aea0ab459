package email

import (
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
)

// stamp is a date, a time of day or both, found in a text.
type stamp struct {
	year, month, day int
	hour, min, sec   int
	hasDate, hasTime bool
	hasSec           bool
	zone             *time.Location // nil when the text names none
	start, end       int
}

// order says how a date of digits alone is written.
type order bool

const (
	dayFirst   order = false
	monthFirst order = true
)

var months = map[string]int{
	"jan": 1, "januari": 1, "january": 1, "feb": 2, "februari": 2, "february": 2, "peb": 2, "pebruari": 2,
	"mar": 3, "maret": 3, "march": 3, "mrt": 3, "apr": 4, "april": 4, "mei": 5, "may": 5,
	"jun": 6, "juni": 6, "june": 6, "jul": 7, "juli": 7, "july": 7,
	"agu": 8, "agt": 8, "ags": 8, "agustus": 8, "agust": 8, "aug": 8, "august": 8,
	"sep": 9, "sept": 9, "september": 9, "okt": 10, "oct": 10, "oktober": 10, "october": 10,
	"nov": 11, "november": 11, "nop": 11, "nopember": 11, "des": 12, "dec": 12, "desember": 12, "december": 12,
}

var zones = map[string]*time.Location{
	"wib": clock.WIB, "wita": clock.WITA, "wit": clock.WIT, "utc": time.UTC, "gmt": time.UTC,
	"sgt": clock.WITA, "myt": clock.WITA, "hkt": clock.WITA, "jst": clock.WIT,
	"pst": time.FixedZone("PST", -8*3600), "pdt": time.FixedZone("PDT", -7*3600),
	"est": time.FixedZone("EST", -5*3600), "edt": time.FixedZone("EDT", -4*3600),
}

// token is a run of digits, a run of letters or one other byte.
type token struct {
	text       string
	kind       byte // 'd', 'w', 'p'
	start, end int
}

func tokens(s string) []token {
	out := make([]token, 0, len(s)/3+1)
	for i := 0; i < len(s); {
		j := i + 1
		kind := byte('p')
		switch {
		case digit(s[i]):
			kind = 'd'
			for j < len(s) && digit(s[j]) {
				j++
			}
		case s[i] >= 'a' && s[i] <= 'z':
			kind = 'w'
			for j < len(s) && s[j] >= 'a' && s[j] <= 'z' {
				j++
			}
		case s[i] == ' ':
			i++
			continue
		}
		out = append(out, token{s[i:j], kind, i, j})
		i = j
	}
	return out
}

// stamps finds dates with the time that stands beside them, and times alone.
func stamps(text string, o order) []stamp {
	if !strings.ContainsAny(text, "0123456789") {
		return nil
	}
	t := tokens(lower(text))
	var out []stamp
	for i := 0; i < len(t); {
		if st, next, ok := dateAt(t, i, o); ok {
			next = timeAfter(t, next, &st)
			if !st.hasTime && len(out) > 0 {
				joinBefore(&out, &st, text)
			}
			out = append(out, st)
			i = next
			continue
		}
		if st, next, ok := timeAt(t, i, false); ok {
			st.start = t[i].start
			out = append(out, st)
			i = next
			continue
		}
		i++
	}
	return out
}

// joinBefore takes a time that stood right before its date: "14:40 WIB, 13 Okt 2026".
func joinBefore(out *[]stamp, st *stamp, text string) {
	last := (*out)[len(*out)-1]
	if last.hasDate || !last.hasTime {
		return
	}
	gap := strings.Trim(lower(text[last.end:st.start]), " ,|-·()")
	if gap != "" && gap != "on" && gap != "pada" && gap != "tanggal" && gap != "pada tanggal" && !weekday(gap) {
		return
	}
	st.hour, st.min, st.sec, st.hasTime, st.hasSec, st.zone = last.hour, last.min, last.sec, true, last.hasSec, last.zone
	*out = (*out)[:len(*out)-1]
}

func weekday(s string) bool {
	switch s {
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "sen", "sel", "rab", "kam", "jum", "sab", "min",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday":
		return true
	}
	return false
}

func at(t []token, i int) token {
	if i < 0 || i >= len(t) {
		return token{}
	}
	return t[i]
}

// dateAt reads a date that begins at token i.
func dateAt(t []token, i int, o order) (stamp, int, bool) {
	a := t[i]
	if i > 0 && t[i-1].end == a.start && (t[i-1].kind != 'p' || a.kind == 'd' && strings.Contains("./*-", t[i-1].text)) {
		return stamp{}, i, false
	}
	if a.kind == 'w' {
		return monthDayYear(t, i)
	}
	if a.kind != 'd' {
		return stamp{}, i, false
	}
	if len(a.text) == 4 {
		return yearFirst(t, i)
	}
	if len(a.text) > 2 {
		return stamp{}, i, false
	}
	j := skip(t, i+1, "-./,")
	b := at(t, j)
	if m, ok := months[b.text]; ok && b.kind == 'w' {
		j = skip(t, j+1, "-./,'’")
		y, ok := year(at(t, j))
		if !ok {
			return stamp{}, i, false
		}
		return made(y, m, num(a.text), a.start, t[j].end, j+1)
	}
	sep := at(t, i+1)
	if b.kind != 'd' || len(b.text) > 2 || j != i+2 || !strings.Contains("-./", sep.text) || sep.start != a.end || b.start != sep.end {
		return stamp{}, i, false
	}
	sep2, c := at(t, i+3), at(t, i+4)
	y, ok := year(c)
	if !ok || sep2.text != sep.text || c.start != sep2.end {
		return stamp{}, i, false
	}
	d, m := num(a.text), num(b.text)
	if o == monthFirst && d <= 12 || m > 12 && d <= 12 {
		d, m = m, d
	}
	return made(y, m, d, a.start, c.end, i+5)
}

// monthDayYear reads "Oct 13, 2026" and "October 13 2026".
func monthDayYear(t []token, i int) (stamp, int, bool) {
	m, ok := months[t[i].text]
	if !ok || len(t[i].text) < 3 {
		return stamp{}, i, false
	}
	d := at(t, skip(t, i+1, ".-"))
	if d.kind != 'd' || len(d.text) > 2 {
		return stamp{}, i, false
	}
	j := skip(t, i+1, ".-") + 1
	if w := at(t, j); w.text == "st" || w.text == "nd" || w.text == "rd" || w.text == "th" {
		j++
	}
	j = skip(t, j, ",.-")
	y := at(t, j)
	if y.kind != 'd' || len(y.text) != 4 {
		return stamp{}, i, false
	}
	return made(num(y.text), m, num(d.text), t[i].start, y.end, j+1)
}

func yearFirst(t []token, i int) (stamp, int, bool) {
	s1, m, s2, d := at(t, i+1), at(t, i+2), at(t, i+3), at(t, i+4)
	if m.kind != 'd' || d.kind != 'd' || len(m.text) > 2 || len(d.text) > 2 || s1.text != s2.text || s1.text != "-" && s1.text != "/" && s1.text != "." {
		return stamp{}, i, false
	}
	return made(num(t[i].text), num(m.text), num(d.text), t[i].start, d.end, i+5)
}

func made(y, m, d, start, end, next int) (stamp, int, bool) {
	if y < 2000 || y > 2099 || m < 1 || m > 12 || d < 1 || d > 31 {
		return stamp{}, 0, false
	}
	if v := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC); v.Day() != d {
		return stamp{}, 0, false
	}
	return stamp{year: y, month: m, day: d, hasDate: true, start: start, end: end}, next, true
}

func year(t token) (int, bool) {
	if t.kind != 'd' || len(t.text) != 4 && len(t.text) != 2 {
		return 0, false
	}
	y := num(t.text)
	if len(t.text) == 2 {
		y += 2000
	}
	return y, y >= 2000 && y <= 2099
}

// skip passes over separators.
func skip(t []token, i int, seps string) int {
	for n := 0; i < len(t) && n < 2 && t[i].kind == 'p' && strings.Contains(seps, t[i].text); n++ {
		i++
	}
	return i
}

func num(s string) int { n, _ := strconv.Atoi(s); return n }
