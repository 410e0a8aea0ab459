package ocr

import (
	"slices"
	"unicode"
)

// Papers splits a page on which receipts lie side by side into one page for each,
// from the left; most pages are one. Places stay those of the whole picture.
//
// A receipt has a gap of its own, between names and prices. It is taken for two
// papers only where both sides of a gap carry many letters and amounts, and their
// lines do not stand on the same heights.
func (p Page) Papers() []Page {
	at, ok := p.gap()
	if !ok {
		return []Page{p}
	}
	left, right := p, p
	left.Words, right.Words = nil, nil
	for _, w := range p.Words {
		if w.middle().X < at {
			left.Words = append(left.Words, w)
		} else {
			right.Words = append(right.Words, w)
		}
	}
	return append(left.Papers(), right.Papers()...)
}

func (w Word) middle() Point {
	return Point{(w.Quad[0].X + w.Quad[2].X) / 2, (w.Quad[0].Y + w.Quad[2].Y) / 2}
}

func (w Word) left() float64  { return min(w.Quad[0].X, w.Quad[3].X) }
func (w Word) right() float64 { return max(w.Quad[1].X, w.Quad[2].X) }
func (w Word) height() float64 {
	return (w.Quad[3].Y + w.Quad[2].Y - w.Quad[0].Y - w.Quad[1].Y) / 2
}

// gap is where two papers part, if they do: the widest such place.
func (p Page) gap() (at float64, ok bool) {
	words := slices.Clone(p.Words)
	slices.SortFunc(words, func(a, b Word) int { return sign(a.left() - b.left()) })
	var heights []float64
	for _, w := range words {
		heights = append(heights, w.height())
	}
	least := 1.5 * median(heights)
	reach, widest := 0.0, 0.0
	for i, w := range words {
		space := w.left() - reach
		if i > 0 && space > max(least, widest) && paper(words[:i]) && paper(words[i:]) && !aligned(words[:i], words[i:]) {
			at, ok, widest = reach+space/2, true, space
		}
		reach = max(reach, w.right())
	}
	return at, ok
}

// paper tells whether words could be a receipt of their own.
func paper(words []Word) bool {
	letters, named, amounts := 0, 0, 0
	for _, w := range words {
		l, d := 0, 0
		for _, c := range w.Text {
			switch {
			case unicode.IsLetter(c):
				l++
			case unicode.IsDigit(c):
				d++
			}
		}
		letters += l
		if l >= 3 {
			named++
		}
		if d >= 3 && d > l {
			amounts++
		}
	}
	return letters >= 30 && named >= 5 && amounts >= 3
}

// aligned tells whether the words on the right continue lines of the left.
func aligned(left, right []Word) bool {
	n := 0
	for _, r := range right {
		if slices.ContainsFunc(left, func(l Word) bool {
			d := l.middle().Y - r.middle().Y
			return max(d, -d) < 0.25*min(l.height(), r.height())
		}) {
			n++
		}
	}
	return float64(n) > 0.8*float64(len(right))
}
