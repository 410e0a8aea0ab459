package ocr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"amanah/internal/fault"
)

// corner is a grey picture of w times h whose top left quarter is white.
func corner(w, h int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(60)
			if x < w/2 && y < h/2 {
				v = 255
			}
			m.SetGray(x, y, color.Gray{Y: v})
		}
	}
	return m
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func keyOf(err error) string {
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return f.Key
	}
	return ""
}

// A camera that was held aslant says so, and the picture is set upright.
func TestDecode_orientation(t *testing.T) {
	t.Parallel()
	plain := jpegOf(t, corner(64, 32))
	for orientation, white := range map[int][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		block := []byte{'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0, 0, 0, 0, 0}
		src := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(block) + 2)}, block...)
		r, err := decode(append(src, plain[2:]...))
		if err != nil {
			t.Fatal(err)
		}
		wantW, wantH := 64, 32
		if orientation >= 5 {
			wantW, wantH = 32, 64
		}
		if r.w != wantW || r.h != wantH {
			t.Errorf("orientation %d: %d x %d", orientation, r.w, r.h)
		}
		for y := range 2 {
			for x := range 2 {
				v := r.pix[3*((r.h/4+y*r.h/2)*r.w+r.w/4+x*r.w/2)]
				if (v > 200) != (white == [2]int{x, y}) {
					t.Errorf("orientation %d: %d at (%d,%d)", orientation, v, x, y)
				}
			}
		}
	}
}

// A file whose header claims more than fits is refused before it is decoded.
func TestDecode_refuses(t *testing.T) {
	t.Parallel()
	big := pngOf(t, corner(10, 10))
	for i, v := range []byte{0, 0, 0x40, 0} { // 16384 x 16384
		big[16+i], big[20+i] = v, v
	}
	binary.BigEndian.PutUint32(big[29:], crc32.ChecksumIEEE(big[12:29]))
	bomb := jpegOf(t, corner(16, 16))
	at := bytes.Index(bomb, []byte{0xff, 0xc0})
	copy(bomb[at+5:], []byte{0xff, 0xff, 0xff, 0xff})
	webp := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), 0, 0, 0, 0, 9, 0, 0, 9, 0, 0)
	// The canvas is small, its frame is not.
	webp = append(webp, append([]byte("VP8 \x0a\x00\x00\x00"), 0, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f)...)
	whole := jpegOf(t, corner(200, 200))
	for name, c := range map[string]struct {
		src []byte
		key string
	}{
		"nothing":       {nil, keyNot},
		"a text":        {[]byte("Belanja 45.000 di warung"), keyNot},
		"a PDF":         {[]byte("%PDF-1.7\n"), keyNot},
		"a GIF":         {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), keyNot},
		"a large PNG":   {big, keyLarge},
		"a large JPEG":  {bomb, keyLarge},
		"a large WebP":  {webp, keyLarge},
		"a long file":   {append(whole, make([]byte, MaxBytes)...), keyLarge},
		"half a JPEG":   {whole[:20], keyBroken},
		"no frame":      {[]byte("\xff\xd8\xff\xda\x00\x02"), keyBroken},
		"a PNG's head":  {big[:20], keyBroken},
		"an empty HEIC": {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), keyBroken},
		"an empty WebP": {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), keyBroken},
	} {
		_, err := decode(c.src)
		if keyOf(err) != c.key {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
}

// A large photo is made smaller; a see-through one lies on white.
func TestDecode_sizes(t *testing.T) {
	t.Parallel()
	r, err := decode(jpegOf(t, corner(6000, 3000)))
	if err != nil || r.w != 3000 || r.h != 1500 {
		t.Fatal(r.w, r.h, err)
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	if r, err = decode(pngOf(t, clear)); err != nil || r.pix[0] != 255 {
		t.Errorf("%v %v", r.pix[:3], err)
	}
}

// Whatever bytes come in: a picture within the limits, or a fault with a sentence.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"))
	f.Add([]byte("RIFF\x20\x00\x00\x00WEBPVP8L\x08\x00\x00\x00\x2f\x01\x00\x00\x00"))
	f.Add([]byte("\x00\x00\x00\x10ftypheic\x00\x00\x00\x00\x00\x00\x00\x24meta\x00\x00\x00\x00\x00\x00\x00\x18iprp\x00\x00\x00\x10ispe"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if c, err := look(src); err == nil && isHEIC(src) && c.check("") == nil {
			return // its decoder is somebody else's; the look before it is ours
		}
		r, err := decode(src)
		if err != nil {
			if k := keyOf(err); k != keyNot && k != keyLarge && k != keyBroken {
				t.Fatal(err)
			}
			return
		}
		if len(r.pix) != 3*r.w*r.h || max(r.w, r.h) > keptSide {
			t.Fatal(r.w, r.h)
		}
	})
}
