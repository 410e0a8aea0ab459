package statement

import "strings"

// section is a printed part sum.
type section struct {
	part   int // of the rows before it
	rows   int // how many stood before it
	amount figure
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
