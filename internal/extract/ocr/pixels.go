package ocr

import (
	"image"
	"image/color"
)

// pixelReader reads single pixels of a picture, quickly for the kinds that the
// decoders make.
func pixelReader(m image.Image) func(x, y int) (r, g, b byte) {
	switch m := m.(type) {
	case *image.YCbCr:
		return func(x, y int) (byte, byte, byte) {
			i, j := m.YOffset(x, y), m.COffset(x, y)
			return color.YCbCrToRGB(m.Y[i], m.Cb[j], m.Cr[j])
		}
	case *image.Gray:
		return func(x, y int) (byte, byte, byte) {
			v := m.Pix[m.PixOffset(x, y)]
			return v, v, v
		}
	case *image.NRGBA:
		return func(x, y int) (byte, byte, byte) {
			p := m.Pix[m.PixOffset(x, y):]
			return onWhite(p[0], p[3]), onWhite(p[1], p[3]), onWhite(p[2], p[3])
		}
	}
	return func(x, y int) (byte, byte, byte) {
		c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
		return onWhite(c.R, c.A), onWhite(c.G, c.A), onWhite(c.B, c.A)
	}
}

func onWhite(v, alpha byte) byte {
	return byte((int(v)*int(alpha) + 255*(255-int(alpha))) / 255)
}

// turn turns a picture clockwise by quarters, mirrored from left to right before
// that if asked.
func (r *raster) turn(quarters int, mirrored bool) *raster {
	if quarters == 0 && !mirrored {
		return r
	}
	w, h := r.w, r.h
	if quarters%2 == 1 {
		w, h = h, w
	}
	out := newRaster(w, h)
	for y := range r.h {
		for x := range r.w {
			sx := x
			if mirrored {
				sx = r.w - 1 - x
			}
			tx, ty := x, y
			switch quarters {
			case 1:
				tx, ty = r.h-1-y, x
			case 2:
				tx, ty = r.w-1-x, r.h-1-y
			case 3:
				tx, ty = y, r.w-1-x
			}
			copy(out.pix[3*(ty*w+tx):], r.pix[3*(y*r.w+sx):3*(y*r.w+sx)+3])
		}
	}
	return out
}

// grey is the brightness of the pixel whose bytes begin at i.
func (r *raster) grey(i int) int {
	return (299*int(r.pix[i]) + 587*int(r.pix[i+1]) + 114*int(r.pix[i+2])) / 1000
}
