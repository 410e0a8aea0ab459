package ocr

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// shop is a receipt as a till prints it.
var shop = []string{
	"TOKO SUMBER REJEKI",
	"JL. MELATI NO. 27 BANDUNG",
	"14-03-2025  18:42   KASIR DEWI",
	"--------------------------------",
	"BERAS PANDAN 5KG  1     78.500",
	"MINYAK GORENG 2L  2     71.800",
	"TELUR AYAM 1KG    1     29.750",
	"KECAP MANIS       3     40.200",
	"--------------------------------",
	"SUBTOTAL               220.250",
	"DISKON                  10.250",
	"TOTAL                  210.000",
	"TUNAI                  250.000",
	"KEMBALI                 40.000",
	"TERIMA KASIH ATAS KUNJUNGAN",
}

// printed draws lines in a monospaced type of so many pixels onto paper.
func printed(t testing.TB, text []string, size float64, ink, paper uint8) *raster {
	t.Helper()
	f, err := opentype.Parse(gomono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		t.Fatal(err)
	}
	longest := 0
	for _, l := range text {
		longest = max(longest, len(l))
	}
	m := image.NewGray(image.Rect(0, 0, int(size*(0.601*float64(longest)+4)), int(size*1.5*float64(len(text)+2))))
	for i := range m.Pix {
		m.Pix[i] = paper
	}
	d := font.Drawer{Dst: m, Src: image.NewUniform(color.Gray{Y: ink}), Face: face}
	for i, l := range text {
		d.Dot = fixed.P(int(size*2), int(size*1.5*float64(i+2)))
		d.DrawString(l)
	}
	return rasterOf(m, 1<<20)
}

// on lays a picture onto a table of w times h, turned by degrees clockwise around
// its middle, which comes to x, y.
func (r *raster) on(w, h int, x, y, degrees float64, table uint8) *raster {
	out := newRaster(w, h)
	for i := range out.pix {
		out.pix[i] = table
	}
	v := whole(newPyramid(r)).turned(degrees, whole(newPyramid(r)).corners(), 0)
	inside := v.m
	drawn := v.scaled(1)
	x0, y0 := int(x)-v.w/2, int(y)-v.h/2
	for py := range v.h {
		for px := range v.w {
			q := inside.at(Point{float64(px) + 0.5, float64(py) + 0.5})
			tx, ty := px+x0, py+y0
			if q.X >= 0 && q.Y >= 0 && q.X < float64(r.w) && q.Y < float64(r.h) && tx >= 0 && ty >= 0 && tx < w && ty < h {
				copy(out.pix[3*(ty*w+tx):3*(ty*w+tx)+3], drawn.pix[3*(py*drawn.w+px):])
			}
		}
	}
	return out
}

// grainy adds noise and a shadow that falls from the left.
func (r *raster) grainy(noise int, shadow float64) *raster {
	rnd := rand.New(rand.NewPCG(1, 2))
	for y := range r.h {
		for x := range r.w {
			n := rnd.IntN(2*noise+1) - noise
			f := 1 - shadow*(1-float64(x)/float64(r.w))
			for c := range 3 {
				i := 3*(y*r.w+x) + c
				r.pix[i] = byte(min(max(int(float64(r.pix[i])*f)+n, 0), 255))
			}
		}
	}
	return r
}

// soft blurs by the mean of squares of so many pixels around each.
func (r *raster) soft(radius int) *raster {
	out := newRaster(r.w, r.h)
	for y := range r.h {
		for x := range r.w {
			sum, n := 0, 0
			for yy := max(0, y-radius); yy <= min(r.h-1, y+radius); yy++ {
				for xx := max(0, x-radius); xx <= min(r.w-1, x+radius); xx++ {
					sum += int(r.pix[3*(yy*r.w+xx)])
					n++
				}
			}
			for c := range 3 {
				out.pix[3*(y*r.w+x)+c] = byte(sum / n)
			}
		}
	}
	return out
}

func (r *raster) image() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, r.w, r.h))
	for i := range r.w * r.h {
		copy(m.Pix[4*i:], r.pix[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	return m
}
