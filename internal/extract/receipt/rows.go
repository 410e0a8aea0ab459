package receipt

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"amanah/internal/extract/ocr"
)

// line is one printed line.
type line struct {
	text   string
	tokens []token
	score  float64 // mean of its boxes
	height float64 // of its letters, in pixels; 1 in plain text
	y      float64 // its middle; the number of the line in plain text
	box    [4]float64
	words  []int     // boxes of the page it was made of
	segs   []segment // what its words and figures say of sums
	chars  []float64 // scores of the runes of text, nil in plain text
}

// textLines makes lines of plain text.
func textLines(text string) []line {
	var out []line
	for i, s := range strings.Split(text, "\n") {
		s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
		if s == "" {
			continue
		}
		l := line{text: s, score: 1, height: 1, y: float64(i), box: [4]float64{0, float64(i), float64(utf8.RuneCountInString(s)), float64(i + 1)}}
		for _, p := range joined(pieces(s, 0, l.box[2], 1, nil)) {
			l.tokens = append(l.tokens, p.tokens()...)
		}
		out = append(out, l.split()...)
	}
	return out
}

// split makes several lines of one that holds several amounts, each behind its own
// words: a whole receipt in one line of text.
func (l line) split() []line {
	var ends []int
	for i := 0; i+1 < len(l.tokens); i++ {
		if t, next := l.tokens[i], l.tokens[i+1]; t.kind == num && t.num.money() && (t.num.grouped || t.num.marked) && next.kind == word && letters(next.text) > 1 {
			ends = append(ends, i+1)
		}
	}
	if len(ends) < 2 {
		return []line{l}
	}
	var out []line
	from := 0
	for _, end := range append(ends, len(l.tokens)) {
		one := l
		one.tokens = l.tokens[from:end]
		var text []string
		for _, t := range one.tokens {
			text = append(text, t.text)
		}
		one.text = strings.Join(text, " ")
		out = append(out, one)
		from = end
	}
	return out
}

// placed is a box with what the grouping asks of it.
type placed struct {
	word         ocr.Word
	index        int
	x0, x1       float64 // left and right end of its middle line
	y0, y1       float64 // heights of these ends
	height       float64
	left, right  int // neighbours in its line, -1 for none
	slope, trust float64
}

// leastScore is the mean score under which a box is taken for a stain.
const leastScore = 0.35

func placeAll(p ocr.Page) []placed {
	var out []placed
	for i, w := range p.Words {
		if strings.TrimSpace(w.Text) == "" || w.Score < leastScore && w.Score > 0 {
			continue
		}
		q := w.Quad
		b := placed{word: w, index: i, left: -1, right: -1,
			x0: (q[0].X + q[3].X) / 2, y0: (q[0].Y + q[3].Y) / 2,
			x1: (q[1].X + q[2].X) / 2, y1: (q[1].Y + q[2].Y) / 2}
		b.height = (math.Hypot(q[3].X-q[0].X, q[3].Y-q[0].Y) + math.Hypot(q[2].X-q[1].X, q[2].Y-q[1].Y)) / 2
		if b.x1 <= b.x0 || b.height <= 0 {
			continue
		}
		b.trust = (b.x1 - b.x0) / b.height
		b.slope = (b.y1 - b.y0) / (b.x1 - b.x0)
		out = append(out, b)
	}
	return out
}

// slopeAt is how much lines fall by the pixel near a height: the weighted middle
// of what long boxes there show. Paper is curved, so it is not one for a page.
func slopeAt(all []placed, y, reach float64) float64 {
	type said struct{ slope, weight float64 }
	var near []said
	sum := 0.0
	for _, b := range all {
		d := math.Abs((b.y0+b.y1)/2-y) / reach
		if b.trust < 3 || math.Abs(b.slope) > 0.35 {
			continue
		}
		w := b.trust * b.trust * math.Exp(-d*d)
		near = append(near, said{b.slope, w})
		sum += w
	}
	slices.SortFunc(near, func(a, b said) int {
		if a.slope < b.slope {
			return -1
		}
		return 1
	})
	seen := 0.0
	for _, s := range near {
		if seen += s.weight; seen >= sum/2 {
			return s.slope
		}
	}
	return 0
}

