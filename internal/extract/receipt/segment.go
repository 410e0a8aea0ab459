package receipt

import "strings"

// segment is a part of a line: some words and the figures behind them.
type segment struct {
	words   []string
	figures []token
	fit     fit
	known   bool // fit says what it is
}

// sum is one printed sum.
type sum struct {
	kind   sumKind
	method string
	value  int64
	sign   bool // a minus or brackets are printed
	line   int
	low    float64
	whole  bool // its words are the label alone
	mended bool
}

// segments takes a line apart.
func (k *knowledge) segments(l line) []segment {
	var out []segment
	var cur segment
	flush := func() {
		if len(cur.words) > 0 || len(cur.figures) > 0 {
			if len(cur.words) > 0 {
				cur.fit, cur.known = k.labelOf(cur.words)
			}
			out = append(out, cur)
		}
		cur = segment{}
	}
	for _, t := range l.tokens {
		switch t.kind {
		case num:
			cur.figures = append(cur.figures, t)
		case word:
			if len(cur.figures) > 0 && letters(t.text) > 0 {
				flush()
			}
			if letters(t.text) > 0 {
				cur.words = append(cur.words, strings.Split(strings.Trim(t.text, "*:=.#()[]<>"), "-")...)
			} else if strings.ContainsAny(t.text, "0123456789") && len(cur.figures) == 0 {
				cur.words = append(cur.words, t.text)
			}
		case unit:
			if len(cur.figures) == 0 {
				cur.words = append(cur.words, t.text)
			}
		}
	}
	flush()
	return out
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			n++
		}
	}
	return n
}

// sumsOf are the sums of a line that states some with their figures, and the
// kinds that it names without one.
func sumsOf(l line, at int) (found []sum, open []segment) {
	segs := l.segs
	for i, s := range segs {
		if !s.known {
			if v, ok := lastMoney(s.figures); ok && v.num.value < 0 && len(s.words) > 0 {
				found = append(found, sum{kind: discount, value: -v.num.value, sign: true, line: at, low: v.low})
			}
			continue
		}
		if s.fit.label.kind == counted {
			if v, ok := lastMoney(s.figures); ok && v.num.value >= 1000*hundred && (v.num.grouped || v.num.marked) {
				found = append(found, sum{kind: counted, value: v.num.value, line: at, low: v.low, whole: s.fit.whole})
			}
			continue
		}
		v, ok := lastMoney(s.figures)
		if !ok && s.fit.whole && len(s.figures) > 0 && s.fit.label.kind == rounding {
			v, ok = s.figures[len(s.figures)-1], !s.figures[len(s.figures)-1].num.percent
		}
		if !ok && i+1 < len(segs) && len(segs[i+1].words) == 0 {
			v, ok = lastMoney(segs[i+1].figures)
		}
		if !ok {
			open = append(open, s)
			continue
		}
		if s.fit.label.kind != rounding && v.num.value != 0 && abs(v.num.value) < 100*hundred && !v.num.marked && !v.num.decimal {
			open = append(open, s)
			continue
		}
		if s.fit.label.kind == rounding && (!s.fit.whole || abs(v.num.value) > 1000*hundred) {
			continue
		}
		found = append(found, sum{kind: s.fit.label.kind, method: s.fit.label.method, value: abs(v.num.value), sign: v.num.value < 0,
			line: at, low: v.low, whole: s.fit.whole, mended: v.num.mended})
	}
	return found, open
}

func lastMoney(figures []token) (token, bool) {
	for i := len(figures) - 1; i >= 0; i-- {
		if figures[i].num.money() {
			return figures[i], true
		}
	}
	return token{}, false
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}
