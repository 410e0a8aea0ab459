package identity

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// errWrong is the one answer to every sign-in that fails.
func errWrong() error { return fault.New(fault.Invalid, "identity.SignIn", "identity.signin.wrong") }

// SignIn opens a session for the right address and password. Faults: Invalid
// with identity.signin.wrong for everything that does not fit, TooMany with the
// wait, and Invalid with identity.signin.unverified (only after the right
// password) where the address was never proven; the link is then mailed again.
func (s *Service) SignIn(ctx context.Context, slug, email, password string, d Device) (Ticket, error) {
	v, err := s.service(slug)
	if err != nil {
		return Ticket{}, err
	}
	normal, err := normalEmail(email)
	if err != nil {
		return Ticket{}, err
	}
	a, tries, err := s.guess(ctx, v, normal, password, d)
	if err != nil {
		return Ticket{}, err
	}
	if a.VerifiedAt.IsZero() {
		s.resend(ctx, v, a, normal, d)
		return Ticket{}, fault.New(fault.Invalid, "identity.SignIn", "identity.signin.unverified")
	}
	t, err := s.welcome(ctx, v, a, tries, ByPassword, d, nil)
	if Sealed(err) {
		t.Subject = a.Subject // who has proven it, for Config.Sealed
	}
	return t, err
}

// guess finds the account that an address and a password belong to. The try is
// counted first, and fails alike and after as long for an unknown address.
func (s *Service) guess(ctx context.Context, v tenant.Service, normal, password string, d Device) (*account, []try, error) {
	index, err := s.emailIndex(ctx, v, normal)
	if err != nil {
		return nil, nil, err
	}
	tries, err := s.guesses(ctx, v, normal, d)
	if err != nil {
		return nil, nil, err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return nil, nil, err
	}
	a, err := s.find(ctx, v, index)
	if err != nil {
		return nil, nil, err
	}
	var stored []byte
	e := Event{Name: "signin.failed"}
	if a != nil {
		stored, e.Subject = a.Password, a.Subject
	}
	ok, err := s.hasher.matches(ctx, stored, password)
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		err := s.cfg.DB.Write(ctx, visitor(v, "security"), func(tx *store.Tx) error { return s.record(ctx, tx, e) })
		if err == nil {
			err = errWrong()
		}
		return nil, nil, err
	}
	return a, tries, nil
}

// welcome opens the session of a person who has proven who they are; before may
// do more in the same transaction.
func (s *Service) welcome(ctx context.Context, v tenant.Service, a *account, tries []try, how Method, d Device, before func(*store.Tx) error) (t Ticket, err error) {
	in, err := s.entrance(ctx, v, how, d)
	if err != nil {
		return t, err
	}
	err = s.cfg.DB.Write(ctx, person(v, a.Subject, "security"), func(tx *store.Tx) error {
		if before != nil {
			if err := before(tx); err != nil {
				return err
			}
		}
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		t, err = s.openSession(ctx, tx, v, a, in)
		return err
	})
	if err == nil && t.unusual {
		s.later(ctx, func(ctx context.Context) error { return s.mailUnusual(ctx, v, a, d) })
	}
	return t, err
}

// SignOut ends the principal's own session.
func (s *Service) SignOut(ctx context.Context, p Principal) error {
	err := s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE sessions SET ends_at = $4, revoked_at = $4 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3 AND ends_at > $4",
			tx.Tenant(), p.Session, p.Subject, tx.Now())
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "signout", Subject: p.Subject, Session: p.Session})
	})
	return fault.Wrap("identity.SignOut", err)
}
