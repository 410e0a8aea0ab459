package mail

import (
	"context"
	"time"
)

// Prover checks letters that did not come by this server: out of a mailbox, or a
// file. Nothing is known of the way they took, so only signatures prove anything.
type Prover struct{ c *checker }

// NewProver makes one. A nil resolver finds no keys: then nothing is proven.
func NewProver(r Resolver, within time.Duration) *Prover {
	return &Prover{newChecker(r, within)}
}

// Prove looks at one letter's signatures. SPF is none; a policy that is missed
// for want of SPF is none as well, since SPF may have passed where it came in.
func (p *Prover) Prove(ctx context.Context, raw []byte) Results {
	res := p.c.check(ctx, Message{Raw: raw})
	res.SPF, res.SPFDomain = None, ""
	if res.DMARC == Fail {
		res.DMARC = None
	}
	return res
}

// Claims are what earlier hosts wrote into a letter about their own checks, the
// newest first, and the author's domain. Anybody can write them: they are worth
// what is known of the host that handed the letter over.
func Claims(raw []byte) (author string, found []Claim) {
	head, _ := splitHeader(raw)
	return fromDomain(head), claims(head)
}
