package email

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// header is the fields of a mail or a part, in their order.
type header []struct{ name, value string }

// get is the first field of a name, unfolded.
func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// count tells how often a field stands there.
func (h header) count(name string) (n int) {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			n++
		}
	}
	return n
}

// readHeader splits a header from its body. Lines that are no field are passed
// over; a text that begins with none has no header.
func readHeader(raw []byte) (header, []byte) {
	var h header
	rest := raw
	if bytes.HasPrefix(rest, []byte("From ")) { // an mbox line
		if nl := bytes.IndexByte(rest, '\n'); nl >= 0 {
			rest = rest[nl+1:]
		}
	}
	for size := 0; len(rest) > 0; {
		line, next := rest, []byte(nil)
		if nl := bytes.IndexByte(rest, '\n'); nl >= 0 {
			line, next = rest[:nl], rest[nl+1:]
		}
		size += len(line)
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			return h, next
		}
		if size > maxHeader || len(h) > maxHeaders {
			return h, afterBlank(next)
		}
		switch {
		case (line[0] == ' ' || line[0] == '\t') && len(h) > 0:
			h[len(h)-1].value += " " + string(bytes.TrimSpace(line))
		default:
			name, value, ok := bytes.Cut(line, []byte(":"))
			if !ok || !fieldName(name) {
				if len(h) == 0 {
					return nil, raw
				}
				break
			}
			h = append(h, struct{ name, value string }{string(bytes.TrimSpace(name)), string(bytes.TrimSpace(value))})
		}
		rest = next
	}
	return h, nil
}

func afterBlank(b []byte) []byte {
	for _, sep := range []string{"\n\r\n", "\n\n"} {
		if i := bytes.Index(b, []byte(sep)); i >= 0 {
			return b[i+len(sep):]
		}
	}
	return nil
}

func fieldName(b []byte) bool {
	b = bytes.TrimRight(b, " \t")
	if len(b) == 0 || len(b) > 80 {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

var words = mime.WordDecoder{CharsetReader: charset.NewReaderLabel}

// text is a header value with encoded words read.
func text(s string) string {
	if strings.Contains(s, "=?") {
		if d, err := words.DecodeHeader(s); err == nil {
			s = d
		}
	}
	if !utf8.ValidString(s) {
		s = toUTF8([]byte(s), "")
	}
	return strings.TrimSpace(clean(s))
}

// person is a name and an address as a header or a quoted header gives it.
type person struct{ name, address string }

// domain is the part after the at sign, in small letters.
func (p person) domain() string {
	if i := strings.LastIndexByte(p.address, '@'); i >= 0 {
		return strings.TrimSuffix(p.address[i+1:], ".")
	}
	return ""
}

// readPerson reads "Name <a@b>", "a@b", "Name [mailto:a@b]" and what people's
// programs make of these. The address counts, whatever the name pretends.
func readPerson(s string) person {
	s = text(s)
	if a, err := mail.ParseAddress(s); err == nil {
		return person{a.Name, lower(a.Address)}
	}
	from, to := strings.LastIndexByte(s, '<'), strings.LastIndexByte(s, '>')
	if from >= 0 && to > from && strings.Contains(s[from:to], "@") {
		addr := strings.TrimPrefix(lower(strings.TrimSpace(s[from+1:to])), "mailto:")
		return person{strings.Trim(strings.TrimSpace(s[:from]), `"' `), addr}
	}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" <>[](),;\"'", r) }) {
		if i := strings.IndexByte(f, '@'); i > 0 && strings.Contains(f[i:], ".") {
			name := s[:strings.Index(s, f)]
			return person{strings.Trim(name, ` "'<[(`), strings.TrimPrefix(lower(f), "mailto:")}
		}
	}
	return person{name: strings.Trim(s, ` "'`)}
}

// date2822 is the value of a Date field, or the zero time.
func date2822(s string) time.Time {
	s = strings.TrimSpace(s)
	if t, err := mail.ParseDate(s); err == nil {
		return t
	}
	return time.Time{}
}
