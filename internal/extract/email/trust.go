package email

import (
	"strings"
)

// standing is what is known of the sender when the text is read.
type standing struct {
	issuer *issuer // nil: unknown
	sender Sender
	weight float64 // how much the sender's standing supports a booking
	reason string  // why not more
	alarm  string  // set: nothing may be booked
}

func (s standing) name() string {
	if s.issuer == nil {
		return ""
	}
	return s.issuer.Name
}

// issuerOf finds the issuer that owns an address, by its domain or a parent.
func (x *Extractor) issuerOf(p person) *issuer {
	for d := p.domain(); d != ""; {
		if iss, ok := x.byDomain[d]; ok {
			if len(iss.Senders) > 0 && !has(p.address, iss.Senders) {
				return nil
			}
			return iss
		}
		_, rest, ok := strings.Cut(d, ".")
		if !ok || !strings.Contains(rest, ".") {
			return nil
		}
		d = rest
	}
	return nil
}

// judge weighs who the mail is from.
func (x *Extractor) judge(env envelope, views [][]seg, o Options) standing {
	p := authOf(env, o)
	domain := env.from.domain()
	s := standing{issuer: x.issuerOf(env.from), sender: Sender{Domain: domain, Address: env.from.address, DKIM: p.dkim, Trust: TrustUnverified}}
	if env.forwarded {
		// The proofs are those of the person who forwarded, not of the issuer.
		s.sender.Via, s.sender.Trust, s.sender.DKIM = env.outer.address, TrustForwarded, "none"
	}
	alarm := x.alarm(env, s.issuer, p, views)
	switch {
	case alarm != "":
		s.alarm, s.sender.Trust = alarm, TrustSuspicious
	case env.forwarded:
		s.forwarded(x, env)
	case s.issuer != nil && p.passed(domain):
		s.sender.Trust, s.weight = TrustVerified, 1
	case s.issuer != nil && !p.known:
		s.weight, s.reason = 0.93, "auth.unknown"
	case s.issuer != nil:
		s.weight, s.reason = 0.7, "auth.none"
	case x.freemail[domain] || domain == "":
		s.weight, s.reason = 0.4, "sender.private"
	case p.passed(domain):
		s.sender.Trust, s.weight = TrustVerified, 0.9
	case !p.known:
		s.weight, s.reason = 0.84, "auth.unknown"
	default:
		s.weight, s.reason = 0.5, "auth.none"
	}
	return s
}

// forwarded weighs a mail that a person quoted: the issuer's own proof is gone.
func (s *standing) forwarded(x *Extractor, env envelope) {
	switch {
	case s.issuer != nil:
		s.weight = 0.97
	case env.from.address == "":
		// Some programs quote only the sender's name. Anybody can carry a name:
		// the facts are read, a person decides.
		s.issuer = x.named(env.from.name)
		s.weight, s.reason = 0.7, "sender.hidden"
	case x.freemail[env.from.domain()]:
		s.weight, s.reason = 0.4, "sender.private"
	default:
		s.weight = 0.88
	}
}

// alarm names what makes a sender suspicious; empty when nothing does.
func (x *Extractor) alarm(env envelope, iss *issuer, p proofs, views [][]seg) string {
	outer := env.outer.domain()
	if env.head.count("From") > 1 {
		return "sender.several"
	}
	if why := p.failed(outer); why != "" {
		if iss != nil || env.forwarded || x.claims(env, views) {
			return why
		}
	}
	if env.inner != nil {
		if why := readAuth(env.inner.get("Authentication-Results"), env.from.domain()).failed(env.from.domain()); why != "" {
			return why
		}
	}
	if env.forwarded && x.issuerOf(env.outer) == nil {
		if x.named(env.outer.name) != nil && !x.freemail[outer] {
			return "sender.claims_issuer"
		}
	}
	if iss == nil && env.from.address != "" && !x.sisters[env.from.domain()] {
		if x.named(env.from.name) != nil || hostInName(env.from) || x.boxClaim(env.from) {
			return "sender.claims_issuer"
		}
		if x.lookalike(env.from.domain()) {
			return "sender.lookalike"
		}
		if x.legalClaim(views) {
			return "body.claims_issuer"
		}
	}
	return ""
}

// claims tells that an unknown sender speaks as an issuer.
func (x *Extractor) claims(env envelope, views [][]seg) bool {
	return x.named(env.from.name) != nil || x.lookalike(env.from.domain()) || x.legalClaim(views) || x.issuerOf(env.outer) != nil
}

// boxClaim tells that a mailbox at a foreign domain is called as an issuer's:
// "bca.notifikasi@mailer.example". People name theirs as they like.
func (x *Extractor) boxClaim(p person) bool {
	box, _, ok := strings.Cut(p.address, "@")
	return ok && strings.ContainsAny(box, ".-_") && !x.freemail[p.domain()] && x.named(strings.NewReplacer(".", " ", "-", " ", "_", " ").Replace(box)) != nil
}

// named finds the issuer that a display name claims to be.
func (x *Extractor) named(name string) *issuer {
	low := " " + words2(name) + " "
	if len(low) < 4 {
		return nil
	}
	core := unfilled(low)
	for _, iss := range x.issuers {
		for _, n := range iss.Names {
			if n[0] == '=' && core == n[1:] || n[0] != '=' && strings.Contains(low, " "+n+" ") {
				return iss
			}
		}
	}
	return nil
}

