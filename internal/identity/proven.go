package identity

import (
	"context"
	"errors"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// SignUpProven makes an account for an address that is proven already by another
// way in, without a password: the person comes in by that way, and may set a
// password later by the letter that resets one. also stores what that way needs,
// in the same transaction and in the scope of the new person. Faults: those of
// the input joined, Conflict where the address has an account or also says so.
func (s *Service) SignUpProven(ctx context.Context, slug string, in SignUp, also func(context.Context, *store.Tx, id.Subject) error) (id.Subject, error) {
	const op = "identity.SignUpProven"
	v, err := s.service(slug)
	if err != nil {
		return id.Subject{}, err
	}
	in.Password = ""
	n := newcomer{SignUp: in}
	if err := but("password", n.check(v)); err != nil {
		return id.Subject{}, err
	}
	if n.normal, err = normalEmail(in.Email); err != nil {
		return id.Subject{}, err
	}
	if n.index, err = s.emailIndex(ctx, v, n.normal); err != nil {
		return id.Subject{}, err
	}
	n.subject, n.verified = id.Subject(s.cfg.DB.NewID()), true
	_, err = s.create(ctx, v, &n, func(tx *store.Tx) error { return also(ctx, tx, n.subject) })
	if err != nil { // the key of a person who did not come to be goes
		s.later(ctx, func(ctx context.Context) error { return s.cfg.DB.Vault().DestroyPerson(ctx, v.Home, n.subject) })
		return id.Subject{}, fault.Wrap(op, err)
	}
	return n.subject, nil
}

// but takes the faults of one field out of joined ones.
func but(field string, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var rest []error
	for _, e := range joined.Unwrap() {
		if fault.Of(e).Field != field {
			rest = append(rest, e)
		}
	}
	return errors.Join(rest...)
}

// HasPassword tells whether a person can come in by a password.
func (s *Service) HasPassword(ctx context.Context, p Principal) (bool, error) {
	has := false
	err := s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		a, err := bySubject(ctx, tx, p.Subject)
		if err == nil {
			has = len(a.Password) > 0
		}
		return err
	})
	return has, fault.Wrap("identity.HasPassword", err)
}

// Count counts a try of a device at something that a stranger may try: an answer
// of another way in, a mailed link. Fault TooMany with the wait.
func (s *Service) Count(ctx context.Context, slug string, d Device) error {
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	tries, err := s.tries(ctx, v, "token.network", network(d.IP))
	if err != nil {
		return err
	}
	return s.charge(ctx, v, tries)
}