// pageLines groups the boxes of a page to printed lines, from the top to the
// bottom, and each from the left to the right.
func pageLines(p ocr.Page) []line {
	all := placeAll(p)
	if len(all) == 0 {
		return nil
	}
	heights := make([]float64, len(all))
	for i, b := range all {
		heights[i] = b.height
	}
	slices.Sort(heights)
	middle := heights[len(heights)/2]
	link(all, middle)
	fill(all)
	var out []line
	for i := range all {
		if all[i].left < 0 {
			l := chain(all, i)
			l.y -= slopeAt(all, l.y, 12*middle) * all[i].x0
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b line) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	return out
}

// pair is two boxes that may stand beside each other.
type pair struct {
	a, b int
	cost float64
}

// link joins each box with its neighbour to the right, the surest pairs first.
func link(all []placed, middle float64) {
	var pairs []pair
	for i, a := range all {
		slope := slopeAt(all, (a.y0+a.y1)/2, 12*middle)
		for j, b := range all {
			if i == j || b.x0 < a.x0+(a.x1-a.x0)*0.6 || b.x1 <= a.x1 {
				continue
			}
			h := math.Min(a.height, b.height)
			own := slope
			if a.trust > 6 && math.Abs(a.slope-slope) < 0.1 {
				own = (slope + a.slope) / 2
			}
			gap := math.Max(0, b.x0-a.x1)
			off := math.Abs(a.y1 + own*gap - b.y0)
			back := math.Abs(b.y0 - slope*gap - a.y1)
			off = math.Min(off, back)
			if off > 0.6*h || a.height > 2.6*b.height || b.height > 2.6*a.height {
				continue
			}
			pairs = append(pairs, pair{i, j, off/h + 0.02*gap/middle})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		if a.cost < b.cost {
			return -1
		}
		if a.cost > b.cost {
			return 1
		}
		return 0
	})
	for _, q := range pairs {
		if all[q.a].right < 0 && all[q.b].left < 0 && !crowded(all, q) {
			all[q.a].right, all[q.b].left = q.b, q.a
		}
	}
}

// fill puts boxes that stand alone between two neighbours of a line, where they
// lie on the straight way from one to the other.
func fill(all []placed) {
	for i := range all {
		b := all[i]
		if b.left >= 0 || b.right >= 0 {
			continue
		}
		best, least := -1, 0.5
		for j, a := range all {
			if a.right < 0 || j == i {
				continue
			}
			c := all[a.right]
			reach := 0.4 * b.height
			if b.x0 < a.x1-reach || b.x1 > c.x0+reach {
				continue
			}
			share := ((b.x0+b.x1)/2 - a.x1) / math.Max(1, c.x0-a.x1)
			if off := math.Abs(a.y1+(c.y0-a.y1)*share-(b.y0+b.y1)/2) / b.height; off < least {
				best, least = j, off
			}
		}
		if best >= 0 {
			all[i].left, all[i].right = best, all[best].right
			all[all[best].right].left = i
			all[best].right = i
		}
	}
}

// crowded tells whether joining would make a line whose boxes stand over each
// other.
func crowded(all []placed, q pair) bool {
	end, begin := q.a, q.b
	for k := q.a; k >= 0; k = all[k].left {
		end = k
	}
	for k := q.b; k >= 0; k = all[k].right {
		begin = k
	}
	return end == begin || all[q.b].x0 < all[q.a].x1-0.6*math.Min(all[q.a].height*2, all[q.a].x1-all[q.a].x0)
}

// chain makes a line of a box and all that follow it.
func chain(all []placed, i int) line {
	l := line{y: (all[i].y0 + all[i].y1) / 2, box: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	var text strings.Builder
	var runs []piece
	width := 0.0
	for ; i >= 0; i = all[i].right {
		b := all[i]
		if text.Len() > 0 {
			text.WriteByte(' ')
			l.chars = append(l.chars, 1)
		}
		text.WriteString(b.word.Text)
		chars := b.word.Chars
		n := utf8.RuneCountInString(b.word.Text)
		if len(chars) != n {
			chars = slices.Repeat([]float64{b.word.Score}, n)
		}
		l.chars = append(l.chars, chars...)
		runs = append(runs, pieces(b.word.Text, b.x0, b.x1, b.word.Score, chars)...)
		w := b.x1 - b.x0
		l.score += b.word.Score * w
		l.height += b.height * w
		width += w
		l.words = append(l.words, b.index)
		for _, p := range b.word.Quad {
			l.box = [4]float64{math.Min(l.box[0], p.X), math.Min(l.box[1], p.Y), math.Max(l.box[2], p.X), math.Max(l.box[3], p.Y)}
		}
	}
	l.text = text.String()
	l.score /= width
	l.height /= width
	for _, p := range joined(runs) {
		l.tokens = append(l.tokens, p.tokens()...)
	}
	return l
}
