package mail

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// arcSet is what one intermediary added: its claims, its signature over the
// letter (AMS) and its seal over all sets up to its own (AS).
type arcSet struct {
	results, signature, seal *field
	sigTags, sealTags        map[string]string
}

// arcChain is the outcome of checking all sets, by RFC 8617 section 5.2.
type arcChain struct {
	result string // pass, fail, none, temperror
	domain string // of the newest seal
	why    string
}

func broken(why string) arcChain { return arcChain{result: Fail, why: why} }

// checkARC verifies the chain: the newest AMS over the letter and every AS.
// Older AMS are not checked, as later hosts may rightly have changed the letter.
func checkARC(l *lookups, head []field, body []byte) arcChain {
	sets, why := arcSets(head)
	if why != "" {
		return broken(why)
	}
	if len(sets) == 0 {
		return arcChain{result: None}
	}
	newest := sets[len(sets)-1]
	domain := asciiDomain(tag(newest.sealTags, "d"))
	for i, s := range sets {
		want := "pass"
		if i == 0 {
			want = "none"
		}
		if tag(s.sealTags, "cv") != want {
			return broken("a seal says that the chain was broken before it")
		}
	}
	if r := verifyAMS(l, head, body, newest); r.result != Pass {
		return r
	}
	for i := len(sets); i >= 1; i-- {
		if r := verifySeal(l, sets[:i]); r.result != Pass {
			return r
		}
	}
	return arcChain{result: Pass, domain: domain}
}

// arcSets sorts the ARC fields into complete sets 1..n, or says what is wrong.
func arcSets(head []field) ([]arcSet, string) {
	var sets [51]arcSet
	highest := 0
	for i := range head {
		f := &head[i]
		var slot **field
		n, tags := 0, map[string]string(nil)
		switch {
		case f.is("ARC-Authentication-Results"):
			n, _ = cutInstance(f.value())
			slot = &sets[n].results
		case f.is("ARC-Message-Signature"):
			tags = tagList(f.value())
			n = instance(tags["i"])
			slot, sets[n].sigTags = &sets[n].signature, tags
		case f.is("ARC-Seal"):
			tags = tagList(f.value())
			n = instance(tags["i"])
			slot, sets[n].sealTags = &sets[n].seal, tags
		default:
			continue
		}
		if n == 0 {
			return nil, "a set has no number"
		}
		if *slot != nil {
			return nil, "a set is there twice"
		}
		*slot = f
		highest = max(highest, n)
	}
	for _, s := range sets[1 : highest+1] {
		if s.results == nil || s.signature == nil || s.seal == nil {
			return nil, "a set is not complete"
		}
	}
	return sets[1 : highest+1], ""
}

// verifyAMS checks one set's signature over the letter.
func verifyAMS(l *lookups, head []field, body []byte, s arcSet) arcChain {
	headRelaxed, bodyRelaxed, ok := canonical(tag(s.sigTags, "c"))
	if !ok || s.sigTags["l"] != "" {
		return broken("message signature uses what we do not accept")
	}
	want, err := base64.StdEncoding.DecodeString(tag(s.sigTags, "bh"))
	sum := bodyHash(body, bodyRelaxed)
	if err != nil || subtle.ConstantTimeCompare(want, sum[:]) != 1 {
		return broken("body hash did not verify")
	}
	h := sha256.New()
	taken := map[string]int{}
	from := false
	for name := range strings.SplitSeq(tag(s.sigTags, "h"), ":") {
		name = strings.ToLower(name)
		if name == "arc-seal" {
			return broken("message signature covers a seal")
		}
		from = from || name == "from"
		if f := pick(head, name, taken); f != nil {
			h.Write([]byte(canonicalField(f.raw, headRelaxed)))
		}
	}
	if !from {
		return broken("message signature does not cover From")
	}
	h.Write([]byte(strings.TrimSuffix(canonicalField(withoutSignature(s.signature.raw), headRelaxed), "\r\n")))
	return verifySignature(l, s.sigTags, h.Sum(nil))
}

// verifySeal checks the seal of the last of sets over all of them. Fields come
// in the order in which they were added; the canonical form is always relaxed.
func verifySeal(l *lookups, sets []arcSet) arcChain {
	h := sha256.New()
	for i, s := range sets {
		h.Write([]byte(canonicalField(s.results.raw, true)))
		h.Write([]byte(canonicalField(s.signature.raw, true)))
		if i < len(sets)-1 {
			h.Write([]byte(canonicalField(s.seal.raw, true)))
			continue
		}
		if s.sealTags["h"] != "" {
			return broken("a seal lists fields")
		}
		h.Write([]byte(strings.TrimSuffix(canonicalField(withoutSignature(s.seal.raw), true), "\r\n")))
	}
	return verifySignature(l, sets[len(sets)-1].sealTags, h.Sum(nil))
}

// verifySignature checks a digest against the b= of a tag list with the key
// that its d= and s= name.
func verifySignature(l *lookups, tags map[string]string, digest []byte) arcChain {
	sig, err := base64.StdEncoding.DecodeString(tag(tags, "b"))
	if err != nil {
		return broken("signature is not base64")
	}
	domain, selector := asciiDomain(tag(tags, "d")), tag(tags, "s")
	if domain == "" || selector == "" || len(selector) > 190 {
		return broken("signature names no key")
	}
	txt, err := l.txt(selector + "._domainkey." + domain)
	switch {
	case err != nil && !notFound(err):
		return arcChain{result: TempError, why: "key not available now"}
	case err != nil || len(txt) != 1:
		return broken("no key for signature")
	}
	if !verifyWith(txt[0], tag(tags, "a"), digest, sig) {
		return broken("signature did not verify")
	}
	return arcChain{result: Pass}
}
