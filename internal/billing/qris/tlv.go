package qris

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// field is one object: a tag of two digits, a length of two digits, a value. The
// length counts characters, as the standard has it; all that QRIS uses is ASCII.
type field struct {
	tag   string
	value string
}

var errForm = errors.New("qris: not a payload of tags, lengths and values")

// write joins objects. A value over 99 characters has no length that fits.
func write(fields []field) (string, error) {
	var b strings.Builder
	for _, f := range fields {
		n := utf8.RuneCountInString(f.value)
		if n == 0 {
			continue
		}
		if n > 99 {
			return "", fmt.Errorf("qris: tag %s is longer than 99 characters", f.tag)
		}
		fmt.Fprintf(&b, "%s%02d%s", f.tag, n, f.value)
	}
	return b.String(), nil
}

// read takes a text apart to its end.
func read(s string) ([]field, error) {
	var out []field
	for s != "" {
		if len(s) < 4 || !digits(s[:4]) {
			return nil, errForm
		}
		n := int(s[2]-'0')*10 + int(s[3]-'0')
		tag, rest := s[:2], s[4:]
		end := 0
		for range n {
			_, size := utf8.DecodeRuneInString(rest[end:])
			if size == 0 {
				return nil, errForm
			}
			end += size
		}
		out = append(out, field{tag, rest[:end]})
		s = rest[end:]
	}
	return out, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// CRC is CRC-16/CCITT-FALSE (ISO/IEC 13239, polynomial 1021, start FFFF) of a
// text, as four capital hexadecimal digits.
func CRC(s string) string {
	crc := uint16(0xffff)
	for i := range len(s) {
		crc ^= uint16(s[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return fmt.Sprintf("%04X", crc)
}
