package ocr

import (
	"bytes"
	"errors"
	"image"

	"github.com/gen2brain/heic"
)

// isHEIC tells whether the file's first box names a brand of HEIC.
func isHEIC(src []byte) bool {
	if len(src) < 16 || string(src[4:8]) != "ftyp" {
		return false
	}
	end := min(max(be32(src), 16), len(src), 256)
	for i := 8; i+4 <= end; i += 4 {
		switch string(src[i : i+4]) {
		case "heic", "heix", "heim", "heis":
			return true
		}
	}
	return false
}

// lookHEIC reads the sizes of all pictures in the file: the whole one is made of
// tiles, and the largest counts. Its decoder turns it upright itself.
func lookHEIC(src []byte) (claim, error) {
	c := claim{bytes: 6}
	c.sizes(src, 0)
	if c.w == 0 {
		return c, errors.New("no size")
	}
	return c, nil
}

// sizes goes through boxes: length, four letters, content.
func (c *claim) sizes(b []byte, depth int) {
	for len(b) >= 8 && depth < 5 {
		n, kind, head := be32(b), string(b[4:8]), 8
		if n == 1 && len(b) >= 16 {
			n, head = be32(b[12:]), 16
		}
		if n == 0 || n > len(b) {
			n = len(b)
		}
		if n < head {
			return
		}
		body := b[head:n]
		switch kind {
		case "meta":
			c.sizes(body[min(4, len(body)):], depth+1)
		case "iprp", "ipco":
			c.sizes(body, depth+1)
		case "ispe":
			if len(body) >= 12 {
				c.grow(be32(body[4:]), be32(body[8:]))
			}
		}
		b = b[n:]
	}
}

func decodeHEIC(src []byte) (image.Image, error) { return heic.Decode(bytes.NewReader(src)) }
