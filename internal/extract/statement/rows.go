package statement

import (
	"slices"
	"strings"
	"time"

	"amanah/internal/money"
)

// scan takes the rows out of the lines.
type scan struct {
	l     *layout
	ref   time.Time // the end of the statement, which gives years
	table table
	edges map[int]int // right edges of amounts, how often
	rows  []Row
	// open is a row whose amount stands on a later line.
	open  *Row
	last  *line // of the row that the next line could go on with
	more  int   // lines that the row took
	card  string
	cards map[string]bool
	part  int
	ended bool
	sums  []section
	text  column
	// squeezed says that the places of words tell nothing: a text whose blanks
	// were taken out.
	squeezed bool
	taken    map[int]bool // lines that hold values of labels
	own      money.Currency
}

const (
	mostRows = 10_000
	mostMore = 8 // lines of one row
)

func (s *scan) run(lines []line, h heads) {
	s.squeezed, s.taken, s.own = squeezed(lines), map[int]bool{}, h.currency()
	for _, f := range h[ownLines] {
		s.taken[f.line] = true
	}
	s.cards = map[string]bool{}
	s.learn(lines)
	for i := range lines {
		ln := &lines[i]
		if s.taken[i] {
			s.section(ln)
			continue
		}
		if t, ok := s.l.header(ln); ok {
			s.table, s.last, s.ended = t, nil, false
			s.text = column{}
			continue
		}
		if s.startsWith(ln, s.l.Ends) {
			s.ended, s.last, s.open = true, nil, nil
			continue
		}
		_, dated := readDay(ln.dateWords(0), s.l.Order)
		if dated == 0 && s.section(ln) || s.ended || len(s.rows) >= mostRows {
			continue
		}
		if !s.row(ln) {
			s.goOn(ln)
		}
	}
}

// squeezed tells that no two words of a line are further apart than a blank.
func squeezed(lines []line) bool {
	for i := range lines {
		ws := lines[i].words
		for k := 1; k < len(ws); k++ {
			if d := ws[k].x0 - ws[k-1].x1; d != unit && d != 0 {
				return false
			}
		}
	}
	return true
}

// learn finds the right edges at which amounts end, so that "500" below them is
// an amount and a house number is none.
func (s *scan) learn(lines []line) {
	s.edges = map[int]int{}
	for i := range lines {
		if !rowLike(&lines[i], s.l.Order) {
			continue
		}
		for _, w := range lines[i].words {
			if f, ok := parseFigure(w.text); ok && !f.plain {
				s.edges[int(w.x1+0.5)]++
			}
		}
	}
}

func (s *scan) aligned(x1 float64) bool {
	x := int(x1 + 0.5)
	for d := -2; d <= 2; d++ {
		if s.edges[x+d] > 0 {
			return true
		}
	}
	return false
}

func (s *scan) startsWith(ln *line, ps []phrase) bool {
	return slices.ContainsFunc(ps, func(p phrase) bool { return ln.begins(p) })
}

// row reads a line that begins with a date.
func (s *scan) row(ln *line) bool {
	at := 0
	d, n := readDay(ln.dateWords(0), s.l.Order)
	if n == 0 && len(ln.words) > 3 { // a number before the date counts rows
		if _, ok := number(ln.words[0].text); ok {
			if d, n = readDay(ln.dateWords(1), s.l.Order); n > 0 {
				at = 1
			}
		}
	}
	if n == 0 || len(ln.words) == at+n {
		return false
	}
	at += n
	date, ok := d.in(s.ref)
	if !ok {
		return false
	}
	r := Row{Date: date, CardLast4: s.card, part: s.part}
	at = s.posted(ln, at, &r)
	for at < len(ln.words) && isTime(ln.words[at].text) {
		at++
	}
	figs, end := s.tail(ln, at)
	r.Text = ln.text(at, end)
	if at < len(ln.words) {
		s.text = column{x0: ln.words[at].x0}
	}
	if s.balanceRow(r.Text) {
		s.open, s.last = nil, nil
		return true
	}
	if !s.fill(&r, figs) {
		if at == len(ln.words) || s.startsAt(ln, at, s.l.Skip) {
			return false
		}
		s.open, s.last, s.more = &r, ln, 0
		return true
	}
	s.add(r, ln)
	return true
}

