package identity

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// The kinds of mailed tokens and how long they are good.
const (
	kindEmail = "email"
	kindReset = "reset"
	// kindAddress proves a new address, kindAlarm says that a sign-in was not the
	// owner's.
	kindAddress = "address"
	kindAlarm   = "alarm"
	emailTime   = 24 * time.Hour
	resetTime   = 30 * time.Minute
	alarmTime   = 7 * 24 * time.Hour
)

// errToken is the one answer to a link that does not work: unknown, used, or old.
func errToken() error { return fault.New(fault.Invalid, "identity.token", "identity.token.wrong") }

// issue makes a token of a kind; earlier ones of the kind end.
func (s *Service) issue(ctx context.Context, v tenant.Service, who id.Subject, kind string, good time.Duration) (token string, err error) {
	token, hash, err := s.newToken()
	if err != nil {
		return "", err
	}
	err = s.cfg.DB.Write(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		now := tx.Now()
		if err := endTokens(ctx, tx, who, kind); err != nil {
			return err
		}
		row := &verification{Subject: who, Kind: kind, TokenHash: hash, CreatedAt: now, EndsAt: clock.At(now.Time().Add(good))}
		return store.Insert(ctx, tx, row)
	})
	return token, fault.Wrap("identity.issue", err)
}

func endTokens(ctx context.Context, tx *store.Tx, who id.Subject, kind string) error {
	_, err := tx.Exec(ctx, "UPDATE verifications SET ends_at = $4 WHERE tenant_id = $1 AND subject_id = $2 AND kind = $3 AND ends_at > $4",
		tx.Tenant(), who, kind, tx.Now())
	return fault.Wrap("identity.endTokens", err)
}

// peek finds the account of a token that is still good, without using it up.
func (s *Service) peek(ctx context.Context, v tenant.Service, kind, token string) (a *account, err error) {
	hash := hashToken(token)
	if hash == nil {
		return nil, errToken()
	}
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		row, err := store.One[verification](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2 AND kind = $3 AND used_at IS NULL AND ends_at > $4",
			tx.Tenant(), hash, kind, tx.Now())
		if err == nil {
			a, err = bySubject(ctx, tx, row.Subject)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil, errToken()
	}
	return a, fault.Wrap("identity.peek", err)
}

// consume uses a token up; of two at the same moment one wins.
func consume(ctx context.Context, tx *store.Tx, kind, token string) error {
	n, err := tx.Exec(ctx, "UPDATE verifications SET used_at = $4, ends_at = $4 WHERE tenant_id = $1 AND token_hash = $2 AND kind = $3 AND used_at IS NULL AND ends_at > $4",
		tx.Tenant(), hashToken(token), kind, tx.Now())
	if err == nil && n == 0 {
		return errToken()
	}
	return fault.Wrap("identity.consume", err)
}

// Verify proves an address by the mailed token together with the account's
// password, and signs in. The password is asked for because somebody else may
// have signed up with this address: who owns the mailbox must not take over, by
// one click, an account whose password a stranger chose. Faults as of SignIn,
// and Invalid with identity.token.wrong.
func (s *Service) Verify(ctx context.Context, slug, token, password string, d Device) (Ticket, error) {
	v, err := s.service(slug)
	if err != nil {
		return Ticket{}, err
	}
	a, err := s.tokenAccount(ctx, v, kindEmail, token, d)
	if err != nil {
		return Ticket{}, err
	}
	normal, err := normalEmail(a.Email.Reveal())
	if err != nil {
		return Ticket{}, err
	}
	a, tries, err := s.guess(ctx, v, normal, password, d)
	if err != nil {
		return Ticket{}, err
	}
	return s.welcome(ctx, v, a, tries, ByPassword, d, func(tx *store.Tx) error {
		if err := consume(ctx, tx, kindEmail, token); err != nil {
			return err
		}
		return s.markVerified(ctx, tx, a.Subject)
	})
}

// tokenAccount is peek behind the limit for guessed tokens.
func (s *Service) tokenAccount(ctx context.Context, v tenant.Service, kind, token string, d Device) (*account, error) {
	tries, err := s.tries(ctx, v, "token.network", network(d.IP))
	if err != nil {
		return nil, err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return nil, err
	}
	return s.peek(ctx, v, kind, token)
}

