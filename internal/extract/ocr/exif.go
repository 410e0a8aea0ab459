package ocr

import (
	"encoding/binary"
	"errors"
)

// exif reads the orientation (1 to 8) out of what a camera wrote, and nothing
// else of it. 0 if there is none.
func exif(b []byte) int {
	if len(b) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at > len(b)-2 {
		return 0
	}
	n := int(order.Uint16(b[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > len(b) {
			break
		}
		const orientation, short = 0x0112, 3
		if order.Uint16(b[e:]) == orientation && order.Uint16(b[e+2:]) == short {
			return int(order.Uint16(b[e+8:]))
		}
	}
	return 0
}

// orient takes over an orientation of EXIF.
func (c *claim) orient(o int) {
	turns := map[int]struct {
		quarters int
		mirrored bool
	}{2: {0, true}, 3: {2, false}, 4: {2, true}, 5: {3, true}, 6: {1, false}, 7: {1, true}, 8: {3, false}}
	if t, ok := turns[o]; ok {
		c.quarters, c.mirrored = t.quarters, t.mirrored
	}
}

// lookJPEG walks the segments in front of the picture's data.
func lookJPEG(src []byte) (claim, error) {
	var c claim
	for rest := src[2:]; ; {
		if len(rest) < 4 {
			return c, errShort
		}
		if rest[0] != 0xff {
			return c, errors.New("no marker")
		}
		kind := rest[1]
		if kind == 0xff || kind == 0x01 || kind >= 0xd0 && kind <= 0xd7 {
			rest = rest[1:]
			if kind != 0xff {
				rest = rest[1:]
			}
			continue
		}
		n := be16(rest[2:])
		if n < 2 || n+2 > len(rest) {
			return c, errShort
		}
		body := rest[4 : n+2]
		switch {
		case kind == 0xda || kind == 0xd9:
			if c.w == 0 {
				return c, errors.New("no frame")
			}
			return c, nil
		case kind == 0xe1 && len(body) > 6 && string(body[:6]) == "Exif\x00\x00":
			c.orient(exif(body[6:]))
		case kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc:
			if err := c.frame(body, kind == 0xc2); err != nil {
				return c, err
			}
		}
		rest = rest[n+2:]
	}
}

// frame reads size and colours of a JPEG.
func (c *claim) frame(body []byte, progressive bool) error {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return errShort
	}
	c.grow(be16(body[3:]), be16(body[1:]))
	sum, across, down := 0, 1, 1
	for i := range int(body[5]) {
		x, y := int(body[7+3*i]>>4), int(body[7+3*i]&15)
		sum += x * y
		across, down = max(across, x), max(down, y)
	}
	c.bytes = float64(sum) / float64(across*down)
	if progressive { // the coefficients of all blocks are kept
		c.bytes *= 5
	}
	if body[5] == 4 {
		c.bytes *= 2
	}
	return nil
}
