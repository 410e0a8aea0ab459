package statement

import (
	"slices"
	"strings"

	"amanah/internal/money"
)

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
			if code != "" {
				f.code, code = code, ""
			}
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
			if !s.sideOf(ln, i, figs, &pending, &end) {
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
func (s *scan) sideOf(ln *line, i int, figs []figure, pending *mark, end *int) bool {
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
		*end = i
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
		if f.code != "" && f.code != string(s.own) {
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