func (s *Service) markVerified(ctx context.Context, tx *store.Tx, who id.Subject) error {
	n, err := tx.Exec(ctx, "UPDATE accounts SET verified_at = $3 WHERE tenant_id = $1 AND id = $2 AND verified_at IS NULL", tx.Tenant(), who, tx.Now())
	if err != nil || n == 0 {
		return fault.Wrap("identity.markVerified", err)
	}
	return s.record(ctx, tx, Event{Name: "email.verified", Subject: who})
}

// Resend mails the link again to an address that is not proven yet. It answers
// the same for every address. Faults: Invalid for what is no address, TooMany.
func (s *Service) Resend(ctx context.Context, slug, email string, d Device) error {
	return s.ask(ctx, slug, email, d, func(ctx context.Context, v tenant.Service, a *account) error {
		if !a.VerifiedAt.IsZero() {
			return s.mail(ctx, v, a, "identity.mail.known", s.link(v, "/signin", ""))
		}
		return s.mailVerification(ctx, v, a.Subject)
	})
}

// AskReset mails a link with which a new password is set. It answers the same
// for every address. Faults: Invalid for what is no address, TooMany.
func (s *Service) AskReset(ctx context.Context, slug, email string, d Device) error {
	return s.ask(ctx, slug, email, d, func(ctx context.Context, v tenant.Service, a *account) error {
		token, err := s.issue(ctx, v, a.Subject, kindReset, resetTime)
		if err != nil {
			return err
		}
		return s.mail(ctx, v, a, "identity.mail.reset", s.link(v, "/reset/new", token))
	})
}

// ask counts a request for a mail and does the rest where nobody can time it.
func (s *Service) ask(ctx context.Context, slug, email string, d Device, then func(context.Context, tenant.Service, *account) error) error {
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	normal, err := normalEmail(email)
	if err != nil {
		return err
	}
	tries, err := s.asks(ctx, v, normal, d)
	if err != nil {
		return err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return err
	}
	s.later(ctx, func(ctx context.Context) error {
		index, err := s.emailIndex(ctx, v, normal)
		if err != nil {
			return err
		}
		a, err := s.find(ctx, v, index)
		if err != nil || a == nil {
			return err
		}
		return then(ctx, v, a)
	})
	return nil
}

// resend mails the link again after a right password, unless too many went out.
func (s *Service) resend(ctx context.Context, v tenant.Service, a *account, normal string, d Device) {
	s.later(ctx, func(ctx context.Context) error {
		tries, err := s.asks(ctx, v, normal, d)
		if err == nil {
			err = s.charge(ctx, v, tries)
		}
		if fault.Is(err, fault.TooMany) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.mailVerification(ctx, v, a.Subject)
	})
}

// Reset sets a new password by the mailed token. All sessions end, the address
// counts as proven, and the owner hears of it by mail. Faults: Invalid for the
// password or with identity.token.wrong, TooMany.
func (s *Service) Reset(ctx context.Context, slug, token, password string, d Device) error {
	const op = "identity.Reset"
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	a, err := s.tokenAccount(ctx, v, kindReset, token, d)
	if err != nil {
		return err
	}
	if err := checkPassword("password", password, a.Email.Reveal(), a.Name.Reveal(), v.Slug); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	normal, err := normalEmail(a.Email.Reveal())
	if err != nil {
		return err
	}
	tries, err := s.guesses(ctx, v, normal, d)
	if err != nil {
		return err
	}
	err = s.cfg.DB.Write(ctx, person(v, a.Subject, "security"), func(tx *store.Tx) error {
		if err := consume(ctx, tx, kindReset, token); err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, a.Subject, hash, id.ID{}, "password.reset"); err != nil {
			return err
		}
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		return s.markVerified(ctx, tx, a.Subject)
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	s.later(ctx, func(ctx context.Context) error {
		return s.mail(ctx, v, a, "identity.mail.changed", s.link(v, "/reset", ""))
	})
	return nil
}

// setPassword stores a new password; all sessions but one end, and with them
// every link that is still on its way.
func (s *Service) setPassword(ctx context.Context, tx *store.Tx, who id.Subject, hash []byte, but id.ID, event string) error {
	_, err := tx.Exec(ctx, "UPDATE accounts SET password_hash = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), who, hash)
	if err != nil {
		return fault.Wrap("identity.setPassword", err)
	}
	for _, kind := range []string{kindReset, kindEmail, kindMagic, kindAddress} {
		if err := endTokens(ctx, tx, who, kind); err != nil {
			return err
		}
	}
	if err := endSessions(ctx, tx, who, but); err != nil {
		return err
	}
	return s.record(ctx, tx, Event{Name: event, Subject: who, Session: but})
}