// unfilled is a display name without the words that senders put around theirs.
func unfilled(low string) string {
	var out []string
	for _, w := range strings.Fields(low) {
		switch w {
		case "no", "reply", "noreply", "notifikasi", "notification", "notifications", "official", "id", "indonesia", "info", "alert", "alerts", "team", "tim", "cs", "support", "customer", "care", "bank", "promo", "update", "security", "layanan", "admin", "service", "app":
		default:
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// words2 is a name in small letters with single spaces for everything that is
// no letter or digit, and look-alike letters of other alphabets made Latin.
func words2(s string) string {
	return strings.Join(strings.FieldsFunc(strings.Map(latin, strings.ToLower(s)), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '\'')
	}), " ")
}

// latin maps letters that look like Latin ones.
func latin(r rune) rune {
	const from, to = "авсеорхуіјѕԁոɡḷạẹіβαοсρν", "abceopxyijsdngilaeibaocpv"
	if r < 0x80 {
		return r
	}
	f, t := []rune(from), []rune(to)
	for i := range f {
		if i < len(t) && f[i] == r {
			return t[i]
		}
	}
	return r
}

// hostInName tells that a display name shows another address than the real one.
func hostInName(p person) bool {
	i := strings.IndexByte(p.name, '@')
	if i < 0 {
		return false
	}
	shown := lower(p.name[i+1:])
	if j := strings.IndexAny(shown, ` ">),`); j >= 0 {
		shown = shown[:j]
	}
	shown = strings.TrimRight(shown, ".")
	return strings.Contains(shown, ".") && !aligned(shown, p.domain())
}

// lookalike tells that a domain imitates an issuer's: one letter changed, its
// name inside another domain, or letters that are not ASCII.
func (x *Extractor) lookalike(domain string) bool {
	for i := range len(domain) {
		if domain[i] >= 0x80 {
			return true
		}
	}
	if strings.HasPrefix(domain, "xn--") || strings.Contains(domain, ".xn--") {
		return true
	}
	for d := domain; strings.Contains(d, "."); _, d, _ = strings.Cut(d, ".") {
		if x.byDomain[d] != nil {
			return false // the issuer's own, though another sender of it
		}
	}
	dashed := strings.NewReplacer(".", "-", "_", "-").Replace(domain)
	for own := range x.byDomain {
		if len(own) >= 7 && near(domain, own) {
			return true
		}
		stem := strings.ReplaceAll(own, ".", "-")
		if strings.Contains("-"+dashed+"-", "-"+stem+"-") || strings.Contains(dashed, stem+"-") && len(stem) > 8 {
			return true
		}
	}
	return x.brandInHost(dashed)
}

// brandInHost finds an issuer's own name as a part of a host, together with a
// word that banks use ("bca-mobile", "secure-bri").
func (x *Extractor) brandInHost(dashed string) bool {
	parts := strings.Split(dashed, "-")
	brand, bait := false, false
	for _, p := range parts {
		switch p {
		case "bca", "mandiri", "livin", "bri", "brimo", "bni", "wondr", "cimb", "cimbniaga", "permata", "jenius", "jago", "bsi", "seabank", "ocbc", "danamon", "gopay", "gojek", "ovo", "dana", "shopeepay", "linkaja", "tokopedia", "paypal", "klikbca", "mybca", "bankmandiri":
			brand = true
		case "secure", "login", "mobile", "online", "verify", "verifikasi", "update", "notif", "notifikasi", "alert", "alerts", "info", "cs", "promo", "layanan", "bank", "id", "co", "account", "support", "service", "klik", "ibanking", "mbanking", "hadiah", "undian", "poin":
			bait = true
		}
	}
	return brand && bait && len(parts) > 2
}

// near tells that two domains differ by one letter: changed, added, lost or two
// swapped.
func near(a, b string) bool {
	if a == b || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	ra, rb := a[i:], b[i:]
	switch {
	case len(a) == len(b):
		return ra[1:] == rb[1:] || len(ra) > 1 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:]
	case len(a) > len(b):
		return ra[1:] == rb
	}
	return rb[1:] == ra
}

// legalClaim tells that the text is signed with an issuer's company name or
// begins with its app.
func (x *Extractor) legalClaim(views [][]seg) bool {
	for _, v := range views {
		for _, s := range v[:min(len(v), 10)] {
			for _, iss := range x.issuers {
				if len(s.low) < 300 && has(s.low, iss.Apps) {
					return true
				}
			}
		}
		for _, s := range v[max(0, len(v)-12):] {
			if len(s.low) > 200 {
				continue
			}
			for _, iss := range x.issuers {
				if has(s.low, iss.Legal) {
					return true
				}
			}
		}
	}
	return false
}

// settle turns an outcome into what the sender's standing allows.
func (s standing) settle(res Result) Result {
	if s.alarm != "" {
		if len(res.Transactions) > 0 || s.issuer != nil || res.Kind != KindPromo && res.Kind != KindOther || strings.HasPrefix(s.alarm, "sender.") {
			res.Kind, res.Reason, res.Held, res.Transactions = KindSuspicious, s.alarm, res.Transactions, nil
		}
		return res
	}
	if res.Kind != KindTransaction {
		res.Transactions = nil
		return res
	}
	for _, t := range res.Transactions {
		if t.Confidence < BookAt && res.Reason == "" {
			res.Reason = "low_confidence." + or(t.Doubt, "several")
		}
	}
	// Where it is the sender or the success that is doubted, the mail may not
	// be a record of a transaction at all: a person looks first.
	if s.weight < BookAt {
		return hold(res, s.reason)
	}
	for _, t := range res.Transactions {
		if t.Confidence < BookAt && (t.Doubt == "status" || t.Doubt == "layout") {
			return hold(res, "low_confidence."+t.Doubt)
		}
	}
	return res
}

// hold moves the facts out of what may be booked.
func hold(res Result, reason string) Result {
	res.Kind, res.Held, res.Transactions, res.Reason = KindOther, res.Transactions, nil, reason
	return res
}
