package request

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// linkDays is how long the link in a letter is good.
const linkDays = 7

// SendLetter writes to the address of a case: the link that proves it, a receipt,
// an answer. It may run twice: then a second letter has the link that holds.
func (s *Service) SendLetter(ctx context.Context, t job.Task) error {
	const op = "request.SendLetter"
	home := s.Home(t.Service)
	var c *Case
	err := s.DB.Read(ctx, home, func(tx *store.Tx) (err error) { c, err = store.Get[Case](ctx, tx, t.ID); return err })
	if fault.Is(err, fault.NotFound) || err == nil && (c.Letter == "" || c.Contact.IsZero()) {
		return nil
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	secret := make([]byte, 32)
	if _, err := s.Rand.Read(secret); err != nil {
		return fault.Wrap(op, err)
	}
	token := base64.RawURLEncoding.EncodeToString(secret)
	letter := c.Letter
	c, err = s.change(ctx, home, t.ID, func(c *Case) {
		c.Token, c.TokenEnd = tokenSum(token), clock.At(s.DB.Clock().Now().Add(linkDays*24*time.Hour))
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	lang, ok := i18n.Known(c.Lang)
	if !ok {
		lang = i18n.ID
	}
	p := s.Catalog.Printer(lang, s.Zone)
	key := "request.letter." + letter
	n, err := s.notice(t.Service)
	if err != nil {
		return err
	}
	text := p.T(key+".text", "number", c.Number, "right", p.T("request.right."+string(c.Right)), "service", n.Name(string(lang)))
	if c.State.Done() {
		text += "\n\n" + s.answerText(p, c)
	}
	err = s.Post.Send(ctx, home, Letter{Service: t.Service, To: c.Contact.Reveal(), Lang: string(lang), Subject: p.T(key+".subject", "number", c.Number), Text: text,
		Link: s.Address(t.Service) + "/privacy/ask/" + token})
	if err != nil {
		return fault.Wrap(op, err)
	}
	_, err = s.change(ctx, home, t.ID, func(c *Case) {
		if c.Letter == letter {
			c.Letter = ""
		}
	})
	return fault.Wrap(op, err)
}

func tokenSum(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// ByToken finds the case that a letter's link is of. Fault NotFound for a link
// that is wrong, old, or was followed by a newer one.
func ByToken(ctx context.Context, tx *store.Tx, token string) (*Case, error) {
	c, err := store.One[Case](ctx, tx, "WHERE tenant_id = $1 AND token = $2", tx.Tenant(), tokenSum(token))
	if err == nil && c.TokenEnd < tx.Now() {
		return nil, fault.New(fault.NotFound, "request.ByToken", "request.link.old")
	}
	return c, err
}

// Prove takes the link of a letter as proof that who asked reads that address.
// Where it is an account's own, the case is its person's and goes on as if they had
// signed in; for everybody else an officer looks further, and a guardian's report
// takes effect.
func (s *Service) Prove(ctx context.Context, home store.Scope, token string) (*Case, error) {
	const op = "request.Prove"
	home.Purpose = Purpose
	var c *Case
	err := s.DB.Read(ctx, home, func(tx *store.Tx) (err error) { c, err = ByToken(ctx, tx, token); return err })
	if err != nil || c.State != Identity {
		return c, fault.Wrap(op, err)
	}
	var who id.Subject
	if c.By == Self {
		if who, _, err = s.Accounts.Find(ctx, home.Service, c.Contact.Reveal()); err != nil && !fault.Is(err, fault.Invalid) {
			return nil, fault.Wrap(op, err)
		}
	}
	err = s.DB.Write(ctx, home, func(tx *store.Tx) error {
		if c, err = ByToken(ctx, tx, token); err != nil || c.State != Identity {
			return err
		}
		c.Proven, c.ChangedAt = ByLink, tx.Now()
		if who.IsZero() && c.Right != Child {
			if err := store.Update(ctx, tx, c); err != nil {
				return err
			}
			if err := s.step(ctx, tx, c, "address_proven", ""); err != nil {
				return err
			}
			return s.tellOfficers(ctx, tx, c, "request.told.identity")
		}
		c.State = Open
		if c.Right == Child { // the child must not read who reported it
			err = store.Update(ctx, tx, c)
		} else {
			err = adopt(ctx, tx, c, who)
		}
		if err != nil {
			return err
		}
		if err := s.step(ctx, tx, c, "identified", string(ByLink)); err != nil {
			return err
		}
		return s.proceed(ctx, tx, c)
	})
	return c, fault.Wrap(op, err)
}

// answerText is the answer in words, for letters, pages and files.
func (s *Service) answerText(p i18n.Printer, c *Case) string {
	if c.AnswerAs == "" {
		return ""
	}
	out := p.T(c.AnswerAs)
	if g, ok := GroundOf(c.Ground); ok {
		out += "\n" + p.T("request.ground", "ground", g.Says.In(string(p.Lang)), "article", g.Cite(s.Packs))
	}
	if words := c.Answer.Reveal(); words != "" {
		out += "\n" + words
	}
	return out
}
