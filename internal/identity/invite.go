package identity

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

const inviteTime = 7 * 24 * time.Hour

// Colleague is a member of a workspace, or somebody who was asked to be one.
type Colleague struct {
	Subject id.Subject
	Name    string // empty while waiting, and after an erasure
	Email   string
	Role    tenant.Role
	Since   clock.Instant
	// Waiting is the invitation that is not accepted yet; zero for a member.
	Waiting id.ID
	Until   clock.Instant // of an invitation
}

// errOwner is the answer to who is not an owner.
func errOwner(op string) error { return fault.New(fault.Forbidden, op, "") }

// Colleagues are the members of the principal's workspace, for its owners also
// those who were invited. Fault Forbidden without a workspace.
func (s *Service) Colleagues(ctx context.Context, p Principal) ([]Colleague, error) {
	const op = "identity.Colleagues"
	if !p.Is() {
		return nil, errOwner(op)
	}
	var out []Colleague
	err := s.cfg.DB.Read(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		members, err := tenant.Members(ctx, tx, p.Workspace)
		if err != nil {
			return err
		}
		for _, m := range members {
			c := Colleague{Subject: m.Subject, Role: m.Role, Since: m.Since}
			a, err := bySubject(ctx, tx, m.Subject)
			if err == nil {
				c.Name, c.Email = a.Name.Reveal(), a.Email.Reveal()
			} else if !fault.Is(err, fault.NotFound) && !store.Closed(err) {
				return err
			}
			out = append(out, c)
		}
		if p.Role != tenant.Owner {
			return nil
		}
		rows, err := store.FindOpen[invitation](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2 AND ends_at > $3 ORDER BY id", tx.Tenant(), p.Workspace, tx.Now())
		for _, r := range rows {
			out = append(out, Colleague{Subject: r.Invitee, Email: r.Email.Reveal(), Role: r.Role, Since: r.CreatedAt, Waiting: r.ID, Until: r.EndsAt})
		}
		return err
	})
	return out, fault.Wrap(op, err)
}

// Invite asks somebody by mail to join the principal's workspace; asking again
// replaces the earlier invitation. The inviter learns nothing about whether the
// address has an account. Faults: Forbidden for all but owners, and where the
// service has a way of its own (Config.Joining); Invalid on the fields email and
// role, TooMany.
func (s *Service) Invite(ctx context.Context, p Principal, email string, role tenant.Role, d Device) error {
	if s.joining(p.Service) != nil {
		return errOwner("identity.Invite")
	}
	return s.InviteWith(ctx, p, email, role, d, nil)
}

// InviteWith is Invite for the package that has the service's own way: also is done
// in the transaction that stores the invitation, and gets its number and end.
func (s *Service) InviteWith(ctx context.Context, p Principal, email string, role tenant.Role, d Device, also func(tx *store.Tx, invitation id.ID, ends clock.Instant) error) error {
	const op = "identity.Invite"
	if p.Role != tenant.Owner {
		return errOwner(op)
	}
	v, err := s.service(p.Service)
	if err != nil {
		return err
	}
	normal, err := normalEmail(email)
	if err != nil {
		return err
	}
	if !role.Known() {
		return fault.New(fault.Invalid, op, "identity.role.missing").On("role")
	}
	index, err := s.emailIndex(ctx, v, normal)
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
	token, hash, err := s.newToken()
	if err != nil {
		return err
	}
	row := &invitation{Invitee: id.Subject(s.cfg.DB.NewID()), Inviter: p.Subject, Workspace: p.Workspace, Role: role, Email: vault.Seal(email), EmailIndex: index, TokenHash: hash}
	if err := s.storeInvitation(ctx, p, row, also); err != nil {
		return fault.Wrap(op, err)
	}
	lang := p.Lang
	s.later(ctx, func(ctx context.Context) error {
		return s.post(ctx, v, Letter{To: email, Lang: lang, Person: row.Invitee, About: row.ID}, "identity.mail.invite", s.link(v, "/invite", token))
	})
	return nil
}

