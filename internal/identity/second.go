package identity

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// Proof is what a person shows to prove who they are: one of the three.
type Proof struct {
	Password string // of the account: for a fresh proof, never for a second step
	Code     string // of the app, or a recovery code
	Answer   string // of a passkey, as JSON
	Site     factor.Site
}

// errSecond is the one answer to a second proof that is not right.
func errSecond() error {
	return fault.New(fault.Invalid, "identity.Second", "identity.second.wrong").On("code")
}

// Second completes a half session by a code, a recovery code or a passkey. The
// token changes: what somebody learnt of the half session is worth nothing.
// Faults: Invalid with identity.second.wrong or identity.passkey.wrong, TooMany
// with the wait, Unauthorized where the session ended meanwhile.
func (s *Service) Second(ctx context.Context, p Principal, proof Proof, d Device) (Ticket, error) {
	const op = "identity.Second"
	if p.Step != StepSecond || proof.Password != "" {
		return Ticket{}, fault.New(fault.Unauthorized, op, "")
	}
	token, hash, err := s.newToken()
	if err != nil {
		return Ticket{}, err
	}
	var ends clock.Instant
	err = s.prove(ctx, p, proof, d, func(tx *store.Tx, kind factor.Kind) error {
		now := tx.Now()
		ends = clock.At(now.Time().Add(sessionTime))
		if n, err := tx.Exec(ctx, "UPDATE sessions SET factor = $4 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3 AND assured_at IS NULL", tx.Tenant(), p.Session, p.Subject, string(kind)); err != nil || n == 0 {
			return fault.New(fault.Unauthorized, op, "").Cause(err) // completed by another proof meanwhile
		}
		if err := assure(ctx, tx, p, kind, hash, ends); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "factor.used", Subject: p.Subject, Session: p.Session})
	})
	return Ticket{Token: token, Expires: ends.Time(), Session: p.Session, Subject: p.Subject}, fault.Wrap(op, err)
}

// assure makes a session whole.
func assure(ctx context.Context, tx *store.Tx, p Principal, kind factor.Kind, hash []byte, ends clock.Instant) error {
	n, err := tx.Exec(ctx, "UPDATE sessions SET assured_at = $4, proved_at = $4, factor = $5, token_hash = $6, ends_at = $7 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3 AND ends_at > $4",
		tx.Tenant(), p.Session, p.Subject, tx.Now(), string(kind), hash, ends)
	if err == nil && n == 0 {
		err = fault.New(fault.Unauthorized, "identity.assure", "")
	}
	return fault.Wrap("identity.assure", err)
}

// Refresh notes that the person proved who they are just now, by the password or
// a second factor: what changes the account's safety asks for that. Faults as of
// Second, and Invalid with identity.current.wrong on the field password.
func (s *Service) Refresh(ctx context.Context, p Principal, proof Proof, d Device) error {
	const op = "identity.Refresh"
	if p.Step == StepSecond {
		return errHalf()
	}
	note := func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE sessions SET proved_at = $4 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), p.Session, p.Subject, tx.Now())
		return fault.Wrap(op, err)
	}
	if proof.Password == "" {
		return fault.Wrap(op, s.prove(ctx, p, proof, d, func(tx *store.Tx, _ factor.Kind) error { return note(tx) }))
	}
	v, err := s.service(p.Service)
	if err != nil {
		return err
	}
	normal, err := normalEmail(p.Email)
	if err != nil {
		return err
	}
	_, tries, err := s.guess(ctx, v, normal, proof.Password, d)
	if err != nil && fault.Of(err).Key == "identity.signin.wrong" {
		return fault.New(fault.Invalid, op, "identity.current.wrong").On("password")
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		return note(tx)
	}))
}

// prove checks a second factor and, in the transaction that uses it up, does what
// it was shown for. The try is counted before it is looked at.
func (s *Service) prove(ctx context.Context, p Principal, proof Proof, d Device, then func(*store.Tx, factor.Kind) error) error {
	v, err := s.service(p.Service)
	if err != nil {
		return err
	}
	tries, err := s.tries(ctx, v, "factor.network", network(d.IP), "factor.account", p.Subject.String())
	if err != nil {
		return err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return err
	}
	if proof.Answer != "" {
		return s.provePasskey(ctx, v, p, proof, tries, then)
	}
	mark, err := factor.Mark(ctx, s.cfg.DB.Vault(), v.Home, p.Subject, proof.Code)
	if err != nil {
		return err
	}
	right := false
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		kind, err := checkCode(ctx, tx, p.Subject, proof.Code, mark)
		if err != nil {
			return err
		}
		if right = kind != factor.None; !right {
			return s.record(ctx, tx, Event{Name: "factor.failed", Subject: p.Subject, Session: p.Session})
		}
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		return then(tx, kind)
	})
	if err == nil && !right {
		err = errSecond()
	}
	return err
}

