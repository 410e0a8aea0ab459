package mail

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// The limits of what is checked. A letter beyond them is kept, but its
// signatures are not computed: each of them could be made to cost seconds.
const (
	maxHeader  = 256 << 10 // bytes of the whole header
	maxField   = 32 << 10  // bytes of one field
	maxFields  = 500
	maxNewline = 16 << 10 // bytes of one run of empty lines in the body
)

// field is one header field: its name as written, and the whole field with its
// folding, every line ended by CRLF.
type field struct {
	name string
	raw  string
}

func (f field) is(name string) bool { return strings.EqualFold(f.name, name) }

// value is the field's text without the name, still folded.
func (f field) value() string {
	_, v, _ := strings.Cut(f.raw, ":")
	return strings.TrimSpace(v)
}

// splitHeader parts the header fields from the body. At most maxFields fields
// and maxHeader bytes are given; what lies beyond is dropped, and
// checkable says so.
func splitHeader(raw []byte) (head []field, body []byte) {
	rest, size := raw, 0
	var cur strings.Builder
	flush := func() {
		if cur.Len() > 0 && len(head) <= maxFields {
			line := cur.String()
			name, _, _ := strings.Cut(line, ":")
			head = append(head, field{strings.TrimSpace(name), line})
		}
		cur.Reset()
	}
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte{'\n'})
		line = bytes.TrimSuffix(line, []byte{'\r'})
		rest = after
		if len(line) == 0 {
			break
		}
		if size += len(line) + 2; size > maxHeader {
			continue
		}
		if cur.Len() > 0 && line[0] != ' ' && line[0] != '\t' {
			flush()
		}
		cur.Write(line)
		cur.WriteString("\r\n")
	}
	flush()
	return head, rest
}

// checkable tells whether signatures of the letter can be computed at a
// bounded cost; if not, why.
func checkable(raw []byte, head []field, body []byte) (why string) {
	if len(raw)-len(body) > maxHeader {
		return "header too large"
	}
	if len(head) > maxFields {
		return "too many header fields"
	}
	for _, f := range head {
		if len(f.raw) > maxField {
			return "header field too large"
		}
	}
	run := 0
	for _, b := range body {
		if b == '\n' || b == '\r' {
			if run++; run > maxNewline {
				return "body is mostly empty lines"
			}
			continue
		}
		run = 0
	}
	return ""
}

func all(head []field, name string) []field {
	var found []field
	for _, f := range head {
		if f.is(name) {
			found = append(found, f)
		}
	}
	return found
}

// fromDomain is the domain of the only author of the letter, in its ASCII form.
// It is empty when there is no From field, more than one, more than one author
// or none that can be read: each is a way to show one sender and prove another.
func fromDomain(head []field) string {
	from := all(head, "From")
	if len(from) != 1 {
		return ""
	}
	// Only the address matters, so words in unknown charsets pass unread.
	words := &mime.WordDecoder{CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil }}
	value := strings.ToValidUTF8(from[0].value(), "?")
	list, err := (&mail.AddressParser{WordDecoder: words}).ParseList(value)
	if err != nil || len(list) != 1 {
		return ""
	}
	_, domain, _ := strings.Cut(list[0].Address[strings.LastIndexByte(list[0].Address, '@'):], "@")
	return asciiDomain(domain)
}

// asciiDomain is a domain in lower case and its ASCII form; empty if it is none.
func asciiDomain(d string) string {
	a, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.TrimSpace(d), "."))
	if err != nil || !strings.Contains(a, ".") || len(a) > 253 {
		return ""
	}
	return a
}

// organisation is the registrable domain above d, by the public suffix list.
func organisation(d string) string {
	o, err := publicsuffix.EffectiveTLDPlusOne(d)
	if err != nil {
		return d
	}
	return o
}

// maxReceived is the number of hops after which a letter counts as looping.
const maxReceived = 30

func looped(head []field, to []Recipient) bool {
	if len(all(head, "Received")) > maxReceived {
		return true
	}
	for _, f := range all(head, "Delivered-To") {
		addr := strings.Trim(f.value(), "<> \t")
		for _, r := range to {
			if strings.EqualFold(addr, r.Address) {
				return true
			}
		}
	}
	return false
}
