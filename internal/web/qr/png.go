package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/boombuler/barcode/qr"
)

// PNG draws a text as a picture for files, a module so many pixels wide, with the
// quiet zone. The error says that it is too long for a code.
func PNG(text string, pixels int) ([]byte, error) {
	b, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("qr: %w", err)
	}
	box, pixels := b.Bounds(), max(1, pixels)
	side := (box.Dx() + 2*margin) * pixels
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range box.Dy() * pixels {
		for x := range box.Dx() * pixels {
			if dark(b.At(box.Min.X+x/pixels, box.Min.Y+y/pixels)) {
				img.SetColorIndex(margin*pixels+x, margin*pixels+y, 1)
			}
		}
	}
	var out bytes.Buffer
	err = png.Encode(&out, img)
	return out.Bytes(), err
}
