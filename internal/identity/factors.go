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

// errStale is the answer to a change of the account's safety long after the last
// proof.
func errStale(op string) error { return fault.New(fault.Forbidden, op, "identity.confirm.needed") }

// mayChange tells whether a person may change the own factors now.
func (s *Service) mayChange(op string, p Principal) (tenant.Service, error) {
	if p.Step == StepSecond {
		return tenant.Service{}, errHalf()
	}
	if !p.Fresh(clock.At(s.cfg.DB.Clock().Now())) {
		return tenant.Service{}, errStale(op)
	}
	return s.service(p.Service)
}

// Factors tells what second factors a person has.
func (s *Service) Factors(ctx context.Context, p Principal) (h factor.Held, err error) {
	err = s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		h, err = factor.Of(ctx, tx, p.Subject)
		return err
	})
	return h, fault.Wrap("identity.Factors", err)
}

// BeginApp gives the key for an app of one-time codes; it counts from the moment
// that AddApp has seen a code of it. Fault Forbidden without a fresh proof.
func (s *Service) BeginApp(ctx context.Context, p Principal) (secret string, err error) {
	const op = "identity.BeginApp"
	if _, err := s.mayChange(op, p); err != nil {
		return "", err
	}
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		secret, err = factor.Begin(ctx, tx, s.cfg.Rand, p.Subject)
		return err
	})
	return secret, fault.Wrap(op, err)
}

// Added is what a person gets with a new factor: the session's new ticket, and
// the recovery codes if these are the first. They are shown once.
type Added struct {
	Ticket
	Codes []string
}

// AddApp makes the app of BeginApp the person's own by one of its codes, in place
// of an earlier one. The person hears of it by mail, and the other sessions have
// to show a factor. Faults: Invalid on the field code, TooMany, Forbidden without
// a fresh proof.
func (s *Service) AddApp(ctx context.Context, p Principal, code string, d Device) (Added, error) {
	const op = "identity.AddApp"
	v, err := s.mayChange(op, p)
	if err != nil {
		return Added{}, err
	}
	tries, err := s.tries(ctx, v, "factor.network", network(d.IP), "factor.account", p.Subject.String())
	if err != nil {
		return Added{}, err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return Added{}, err
	}
	out, err := s.add(ctx, v, p, factor.TOTP, func(tx *store.Tx) error {
		ok, err := factor.Confirm(ctx, tx, p.Subject, code)
		if err == nil && !ok {
			err = fault.New(fault.Invalid, op, "identity.app.wrong").On("code")
		}
		if err != nil {
			return err
		}
		return forgive(ctx, tx, tries)
	})
	return out, fault.Wrap(op, err)
}

// AddPasskey stores a passkey that a device made at the question of AskPasskey.
// Faults as of AddApp; Conflict for a key that is known already.
func (s *Service) AddPasskey(ctx context.Context, p Principal, site factor.Site, name, answer string) (Added, error) {
	const op = "identity.AddPasskey"
	v, err := s.mayChange(op, p)
	if err != nil {
		return Added{}, err
	}
	if name, err = cleanName("name", name); err != nil {
		return Added{}, err
	}
	a, err := s.answered(ctx, v, factor.ForNew, p.Subject, answer)
	if err != nil {
		return Added{}, err
	}
	out, err := s.add(ctx, v, p, factor.Passkey, func(tx *store.Tx) error {
		_, err := site.Add(ctx, tx, p.Subject, name, a)
		return err
	})
	return out, fault.Wrap(op, err)
}

// add stores a factor by how, with recovery codes if there are none, and makes
// the session whole.
func (s *Service) add(ctx context.Context, v tenant.Service, p Principal, kind factor.Kind, how func(*store.Tx) error) (out Added, err error) {
	codes, marks, err := s.drawCodes(ctx, v, p.Subject)
	if err != nil {
		return out, err
	}
	token, hash, err := s.newToken()
	if err != nil {
		return out, err
	}
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		if err := how(tx); err != nil {
			return err
		}
		left, err := factor.Left(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		if left == 0 {
			out.Codes = codes
			if err := factor.Keep(ctx, tx, p.Subject, marks); err != nil {
				return err
			}
		}
		out.Ticket = Ticket{Token: token, Expires: tx.Now().Time().Add(sessionTime), Session: p.Session, Subject: p.Subject}
		if err := assure(ctx, tx, p, kind, hash, clock.At(out.Expires)); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "factor.added", Subject: p.Subject, Session: p.Session})
	})
	if err != nil {
		return Added{}, err
	}
	s.later(ctx, func(ctx context.Context) error {
		return s.mailTo(ctx, v, p.Subject, "identity.mail.factor.added", s.link(v, "/account/security", ""))
	})
	return out, nil
}

