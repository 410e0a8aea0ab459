package cash

import (
	"bytes"
	"encoding/binary"
	"net/http"

	"amanah/internal/fault"
)

// MaxPicture is how large a picture may be, in bytes.
const MaxPicture = 20 << 20

// Picture is one without anything that a camera wrote beside it.
type Picture struct {
	Bytes []byte
	Type  string // image/jpeg, image/png, image/webp
	Turn  int64  // EXIF's orientation, 1 to 8
}

// CleanPicture takes everything out of a picture that is no picture: where and when
// it was taken and with what. Nothing is decoded. Faults: TooLarge; Invalid with
// cash.picture.heic, cash.picture.pdf, cash.picture.unknown, cash.picture.broken.
func CleanPicture(b []byte) (Picture, error) {
	const op = "cash.CleanPicture"
	if len(b) > MaxPicture {
		return Picture{}, fault.New(fault.TooLarge, op, "cash.picture.large").On("picture")
	}
	var out []byte
	p := Picture{Type: http.DetectContentType(b), Turn: 1}
	ok := false
	switch {
	case p.Type == "image/jpeg":
		out, p.Turn, ok = cleanJPEG(b)
	case p.Type == "image/png":
		out, ok = cleanPNG(b)
	case p.Type == "image/webp":
		out, ok = cleanWebP(b)
	case len(b) > 12 && string(b[4:8]) == "ftyp" && bytes.Contains(b[8:min(len(b), 40)], []byte("hei")) || len(b) > 12 && string(b[4:12]) == "ftypmif1":
		return Picture{}, fault.New(fault.Invalid, op, "cash.picture.heic").On("picture")
	case p.Type == "application/pdf":
		return Picture{}, fault.New(fault.Invalid, op, "cash.picture.pdf").On("picture")
	default:
		return Picture{}, fault.New(fault.Invalid, op, "cash.picture.unknown").On("picture")
	}
	if !ok {
		return Picture{}, fault.New(fault.Invalid, op, "cash.picture.broken").On("picture")
	}
	p.Bytes = out
	return p, nil
}

// cleanJPEG keeps the segments that make the picture, and JFIF's and Adobe's, which
// say how its colours are meant.
func cleanJPEG(b []byte) (out []byte, turn int64, ok bool) {
	turn = 1
	out = append(out, 0xFF, 0xD8)
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xFF {
			return nil, turn, false
		}
		mark := b[i+1]
		if mark == 0xFF { // filling
			i++
			continue
		}
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || i+2+n > len(b) {
			return nil, turn, false
		}
		segment := b[i : i+2+n]
		switch {
		case mark == 0xDA: // the picture itself, up to its end: what follows is something else
			rest := b[i:]
			end := bytes.LastIndex(rest, []byte{0xFF, 0xD9})
			if end < 0 {
				return append(out, rest...), turn, true // cut short: the decoder decides
			}
			return append(out, rest[:end+2]...), turn, true
		case mark == 0xE1:
			if t := orientation(segment); t != 0 {
				turn = t
			}
		case mark == 0xFE, mark > 0xE0 && mark <= 0xEF && mark != 0xEE:
		default:
			out = append(out, segment...)
		}
		i += 2 + n
	}
	return nil, turn, false
}

// orientation reads the one thing of EXIF that is wanted; 0 where it is not there.
func orientation(segment []byte) int64 {
	if len(segment) < 18 || string(segment[4:10]) != "Exif\x00\x00" {
		return 0
	}
	t := segment[10:]
	var order binary.ByteOrder = binary.BigEndian
	if string(t[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(t[4:]))
	if at < 8 || at+2 > len(t) {
		return 0
	}
	for n, i := int(order.Uint16(t[at:])), at+2; n > 0 && i+12 <= len(t); n, i = n-1, i+12 {
		if order.Uint16(t[i:]) == 0x0112 {
			if v := int64(order.Uint16(t[i+8:])); v >= 1 && v <= 8 {
				return v
			}
		}
	}
	return 0
}

// Turned is a picture with how it is to be held written into it, for showing.
func Turned(p Picture) []byte {
	if p.Type != "image/jpeg" || p.Turn < 2 || p.Turn > 8 || len(p.Bytes) < 2 {
		return p.Bytes
	}
	exif := []byte("\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[29] = byte(p.Turn)
	out := append([]byte{0xFF, 0xD8}, exif...)
	return append(out, p.Bytes[2:]...)
}

var pngKept = map[string]bool{"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true, "sBIT": true, "bKGD": true}

func cleanPNG(b []byte) (out []byte, ok bool) {
	out = append(out, b[:8]...)
	for i := 8; i+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[i:]))
		if n < 0 || n > len(b)-i-12 {
			return nil, false
		}
		name := string(b[i+4 : i+8])
		if pngKept[name] {
			out = append(out, b[i:i+12+n]...)
		}
		if i += 12 + n; name == "IEND" {
			return out, true
		}
	}
	return nil, false
}

func cleanWebP(b []byte) (out []byte, ok bool) {
	if len(b) < 12 {
		return nil, false
	}
	out = append(out, b[:12]...)
	for i := 12; i+8 <= len(b); {
		n := int(binary.LittleEndian.Uint32(b[i+4:]))
		if n < 0 || n > len(b)-i-8 {
			return nil, false
		}
		end := min(i+8+n+n%2, len(b))
		if name := string(b[i : i+4]); name != "EXIF" && name != "XMP " && name != "ICCP" {
			out = append(out, b[i:end]...)
			if name == "VP8X" && n > 0 {
				out[len(out)-(end-i)+8] &^= 0x2C // says no more that they are there
			}
		}
		i = end
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // MaxPicture fits
	return out, len(out) > 20
}