func (s *Service) storeInvitation(ctx context.Context, p Principal, row *invitation, also func(*store.Tx, id.ID, clock.Instant) error) error {
	return s.cfg.DB.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		row.CreatedAt, row.EndsAt = tx.Now(), clock.At(tx.Now().Time().Add(inviteTime))
		a, err := byIndex(ctx, tx, row.EmailIndex)
		if err != nil {
			return err
		}
		if a != nil {
			row.Invitee = a.Subject
			role, err := tenant.RoleOf(ctx, tx, p.Workspace, a.Subject)
			if err != nil {
				return err
			}
			if role != "" { // visible in the list of members anyway
				return fault.New(fault.Invalid, "identity.Invite", "identity.invite.member").On("email")
			}
		}
		if err := s.replaced(ctx, tx, row); err != nil {
			return err
		}
		if err := store.Insert(ctx, tx, row); err != nil {
			return err
		}
		if also != nil {
			if err := also(tx, row.ID, row.EndsAt); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, Event{Name: "member.invited", Subject: row.Invitee, Workspace: p.Workspace})
	})
}

// replaced takes earlier invitations of the same address to the same workspace away.
func (s *Service) replaced(ctx context.Context, tx *store.Tx, row *invitation) error {
	rows, err := tx.Query(ctx, "SELECT id FROM invitations WHERE tenant_id = $1 AND workspace_id = $2 AND email_index = $3", tx.Tenant(), row.Workspace, row.EmailIndex)
	if err != nil {
		return err
	}
	var old []id.ID
	for rows.Next() {
		var key id.ID
		if err := rows.Scan(&key); err != nil {
			rows.Close()
			return err
		}
		old = append(old, key)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	for _, key := range old {
		if _, err := store.Delete[invitation](ctx, tx, key); err != nil {
			return err
		}
		if err := s.invitationGone(ctx, tx, key); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			s.later(ctx, func(ctx context.Context) error { s.over(ctx, key); return nil })
		})
	}
	return nil
}

// Uninvite takes an invitation back. Fault NotFound for one of another workspace.
func (s *Service) Uninvite(ctx context.Context, p Principal, which id.ID) error {
	const op = "identity.Uninvite"
	if p.Role != tenant.Owner {
		return errOwner(op)
	}
	err := s.cfg.DB.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM invitations WHERE tenant_id = $1 AND id = $2 AND workspace_id = $3", tx.Tenant(), which, p.Workspace)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, op, "not_found")
		}
		if err != nil {
			return err
		}
		return s.invitationGone(ctx, tx, which)
	})
	if err == nil {
		s.over(ctx, which)
	}
	return fault.Wrap(op, err)
}

// over tells that an invitation is over. That it could not be told is reported: the
// letter goes then with the next look at Waiting.
func (s *Service) over(ctx context.Context, invitation id.ID) {
	if s.cfg.Over == nil {
		return
	}
	if err := s.cfg.Over(ctx, invitation); err != nil {
		s.cfg.Report(ctx, fault.Wrap("identity.over", err))
	}
}

// Waiting are the invitations of a service that can still be accepted.
func (s *Service) Waiting(ctx context.Context, slug string) (map[id.ID]bool, error) {
	v, err := s.service(slug)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]bool{}
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM invitations WHERE tenant_id = $1 AND ends_at > $2", tx.Tenant(), tx.Now())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key id.ID
			if err := rows.Scan(&key); err != nil {
				return err
			}
			out[key] = true
		}
		return rows.Err()
	})
	return out, fault.Wrap("identity.Waiting", err)
}

// Remove ends a membership of the principal's workspace: owners end anybody's,
// everyone their own. Faults: Forbidden, also where the service has a way of its
// own (Config.Joining), NotFound, Conflict for the last owner.
func (s *Service) Remove(ctx context.Context, p Principal, who id.Subject) error {
	const op = "identity.Remove"
	if !p.Is() || p.Role != tenant.Owner && who != p.Subject || s.joining(p.Service) != nil { // leaving is that package's too
		return errOwner(op)
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		if err := tenant.Leave(ctx, tx, p.Workspace, who); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "member.removed", Subject: who, Workspace: p.Workspace})
	}))
}