func (s *Service) drawCodes(ctx context.Context, v tenant.Service, who id.Subject) (codes []string, marks []vault.Index, err error) {
	if codes, err = factor.Draw(s.cfg.Rand); err != nil {
		return nil, nil, err
	}
	for _, c := range codes {
		m, err := factor.Mark(ctx, s.cfg.DB.Vault(), v.Home, who, c)
		if err != nil {
			return nil, nil, err
		}
		marks = append(marks, m)
	}
	return codes, marks, nil
}

// NewCodes makes new recovery codes in place of all earlier ones. Faults:
// Forbidden without a fresh proof, Conflict for a person without a factor.
func (s *Service) NewCodes(ctx context.Context, p Principal) ([]string, error) {
	const op = "identity.NewCodes"
	v, err := s.mayChange(op, p)
	if err != nil {
		return nil, err
	}
	codes, marks, err := s.drawCodes(ctx, v, p.Subject)
	if err != nil {
		return nil, err
	}
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		has, err := factor.Has(ctx, tx, p.Subject)
		if err == nil && !has {
			err = fault.New(fault.Conflict, op, "identity.codes.none")
		}
		if err != nil {
			return err
		}
		if err := factor.Keep(ctx, tx, p.Subject, marks); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "factor.codes", Subject: p.Subject, Session: p.Session})
	})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return codes, nil
}

// RemoveApp takes the app of one-time codes away. Faults: Forbidden without a
// fresh proof, NotFound, Conflict for the last factor of a person whom the notice
// asks for one.
func (s *Service) RemoveApp(ctx context.Context, p Principal) error {
	const op = "identity.RemoveApp"
	return fault.Wrap(op, s.remove(ctx, op, p, func(tx *store.Tx) error {
		had, err := factor.RemoveApp(ctx, tx, p.Subject)
		if err == nil && !had {
			err = fault.New(fault.NotFound, op, "not_found")
		}
		return err
	}))
}

// RemovePasskey takes one of the person's passkeys away; faults as of RemoveApp.
func (s *Service) RemovePasskey(ctx context.Context, p Principal, key id.ID) error {
	const op = "identity.RemovePasskey"
	return fault.Wrap(op, s.remove(ctx, op, p, func(tx *store.Tx) error { return factor.RemoveKey(ctx, tx, p.Subject, key) }))
}

func (s *Service) remove(ctx context.Context, op string, p Principal, how func(*store.Tx) error) error {
	v, err := s.mayChange(op, p)
	if err != nil {
		return err
	}
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		// The update makes two removals at once wait for each other: the second one
		// sees what is left.
		if _, err := tx.Exec(ctx, "UPDATE accounts SET state = state WHERE tenant_id = $1 AND id = $2", tx.Tenant(), p.Subject); err != nil {
			return err
		}
		if err := how(tx); err != nil {
			return err
		}
		has, err := factor.Has(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		if !has && p.Required {
			return fault.New(fault.Conflict, op, "identity.factor.last")
		}
		if !has {
			if err := factor.DropCodes(ctx, tx, p.Subject); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, Event{Name: "factor.removed", Subject: p.Subject, Session: p.Session})
	})
	if err != nil {
		return err
	}
	s.later(ctx, func(ctx context.Context) error {
		return s.mailTo(ctx, v, p.Subject, "identity.mail.factor.removed", s.link(v, "/account/security", ""))
	})
	return nil
}

// RenamePasskey gives one of the person's passkeys another name. Faults: Invalid
// on the field name, NotFound.
func (s *Service) RenamePasskey(ctx context.Context, p Principal, key id.ID, name string) error {
	const op = "identity.RenamePasskey"
	name, err := cleanName("name", name)
	if err != nil {
		return err
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		return factor.Rename(ctx, tx, p.Subject, key, name)
	}))
}

// Unfactor removes all second factors of a person who lost everything, and ends
// their sessions: for an operator who made sure who asks. The person is told by
// mail. Fault NotFound for nobody.
func (s *Service) Unfactor(ctx context.Context, home store.Scope, who id.Subject) error {
	const op = "identity.Unfactor"
	v, err := s.service(home.Service)
	if err != nil {
		return err
	}
	home.Purpose = "security"
	err = s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error {
		if _, err := bySubject(ctx, tx, who); err != nil {
			return err
		}
		if _, err := factor.Forget(ctx, tx, who); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, who, id.ID{}); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "factor.reset", Subject: who})
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	s.later(ctx, func(ctx context.Context) error {
		return s.mailTo(ctx, v, who, "identity.mail.factor.reset", s.link(v, "/signin", ""))
	})
	return nil
}
