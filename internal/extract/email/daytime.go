package email

import (
	"strings"
	"time"
)

// timeAfter reads the time that belongs to a date just read and gives the next
// token. Words such as "pukul", "jam" and "at" may stand between.
func timeAfter(t []token, i int, st *stamp) int {
	j := i
	for n := 0; j < len(t) && n < 4; n++ {
		w := t[j]
		if w.kind == 'p' && strings.Contains(",|-@()·.;/", w.text) || w.kind == 'w' && between(w.text) || w.start == st.end && w.text == "t" {
			j++
			continue
		}
		if w.kind == 'p' && w.start > 0 && w.text >= "\x80" {
			j++
			continue
		}
		break
	}
	c, next, ok := timeAt(t, j, true)
	if !ok {
		return i
	}
	st.hour, st.min, st.sec, st.hasTime, st.hasSec, st.zone, st.end = c.hour, c.min, c.sec, true, c.hasSec, c.zone, c.end
	return next
}

func between(w string) bool {
	switch w {
	case "pukul", "jam", "at", "pkl", "time", "waktu", "t":
		return true
	}
	return false
}

// timeAt reads "14:40", "14:40:05", "8:58pm WIB", and with dots ("14.40.05")
// when a date stands before it (dotted) or a zone behind it.
func timeAt(t []token, i int, dotted bool) (stamp, int, bool) {
	h, s1, m := at(t, i), at(t, i+1), at(t, i+2)
	if h.kind != 'd' || len(h.text) > 2 || m.kind != 'd' || len(m.text) != 2 || s1.start != h.end || m.start != s1.end || s1.text != ":" && s1.text != "." {
		return stamp{}, i, false
	}
	if p := at(t, i-1); i > 0 && p.end == h.start && (p.kind == 'd' || strings.Contains(":.,/", p.text) && !dotted) {
		return stamp{}, i, false
	}
	st := stamp{hour: num(h.text), min: num(m.text), hasTime: true, start: h.start, end: m.end}
	next := i + 3
	if s2, s := at(t, next), at(t, next+1); s2.text == s1.text && s2.start == m.end && s.kind == 'd' && len(s.text) == 2 && s.start == s2.end {
		st.sec, st.hasSec, st.end = num(s.text), true, s.end
		next += 2
		if f, d := at(t, next), at(t, next+1); st.hasSec && f.text == "." && f.start == st.end && d.kind == 'd' && d.start == f.end {
			st.end = d.end
			next += 2
		}
	}
	next = meridiem(t, next, &st)
	next = zoneAt(t, next, &st)
	if s1.text == "." && !dotted && st.zone == nil || st.hour > 23 || st.min > 59 || st.sec > 59 {
		return stamp{}, i, false
	}
	return st, next, true
}

func meridiem(t []token, i int, st *stamp) int {
	w := at(t, i).text
	if w != "am" && w != "pm" {
		return i
	}
	st.hour %= 12
	if w == "pm" {
		st.hour += 12
	}
	st.end = t[i].end
	return i + 1
}

// zoneAt reads "WIB", "(GMT +7)", "UTC+07:00", "+0700" and "Z".
func zoneAt(t []token, i int, st *stamp) int {
	j := i
	if at(t, j).text == "(" {
		j++
	}
	w := at(t, j)
	z, named := zones[w.text]
	if w.text == "z" && w.start == st.end {
		z, named = time.UTC, true
	}
	if named {
		st.zone, st.end = z, w.end
		j++
		if w.text != "gmt" && w.text != "utc" {
			return j
		}
	}
	sign := at(t, j)
	if sign.text != "+" && sign.text != "-" {
		return max(i, j)
	}
	d := at(t, j+1)
	if d.kind != 'd' || d.start != sign.end || !named && len(d.text) != 4 && (len(d.text) != 2 || at(t, j+2).text != ":") {
		return max(i, j)
	}
	hours, mins := num(d.text), 0
	if len(d.text) == 4 {
		hours, mins = num(d.text[:2]), num(d.text[2:])
	}
	next := j + 2
	st.end = d.end
	if c, m := at(t, next), at(t, next+1); c.text == ":" && c.start == d.end && m.kind == 'd' && len(m.text) == 2 {
		mins = num(m.text)
		st.end = m.end
		next += 2
	}
	if hours > 14 || mins > 59 {
		return max(i, j)
	}
	secs := hours*3600 + mins*60
	if sign.text == "-" {
		secs = -secs
	}
	st.zone = time.FixedZone("", secs)
	return next
}

// precision is how exactly a stamp tells the moment.
func (s stamp) precision() string {
	switch {
	case s.hasSec:
		return "second"
	case s.hasTime:
		return "minute"
	}
	return "day"
}

// in gives the moment, in the stamp's own zone or else in zone.
func (s stamp) in(zone *time.Location) time.Time {
	if s.zone != nil && s.hasTime {
		zone = s.zone
	}
	return time.Date(s.year, time.Month(s.month), s.day, s.hour, s.min, s.sec, 0, zone)
}
