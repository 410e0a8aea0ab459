package ocr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"amanah/internal/fault"
)

// decode turns a file into a picture as its maker saw it, at most keptSide long.
// JPEG, PNG, WebP and HEIC are known, by their bytes and never by a name.
func decode(src []byte) (r *raster, err error) {
	const op = "ocr.decode"
	if len(src) > MaxBytes {
		return nil, fault.New(fault.TooLarge, op, keyLarge).With("megapixels", MaxPixels/1_000_000).With("megabytes", MaxBytes>>20)
	}
	defer func() {
		// A decoder of hostile bytes must not end the program.
		if p := recover(); p != nil {
			r, err = nil, fault.New(fault.Invalid, op, keyBroken).Cause(fmt.Errorf("decoder: %v", p))
		}
	}()
	c, err := look(src)
	if err != nil {
		return nil, err
	}
	if err := c.check(op); err != nil {
		return nil, err
	}
	m, err := c.decode()
	if err != nil {
		return nil, fault.New(fault.Invalid, op, keyBroken).Cause(err)
	}
	// What came out is held against what was claimed: a decoder may know better.
	if b := m.Bounds(); b.Empty() || b.Dx()*b.Dy() > MaxPixels {
		return nil, fault.New(fault.Invalid, op, keyBroken)
	}
	return rasterOf(m, keptSide).turn(c.quarters, c.mirrored), nil
}

// look reads what a file says of its picture.
func look(src []byte) (claim, error) {
	const op = "ocr.look"
	var c claim
	var err error
	switch {
	case bytes.HasPrefix(src, []byte("\xff\xd8\xff")):
		c, err = lookJPEG(src)
		c.decode = func() (image.Image, error) { return jpeg.Decode(bytes.NewReader(src)) }
	case bytes.HasPrefix(src, []byte("\x89PNG\r\n\x1a\n")):
		c, err = lookPNG(src)
		c.decode = func() (image.Image, error) { return png.Decode(bytes.NewReader(src)) }
	case len(src) > 12 && string(src[:4]) == "RIFF" && string(src[8:12]) == "WEBP":
		c = lookWebP(src)
		c.decode = func() (image.Image, error) { return webp.Decode(bytes.NewReader(src)) }
	case isHEIC(src):
		c, err = lookHEIC(src)
		c.decode = func() (image.Image, error) { return decodeHEIC(src) }
	default:
		return c, fault.New(fault.Invalid, op, keyNot)
	}
	if err != nil {
		return c, fault.New(fault.Invalid, op, keyBroken).Cause(err)
	}
	return c, nil
}

var errShort = errors.New("ends too early")

// lookPNG reads the header, and the orientation where one is given.
func lookPNG(src []byte) (claim, error) {
	cfg, err := png.DecodeConfig(bytes.NewReader(src))
	if err != nil || len(src) < 29 {
		return claim{}, errors.Join(err, errShort)
	}
	c := claim{w: cfg.Width, h: cfg.Height, bytes: 4}
	if src[24] == 16 {
		c.bytes = 8
	}
	if src[28] != 0 { // interlaced: parts are kept beside the whole
		c.bytes *= 1.5
	}
	for rest := src[8:]; len(rest) >= 12; {
		n, kind := be32(rest), string(rest[4:8])
		if n > len(rest)-12 || kind == "IDAT" {
			break
		}
		if kind == "eXIf" {
			c.orient(exif(rest[8 : 8+n]))
		}
		rest = rest[12+n:]
	}
	return c, nil
}

// lookWebP looks at every size that stands in the file: that of the canvas binds
// no frame.
func lookWebP(src []byte) claim {
	c := claim{bytes: 4}
	for rest := src[12:]; len(rest) >= 8; {
		n, kind := le32(rest[4:]), string(rest[:4])
		body := rest[8:]
		n = min(n, len(body))
		body = body[:n]
		switch {
		case kind == "VP8X" && n >= 10:
			c.grow(1+le24(body[4:]), 1+le24(body[7:]))
		case kind == "VP8 " && n >= 10:
			c.grow(le16(body[6:])&0x3fff, le16(body[8:])&0x3fff)
		case kind == "VP8L" && n >= 5:
			bits := le32(body[1:])
			c.grow(1+bits&0x3fff, 1+bits>>14&0x3fff)
			c.bytes = 8
		case kind == "EXIF":
			c.orient(exif(bytes.TrimPrefix(body, []byte("Exif\x00\x00"))))
		}
		rest = rest[8+min(n+n%2, len(rest)-8):]
	}
	return c
}

func (c *claim) grow(w, h int) { c.w, c.h = max(c.w, w), max(c.h, h) }

func be16(b []byte) int { return int(b[0])<<8 | int(b[1]) }
func be32(b []byte) int { return int(b[0])<<24 | int(b[1])<<16 | int(b[2])<<8 | int(b[3]) }
func le32(b []byte) int { return int(b[3])<<24 | int(b[2])<<16 | int(b[1])<<8 | int(b[0]) }
func le16(b []byte) int { return int(b[1])<<8 | int(b[0]) }
func le24(b []byte) int { return int(b[2])<<16 | int(b[1])<<8 | int(b[0]) }
