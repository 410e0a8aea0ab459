package ocr

import (
	"math"
	"slices"
)

// box is a rectangle that may stand aslant.
type box struct {
	centre Point
	w, h   float64 // along and across its direction
	angle  float64 // degrees clockwise of its direction, above -45 up to 45 after level
	score  float64
}

// corners are top left, top right, bottom right, bottom left.
func (b box) corners() [4]Point {
	sin, cos := math.Sincos(b.angle * math.Pi / 180)
	var out [4]Point
	for i, s := range [4]Point{{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}} {
		x, y := s.X*b.w, s.Y*b.h
		out[i] = Point{b.centre.X + x*cos - y*sin, b.centre.Y + x*sin + y*cos}
	}
	return out
}

// cornersOf are those of all boxes.
func cornersOf(boxes []box) []Point {
	out := make([]Point, 0, 4*len(boxes))
	for _, b := range boxes {
		c := b.corners()
		out = append(out, c[:]...)
	}
	return out
}

// level takes the direction that is nearest to the horizontal.
func (b box) level() box {
	for b.angle > 45 {
		b.angle, b.w, b.h = b.angle-90, b.h, b.w
	}
	for b.angle <= -45 {
		b.angle, b.w, b.h = b.angle+90, b.h, b.w
	}
	return b
}

// hull is the convex hull of points.
func hull(p []Point) []Point {
	slices.SortFunc(p, func(a, b Point) int {
		if a.X != b.X {
			return sign(a.X - b.X)
		}
		return sign(a.Y - b.Y)
	})
	if len(p) < 3 {
		return p
	}
	out := make([]Point, 0, 2*len(p))
	for range 2 {
		from := len(out)
		for _, q := range p {
			for len(out) >= from+2 && cross(out[len(out)-2], out[len(out)-1], q) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, q)
		}
		out = out[:len(out)-1]
		slices.Reverse(p)
	}
	return out
}

func sign(f float64) int {
	switch {
	case f < 0:
		return -1
	case f > 0:
		return 1
	}
	return 0
}

func cross(o, a, b Point) float64 { return (a.X-o.X)*(b.Y-o.Y) - (a.Y-o.Y)*(b.X-o.X) }

// around is the smallest rectangle around a convex polygon: one of its sides lies
// on a side of the polygon.
func around(p []Point) box {
	best, area := box{}, math.Inf(1)
	for i := range p {
		a, b := p[i], p[(i+1)%len(p)]
		angle := math.Atan2(b.Y-a.Y, b.X-a.X)
		if len(p) < 3 {
			angle = 0
		}
		sin, cos := math.Sincos(angle)
		u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		for _, q := range p {
			u, v := q.X*cos+q.Y*sin, q.Y*cos-q.X*sin
			u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
		}
		if s := (u1 - u0) * (v1 - v0); s < area {
			area = s
			u, v := (u0+u1)/2, (v0+v1)/2
			best = box{centre: Point{u*cos - v*sin, u*sin + v*cos}, w: u1 - u0, h: v1 - v0, angle: angle * 180 / math.Pi}
		}
	}
	return best.level()
}

// median is the middle of values, 0 without any.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return v[len(v)/2]
}
