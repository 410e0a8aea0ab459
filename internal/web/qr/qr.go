// Package qr draws QR codes as one SVG path, on the server and without a script.
// It knows nothing of what the code says, and keeps nothing.
package qr

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// margin is the quiet zone that readers need, in modules.
const margin = 4

// Code is a drawn code: Path is the d of an SVG path, Size the side of its
// square view box in modules, quiet zone included.
type Code struct {
	Path string
	Size int
}

// ViewBox is the viewBox of the svg element.
func (c Code) ViewBox() string { return fmt.Sprintf("0 0 %d %d", c.Size, c.Size) }

// Draw draws a text. The error says that it is too long for a code.
func Draw(text string) (Code, error) {
	b, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Code{}, fmt.Errorf("qr: %w", err)
	}
	box := b.Bounds()
	var path strings.Builder
	for y := range box.Dy() {
		for x := 0; x < box.Dx(); x++ {
			start := x
			for x < box.Dx() && dark(b.At(box.Min.X+x, box.Min.Y+y)) {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start+margin, y+margin, x-start, x-start)
			}
		}
	}
	return Code{Path: path.String(), Size: box.Dx() + 2*margin}, nil
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
