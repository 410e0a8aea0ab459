package mail

import "strings"

// maxClaims bounds what is kept of the claims in one letter.
const maxClaims = 24

// Claim is one line that a host on the way wrote about its own check, such as
// {mx.example.com, dkim, pass, bank.example}. It proves nothing.
type Claim struct {
	Server string `json:"server"`
	Method string `json:"method"`
	Result string `json:"result"`
	Domain string `json:"domain,omitempty"` // header.d, header.from or the domain of smtp.mailfrom
	Sealed int    `json:"sealed,omitempty"` // the ARC instance it stands in; 0: a plain header
}

// claims collects what the letter's headers say, newest host first.
func claims(head []field) []Claim {
	var found []Claim
	for _, f := range head {
		if len(f.raw) > maxField || len(found) >= maxClaims {
			continue
		}
		switch {
		case f.is("Authentication-Results"):
			found = append(found, ParseAuthResults(f.value())...)
		case f.is("ARC-Authentication-Results"):
			n, rest := cutInstance(f.value())
			for _, c := range ParseAuthResults(rest) {
				c.Sealed = n
				found = append(found, c)
			}
		}
	}
	return found[:min(len(found), maxClaims)]
}

// cutInstance takes "i=1;" off the front of an ARC field; 0 if it is not there.
func cutInstance(v string) (int, string) {
	first, rest, ok := strings.Cut(v, ";")
	name, num, eq := strings.Cut(first, "=")
	if !ok || !eq || strings.TrimSpace(name) != "i" {
		return 0, v
	}
	return instance(num), rest
}

// instance reads an ARC instance number, 1 to 50; 0 for anything else.
func instance(s string) int {
	s = strings.TrimSpace(s)
	if len(s) == 0 || len(s) > 2 || s[0] == '0' {
		return 0
	}
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	if n > 50 {
		return 0
	}
	return n
}

// ParseAuthResults reads the value of an Authentication-Results field (RFC
// 8601). What it cannot read it leaves out; at most 24 claims come back.
func ParseAuthResults(v string) []Claim {
	parts := strings.Split(plain(v), ";")
	server, _, _ := strings.Cut(strings.TrimSpace(parts[0]), " ")
	if !token(server, 253) {
		return nil
	}
	var found []Claim
	for _, p := range parts[1:] {
		words := strings.Fields(p)
		if len(words) == 0 {
			continue
		}
		method, result, ok := strings.Cut(words[0], "=")
		method, _, _ = strings.Cut(method, "/")
		if !ok || !token(method, 32) || !token(result, 32) {
			continue
		}
		c := Claim{Server: strings.ToLower(server), Method: strings.ToLower(method), Result: strings.ToLower(result)}
		c.Domain = claimedDomain(words[1:])
		if found = append(found, c); len(found) == maxClaims {
			break
		}
	}
	return found
}

func claimedDomain(words []string) string {
	for _, name := range []string{"header.d", "header.i", "header.from", "smtp.mailfrom", "smtp.helo"} {
		for _, w := range words {
			k, v, _ := strings.Cut(w, "=")
			if !strings.EqualFold(k, name) {
				continue
			}
			// Of an address only the domain: the person is not ours to keep.
			if d := asciiDomain(v[strings.LastIndexByte(v, '@')+1:]); d != "" {
				return d
			}
		}
	}
	return ""
}

// plain drops comments and quotes and turns folding into single blanks, and
// joins "method = result".
func plain(v string) string {
	var b strings.Builder
	depth, quoted, escaped := 0, false, false
	for _, r := range v {
		switch {
		case escaped:
			escaped = false
			if depth > 0 || r == ';' {
				continue
			}
		case r == '\\' && (quoted || depth > 0):
			escaped = true
			continue
		case r == '"' && depth == 0:
			quoted = !quoted
			continue
		case r == '(' && !quoted:
			depth++
			continue
		case r == ')' && !quoted && depth > 0:
			depth--
			continue
		case depth > 0:
			continue
		case r == ';' && quoted:
			continue
		case r == '\r' || r == '\n' || r == '\t':
			r = ' '
		}
		b.WriteRune(r)
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	s = strings.ReplaceAll(s, " =", "=")
	return strings.ReplaceAll(s, "= ", "=")
}

// token tells whether s is a plain word of letters, digits and . - _.
func token(s string, longest int) bool {
	if s == "" || len(s) > longest {
		return false
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}