// checkCode uses a code up and says of which kind it was; None for a wrong one.
func checkCode(ctx context.Context, tx *store.Tx, who id.Subject, code string, mark vault.Index) (factor.Kind, error) {
	ok, err := factor.Check(ctx, tx, who, code)
	if err != nil || ok {
		return factor.TOTP, err
	}
	ok, err = factor.Spend(ctx, tx, who, mark)
	if err != nil || ok {
		return factor.Recovery, err
	}
	return factor.None, nil
}

func (s *Service) provePasskey(ctx context.Context, v tenant.Service, p Principal, proof Proof, tries []try, then func(*store.Tx, factor.Kind) error) error {
	a, err := s.answered(ctx, v, factor.ForProof, p.Subject, proof.Answer)
	if err != nil {
		return err
	}
	return s.settle(ctx, v, p.HomeScope("security"), proof.Site, p.Subject, a, func(tx *store.Tx, _ id.Subject) error {
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		return then(tx, factor.Passkey)
	})
}

// answered reads a device's answer and uses up the challenge that it answers,
// whether or not the answer is right.
func (s *Service) answered(ctx context.Context, v tenant.Service, purpose factor.Purpose, who id.Subject, answer string) (factor.Answer, error) {
	a, err := factor.Read(ctx, s.cfg.DB.Vault(), v.Home, purpose, answer)
	if err != nil {
		return a, err
	}
	return a, s.cfg.DB.Write(ctx, visitor(v, "security"), func(tx *store.Tx) error { return factor.Asked(ctx, tx, purpose, who, a) })
}

// settle verifies an answer and does what it was shown for. A key that may have
// been copied is refused, marked, and its owner told.
func (s *Service) settle(ctx context.Context, v tenant.Service, sc store.Scope, site factor.Site, who id.Subject, a factor.Answer, then func(*store.Tx, id.Subject) error) error {
	var wrong, copied bool
	var owner id.Subject
	err := s.cfg.DB.Write(ctx, sc, func(tx *store.Tx) (err error) {
		owner, copied, err = site.Prove(ctx, tx, who, a)
		if wrong = fault.Is(err, fault.Invalid); wrong {
			return s.record(ctx, tx, Event{Name: "factor.failed", Subject: who})
		}
		if err != nil {
			return err
		}
		if copied {
			return s.record(ctx, tx, Event{Name: "factor.copied", Subject: owner})
		}
		return then(tx, owner)
	})
	switch {
	case err != nil:
		return err
	case wrong:
		return fault.New(fault.Invalid, "identity.passkey", "identity.passkey.wrong")
	case copied:
		s.later(ctx, func(ctx context.Context) error {
			return s.mailTo(ctx, v, owner, "identity.mail.copied", s.link(v, "/account/security", ""))
		})
		return fault.New(fault.Invalid, "identity.passkey", "identity.passkey.copied")
	}
	return nil
}

// AskPasskey makes the question to a passkey for a person who is known by one
// proof or by a whole session. The result is JSON for navigator.credentials.
func (s *Service) AskPasskey(ctx context.Context, p Principal, site factor.Site, purpose factor.Purpose) (out []byte, err error) {
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		out, err = site.Ask(ctx, tx, s.cfg.Rand, purpose, p.Subject, p.Email)
		return err
	})
	return out, fault.Wrap("identity.AskPasskey", err)
}

// AskSignIn makes the question to whichever passkey the device has for the
// service. Fault TooMany.
func (s *Service) AskSignIn(ctx context.Context, slug string, site factor.Site, d Device) (out []byte, err error) {
	v, err := s.knock(ctx, slug, d)
	if err != nil {
		return nil, err
	}
	err = s.cfg.DB.Write(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		out, err = site.Ask(ctx, tx, s.cfg.Rand, factor.ForSignIn, id.Subject{}, "")
		return err
	})
	return out, fault.Wrap("identity.AskSignIn", err)
}

// SignInPasskey opens a session by a passkey alone: the device verified its user.
// Faults: Invalid with identity.passkey.wrong for everything that does not fit,
// TooMany; otherwise as of Enter.
func (s *Service) SignInPasskey(ctx context.Context, slug string, site factor.Site, answer string, d Device) (Ticket, error) {
	v, err := s.knock(ctx, slug, d)
	if err != nil {
		return Ticket{}, err
	}
	a, err := s.answered(ctx, v, factor.ForSignIn, id.Subject{}, answer)
	if err != nil {
		return Ticket{}, err
	}
	var who id.Subject
	err = s.settle(ctx, v, visitor(v, "security"), site, id.Subject{}, a, func(_ *store.Tx, owner id.Subject) error {
		who = owner
		return nil
	})
	if err != nil {
		return Ticket{}, err
	}
	return s.Enter(ctx, slug, who, ByPasskey, d)
}

// knock counts what a stranger asks of passkeys.
func (s *Service) knock(ctx context.Context, slug string, d Device) (tenant.Service, error) {
	v, err := s.service(slug)
	if err != nil {
		return v, err
	}
	tries, err := s.tries(ctx, v, "passkey.network", network(d.IP))
	if err != nil {
		return v, err
	}
	return v, s.charge(ctx, v, tries)
}
