package receipt

// region finds where the items stand: behind the head of the receipt and before
// the first sum.
func (r *reading) region() (first, last int) {
	last = len(r.lines)
	for i := range r.lines {
		if r.startsSums(i) {
			last = i
			break
		}
	}
	// The head ends with the last line that belongs to it before the first item.
	for i := range last {
		if r.wellPriced(i) && r.roles[i] == text {
			break
		}
		switch r.roles[i] {
		case text, rule, closing:
		default:
			first = i + 1
		}
	}
	return first, last
}

// wellPriced tells whether a line is surely an item or the price of one.
func (r *reading) wellPriced(i int) bool {
	s := shapeOf(r.lines[i], i)
	return s.has && (s.fits && s.figures >= 2 || priced(r.lines[i]) && r.roles[i] == text && (letters(s.name) >= 3 || s.figures >= 2))
}

// startsSums tells whether the sums begin with a line.
func (r *reading) startsSums(i int) bool {
	if r.roles[i] == columns {
		return false
	}
	s := shapeOf(r.lines[i], i)
	if s.fits && s.figures >= 3 && letters(s.name) > 2 {
		return false
	}
	for _, f := range r.sums {
		if f.line != i || f.sign && f.kind != rounding {
			continue
		}
		switch f.kind {
		case subtotal, grand, counted:
			return true
		case total, tax, service, base, rounding:
			if f.whole || f.value >= 1000*hundred {
				return true
			}
		case cash, card, change:
			if f.whole && r.itemBefore(i) {
				return true
			}
		case group:
			if f.whole && r.totalWithin(i, 4) {
				return true
			}
		}
	}
	return r.opens[i] && r.itemBefore(i) || r.counts(i)
}

// counts tells whether a line says how many items there are.
func (r *reading) counts(i int) bool {
	for _, s := range r.lines[i].segs {
		if i > 0 && s.known && s.fit.whole && s.fit.label.kind == counted && len(r.lines[i].tokens) <= 6 && len(figuresOf(r.lines[i])) > 0 {
			return true
		}
	}
	return false
}

// itemBefore tells whether some line before i has the form of an item.
func (r *reading) itemBefore(i int) bool {
	for j := range i {
		if r.roles[j] == text && priced(r.lines[j]) {
			return true
		}
	}
	return false
}

func (r *reading) totalWithin(i, n int) bool {
	for _, f := range r.sums {
		if f.line > i && f.line <= i+n && (f.kind == subtotal || f.kind == total || f.kind == grand || f.kind == group) {
			return true
		}
	}
	return false
}

// findSums reads the sums of all lines. A label without a figure takes the one
// that stands alone in a line below; several labels take several, in their order.
func (r *reading) findSums() {
	r.opens = make([]bool, len(r.lines))
	for i := 0; i < len(r.lines); i++ {
		if r.roles[i] == columns || r.roles[i] == rule || len(r.sums) > mostSums {
			continue
		}
		found, open := sumsOf(r.lines[i], i)
		r.sums = append(r.sums, found...)
		if len(found) > 0 || len(open) == 0 {
			continue
		}
		i = r.below(i, open)
	}
}

// below gives the figures under labels to them, and the last line that it used.
func (r *reading) below(i int, open []segment) int {
	labels, at := []segment{open[len(open)-1]}, []int{i}
	j := i + 1
	for ; j < len(r.lines); j++ {
		found, more := sumsOf(r.lines[j], j)
		if len(found) > 0 || len(more) != 1 {
			break
		}
		labels, at = append(labels, more[0]), append(at, j)
	}
	var figures []token
	end := j
	for ; end < len(r.lines) && len(figures) < len(labels); end++ {
		v, alone := loneFigure(r.lines[end])
		if !alone {
			break
		}
		figures = append(figures, v)
	}
	if len(figures) == 0 || len(figures) != len(labels) && len(labels) > 1 {
		for n, l := range labels {
			r.opens[at[n]] = l.fit.whole && (l.fit.label.kind == subtotal || l.fit.label.kind == total || l.fit.label.kind == grand)
		}
		return j - 1
	}
	for n, l := range labels {
		v := figures[n]
		r.sums = append(r.sums, sum{kind: l.fit.label.kind, method: l.fit.label.method, value: abs(v.num.value), sign: v.num.negative, line: at[n], low: v.low, whole: l.fit.whole, mended: v.num.mended})
	}
	return end - 1
}

// loneFigure is the one figure of a line that has nothing else.
func loneFigure(l line) (token, bool) {
	var v token
	n := 0
	for _, t := range l.tokens {
		switch t.kind {
		case num:
			v = t
			n++
		case equal:
		default:
			return v, false
		}
	}
	return v, n == 1 && v.num.money()
}
