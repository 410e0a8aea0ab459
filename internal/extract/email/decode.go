package email

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"amanah/internal/fault"
)

// decode gives a text part as UTF-8 and counts its size.
func (o *opener) decode(head header, params map[string]string, body []byte) (string, error) {
	if o.text+len(body) > 2*maxText {
		return "", fault.New(fault.TooLarge, "email.decode", "mail.text_too_large").With("limit_mib", maxText>>20)
	}
	b := untransfer(transfer(head), body)
	if o.text += len(b); o.text > maxText {
		return "", fault.New(fault.TooLarge, "email.decode", "mail.text_too_large").With("limit_mib", maxText>>20)
	}
	return toUTF8(b, params["charset"]), nil
}

// transfer is the encoding that has to be undone: "base64", "qp" or "".
func transfer(head header) string {
	switch lower(strings.TrimSpace(head.get("Content-Transfer-Encoding"))) {
	case "base64":
		return "base64"
	case "quoted-printable":
		return "qp"
	}
	return ""
}

func untransfer(enc string, body []byte) []byte {
	switch enc {
	case "base64":
		return unbase64(body)
	case "qp":
		return unquote(body)
	}
	return body
}

// unbase64 keeps what is of the alphabet and reads as far as that goes.
func unbase64(b []byte) []byte {
	clean := make([]byte, 0, len(b))
	for _, c := range b {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			clean = append(clean, c)
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean)
	return out[:n]
}

// unquote undoes quoted-printable; what is not an escape stays as it is.
func unquote(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		if i+2 < len(b) {
			if h, l := hex(b[i+1]), hex(b[i+2]); h >= 0 && l >= 0 {
				out = append(out, byte(h<<4|l))
				i += 2
				continue
			}
		}
		j := i + 1
		for j < len(b) && (b[j] == ' ' || b[j] == '\t' || b[j] == '\r') {
			j++
		}
		if j < len(b) && b[j] == '\n' {
			i = j
			continue
		}
		out = append(out, '=')
	}
	return out
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// toUTF8 believes the bytes more than the label: senders name a wrong charset
// often, and valid UTF-8 beyond ASCII is no accident.
func toUTF8(b []byte, label string) string {
	label = lower(strings.TrimSpace(label))
	if len(b) >= 2 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff) || strings.HasPrefix(label, "utf-16") || label == "utf16" {
		endian := unicode.LittleEndian
		if strings.HasSuffix(label, "be") {
			endian = unicode.BigEndian
		}
		if s, err := unicode.UTF16(endian, unicode.UseBOM).NewDecoder().Bytes(b); err == nil && !utf8ASCII(b) {
			return string(s)
		}
	}
	if utf8.Valid(b) && !strings.HasPrefix(label, "iso-2022") && label != "hz-gb-2312" {
		return strings.TrimPrefix(string(b), "\ufeff")
	}
	if e, name := charset.Lookup(label); e != nil && name != "utf-8" {
		if s, err := e.NewDecoder().Bytes(b); err == nil {
			return string(s)
		}
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "")
	}
	return string(s)
}

// utf8ASCII tells that a text labelled UTF-16 holds no zero byte, so is not.
func utf8ASCII(b []byte) bool {
	return !strings.Contains(string(b[:min(len(b), 200)]), "\x00") && utf8.Valid(b)
}
