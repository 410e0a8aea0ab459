package ocr

import (
	"context"

	"math"
	"slices"
)

// Limits of what the finder looks at, in pixels.
const (
	findSide  = 960       // longer side of the first look at a small picture
	findMost  = 1536      // and at a large one
	findArea  = 1_100_000 // of the second look
	readable  = 24.0      // height of a line, margins and all, that the finder sees well
	magnify   = 1.5       // small pictures are looked at so much larger at most
	tiltAt    = 3.0       // degrees
	proofRows = 5         // lines that are read to learn which way is up
)

// page finds the lines of a picture and the view in which they run level, and
// upright as far as their shape tells.
func (n *network) page(ctx context.Context, p *pyramid) (view, []box, int, error) {
	v := whole(p)
	boxes, err := n.find(ctx, v, firstScale(v))
	if err != nil || len(boxes) == 0 {
		return v, nil, 0, err
	}
	quarters := 0
	if standing(boxes) {
		quarters = 1
		wrong, err := n.inverted(ctx, v, aside(boxes))
		if err != nil {
			return v, nil, 0, err
		}
		if wrong {
			quarters = 3
		}
	}
	tilt := slope(boxes, quarters != 0)
	height := thickness(boxes)
	degrees := float64(90*quarters) - tilt
	next := v.turned(degrees, cornersOf(boxes), 2*height)
	scale := secondScale(next, height)
	// A new look pays where the first one saw the lines small or much aslant.
	if math.Abs(tilt) < tiltAt && scale < 1.25*firstScale(v) {
		return next, moved(boxes, v, next, degrees), 90 * quarters, nil
	}
	boxes, err = n.find(ctx, next, scale)
	return next, boxes, 90 * quarters, err
}

// moved are the boxes of one view in another that is turned by so many degrees.
func moved(boxes []box, from, to view, degrees float64) []box {
	m := to.m.inverse().after(from.m)
	out := slices.Clone(boxes)
	for i, b := range out {
		b.centre, b.angle = m.at(b.centre), b.angle+degrees
		out[i] = b.level()
	}
	return out
}

// firstScale shows enough of a large scene to see that there is print, and which
// way it runs.
func firstScale(v view) float64 {
	long := float64(max(v.w, v.h))
	return min(magnify, min(max(findSide, 0.6*long), findMost)/long)
}

// secondScale shows lines of a height as large as the finder likes, within its area.
func secondScale(v view, height float64) float64 {
	s := min(magnify, readable/height)
	return min(s, math.Sqrt(findArea/float64(v.w*v.h)))
}

// thickness is the usual height of lines, whichever way they run.
func thickness(boxes []box) float64 {
	var h []float64
	for _, b := range boxes {
		h = append(h, min(b.w, b.h))
	}
	return median(h)
}

// slope is by how many degrees clockwise most lines run off the level, or off the
// upright if they stand.
func slope(boxes []box, upright bool) float64 {
	type part struct{ angle, weight float64 }
	var parts []part
	total := 0.0
	for _, b := range boxes {
		long, across := b.w, b.h
		if upright {
			long, across = across, long
		}
		if long > 2.5*across {
			parts = append(parts, part{b.angle, long})
			total += long
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return sign(a.angle - b.angle) })
	sum := 0.0
	for _, p := range parts {
		if sum += p.weight; sum >= total/2 {
			return p.angle
		}
	}
	return 0
}

// standing tells whether most of the text stands on its side.
func standing(boxes []box) bool {
	stand, all := 0.0, 0.0
	for _, b := range boxes {
		all += max(b.w, b.h)
		if b.h > 1.5*b.w {
			stand += b.h
		}
	}
	return stand > all/2
}

// aside are standing boxes as they lie after a quarter's turn clockwise, when what
// ran upwards runs to the right.
func aside(boxes []box) []box {
	out := slices.Clone(boxes)
	for i, b := range out {
		out[i].angle, out[i].w, out[i].h = b.angle-90, b.h, b.w
	}
	return out
}

// inverted reads a few lines from both sides: the wrong way round they make
// little sense.
func (n *network) inverted(ctx context.Context, v view, boxes []box) (bool, error) {
	rows := slices.DeleteFunc(slices.Clone(boxes), func(b box) bool { return b.w < 2.5*b.h })
	slices.SortFunc(rows, func(a, b box) int { return sign(min(b.w, 7*b.h)*b.score - min(a.w, 7*a.h)*a.score) })
	var pictures []*raster
	for _, b := range rows[:min(len(rows), proofRows)] {
		b.w = min(b.w, 7*b.h)
		pictures = append(pictures, cut(v, b, false), cut(v, b, true))
	}
	read, err := n.read(ctx, pictures)
	lead := 0.0
	for i := 0; i+1 < len(read); i += 2 {
		lead += read[i].score() - read[i+1].score()
	}
	return lead < 0, err
}
