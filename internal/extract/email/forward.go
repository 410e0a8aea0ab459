package email

import (
	"strings"
	"time"
)

// quoted is the head of a mail that a person forwarded inline.
type quoted struct {
	from    person
	subject string
	date    time.Time
	rest    []seg // what the forwarded mail said
}

var forwardMarks = []string{
	"forwarded message", "pesan yang diteruskan", "pesan diteruskan", "pesan terusan", "begin forwarded message",
	"original message", "pesan asli", "diteruskan dari", "forwarded by", "original mail",
}

var (
	fromKeys    = []string{"from", "dari", "pengirim", "von"}
	dateKeys    = []string{"date", "tanggal", "sent", "dikirim", "terkirim", "waktu"}
	subjectKeys = []string{"subject", "perihal", "subjek", "judul"}
	toKeys      = []string{"to", "kepada", "ke", "untuk"}
	otherKeys   = []string{"cc", "bcc", "reply-to", "balas ke", "balas-ke", "tembusan"}
)

// unforward finds the innermost forwarded mail in a text. The head of a quoted
// mail is a From line with an address, or a From line after a forward mark,
// with a subject or date line near it.
func unforward(segs []seg, zone *time.Location) (quoted, bool) {
	var q quoted
	ok := false
	for range 4 {
		next, found := unforwardOnce(segs, zone)
		if !found {
			break
		}
		if next.from.address == "" && ok {
			break
		}
		q, ok = next, true
		segs = next.rest
	}
	return q, ok
}

func unforwardOnce(segs []seg, zone *time.Location) (quoted, bool) {
	marked := -1
	for i := range segs {
		s := unquoteLine(segs[i])
		if forwardMark(s.low) {
			marked = i
			continue
		}
		if strings.HasPrefix(s.low, "____") || strings.HasPrefix(s.low, "-----") {
			continue
		}
		value, next, ok := keyed(segs, i, fromKeys)
		if !ok {
			continue
		}
		near := marked >= 0 && i-marked <= 8
		q, ok := quotedHead(segs, i, next, value, zone)
		// A From line that shows only a name needs a date and a subject with it.
		if ok && (near || strings.Contains(value, "@") || q.subject != "" && !q.date.IsZero()) {
			return q, true
		}
	}
	return quoted{}, false
}

func forwardMark(low string) bool {
	if len(low) > 80 {
		return false
	}
	for _, m := range forwardMarks {
		if strings.Contains(low, m) && (strings.HasPrefix(low, "-") || strings.HasSuffix(low, ":") || strings.HasSuffix(low, "-") || len(low) == len(m)) {
			return true
		}
	}
	return false
}

// quotedHead reads the lines around a From line. Each key counts once: a second
// "Tanggal" belongs to the mail itself.
func quotedHead(segs []seg, i, next int, from string, zone *time.Location) (quoted, bool) {
	q := quoted{from: quotedPerson(from)}
	seen := map[string]bool{}
	start := max(0, i-4)
	for start < i && !anyKey(segs[start]) {
		start++
	}
	end := next
	for j := start; j < min(len(segs), i+16); {
		if j == i {
			j = next
			continue
		}
		key, v, n := headLine(segs, j)
		switch {
		case key != "" && !seen[key]:
			seen[key] = true
			q.take(key, v, zone)
			j, end = n, max(end, n)
		case j < i:
			j++
		case key == "" && j == end && len(seen) < 3 && (strings.Contains(segs[j].text, "@") || strings.HasPrefix(segs[j].text, "<")):
			// An address that runs on to the next line.
			j++
			end = j
		default:
			return q.body(segs[end:]), seen["date"] || seen["subject"]
		}
	}
	return q.body(segs[end:]), seen["date"] || seen["subject"]
}

// quotedPerson reads a quoted From line. An address counts only in brackets or
// alone: in a bare name it may be the name that a forger chose.
func quotedPerson(v string) person {
	p := readPerson(v)
	if p.address == "" || strings.ContainsAny(v, "<[") || lower(strings.TrimSpace(v)) == p.address {
		return p
	}
	return person{name: strings.TrimSpace(v)}
}

// headLine tells which line of a quoted head stands at j.
func headLine(segs []seg, j int) (key, value string, next int) {
	for _, k := range []struct {
		name string
		keys []string
	}{{"date", dateKeys}, {"subject", subjectKeys}, {"to", toKeys}, {"other", otherKeys}} {
		if v, n, ok := keyed(segs, j, k.keys); ok {
			return k.name, v, n
		}
	}
	return "", "", j
}

func (q *quoted) take(key, value string, zone *time.Location) {
	switch key {
	case "date":
		q.date = quotedDate(value, zone)
	case "subject":
		q.subject = value
	}
}

func (q quoted) body(segs []seg) quoted {
	for _, s := range segs {
		if s = unquoteLine(s); s.text != "" {
			q.rest = append(q.rest, s)
		}
	}
	return q
}

// keyed reads "Key: value" at i, also when a cell or a new line parts the two.
func keyed(segs []seg, i int, keys []string) (string, int, bool) {
	s := unquoteLine(segs[i])
	k, v, ok := strings.Cut(s.text, ":")
	k = strings.Trim(strings.ToLower(k), " *")
	if len(k) > 12 || !contains(keys, k) {
		return "", i, false
	}
	v = strings.Trim(v, " *:")
	if v != "" {
		return v, i + 1, true
	}
	if i+1 < len(segs) && (segs[i+1].cell || ok) {
		n := unquoteLine(segs[i+1])
		return strings.Trim(n.text, " *:"), i + 2, true
	}
	return "", i, false
}

func anyKey(s seg) bool {
	k, _, ok := strings.Cut(unquoteLine(s).low, ":")
	k = strings.Trim(k, " *")
	return ok && (contains(fromKeys, k) || contains(dateKeys, k) || contains(subjectKeys, k) || contains(toKeys, k) || contains(otherKeys, k))
}

// unquoteLine takes off the marks that quoting put before a line.
func unquoteLine(s seg) seg {
	t := s.text
	for strings.HasPrefix(t, ">") {
		t = strings.TrimSpace(t[1:])
	}
	if len(t) != len(s.text) {
		s.text, s.low = unstar(t), strings.ToLower(unstar(t))
	}
	return s
}

func quotedDate(v string, zone *time.Location) time.Time {
	if t := date2822(v); !t.IsZero() {
		return t
	}
	var best time.Time
	for _, o := range []order{dayFirst, monthFirst} {
		for _, st := range stamps(v, o) {
			if st.hasDate && best.IsZero() {
				best = st.in(zone)
			}
		}
	}
	return best
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
