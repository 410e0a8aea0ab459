package asset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math"
	"unicode"
	"unicode/utf8"
)

// Letter is the mark of a name: its first letter or digit, in capitals.
func Letter(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	r, _ := utf8.DecodeRuneInString("A")
	return string(r)
}

// svgIcon is a letter on the accent with round corners.
func svgIcon(name string, p Palette) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="%s"/>`+
		`<path d="M16 47h32" stroke="%s" stroke-opacity=".55" stroke-width="3" stroke-linecap="round"/>`+
		`<text x="32" y="40" font-family="Georgia,'Times New Roman',serif" font-size="36" font-weight="600" text-anchor="middle" fill="%s">%s</text></svg>`,
		p.Light, p.OnLight, p.OnLight, html.EscapeString(Letter(name)))
}

// markVersion goes into the names of the icons: raise it when mark changes.
const markVersion = "mark-1"

// pngIcon draws a leaf of paper with two lines on the accent, edge to edge, so
// that a phone may cut it to any shape. It needs no font.
func pngIcon(size int, p Palette) []byte {
	// A palette holds colours that were parsed and written before.
	back, _ := parseColour(p.Light)
	front, _ := parseColour(p.OnLight)
	shades := make(color.Palette, 64)
	for i := range shades {
		m := mix(back, front, float64(i)/63)
		shades[i] = color.RGBA{uint8(m[0]), uint8(m[1]), uint8(m[2]), 255}
	}
	img := image.NewPaletted(image.Rect(0, 0, size, size), shades)
	for y := range size {
		for x := range size {
			u, v := (float64(x)+0.5)/float64(size), (float64(y)+0.5)/float64(size)
			img.SetColorIndex(x, y, uint8(math.Round(mark(u, v, 1/float64(size))*63)))
		}
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	_ = enc.Encode(&b, img) // a buffer takes everything
	return b.Bytes()
}

// mark is how much of a pixel at (u, v) is drawn: the ring of a round letter and
// the line below it.
func mark(u, v, pixel float64) float64 {
	ring := math.Abs(math.Hypot(u-0.5, v-0.44)-0.165) - 0.038
	line := math.Max(math.Abs(u-0.5)-0.21, math.Abs(v-0.735)-0.022)
	d := math.Min(ring, line)
	return math.Max(0, math.Min(1, 0.5-d/pixel))
}

// manifest is the web app manifest of a service.
func manifest(t Theme, p Palette, icon func(size int) string) ([]byte, error) {
	type entry struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose"`
	}
	start := "/" + t.Slug + "/"
	if t.OwnHost {
		start = "/"
	}
	var icons []entry
	for _, size := range []int{192, 512} {
		for _, purpose := range []string{"any", "maskable"} {
			icons = append(icons, entry{icon(size), fmt.Sprintf("%dx%d", size, size), "image/png", purpose})
		}
	}
	return json.Marshal(map[string]any{
		"id": start, "name": t.Name, "short_name": t.Name, "lang": "id", "dir": "ltr",
		"start_url": start, "scope": start, "display": "standalone",
		"background_color": paper.String(), "theme_color": p.Light, "icons": icons,
	})
}
