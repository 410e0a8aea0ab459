package statement

import (
	"slices"
	"strings"
	"time"

	"amanah/internal/money"
)

// found is one value that stands beside or below a label.
type found struct {
	rank   int // which of the label's phrases; the first is the best
	line   int
	amount figure
	day    day
	text   string
	isDate bool
	toDay  day // the second date of a period
	hasTo  bool
}

// heads are the values of all labels of a paper.
type heads map[string][]found

// ownLines is the name under which heads remember the lines that hold nothing
// but values of the labels above them.
const ownLines = "lines"

// spot is a label on a line.
type spot struct {
	name       string
	rank       int
	begin, end int
}

// labels finds the labels of a line, the longest first, none over another.
func (l *layout) labels(ln *line) []spot {
	var all []spot
	for _, name := range labelNames {
		for rank, p := range l.Labels[name] {
			for from := 0; ; {
				b, e := ln.find(p, from)
				if b < 0 {
					break
				}
				all = append(all, spot{name, rank, b, e})
				from = e
			}
		}
	}
	slices.SortStableFunc(all, func(a, b spot) int {
		if d := (b.end - b.begin) - (a.end - a.begin); d != 0 {
			return d
		}
		return a.begin - b.begin
	})
	var out []spot
	for _, s := range all {
		if !slices.ContainsFunc(out, func(o spot) bool { return s.begin < o.end && o.begin < s.end }) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b spot) int { return a.begin - b.begin })
	return out
}

// heads reads all labels. A word that is a label by itself ("TOTAL") counts only
// where nothing but its value stands on the line.
func (l *layout) heads(lines []line) heads {
	h := heads{}
	for i := range lines {
		ln := &lines[i]
		if rowLike(ln, l.Order) {
			continue
		}
		spots := l.labels(ln)
		beside := false
		for k, s := range spots {
			end := len(ln.words)
			if k+1 < len(spots) {
				end = spots[k+1].begin
			}
			if s.end-s.begin == 1 && !alone(ln, s) {
				continue
			}
			if f, ok := l.value(s.name, ln, s.end, end); ok {
				f.rank, f.line = s.rank, i
				h[s.name] = append(h[s.name], f)
				beside = true
			}
		}
		if !beside && len(spots) > 0 {
			l.below(h, lines, i, spots)
		}
	}
	return h
}

// alone tells that a line has nothing but a label and figures, dates or signs.
func alone(ln *line, s spot) bool {
	for i, u := range ln.upper {
		if i >= s.begin && i < s.end || u == "" || u == "RP" || isCode(u) || letters(ln.words[i].text) != unmarked {
			continue
		}
		if _, ok := parseFigure(ln.words[i].text); !ok && month(u) == 0 && i < s.begin {
			return false
		} else if !ok && month(u) == 0 && i >= s.end {
			if _, isDay := oneWord(ln.words[i].text, dmy); !isDay {
				return s.name == "currency" || s.name == "account" || s.name == "period"
			}
		}
	}
	return true
}

// value reads what a label asks for among the words from one place to another.
func (l *layout) value(name string, ln *line, from, to int) (f found, ok bool) {
	switch name {
	case "statement_date", "due_date":
		f.day, ok = l.firstDay(ln, &from, to)
		f.isDate = ok
	case "period":
		return l.period(ln, from, to)
	case "account", "currency":
		f.text = ln.text(from, to)
		ok = strings.TrimLeft(f.text, ": ") != "" && (name == "currency" || digitCount(f.text) >= 4)
	default:
		f.amount, ok = firstFigure(ln, from, to)
	}
	return f, ok
}

func digitCount(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

func (l *layout) firstDay(ln *line, from *int, to int) (day, bool) {
	for i := *from; i < to && i < *from+6; i++ {
		ws := ln.dateWords(i)
		if d, n := readDay(ws[:min(len(ws), to-i)], l.Order); n > 0 {
			*from = i + n
			return d, true
		}
	}
	return day{}, false
}

// period reads "01 Okt 2025 - 31 Okt 2025", "01-31 Okt 2025" is a month, and so
// is "OKTOBER 2025".
func (l *layout) period(ln *line, from, to int) (f found, ok bool) {
	at := from
	if d, ok := l.firstDay(ln, &at, to); ok {
		f.day, f.isDate = d, true
		f.toDay, f.hasTo = l.firstDay(ln, &at, to)
		return f, true
	}
	for i := from; i+1 < to; i++ {
		y, isYear := number(bare(ln.words[i+1].text))
		if m := month(ln.words[i].text); m > 0 && isYear && y > 1990 {
			last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC)
			return found{day: day{y, m, 1}, toDay: day{y, m, last.Day()}, isDate: true, hasTo: true}, true
		}
	}
	return f, false
}

