package ocr

import (
	"bytes"
	"image"
	"image/jpeg"

	"amanah/internal/fault"
)

// Plain is a picture as a new JPEG of its pixels alone, upright: nothing that stood
// beside them in the file (place, time, device, names, comments, a preview) is in
// it. Its longer side is at most side pixels. Faults are those of Read.
func Plain(src []byte, side int) ([]byte, error) {
	const op = "ocr.Plain"
	r, err := decode(src)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if long := max(r.w, r.h); long > side {
		f := float64(long) / float64(side)
		r = newPyramid(r).draw(affine{a: f, e: f}, max(int(float64(r.w)/f), 1), max(int(float64(r.h)/f), 1))
	}
	m := image.NewRGBA(image.Rect(0, 0, r.w, r.h))
	for i := range r.w * r.h {
		copy(m.Pix[4*i:], r.pix[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 88}); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return out.Bytes(), nil
}
