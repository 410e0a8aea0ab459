package identity

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Contact is how a person is written to.
type Contact struct {
	Email string
	Name  string
	Lang  string // "id" or "en"
}

// ContactIn is ContactOf in the caller's own transaction in the home: for who
// shows it to somebody else.
func ContactIn(ctx context.Context, tx *store.Tx, who id.Subject) (Contact, error) {
	a, err := bySubject(ctx, tx, who)
	if err != nil {
		return Contact{}, fault.Wrap("identity.ContactIn", err)
	}
	return Contact{Email: a.Email.Reveal(), Name: a.Name.Reveal(), Lang: a.Lang}, nil
}

// ContactOf gives a person's own address, name and language for a letter. Fault
// NotFound where the account is closed; Email is empty once the key is gone.
func (s *Service) ContactOf(ctx context.Context, slug string, who id.Subject) (Contact, error) {
	return s.ContactFor(ctx, slug, "notify", who)
}

// ContactFor is ContactOf for a letter of another purpose, such as "rights".
func (s *Service) ContactFor(ctx context.Context, slug, purpose string, who id.Subject) (Contact, error) {
	const op = "identity.ContactOf"
	v, err := s.service(slug)
	if err != nil {
		return Contact{}, err
	}
	var c Contact
	err = s.cfg.DB.Read(ctx, visitor(v, purpose), func(tx *store.Tx) (err error) {
		c, err = ContactIn(ctx, tx, who)
		return err
	})
	return c, fault.Wrap(op, err)
}
