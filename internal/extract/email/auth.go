package email

import "strings"

// proofs are what was established about the sender's domain.
type proofs struct {
	known            bool // somebody checked
	dkim, spf, dmarc string
	dkimFor, spfFor  string // domains that the results speak of
}

// authOf takes our own server's results, or the topmost Authentication-Results
// of the file. Lower ones may have been written by the sender.
func authOf(env envelope, o Options) proofs {
	if o.Auth != nil {
		a := o.Auth
		return proofs{known: *a != (Auth{}), dkim: or(lower(a.DKIM), "none"), spf: or(lower(a.SPF), "none"), dmarc: or(lower(a.DMARC), "none")}
	}
	return readAuth(env.head.get("Authentication-Results"), env.outer.domain())
}

// readAuth reads one Authentication-Results field (RFC 8601). Of several DKIM
// results the one aligned with the From domain counts; a failed aligned one
// only when none passed.
func readAuth(value, from string) proofs {
	p := proofs{dkim: "none", spf: "none", dmarc: "none"}
	if value == "" {
		return p
	}
	p.known = true
	best := -1
	for _, part := range strings.Split(lower(uncomment(value)), ";") {
		f := strings.Fields(part)
		if len(f) == 0 {
			continue
		}
		method, result, ok := strings.Cut(f[0], "=")
		if !ok {
			continue
		}
		domain := ""
		for _, prop := range f[1:] {
			k, v, _ := strings.Cut(prop, "=")
			switch k {
			case "header.d", "header.i", "smtp.mailfrom", "header.from":
				v = strings.Trim(v, `"<>`)
				domain = v[strings.LastIndexByte(v, '@')+1:]
			}
		}
		switch method {
		case "dkim":
			score := 0
			if aligned(domain, from) {
				score += 2
			}
			if result == "pass" {
				score++
			}
			if score > best {
				best, p.dkim, p.dkimFor = score, result, domain
			}
		case "spf":
			p.spf, p.spfFor = result, domain
		case "dmarc":
			p.dmarc = result
		}
	}
	return p
}

// uncomment takes bracketed remarks out of a header.
func uncomment(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// aligned tells whether one of two domains is the other or above it. No domain
// named means that the checker vouches for the From domain.
func aligned(d, from string) bool {
	return d == "" || d == from || strings.HasSuffix(from, "."+d) || strings.HasSuffix(d, "."+from)
}

// failed tells that a proof was tried and broke, and which.
func (p proofs) failed(from string) string {
	switch {
	case p.dmarc == "fail":
		return "auth.dmarc_fail"
	case p.dkim == "fail" && aligned(p.dkimFor, from):
		return "auth.dkim_fail"
	case p.spf == "fail" && p.dkim != "pass" && p.dmarc != "pass":
		return "auth.spf_fail"
	}
	return ""
}

// passed tells that the From domain itself is proved.
func (p proofs) passed(from string) bool {
	return p.dmarc == "pass" || p.dkim == "pass" && aligned(p.dkimFor, from) || p.spf == "pass" && p.spfFor != "" && aligned(p.spfFor, from)
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