func (s *scan) add(r Row, ln *line) {
	r.Line = len(s.rows) + 1
	s.rows = append(s.rows, r)
	s.open, s.last, s.more = nil, ln, 0
}

// posted reads a second date. What lies too far from the first is no date of
// posting but a part of the text.
func (s *scan) posted(ln *line, at int, r *Row) int {
	d, n := readDay(ln.dateWords(at), s.l.Order)
	if n == 0 || at+n >= len(ln.words) {
		return at
	}
	p, ok := d.in(s.ref)
	if !ok || p.Before(r.Date.AddDate(0, 0, -5)) || p.After(r.Date.AddDate(0, 0, 62)) {
		return at
	}
	r.Posted = p
	if s.table.left("posted", "date") {
		r.Date, r.Posted = r.Posted, r.Date
	}
	return at + n
}

// startsAt tells that a phrase stands at a word of a line.
func (s *scan) startsAt(ln *line, at int, ps []phrase) bool {
	return slices.ContainsFunc(ps, func(p phrase) bool { b, _ := ln.find(p, at); return b == at })
}

// goOn takes a line without a date as a part of the row above it, or as the
// place of its amount.
func (s *scan) goOn(ln *line) {
	if s.last == nil {
		return
	}
	s.more++
	near := ln.page == s.last.page && ln.y-s.last.y < 3.2*max(ln.h, s.last.h, unit)
	if s.more > mostMore || !near && s.open == nil || s.startsWith(ln, s.l.Skip) || s.balanceRow(ln.text(0, min(len(ln.words), 4))) {
		if s.open == nil || s.more > mostMore {
			s.last, s.open = nil, nil
		}
		return
	}
	figs, end := s.tail(ln, 0)
	if s.open != nil {
		s.complete(ln, figs, end)
		return
	}
	r := &s.rows[len(s.rows)-1]
	if end == 0 && len(figs) > 0 && (figs[0].code == "" || figs[0].code == string(s.own)) || !s.squeezed && s.text.x0 > 0 && ln.words[0].x0 < s.text.x0-40 {
		return // amounts alone, or what stands left of the text
	}
	s.foreignLine(r, ln)
	s.join(r, ln.text(0, len(ln.words)))
	s.last = ln
}

// complete looks for the amount of a row that began above.
func (s *scan) complete(ln *line, figs []figure, end int) {
	r := *s.open
	if end > 0 {
		s.join(&r, ln.text(0, end))
	}
	if s.fill(&r, figs) {
		s.add(r, ln)
		return
	}
	*s.open = r
	s.last = ln
}

const mostText = 400 // of one row

func (s *scan) join(r *Row, text string) {
	if len(r.Text)+len(text) < mostText {
		r.Text = strings.TrimSpace(r.Text + " " + text)
	}
}

// foreignLine reads "USD 12.99 KURS 16.300" below a row.
func (s *scan) foreignLine(r *Row, ln *line) {
	if !r.Original.IsZero() {
		return
	}
	for i := range ln.words {
		if f, ok := parseFigure(ln.words[i].text); ok && f.code != "" && f.code != string(s.own) {
			r.Original = foreign(f)
			return
		}
		if !isCode(ln.words[i].text) || ln.words[i].text == string(s.own) {
			continue
		}
		for _, k := range []int{i + 1, i - 1} {
			if k < 0 || k >= len(ln.words) {
				continue
			}
			if f, ok := parseFigure(ln.words[k].text); ok {
				f.code = ln.words[i].text
				r.Original = foreign(f)
				return
			}
		}
	}
}
