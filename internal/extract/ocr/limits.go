package ocr

import (
	"image"

	"amanah/internal/fault"
)

// What a picture may be. The size that a file claims is looked at before anything
// is decoded, and so is the memory that its decoder would take.
const (
	MaxBytes  = 32 << 20   // of the file
	MaxPixels = 64_000_000 // a photo of 60 megapixels is read
	MaxSide   = 20_000     // pixels
	// MaxMemory is what decoding one picture may take, in bytes. One picture is
	// decoded at a time. Only pictures above 25 megapixels in a form that no camera
	// writes (progressive with full colours, 16 bits interlaced) reach it.
	MaxMemory = 512 << 20
	// keptSide is the longer side of what is kept of a picture, in pixels.
	keptSide = 4096
)

// The ways in which a picture cannot be read, for fault.Key.
const (
	keyNot    = "ocr.not_a_picture"
	keyLarge  = "ocr.too_large"
	keyBroken = "ocr.broken"
	keyNone   = "ocr.no_engine"
)

// claim is what a file says of its picture.
type claim struct {
	w, h     int
	bytes    float64 // that the decoder takes for each pixel
	quarters int     // clockwise turns that set it upright
	mirrored bool    // before the turns
	decode   func() (image.Image, error)
}

func (c claim) check(op string) error {
	switch {
	case c.w <= 0 || c.h <= 0:
		return fault.New(fault.Invalid, op, keyBroken)
	case c.w > MaxSide || c.h > MaxSide || c.w*c.h > MaxPixels || float64(c.w*c.h)*c.bytes > MaxMemory:
		return fault.New(fault.TooLarge, op, keyLarge).With("megapixels", MaxPixels/1_000_000).With("megabytes", MaxBytes>>20)
	}
	return nil
}
