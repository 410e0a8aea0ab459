package notice

import (
	"fmt"
	"slices"
	"strings"
)

// abroad tells whether a recipient is anywhere but in Indonesia. A place that
// the person chooses is theirs.
func (r Recipient) abroad() bool {
	return slices.ContainsFunc(r.Where, func(w string) bool { return w != "ID" && w != "yours" })
}

// ruleProcessorAsTransfer: the provision for other controllers in the country
// does not cover a processor.
func ruleProcessorAsTransfer(c *lawCheck) {
	for _, r := range c.n.doc.Recipients {
		if r.As == "processor" && r.Transfer != nil && sameArticle(r.Transfer.Basis, c.pack.Transfer.Domestic) {
			c.found(r.Transfer.Pos, "", r.Key+" is a processor and rests on "+r.Transfer.Basis)
		}
	}
}

// ruleTransferBasis: abroad needs a provision that the law has for it, and what
// carries it must be more than the recipient's own terms.
func ruleTransferBasis(c *lawCheck) {
	for _, r := range c.n.doc.Recipients {
		if r.As != "processor" || !r.abroad() {
			continue
		}
		if r.Transfer == nil || r.Transfer.Basis == "" {
			at := r.Pos
			if r.Transfer != nil {
				at = r.Transfer.Pos
			}
			c.found(at, "", r.Key)
			continue
		}
		if sameArticle(r.Transfer.Basis, c.pack.Transfer.Domestic) {
			continue
		}
		if _, ok := c.pack.instrument(r.Transfer.Basis); !ok {
			c.found(r.Transfer.Pos, "", fmt.Sprintf("%s rests on %s", r.Key, r.Transfer.Basis))
		}
	}
}

func ruleTransferInstrument(c *lawCheck) {
	for _, r := range c.n.doc.Recipients {
		if r.As != "processor" || r.Transfer == nil || !r.abroad() {
			continue
		}
		in, ok := c.pack.instrument(r.Transfer.Basis)
		if !ok {
			continue
		}
		if !slices.ContainsFunc(r.Transfer.Instruments, func(i string) bool { return slices.Contains(in.Kinds, i) }) {
			c.found(r.Transfer.Pos, in.Basis, fmt.Sprintf("%s: %s", r.Key, strings.Join(r.Transfer.Instruments, ", ")))
		}
	}
}

func (l *LawPack) instrument(basis string) (instrument, bool) {
	return find(l.Transfer.Instruments, func(i instrument) bool { return i.Basis == basis })
}

// fromGoogle lists the categories that come from a linked Google account.
func (n *Notice) fromGoogle() []Category {
	var out []Category
	for _, c := range n.doc.Data {
		if c.From == "google" {
			out = append(out, c)
		}
	}
	return out
}

func ruleGoogleRecipient(c *lawCheck) {
	for _, d := range c.n.fromGoogle() {
		for _, r := range c.n.doc.Recipients {
			// Google itself gets its own tokens back.
			if i := slices.Index(r.Gets, d.Key); i >= 0 && r.As != "authority" && r.Key != "google" {
				c.found(c.n.pos("recipients", r.Key, "gets", fmt.Sprint(i)), "", d.Key+" to "+r.Key)
			}
		}
	}
}

// ruleGooglePurpose: improving and marketing are out; a feature, security, the
// person's rights and a legal duty are in.
func ruleGooglePurpose(c *lawCheck) {
	for _, d := range c.n.fromGoogle() {
		for i, key := range d.For {
			p, _ := c.n.Purpose(key)
			if !isA(p.DPV, "dpv:ServiceProvision") && p.Basis != "legal_obligation" && !isA(p.DPV, "dpv:EnforceSecurity") && !isA(p.DPV, "dpv:MisusePreventionAndDetection") && !isA(p.DPV, "dpv:FraudPreventionAndDetection") {
				c.found(c.n.pos("data", d.Key, "for", fmt.Sprint(i)), "", d.Key+" for "+key)
			}
		}
	}
}

func ruleGoogleMailKept(c *lawCheck) {
	for _, d := range c.n.fromGoogle() {
		if (isA(d.DPV, "pd:EmailContent") || isA(d.DPV, "pd:Communication")) && !d.Kept.NotKept && d.DPV != "pd:EmailAddress" {
			c.found(d.KeptPos, "", d.Key)
		}
	}
}
