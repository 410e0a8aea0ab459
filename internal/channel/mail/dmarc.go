package mail

import (
	"errors"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
)

// aligned tells whether a proven domain speaks for the author's: the same in
// strict mode, of the same organisation in relaxed mode.
func aligned(proven, from string, strict bool) bool {
	if proven == "" || from == "" {
		return false
	}
	return proven == from || !strict && organisation(proven) == organisation(from)
}

// checkDMARC weighs DKIM and SPF by RFC 7489. A letter that a mailbox forwards
// by itself keeps its author and its signature while its envelope becomes the
// mailbox's: it passes by DKIM alone.
func checkDMARC(l *lookups, signed []signer, res *Results) {
	if res.FromDomain == "" {
		res.DMARC = PermError
		res.explain("dmarc", "not exactly one author")
		return
	}
	rec, sub, result := policy(l, res.FromDomain)
	strictDKIM, strictSPF := false, false
	if rec != nil {
		strictDKIM = rec.DKIMAlignment == dmarc.AlignmentStrict
		strictSPF = rec.SPFAlignment == dmarc.AlignmentStrict
		res.Policy = string(rec.Policy)
		if sub && rec.SubdomainPolicy != "" {
			res.Policy = string(rec.SubdomainPolicy)
		}
	}
	var by []string
	for _, s := range signed {
		if s.result == Pass && aligned(s.domain, res.FromDomain, strictDKIM) {
			by = append(by, "dkim")
			break
		}
	}
	if res.SPF == Pass && aligned(res.SPFDomain, res.FromDomain, strictSPF) {
		by = append(by, "spf")
	}
	res.Aligned = strings.Join(by, ",")
	switch {
	case rec == nil:
		res.DMARC = result
	case len(by) > 0:
		res.DMARC = Pass
	case res.DKIM == TempError || res.SPF == TempError:
		res.DMARC = TempError
	default:
		res.DMARC = Fail
	}
}

// policy finds the record of a domain or of its organisation. Without one, the
// result says why. sub tells that it is the organisation's record.
func policy(l *lookups, from string) (rec *dmarc.Record, sub bool, result string) {
	opts := &dmarc.LookupOptions{LookupTXT: l.txt}
	names := []string{from}
	if org := organisation(from); org != from {
		names = append(names, org)
	}
	for i, name := range names {
		rec, err := dmarc.LookupWithOptions(name, opts)
		switch {
		case err == nil:
			return rec, i > 0, ""
		case dmarc.IsTempFail(err):
			return nil, false, TempError
		case !errors.Is(err, dmarc.ErrNoPolicy):
			return nil, false, PermError
		}
	}
	return nil, false, None
}
