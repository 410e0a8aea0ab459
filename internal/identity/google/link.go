package google

import (
	"context"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/federate"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Linked tells since when a person may come in with Google; false for never.
func (s *Service) Linked(ctx context.Context, p identity.Principal) (since time.Time, linked bool, err error) {
	err = s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		row, err := store.Get[link](ctx, tx, id.ID(p.Subject))
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err == nil {
			since, linked = row.LinkedAt.Time(), true
		}
		return err
	})
	return since, linked, fault.Wrap("google.Linked", err)
}

// Connect links the Google account of a try to the signed-in person. Faults:
// Invalid with federate.state for a try that is over, Conflict with google.taken
// where it is another person's, with google.already where the person has one.
func (s *Service) Connect(ctx context.Context, p identity.Principal, t federate.Ticket) error {
	const op = "google.Connect"
	row, err := s.waiting(ctx, p.Service, t)
	if err != nil {
		return err
	}
	x, err := s.index(ctx, p.Service, row.GoogleID.Reveal())
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		return s.join(ctx, tx, p.Subject, row, x)
	}))
}

// join uses a try up and stores the link, in the scope of its person.
func (s *Service) join(ctx context.Context, tx *store.Tx, who id.Subject, row *try, x vault.Index) error {
	const op = "google.join"
	gone, err := store.Delete[try](ctx, tx, row.ID)
	if err != nil {
		return err
	}
	if !gone {
		return errTry()
	}
	if _, err := store.Get[link](ctx, tx, id.ID(who)); !fault.Is(err, fault.NotFound) {
		if err == nil {
			err = fault.New(fault.Conflict, op, "google.already")
		}
		return err
	}
	fresh, err := store.InsertOnce(ctx, tx, &link{Row: store.Row{ID: id.ID(who)}, Subject: who, GoogleID: row.GoogleID, GoogleIndex: x, LinkedAt: tx.Now()}, "tenant_id, google_index")
	if err != nil {
		return err
	}
	if !fresh {
		return fault.New(fault.Conflict, op, "google.taken")
	}
	return s.cfg.Events.Record(ctx, tx, identity.Event{Name: "google.linked", Subject: who})
}

// Disconnect takes this way in away. Fault Conflict with google.only where the
// person has no password and so would have no way in left.
func (s *Service) Disconnect(ctx context.Context, p identity.Principal) error {
	const op = "google.Disconnect"
	other, err := s.cfg.Accounts.HasPassword(ctx, p)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !other {
		return fault.New(fault.Conflict, op, "google.only")
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		gone, err := store.Delete[link](ctx, tx, id.ID(p.Subject))
		if err != nil || !gone {
			return err
		}
		return s.cfg.Events.Record(ctx, tx, identity.Event{Name: "google.unlinked", Subject: p.Subject})
	}))
}

// forget removes the link of a person whose account is closed: the Google account
// is free again, before the erasure comes to its rows.
func (s *Service) forget(ctx context.Context, slug string, who id.Subject) error {
	return fault.Wrap("google.forget", s.cfg.DB.Write(ctx, visitor(slug), func(tx *store.Tx) error {
		_, err := store.Delete[link](ctx, tx, id.ID(who))
		return err
	}))
}

// SignUp makes an account out of a try and what the person declared, and links
// it. Name may be another than Google's; the address is the one that Google
// verified. Faults as of identity.SignUpProven, and as of Connect.
func (s *Service) SignUp(ctx context.Context, slug string, t federate.Ticket, in identity.SignUp) (id.Subject, error) {
	const op = "google.SignUp"
	row, err := s.waiting(ctx, slug, t)
	if err != nil {
		return id.Subject{}, err
	}
	in.Email = row.Email.Reveal()
	x, err := s.index(ctx, slug, row.GoogleID.Reveal())
	if err != nil {
		return id.Subject{}, fault.Wrap(op, err)
	}
	who, err := s.cfg.Accounts.SignUpProven(ctx, slug, in, func(ctx context.Context, tx *store.Tx, who id.Subject) error {
		return s.join(ctx, tx, who, row, x)
	})
	return who, fault.Wrap(op, err)
}
