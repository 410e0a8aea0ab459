package ocr

import (
	"context"
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
	for _, b := range boxes {
		rows = append(rows, cut(v, b, false))
	}
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