// firstFigure is the first amount among words, with the mark beside it.
func firstFigure(ln *line, from, to int) (figure, bool) {
	for i := from; i < to && i < from+8; i++ {
		f, ok := parseFigure(ln.words[i].text)
		if !ok {
			continue
		}
		f.x0, f.x1 = ln.words[i].x0, ln.words[i].x1
		if i+1 < to {
			if m := letters(ln.words[i+1].text); m != unmarked && f.mark == unmarked {
				f.mark = m
			}
		}
		if i > from && f.mark == unmarked {
			if m := letters(ln.words[i-1].text); m == minus || m == plus {
				f.mark = m
			}
		}
		return f, true
	}
	return figure{}, false
}

// currency is the one that the paper's amounts are in.
func (h heads) currency() money.Currency {
	for _, f := range h["currency"] {
		for w := range strings.FieldsSeq(f.text) {
			if c := bare(w); isCode(c) {
				return money.Currency(c)
			}
		}
	}
	return money.IDR
}

// below gives the labels of a line the values of one of the next lines: as many
// as there are labels in their order, else each to the label nearest above it.
func (l *layout) below(h heads, lines []line, at int, spots []spot) {
	for i := at + 1; i < len(lines) && i <= at+3 && lines[i].page == lines[at].page; i++ {
		ln := &lines[i]
		if rowLike(ln, l.Order) && len(spots) < 2 {
			return
		}
		if s := spots[0]; len(spots) == 1 && (s.name == "period" || s.name == "account") {
			if len(l.labels(ln)) > 0 {
				return
			}
			if f, ok := l.value(s.name, ln, 0, len(ln.words)); ok {
				f.rank, f.line = s.rank, i
				h[s.name] = append(h[s.name], f)
				return
			}
			continue
		}
		vals := l.values(ln)
		if len(vals) == 0 {
			continue
		}
		given := 0
		for k, s := range spots {
			var pick int
			if len(vals) == len(spots) {
				pick = k
			} else {
				pick = nearest(&lines[at], spots, k, vals)
			}
			if pick < 0 {
				continue
			}
			v := vals[pick]
			wantsDate := s.name == "statement_date" || s.name == "due_date"
			if v.isDate != wantsDate || s.name == "period" || s.name == "account" || s.name == "currency" {
				continue
			}
			v.rank, v.line = s.rank, i
			h[s.name] = append(h[s.name], v)
			given++
		}
		if given > 1 {
			h[ownLines] = append(h[ownLines], found{line: i})
		}
		return
	}
}

// values are the dates and amounts of a line.
func (l *layout) values(ln *line) []found {
	var out []found
	for i := 0; i < len(ln.words); {
		if d, n := readDay(ln.dateWords(i), l.Order); n > 0 {
			out = append(out, found{day: d, isDate: true, amount: figure{x0: ln.words[i].x0, x1: ln.words[i+n-1].x1}})
			i += n
			continue
		}
		if f, ok := parseFigure(ln.words[i].text); ok && (!f.plain || f.hundredths == 0) {
			f.x0, f.x1 = ln.words[i].x0, ln.words[i].x1
			if i+1 < len(ln.words) && letters(ln.words[i+1].text) != unmarked {
				f.mark = letters(ln.words[i+1].text)
			}
			out = append(out, found{amount: f})
		}
		i++
	}
	return out
}

// nearest is the value that stands closest below a label and to no other closer.
func nearest(above *line, spots []spot, k int, vals []found) int {
	gap := func(s spot, v found) float64 {
		x0, x1 := above.words[s.begin].x0, above.words[s.end-1].x1
		if over := min(x1, v.amount.x1) - max(x0, v.amount.x0); over > 0 {
			return -over
		}
		return max(v.amount.x0-x1, x0-v.amount.x1)
	}
	pick, best := -1, 40.0
	for i, v := range vals {
		d := gap(spots[k], v)
		if d >= best {
			continue
		}
		own := true
		for o, s := range spots {
			own = own && (o == k || gap(s, v) > d)
		}
		if own {
			pick, best = i, d
		}
	}
	return pick
}
