package identity

import (
	"context"
	"errors"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Joining is what a service asks of who joins somebody else's workspace, in person:
// their declaration of age and a consent of their own, each time.
type Joining struct {
	// Purpose of the notice that the person consents to.
	Purpose string
	// Key is the sentence of the box.
	Key string
	// People is the path within the service of the page that has the members.
	People string
}

// Declared is what a person says who joins.
type Declared struct {
	Age, Agree bool
	Device     Device
}

func (s *Service) joining(slug string) *Joining {
	if s.cfg.Joining == nil {
		return nil
	}
	return s.cfg.Joining(slug)
}

func (s *Service) invitationGone(ctx context.Context, tx *store.Tx, invitation id.ID) error {
	if s.cfg.Answered == nil {
		return nil
	}
	return fault.Wrap("identity.invitationGone", s.cfg.Answered(ctx, tx, invitation))
}

// check refuses what is missing: Invalid on "age" and "agree", joined. Nothing is
// asked where a service has no way of its own.
func (d Declared) check(v tenant.Service, ask *Joining, age bool) error {
	if ask == nil {
		return nil
	}
	var errs []error
	if age && v.MinimumAge > 0 && !d.Age {
		errs = append(errs, fault.New(fault.Invalid, "identity.Declared", "identity.age.missing").On("age").With("age", v.MinimumAge))
	}
	if !d.Agree {
		errs = append(errs, fault.New(fault.Invalid, "identity.Declared", "identity.agree.missing").On("agree"))
	}
	return errors.Join(errs...)
}

// consented keeps what the person agreed to by joining.
func (s *Service) consented(ctx context.Context, tx *store.Tx, v tenant.Service, ask *Joining, who id.Subject, d Device) error {
	if ask == nil {
		return nil
	}
	if err := s.cfg.Consents.Accept(ctx, tx, Acceptance{Subject: who, Notice: v.NoticeVersion, Terms: v.TermsVersion, Device: d}); err != nil {
		return err
	}
	return s.cfg.Consents.Give(ctx, tx, Choice{Subject: who, Purpose: ask.Purpose, Notice: v.NoticeVersion, Device: d})
}

// Decline says no to an invitation: it goes, and what was kept of the person with
// it. Faults as of Invited.
func (s *Service) Decline(ctx context.Context, slug, token string, d Device) error {
	const op = "identity.Decline"
	if _, err := s.Invited(ctx, slug, token, d); err != nil {
		return err
	}
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	var over id.ID
	err = s.cfg.DB.Write(ctx, visitor(v, "service"), func(tx *store.Tx) error {
		row, err := readInvitation(ctx, tx, token)
		if err != nil {
			return err
		}
		over = row.ID
		gone, err := store.Delete[invitation](ctx, tx, row.ID)
		if err == nil && !gone {
			err = errToken()
		}
		if err != nil {
			return err
		}
		return s.invitationGone(ctx, tx, row.ID)
	})
	if err == nil {
		s.over(ctx, over)
	}
	return fault.Wrap(op, err)
}
