package ocr

import (
	"context"
	"math"
	"slices"
)

// leastScore is what a line must have to count as read at all.
const leastScore = 0.3

// doubtful is the score of a page below which it may be upside down.
const doubtful = 0.8

// words reads the lines of a picture.
func (n *network) words(ctx context.Context, r *raster) (Page, error) {
	v, boxes, turned, err := n.page(ctx, newPyramid(r))
	if err != nil || len(boxes) == 0 {
		return Page{Width: v.w, Height: v.h, Turned: turned, Engine: "pp-ocrv4"}, err
	}
	page, err := n.readAll(ctx, v, boxes)
	if err != nil {
		return Page{}, err
	}
	if page.Score() < doubtful {
		wrong, err := n.inverted(ctx, v, boxes)
		if err != nil {
			return Page{}, err
		}
		if wrong {
			v = v.turned(180, v.corners(), 0)
			turned = (turned + 180) % 360
			if boxes, err = n.find(ctx, v, secondScale(v, thickness(boxes))); err != nil {
				return Page{}, err
			}
			if page, err = n.readAll(ctx, v, boxes); err != nil {
				return Page{}, err
			}
		}
	}
	page.Turned = turned
	return page, nil
}

// readAll reads every line.
func (n *network) readAll(ctx context.Context, v view, boxes []box) (Page, error) {
	page := Page{Width: v.w, Height: v.h, Engine: "pp-ocrv4"}
	slices.SortFunc(boxes, func(a, b box) int {
		if a.centre.Y != b.centre.Y {
			return sign(a.centre.Y - b.centre.Y)
		}
		return sign(a.centre.X - b.centre.X)
	})
	rows := make([]*raster, 0, len(boxes))
	var parts []box
	var sharp []float64
	for _, b := range boxes {
		for _, part := range split(v, b) {
			row := cut(v, part, false)
			parts, rows, sharp = append(parts, part), append(rows, row), append(sharp, sharpness(row))
		}
	}
	boxes, page.Sharpness = parts, median(sharp)
	read, err := n.read(ctx, rows)
	if err != nil {
		return Page{}, err
	}
	for i, b := range boxes {
		if read[i].text != "" && read[i].score() >= leastScore {
			page.Words = append(page.Words, Word{Quad: b.corners(), Text: read[i].text, Chars: read[i].chars, Score: read[i].score()})
		}
	}
	return page, nil
}

// split parts a line that is too long for the reader where the print has gaps.
func split(v view, b box) []box {
	n := int(math.Ceil(b.w / b.h * lineHeight / widest))
	if n < 2 {
		return []box{b}
	}
	const across = 12
	scale := across / b.h
	w := int(b.w * scale)
	corner := b.corners()[0]
	sin, cos := math.Sincos(b.angle * math.Pi / 180)
	row := v.from.draw(v.m.after(affine{cos / scale, -sin / scale, corner.X, sin / scale, cos / scale, corner.Y}), w, across)
	ink := make([]int, w)
	for x := range w {
		for y := range across {
			ink[x] += 255 - row.grey(3*(y*w+x))
		}
	}
	var out []box
	from := 0
	for i := 1; i <= n; i++ {
		to := w
		if i < n {
			to = w * i / n
			for x := to - 2*across; x < to+2*across; x++ {
				if ink[x] < ink[to] {
					to = x
				}
			}
		}
		part := b
		part.w = float64(to-from) / scale
		mid := (float64(from+to)/2)/scale - b.w/2
		part.centre = Point{b.centre.X + mid*cos, b.centre.Y + mid*sin}
		out = append(out, part)
		from = to
	}
	return out
}
