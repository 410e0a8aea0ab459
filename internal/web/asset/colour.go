package asset

import (
	"fmt"
	"math"
	"strconv"
)

// colour is sRGB, each part from 0 to 255.
type colour [3]float64

// Grounds of the two schemes: the paper of style.css, light and dark. Text in the
// accent stands on them, so it is measured against the less favourable one.
var (
	paper = colour{0xf7, 0xf6, 0xf3}
	night = colour{0x24, 0x23, 0x20}
	white = colour{255, 255, 255}
	ink   = colour{0x14, 0x14, 0x12}
)

// minContrast is a little over WCAG AA for text, so that rounding never falls below.
const minContrast = 4.8

// Palette is an accent made readable: in light, in dark, and the text on each.
// All are #rrggbb.
type Palette struct{ Light, OnLight, Dark, OnDark, SoftLight, SoftDark string }

// NewPalette mends an accent of the form #rrggbb: darker until it can be read on
// paper, lighter until it can be read on the dark ground.
func NewPalette(accent string) (Palette, error) {
	c, err := parseColour(accent)
	if err != nil {
		return Palette{}, err
	}
	light := toward(c, colour{}, paper)
	dark := toward(c, white, night)
	return Palette{
		Light: light.String(), OnLight: readable(light).String(), SoftLight: mix(light, paper, 0.9).String(),
		Dark: dark.String(), OnDark: readable(dark).String(), SoftDark: mix(dark, night, 0.85).String(),
	}, nil
}

// toward mixes c with an end step by step until it can be read on a ground.
func toward(c, end, ground colour) colour {
	for step := range 101 {
		m := mix(c, end, float64(step)/100).round()
		if contrast(m, ground) >= minContrast {
			return m
		}
	}
	return end
}

// readable is the text colour on a ground: white or ink, whichever is clearer.
func readable(ground colour) colour {
	if contrast(white, ground) >= contrast(ink, ground) {
		return white
	}
	return ink
}

func mix(a, b colour, share float64) colour {
	for i := range a {
		a[i] += (b[i] - a[i]) * share
	}
	return a.round()
}

func (c colour) round() colour {
	for i := range c {
		c[i] = math.Round(c[i])
	}
	return c
}

// contrast is the ratio of WCAG 2: from 1 to 21.
func contrast(a, b colour) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func luminance(c colour) float64 {
	var l [3]float64
	for i, v := range c {
		v /= 255
		if v <= 0.04045 {
			l[i] = v / 12.92
		} else {
			l[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// String is #rrggbb.
func (c colour) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]), int(c[1]), int(c[2]))
}

func parseColour(s string) (colour, error) {
	if len(s) == 7 && s[0] == '#' {
		if n, err := strconv.ParseUint(s[1:], 16, 32); err == nil {
			return colour{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, nil
		}
	}
	return colour{}, fmt.Errorf("asset: the accent %q is not of the form #rrggbb", s)
}
