package guardian

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/store"
)

// Ask writes to those who have not approved; links of earlier letters end. It is
// the young person's act, made after they proved their own address, so that nobody
// can have strangers written to. Faults: TooMany soon after the last letter, or
// after lettersMost; Unavailable where no letter went out.
func (s *Service) Ask(ctx context.Context, who identity.Principal, role string) error {
	const op = "guardian.Ask"
	n, g, err := s.rule(who.Service)
	if err != nil {
		return err
	}
	token, sum, err := s.token()
	if err != nil {
		return err
	}
	home := s.home(who.Service)
	var p *Party
	var name string
	err = s.DB.Write(ctx, home, func(tx *store.Tx) error {
		w, err := lock(ctx, tx, who.Subject)
		if err != nil {
			return err
		}
		if w.State != Waiting && w.State != Suspended {
			return fault.New(fault.Conflict, op, "guardian.nothing_missing")
		}
		if p, err = store.One[Party](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND role = $3", tx.Tenant(), who.Subject, role); err != nil {
			return err
		}
		if err := p.mayAsk(tx.Now().Time()); err != nil {
			return err
		}
		c, err := s.Contact(ctx, tx, who.Subject)
		if err != nil {
			return err
		}
		name = c.Name
		p.TokenHash, p.TokenEnds, p.SentAt, p.Letters = sum, clock.At(tx.Now().Time().Add(linkTime)), tx.Now(), p.Letters+1
		p.Lang = who.Lang
		return store.Update(ctx, tx, p)
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	err = s.Post.Party(ctx, home, who.Subject, p.Email.Reveal(), who.Lang, "guardian.letter."+role,
		"name", name, "to", p.Name.Reveal(), "for", g.For.In(who.Lang), "service", n.Name(who.Lang), "link", s.Address(who.Service)+"/guardian/answer/"+token)
	if err != nil {
		return fault.New(fault.Unavailable, op, "guardian.letter.failed").Cause(err)
	}
	return nil
}

func (p *Party) mayAsk(now time.Time) error {
	const op = "guardian.mayAsk"
	switch {
	case p.Answer == Approved || p.Answer == Declined:
		return fault.New(fault.Conflict, op, "guardian.nothing_missing")
	case p.Letters >= lettersMost:
		return fault.New(fault.TooMany, op, "guardian.letters.most").With("most", lettersMost)
	case !p.SentAt.IsZero() && now.Sub(p.SentAt.Time()) < letterPause:
		return fault.New(fault.TooMany, op, "guardian.letters.soon")
	}
	return nil
}
