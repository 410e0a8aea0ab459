package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"strings"
)

// tagList reads "a=1; b=2" (RFC 6376 section 3.2). A tag that is there twice
// makes the whole list void.
func tagList(v string) map[string]string {
	tags := map[string]string{}
	for part := range strings.SplitSeq(v, ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		name = strings.TrimSpace(name)
		if _, twice := tags[name]; twice {
			return map[string]string{}
		}
		tags[name] = strings.TrimSpace(value)
	}
	return tags
}

// tag is a value without the white space that folding put into it.
func tag(tags map[string]string, name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, tags[name])
}

func canonical(c string) (headRelaxed, bodyRelaxed, ok bool) {
	h, b, _ := strings.Cut(c, "/")
	kind := func(s string) bool { return s == "" || s == "simple" || s == "relaxed" }
	return h == "relaxed", b == "relaxed", kind(h) && kind(b)
}

func blank(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

// canonicalField is a header field as it is hashed, with its CRLF.
func canonicalField(raw string, relaxed bool) string {
	if !relaxed {
		return raw
	}
	name, value, _ := strings.Cut(raw, ":")
	return strings.ToLower(strings.TrimSpace(name)) + ":" + strings.Join(strings.FieldsFunc(value, blank), " ") + "\r\n"
}

// withoutSignature is a signature field with the value of its b= taken out.
func withoutSignature(raw string) string {
	name, value, _ := strings.Cut(raw, ":")
	parts := strings.Split(value, ";")
	for i, p := range parts {
		k, v, ok := strings.Cut(p, "=")
		if !ok || strings.TrimSpace(k) != "b" {
			continue
		}
		parts[i] = k + "="
		// The last tag also carries the end of the line, which stays.
		if i == len(parts)-1 && strings.HasSuffix(v, "\r\n") {
			parts[i] += "\r\n"
		}
	}
	return name + ":" + strings.Join(parts, ";")
}

// pick gives the next field of a name from the bottom up, nil when all are taken.
func pick(head []field, name string, taken map[string]int) *field {
	skip := taken[name]
	for i := len(head) - 1; i >= 0; i-- {
		if !head[i].is(name) {
			continue
		}
		if skip == 0 {
			taken[name]++
			return &head[i]
		}
		skip--
	}
	return nil
}

// bodyHash is the SHA-256 of a body in its canonical form, in one pass.
func bodyHash(body []byte, relaxed bool) [sha256.Size]byte {
	h := sha256.New()
	empty, any := 0, false
	for len(body) > 0 {
		line, rest, _ := bytes.Cut(body, []byte{'\n'})
		body = rest
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if relaxed {
			line = squeeze(line)
		}
		if len(line) == 0 {
			empty++
			continue
		}
		for ; empty > 0; empty-- {
			h.Write([]byte("\r\n"))
		}
		h.Write(line)
		h.Write([]byte("\r\n"))
		any = true
	}
	if !any && !relaxed {
		h.Write([]byte("\r\n"))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// squeeze makes each run of blanks one space and drops those at the end.
func squeeze(line []byte) []byte {
	out := make([]byte, 0, len(line))
	gap := false
	for _, b := range line {
		if b == ' ' || b == '\t' {
			gap = true
			continue
		}
		if gap {
			out = append(out, ' ')
			gap = false
		}
		out = append(out, b)
	}
	return out
}

func notFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// verifyWith checks a signature over a SHA-256 digest with a DKIM key record.
// RSA keys below 1,024 bits prove nothing (RFC 8301).
func verifyWith(record, algorithm string, digest, sig []byte) bool {
	tags := tagList(record)
	if v, ok := tags["v"]; ok && v != "DKIM1" {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(tag(tags, "p"))
	if err != nil || len(key) == 0 {
		return false
	}
	kind := tag(tags, "k")
	switch {
	case algorithm == "rsa-sha256" && (kind == "" || kind == "rsa"):
		pub, err := x509.ParsePKIXPublicKey(key)
		if err != nil {
			pub, err = x509.ParsePKCS1PublicKey(key)
		}
		k, ok := pub.(*rsa.PublicKey)
		return err == nil && ok && k.Size()*8 >= 1024 && rsa.VerifyPKCS1v15(k, crypto.SHA256, digest, sig) == nil
	case algorithm == "ed25519-sha256" && kind == "ed25519":
		return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, digest, sig)
	}
	return false
}
