package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dkim"
)

// The words that a check can answer, as RFC 8601 has them.
const (
	Pass      = "pass"
	Fail      = "fail"
	None      = "none"
	Neutral   = "neutral"
	SoftFail  = "softfail"
	TempError = "temperror"
	PermError = "permerror"
)

// Results are what the checks of a letter said when it came in. They are facts
// to weigh, not a verdict: a letter is kept whatever they are.
type Results struct {
	DKIM  string `json:"dkim"`
	SPF   string `json:"spf"`
	DMARC string `json:"dmarc"`
	ARC   string `json:"arc"`

	// DKIMDomain signed the letter: of a passing signature, the one that
	// belongs to FromDomain first. Only with DKIM pass does it prove anything.
	DKIMDomain string `json:"dkim_domain,omitempty"`
	// SPFDomain is the envelope sender's domain, or the client's name for the
	// null sender.
	SPFDomain string `json:"spf_domain,omitempty"`
	// FromDomain is the domain of the one author that people see, in ASCII;
	// empty when there is not exactly one.
	FromDomain string `json:"from_domain,omitempty"`
	// ARCDomain sealed the letter last. A passing chain says that its claims
	// are unchanged, and is worth as much as this domain.
	ARCDomain string `json:"arc_domain,omitempty"`

	// Aligned is "dkim", "spf" or "dkim,spf": what proves FromDomain, whether
	// or not the domain publishes a DMARC policy. Empty: nothing does.
	Aligned string `json:"aligned,omitempty"`
	// Policy is what FromDomain asks for letters that fail: none, quarantine,
	// reject; empty without a DMARC record.
	Policy string `json:"policy,omitempty"`

	// Claims are what earlier hosts wrote into the letter about their own
	// checks. Anybody can write them: information only.
	Claims []Claim `json:"claims,omitempty"`

	Detail string `json:"detail,omitempty"` // why, without addresses
}

// maxSignatures is how many DKIM signatures are verified; the rest is ignored.
const maxSignatures = 5

type checker struct {
	r        Resolver
	full     time.Duration
	patience patience
}

func newChecker(r Resolver, within time.Duration) *checker { return &checker{r: r, full: within} }

// check looks at one letter. It takes no longer than the look-up time, and
// gives temperror for what DNS did not answer.
func (c *checker) check(ctx context.Context, m Message) Results {
	ctx, cancel := context.WithTimeout(ctx, c.patience.within(c.full))
	defer cancel()
	l := &lookups{ctx: ctx, r: c.r}
	defer func() {
		switch {
		case l.answered.Load():
			c.patience.silent.Store(0)
		case l.timedOut.Load():
			c.patience.silent.Add(1)
		}
	}()
	head, body := splitHeader(m.Raw)
	res := Results{FromDomain: fromDomain(head), Claims: claims(head)}
	res.SPF, res.SPFDomain = checkSPF(l, m)
	var signed []signer
	if why := checkable(m.Raw, head, body); why != "" {
		res.DKIM, res.ARC, res.Detail = PermError, PermError, why
		if len(all(head, "DKIM-Signature")) == 0 {
			res.DKIM = None
		}
	} else {
		signed = checkDKIM(l, m.Raw, head, &res)
		arc := checkARC(l, head, body)
		res.ARC, res.ARCDomain = arc.result, arc.domain
		res.explain("arc", arc.why)
	}
	checkDMARC(l, signed, &res)
	return res
}

func (r *Results) explain(what, why string) {
	if why == "" {
		return
	}
	if r.Detail != "" {
		r.Detail += "; "
	}
	r.Detail += what + ": " + why
}

// checkSPF asks whether the client may send for the envelope sender. A client
// in a private network has no public address that a record could name.
func checkSPF(l *lookups, m Message) (result, domain string) {
	_, domain, _ = strings.Cut(m.EnvelopeFrom[max(0, strings.LastIndexByte(m.EnvelopeFrom, '@')):], "@")
	if m.EnvelopeFrom == "" {
		domain = m.Helo
	}
	domain = asciiDomain(domain)
	ip := m.RemoteIP.Unmap()
	if domain == "" || !ip.IsValid() || inside(ip) {
		return None, domain
	}
	r, _ := spf.CheckHostWithSender(net.IP(ip.AsSlice()), m.Helo, "postmaster@"+domain,
		spf.WithContext(l.ctx), spf.WithResolver(l))
	return string(r), domain
}

func inside(ip netip.Addr) bool {
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
}

// signer is one DKIM signature and what became of it.
type signer struct {
	domain, result, why string
}

// checkDKIM verifies the signatures and puts the one that says most into res.
func checkDKIM(l *lookups, raw []byte, head []field, res *Results) []signer {
	if len(all(head, "DKIM-Signature")) == 0 {
		res.DKIM = None
		return nil
	}
	// The plain reader keeps the library working in small pieces; the empty
	// line at the end is for a letter that has no body at all.
	r := io.MultiReader(struct{ io.Reader }{bytes.NewReader(raw)}, strings.NewReader(missingEnd(raw)))
	found, err := dkim.VerifyWithOptions(r, &dkim.VerifyOptions{LookupTXT: l.txt, MaxVerifications: maxSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		res.DKIM = PermError
		res.explain("dkim", "header cannot be read")
		return nil
	}
	signed := make([]signer, 0, len(found))
	for _, v := range found {
		s := signer{domain: asciiDomain(v.Domain), result: Pass}
		if v.Err != nil {
			s.result, s.why = dkimFault(v.Err)
		}
		if s.domain == "" && s.result == Pass {
			s.result, s.why = PermError, "signing domain is none"
		}
		signed = append(signed, s)
	}
	best := signer{result: None}
	for _, s := range signed {
		if weight(s, res.FromDomain) > weight(best, res.FromDomain) {
			best = s
		}
	}
	res.DKIM, res.DKIMDomain = best.result, best.domain
	res.explain("dkim", best.why)
	return signed
}

// missingEnd is what a header without its closing empty line lacks.
func missingEnd(raw []byte) string {
	if bytes.Contains(raw, []byte("\n\r\n")) || bytes.Contains(raw, []byte("\n\n")) {
		return ""
	}
	return "\r\n\r\n"
}

// dkimFault tells the kinds of failure apart. The library's texts may quote
// the letter, so only known reasons are told.
func dkimFault(err error) (result, why string) {
	text := err.Error()
	why = "signature cannot be used"
	for _, known := range []string{
		"body hash did not verify", "signature did not verify", "signature has expired",
		"no key for signature", "no valid key found", "key revoked", "From field not signed",
		"insecure body length", "hash algorithm too weak", "key is too short", "domain mismatch",
	} {
		if strings.Contains(text, known) {
			why = known
		}
	}
	switch {
	case dkim.IsTempFail(err):
		return TempError, "key not available now"
	case dkim.IsPermFail(err):
		return PermError, why
	}
	return Fail, why
}

// weight ranks signatures: a pass of the author's domain, any pass, then what
// is worth trying again, then what is plainly wrong.
func weight(s signer, from string) int {
	w := map[string]int{Pass: 40, TempError: 30, Fail: 20, PermError: 10}[s.result]
	if w > 0 && aligned(s.domain, from, false) {
		// An author's own broken signature says more than a stranger's error.
		w += 5
	}
	return w
}
