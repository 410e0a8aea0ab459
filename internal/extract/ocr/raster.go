package ocr

import (
	"image"
	"math"
)

// raster is a picture of red, green and blue bytes.
type raster struct {
	w, h int
	pix  []byte // 3 bytes a pixel, row by row
}

func newRaster(w, h int) *raster { return &raster{w: w, h: h, pix: make([]byte, 3*w*h)} }

// half is the picture at half its size, each pixel the mean of four.
func (r *raster) half() *raster {
	out := newRaster(max(r.w/2, 1), max(r.h/2, 1))
	for y := range out.h {
		a := r.pix[3*r.w*min(2*y, r.h-1):]
		b := r.pix[3*r.w*min(2*y+1, r.h-1):]
		row := out.pix[3*out.w*y : 3*out.w*(y+1)]
		for x := range out.w {
			i, j := 6*x, 3*min(2*x+1, r.w-1)
			for c := range 3 {
				row[3*x+c] = byte((int(a[i+c]) + int(a[j+c]) + int(b[i+c]) + int(b[j+c]) + 2) / 4)
			}
		}
	}
	return out
}

// pyramid is a picture with its halves, so that a small view of it is not made of
// single pixels far apart.
type pyramid struct {
	levels []*raster
}

func newPyramid(r *raster) *pyramid { return &pyramid{levels: []*raster{r}} }

// level is the picture for a view that takes step pixels of the original for
// each of its own, and the factor from the original to it.
func (p *pyramid) level(step float64) (*raster, float64) {
	n, f := 0, 1.0
	for step >= 1.6 && n < 6 {
		step, f, n = step/2, f/2, n+1
	}
	for len(p.levels) <= n {
		p.levels = append(p.levels, p.levels[len(p.levels)-1].half())
	}
	return p.levels[n], f
}

// affine maps (x, y) to (a*x + b*y + c, d*x + e*y + f).
type affine struct{ a, b, c, d, e, f float64 }

func (m affine) at(p Point) Point {
	return Point{m.a*p.X + m.b*p.Y + m.c, m.d*p.X + m.e*p.Y + m.f}
}

// after is the map that applies n first and m then.
func (m affine) after(n affine) affine {
	return affine{
		m.a*n.a + m.b*n.d, m.a*n.b + m.b*n.e, m.a*n.c + m.b*n.f + m.c,
		m.d*n.a + m.e*n.d, m.d*n.b + m.e*n.e, m.d*n.c + m.e*n.f + m.f,
	}
}

// step is how many pixels of the target one pixel of the source spans.
func (m affine) step() float64 { return math.Sqrt(math.Abs(m.a*m.e - m.b*m.d)) }

// inverse undoes m.
func (m affine) inverse() affine {
	det := m.a*m.e - m.b*m.d
	n := affine{a: m.e / det, b: -m.b / det, d: -m.d / det, e: m.a / det}
	n.c, n.f = -(n.a*m.c + n.b*m.f), -(n.d*m.c + n.e*m.f)
	return n
}

// draw fills a picture of w times h with what lies at m(x, y) of the original.
// What lies outside is the nearest edge.
func (p *pyramid) draw(m affine, w, h int) *raster {
	src, f := p.level(m.step())
	// Pixels have their centre at a half.
	m = affine{f, 0, 0, 0, f, 0}.after(m)
	out := newRaster(w, h)
	mx, my := float64(src.w-1), float64(src.h-1)
	for y := range h {
		row := out.pix[3*w*y : 3*w*(y+1)]
		for x := range w {
			q := m.at(Point{float64(x) + 0.5, float64(y) + 0.5})
			sx, sy := min(max(q.X-0.5, 0), mx), min(max(q.Y-0.5, 0), my)
			ix, iy := int(sx), int(sy)
			fx, fy := int((sx-float64(ix))*256), int((sy-float64(iy))*256)
			i := 3 * (iy*src.w + ix)
			right, down := 3, 3*src.w
			if ix+1 >= src.w {
				right = 0
			}
			if iy+1 >= src.h {
				down = 0
			}
			for c := range 3 {
				top := int(src.pix[i+c])*(256-fx) + int(src.pix[i+right+c])*fx
				low := int(src.pix[i+down+c])*(256-fx) + int(src.pix[i+down+right+c])*fx
				row[3*x+c] = byte((top*(256-fy) + low*fy) >> 16)
			}
		}
	}
	return out
}

// view is a part of a picture, turned: what the rest of the reading looks at.
type view struct {
	from *pyramid
	m    affine // from a pixel of the view to one of the picture
	w, h int
}

func whole(p *pyramid) view {
	return view{from: p, m: affine{a: 1, e: 1}, w: p.levels[0].w, h: p.levels[0].h}
}

// scaled draws the view s times as large; its sides are multiples of 32, and what
// is added to them shows the edge.
func (v view) scaled(s float64) *raster {
	w, h := up32(float64(v.w)*s), up32(float64(v.h)*s)
	return v.from.draw(v.m.after(affine{a: 1 / s, e: 1 / s}), w, h)
}

func up32(f float64) int { return max(32, (int(math.Ceil(f))+31)/32*32) }

// turned is the view seen after a turn of so many degrees clockwise, cut to the
// box that holds all the points (given in this view) with a margin.
func (v view) turned(degrees float64, points []Point, margin float64) view {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	turn := affine{a: cos, b: -sin, d: sin, e: cos}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		q := turn.at(p)
		x0, y0, x1, y1 = min(x0, q.X), min(y0, q.Y), max(x1, q.X), max(y1, q.Y)
	}
	x0, y0, x1, y1 = math.Floor(x0-margin), math.Floor(y0-margin), math.Ceil(x1+margin), math.Ceil(y1+margin)
	back := turn.inverse().after(affine{a: 1, c: x0, e: 1, f: y0})
	return view{from: v.from, m: v.m.after(back), w: int(x1 - x0), h: int(y1 - y0)}
}

// corners are those of the view.
func (v view) corners() []Point {
	w, h := float64(v.w), float64(v.h)
	return []Point{{0, 0}, {w, 0}, {w, h}, {0, h}}
}

// rasterOf copies a decoded picture, made smaller by whole steps until its longer
// side is at most limit. A see-through picture lies on white.
func rasterOf(m image.Image, limit int) *raster {
	b := m.Bounds()
	k := max(1, (max(b.Dx(), b.Dy())+limit-1)/limit)
	out := newRaster(max(b.Dx()/k, 1), max(b.Dy()/k, 1))
	read := pixelReader(m)
	sums := make([]uint32, 3*out.w)
	for y := range out.h {
		clear(sums)
		for dy := range k {
			sy := min(b.Min.Y+y*k+dy, b.Max.Y-1)
			for x := range out.w {
				for dx := range k {
					r, g, bl := read(min(b.Min.X+x*k+dx, b.Max.X-1), sy)
					sums[3*x] += uint32(r)
					sums[3*x+1] += uint32(g)
					sums[3*x+2] += uint32(bl)
				}
			}
		}
		n := uint32(k * k)
		row := out.pix[3*out.w*y:]
		for i, s := range sums {
			row[i] = byte(s / n)
		}
	}
	return out
}
