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
}

// section is a printed part sum.
type section struct {
	part   int // of the rows before it
	rows   int // how many stood before it
	amount figure
}

const (
	mostRows = 10_000
	mostMore = 8 // lines of one row
)

func (s *scan) run(lines []line, h heads) {
	s.squeezed, s.taken = squeezed(lines), map[int]bool{}
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

// section reads card numbers that head a part, and part sums.
func (s *scan) section(ln *line) bool {
	if last, ok := cardOn(ln); ok && s.l.Kind == Card {
		s.card, s.cards[last] = last, true
		s.part++
		s.last, s.ended = nil, false
		return true
	}
	for _, p := range s.l.Labels["section"] {
		if ln.begins(p) {
			if f, ok := firstFigure(ln, len(p), len(ln.words)); ok {
				s.sums = append(s.sums, section{s.part, len(s.rows), f})
			}
			s.last = nil
			return true
		}
	}
	return false
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

// balanceRow tells a dated line that states a balance and moves nothing.
func (s *scan) balanceRow(text string) bool {
	ln := fromText(text)
	if len(ln) != 1 {
		return false
	}
	for _, name := range []string{"previous", "total"} {
		for _, p := range s.l.Labels[name] {
			if len(p) > 1 && ln[0].begins(p) && len(ln[0].words) <= len(p)+2 {
				return true
			}
		}
	}
	return false
}

// tail reads the amounts at the end of a line, from the right; end is the word
// before which they stand.
func (s *scan) tail(ln *line, from int) (figs []figure, end int) {
	end = len(ln.words)
	i := end - 1
	pending := unmarked
	code := ""
	for ; i >= from; i-- {
		w := ln.words[i]
		if f, ok := parseFigure(w.text); ok && (!f.plain || s.aligned(w.x1) && len(w.text) <= 12) {
			f.x0, f.x1, f.word = w.x0, w.x1, i
			if f.mark == unmarked {
				f.mark, pending = pending, unmarked
			}
			f.code, code = code, ""
			figs = append(figs, f)
			end = i
			continue
		}
		switch u := bare(w.text); {
		case strings.EqualFold(w.text, "Rp") || strings.EqualFold(w.text, "Rp.") || u == "IDR":
			end = i
		case isCode(w.text) && len(figs) > 0 && (figs[len(figs)-1].code == "") && (len(figs) > 1 || !s.figureAt(ln, i-1)):
			figs[len(figs)-1].code = w.text
			end = i
		case isCode(w.text):
			code = w.text
		case letters(w.text) != unmarked && pending == unmarked:
			if !s.sideOf(ln, i, figs, &pending) {
				return reversed(figs), end
			}
		default:
			return reversed(figs), end
		}
	}
	return reversed(figs), end
}

// sideOf gives a mark to the amount on its left, or where none stands there, to
// the one on its right. It is false where the word belongs to the text.
func (s *scan) sideOf(ln *line, i int, figs []figure, pending *mark) bool {
	m := letters(ln.words[i].text)
	if s.figureAt(ln, i-1) {
		*pending = m
		return true
	}
	if len(figs) == 0 {
		*pending = m
		return i > 0
	}
	f := &figs[len(figs)-1]
	// Letters belong to the text ("TRANSFER DR") unless a column is for them.
	if f.mark == unmarked && (m == minus || m == plus || s.table.has("side")) {
		f.mark = m
	}
	return m == minus || m == plus
}

func (s *scan) figureAt(ln *line, i int) bool {
	if i < 0 {
		return false
	}
	f, ok := parseFigure(ln.words[i].text)
	return ok && !f.plain
}

func reversed(f []figure) []figure {
	slices.Reverse(f)
	return f
}

// fill gives a row its amounts; false where none of them is the row's own.
func (s *scan) fill(r *Row, figs []figure) bool {
	own := figs[:0:0]
	for _, f := range figs {
		if f.code != "" && f.code != "IDR" {
			r.Original = foreign(f)
			continue
		}
		own = append(own, f)
	}
	if len(own) == 0 {
		return false
	}
	cols := s.table.amounts()
	both := s.table.has("debit") && s.table.has("credit") && !s.squeezed
	switch {
	case s.squeezed && len(own) == 2 && len(cols) == 3: // one of debit and credit, and a balance
		s.set(r, own[0])
		r.Balance = balance(own[1])
		return own[0].hundredths != 0
	case len(own) == 1 && !both:
		s.set(r, own[0])
		return own[0].hundredths != 0
	case len(cols) >= 2 && len(own) <= len(cols):
		return s.byColumn(r, own, cols)
	case len(own) >= 3: // debit, credit, balance
		return s.byColumn(r, own[len(own)-3:], []column{{name: "debit"}, {name: "credit"}, {name: "balance"}})
	case len(own) == 2 && s.l.Kind == Account:
		s.set(r, own[0])
		r.Balance = balance(own[1])
		return own[0].hundredths != 0
	}
	s.set(r, own[len(own)-1])
	return own[len(own)-1].hundredths != 0
}

func (s *scan) set(r *Row, f figure) {
	r.Amount, r.mark = money.Amount{Minor: f.hundredths, Currency: money.IDR}, f.mark
}

func balance(f figure) *money.Amount {
	b := money.Amount{Minor: f.hundredths, Currency: money.IDR}
	if f.mark == minus || f.mark == debit {
		b = b.Neg()
	}
	return &b
}

// byColumn reads the amounts of a row under the columns of its table.
func (s *scan) byColumn(r *Row, own []figure, cols []column) bool {
	ok := false
	for i, c := range place(own, cols) {
		if c < 0 {
			continue
		}
		f := own[i]
		switch name := cols[c].name; {
		case name == "balance":
			r.Balance = balance(f)
		case f.hundredths == 0:
		case name == "debit" || name == "credit":
			s.set(r, f)
			if r.mark = debit; name == "credit" {
				r.mark = credit
			}
			ok = true
		default:
			s.set(r, f)
			ok = true
		}
	}
	return ok
}

// foreign is an amount in another currency.
func foreign(f figure) money.Amount {
	c := money.Currency(f.code)
	a := money.Amount{Minor: f.hundredths, Currency: c}
	switch c.Digits() {
	case 0:
		a.Minor /= 100
	case 3:
		a.Minor *= 10
	}
	return a
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
	if end == 0 && len(figs) > 0 && figs[0].code == "" || !s.squeezed && s.text.x0 > 0 && ln.words[0].x0 < s.text.x0-40 {
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
		if !isCode(ln.words[i].text) || ln.words[i].text == "IDR" {
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

// cardOn finds the number of a card on a line that is no row: groups of digits
// and of what masks them, sixteen in all, digits at the end.
func cardOn(ln *line) (last string, ok bool) {
	var b strings.Builder
	for i := 0; i <= len(ln.words); i++ {
		if i < len(ln.words) && cardPart(ln.words[i].text) && b.Len() < 32 {
			b.WriteString(strings.NewReplacer("-", "", ".", "").Replace(ln.words[i].text))
			continue
		}
		if n := b.String(); len(n) >= 15 && len(n) <= 16 && digitCount(n[len(n)-4:]) == 4 && (digitCount(n) < 16 || n[0] >= '3' && n[0] <= '6') {
			return n[len(n)-4:], true
		}
		b.Reset()
	}
	return "", false
}

func cardPart(s string) bool {
	if len(s) < 4 || len(s) > 24 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == 'X', c == 'x', c == '*', c == '-', c == '.', c == '#':
		default:
			return false
		}
	}
	return true
}
