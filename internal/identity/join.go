package identity

import (
	"context"
	"errors"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Invited is an invitation as the page shows it to who holds its link.
type Invited struct {
	Workspace string // its name
	Role      tenant.Role
	Email     string
	// Known says that the address has an account, which then joins by signing in.
	Known bool
	// Inviter is who wrote it.
	Inviter id.Subject
}

// Invited reads an invitation. Faults: Invalid with identity.token.wrong, TooMany.
func (s *Service) Invited(ctx context.Context, slug, token string, d Device) (Invited, error) {
	v, err := s.service(slug)
	if err != nil {
		return Invited{}, err
	}
	tries, err := s.tries(ctx, v, "token.network", network(d.IP))
	if err != nil {
		return Invited{}, err
	}
	if err := s.charge(ctx, v, tries); err != nil {
		return Invited{}, err
	}
	var out Invited
	err = s.cfg.DB.Read(ctx, visitor(v, "service"), func(tx *store.Tx) error {
		row, err := readInvitation(ctx, tx, token)
		if err != nil {
			return err
		}
		w, err := tenant.Get(ctx, tx, row.Workspace)
		if err != nil {
			return err
		}
		a, err := byIndex(ctx, tx, row.EmailIndex)
		if err != nil {
			return err
		}
		out = Invited{Role: row.Role, Email: row.Email.Reveal(), Known: a != nil, Inviter: row.Inviter}
		out.Workspace, err = workspaceName(ctx, tx, &account{}, w)
		return err
	})
	return out, fault.Wrap("identity.Invited", err)
}

func readInvitation(ctx context.Context, tx *store.Tx, token string) (*invitation, error) {
	hash := hashToken(token)
	if hash == nil {
		return nil, errToken()
	}
	row, err := store.One[invitation](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2 AND ends_at > $3", tx.Tenant(), hash, tx.Now())
	if fault.Is(err, fault.NotFound) {
		return nil, errToken()
	}
	return row, err
}

// take uses an invitation up and joins; of two at the same moment one wins.
func (s *Service) take(ctx context.Context, tx *store.Tx, row *invitation, who id.Subject) error {
	gone, err := store.Delete[invitation](ctx, tx, row.ID)
	if err != nil {
		return err
	}
	if !gone {
		return errToken()
	}
	if err := s.invitationGone(ctx, tx, row.ID); err != nil {
		return err
	}
	w, err := tenant.Get(ctx, tx, row.Workspace)
	if err != nil {
		return err
	}
	if w.State != tenant.Active {
		return errToken()
	}
	if err := tenant.Join(ctx, tx, row.Workspace, who, row.Role); err != nil {
		return err
	}
	return s.record(ctx, tx, Event{Name: "member.joined", Subject: who, Workspace: row.Workspace})
}

// AcceptInvitation joins the signed-in principal to the workspace that invited
// their address, and works in it from now on. Faults: Invalid with
// identity.token.wrong, also for an invitation of another address; those of
// Declared.
func (s *Service) AcceptInvitation(ctx context.Context, p Principal, token string, said Declared) error {
	const op = "identity.AcceptInvitation"
	v, err := s.service(p.Service)
	if err != nil {
		return err
	}
	ask := s.joining(p.Service)
	if err := said.check(v, ask, true); err != nil {
		return err
	}
	var over id.ID
	err = s.cfg.DB.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		row, err := readInvitation(ctx, tx, token)
		if err != nil {
			return err
		}
		over = row.ID
		a, err := bySubject(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		if a.EmailIndex != row.EmailIndex {
			return errToken()
		}
		if err := s.take(ctx, tx, row, p.Subject); err != nil {
			return err
		}
		if err := s.consented(ctx, tx, v, ask, p.Subject, said.Device); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE sessions SET workspace_id = $4 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), p.Session, p.Subject, row.Workspace)
		return err
	})
	if err == nil {
		s.over(ctx, over)
	}
	return fault.Wrap(op, err)
}

// SignUpInvited makes an account for an invited address and joins it, with an
// age declaration and an acceptance of its own. The link proves the address. The
// address of in is that of the invitation. Faults as of SignUp, and Invalid with
// identity.token.wrong, also where the address has an account by now.
func (s *Service) SignUpInvited(ctx context.Context, slug, token string, in SignUp) (Ticket, error) {
	const op = "identity.SignUpInvited"
	inv, err := s.Invited(ctx, slug, token, in.Device)
	if err != nil {
		return Ticket{}, err
	}
	if inv.Known {
		return Ticket{}, errToken()
	}
	v, err := s.service(slug)
	if err != nil {
		return Ticket{}, err
	}
	in.Kind, in.Company, in.Email = tenant.Person, "", inv.Email
	ask := s.joining(slug)
	n, err := s.prepare(ctx, v, in)
	err = errors.Join(err, Declared{Agree: in.Agree}.check(v, ask, false))
	if err != nil {
		return Ticket{}, err
	}
	n.verified = true
	if n.hash, err = s.hashed(ctx, in.Password); err != nil {
		return Ticket{}, err
	}
	var t Ticket
	var over id.ID
	door, err := s.entrance(ctx, v, ByPassword, in.Device)
	if err != nil {
		return t, err
	}
	err = s.cfg.DB.Write(ctx, visitor(v, "service"), func(tx *store.Tx) error {
		row, err := readInvitation(ctx, tx, token)
		if err != nil {
			return err
		}
		n.subject, over = row.Invitee, row.ID
		if err := s.insertAccount(ctx, tx, v, &n); err != nil {
			return err
		}
		if err := s.record(ctx, tx, Event{Name: "account.created", Subject: n.subject, Workspace: row.Workspace}); err != nil {
			return err
		}
		if err := s.take(ctx, tx, row, n.subject); err != nil {
			return err
		}
		if err := s.consented(ctx, tx, v, ask, n.subject, in.Device); err != nil {
			return err
		}
		t, err = s.openSession(ctx, tx, v, &account{Subject: n.subject}, door)
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return Ticket{}, errToken()
	}
	if err == nil {
		s.over(ctx, over)
	}
	return t, fault.Wrap(op, err)
}
