package ocr

import "math"

// Where text stands: the network gives each pixel the likelihood that it belongs
// to the core of a line, and a connected piece of such pixels is a line.
const (
	coreAt   = 0.2 // a pixel of the core
	lineAt   = 0.4 // the mean of a line's rectangle
	unclip   = 1.8 // the core is smaller than the line, by this times area/perimeter
	widen    = 1.5 // and along the line by so much more
	smallest = 3.0 // pixels across
)

// lines finds the boxes in a likelihood map of w times h.
func lines(p []float32, w, h int) []box {
	seen := make([]bool, w*h)
	var out []box
	var stack []int32
	var edge []Point
	for start := range p {
		if seen[start] || p[start] < coreAt {
			continue
		}
		seen[start] = true
		stack = append(stack[:0], int32(start))
		edge = edge[:0]
		sum := 0.0
		for len(stack) > 0 {
			i := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			sum += float64(p[i])
			x, y := i%w, i/w
			rim := false
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					nx, ny := x+dx, y+dy
					if nx < 0 || ny < 0 || nx >= w || ny >= h || p[ny*w+nx] < coreAt {
						rim = true
						continue
					}
					if j := ny*w + nx; !seen[j] {
						seen[j] = true
						stack = append(stack, int32(j))
					}
				}
			}
			if rim {
				edge = append(edge, Point{float64(x) + 0.5, float64(y) + 0.5})
			}
		}
		if b, ok := line(edge, sum); ok {
			out = append(out, b)
		}
	}
	return out
}

// line makes the box of one piece from its rim and the sum of its likelihoods.
func line(edge []Point, sum float64) (box, bool) {
	b := around(hull(edge))
	b.w, b.h = b.w+1, b.h+1
	if min(b.w, b.h) < smallest {
		return b, false
	}
	area := b.w * b.h
	b.score = math.Min(1, sum/area)
	if b.score < lineAt {
		return b, false
	}
	d := area * unclip / (2 * (b.w + b.h))
	along, across := 2*d, 2*d
	if b.w >= b.h {
		along *= widen
	} else {
		across *= widen
	}
	b.w, b.h = b.w+along, b.h+across
	return b, min(b.w, b.h) >= smallest+2
}
