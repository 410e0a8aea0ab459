package identity

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// AskAddress mails a link to a new address, which proves it. What is known of the
// account changes only when the link is followed. Who asks learns nothing about
// whether the address has an account. Faults: Forbidden without a fresh proof,
// Invalid on the field email, TooMany.
func (s *Service) AskAddress(ctx context.Context, p Principal, email string, d Device) error {
	const op = "identity.AskAddress"
	v, err := s.mayChange(op, p)
	if err != nil {
		return err
	}
	normal, err := normalEmail(email)
	if err != nil {
		return err
	}
	if was, err := normalEmail(p.Email); err == nil && was == normal {
		return fault.New(fault.Invalid, op, "identity.address.same").On("email")
	}
	tries, err := s.asks(ctx, v, normal, d)
	if err != nil {
		return err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return err
	}
	index, err := s.emailIndex(ctx, v, normal)
	if err != nil {
		return err
	}
	token, hash, err := s.newToken()
	if err != nil {
		return err
	}
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		if err := endTokens(ctx, tx, p.Subject, kindAddress); err != nil {
			return err
		}
		now := tx.Now()
		row := &verification{Subject: p.Subject, Kind: kindAddress, TokenHash: hash, CreatedAt: now, EndsAt: clock.At(now.Time().Add(emailTime)), Email: vault.Seal(email)}
		if err := store.Insert(ctx, tx, row); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "email.asked", Subject: p.Subject, Session: p.Session})
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	s.later(ctx, func(ctx context.Context) error {
		other, err := s.find(ctx, v, index)
		if err != nil {
			return err
		}
		if other != nil { // only its owner hears that it is taken
			return s.mail(ctx, v, other, "identity.mail.known", s.link(v, "/signin", ""))
		}
		return s.post(ctx, v, Letter{To: email, Lang: p.Lang, Person: p.Subject}, "identity.mail.address", s.link(v, "/address", token))
	})
	return nil
}

// NewAddress is the account's address from now on, by the mailed link; the old
// one is told. Faults: Invalid with identity.token.wrong, also where somebody
// else took the address meanwhile, TooMany.
func (s *Service) NewAddress(ctx context.Context, slug, token string, d Device) error {
	const op = "identity.NewAddress"
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	a, err := s.tokenAccount(ctx, v, kindAddress, token, d)
	if err != nil {
		return err
	}
	email, err := s.addressOf(ctx, v, token)
	if err != nil {
		return err
	}
	normal, err := normalEmail(email)
	if err != nil {
		return err
	}
	index, err := s.emailIndex(ctx, v, normal)
	if err != nil {
		return err
	}
	old := *a
	err = s.cfg.DB.Write(ctx, person(v, a.Subject, "security"), func(tx *store.Tx) error {
		if err := consume(ctx, tx, kindAddress, token); err != nil {
			return err
		}
		now, err := bySubject(ctx, tx, a.Subject)
		if err != nil {
			return err
		}
		now.Email, now.EmailIndex, now.VerifiedAt = vault.Seal(email), index, tx.Now()
		if err := store.Update(ctx, tx, now); err != nil {
			return err
		}
		for _, kind := range []string{kindReset, kindEmail} { // they lie in the old mailbox
			if err := endTokens(ctx, tx, a.Subject, kind); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, Event{Name: "email.changed", Subject: a.Subject})
	})
	if fault.Is(err, fault.Conflict) {
		return errToken()
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	s.later(ctx, func(ctx context.Context) error {
		return s.mail(ctx, v, &old, "identity.mail.moved", s.link(v, "/account/security", ""))
	})
	return nil
}

// addressOf is the new address that a token stands for.
func (s *Service) addressOf(ctx context.Context, v tenant.Service, token string) (email string, err error) {
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		row, err := store.One[verification](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2 AND kind = $3 AND used_at IS NULL AND ends_at > $4",
			tx.Tenant(), hashToken(token), kindAddress, tx.Now())
		if err == nil {
			email = row.Email.Reveal()
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return "", errToken()
	}
	return email, fault.Wrap("identity.addressOf", err)
}
