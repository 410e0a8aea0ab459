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

// SessionInfo is a session as its owner sees it.
type SessionInfo struct {
	ID      id.ID
	Device  DeviceName
	IP      string
	Created clock.Instant
	Seen    clock.Instant // to within five minutes
	Current bool
	// Method and Factor say by which proofs it was opened; Half that the second one
	// is still missing.
	Method Method
	Factor factor.Kind
	Half   bool
}

// Sessions are the principal's own sessions that are good now, the last used first.
func (s *Service) Sessions(ctx context.Context, p Principal) ([]SessionInfo, error) {
	var out []SessionInfo
	err := s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		has, err := factor.Has(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		rows, err := store.Find[session](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND ends_at > $3 ORDER BY seen_at DESC, id DESC", tx.Tenant(), p.Subject, tx.Now())
		for _, r := range rows {
			out = append(out, SessionInfo{ID: r.ID, Device: ReadAgent(r.Agent.Reveal()), IP: r.IP.Reveal(), Created: r.CreatedAt, Seen: r.SeenAt,
				Current: r.ID == p.Session, Method: r.Method, Factor: r.Factor, Half: has && r.AssuredAt.IsZero()})
		}
		return err
	})
	return out, fault.Wrap("identity.Sessions", err)
}

// EndSession ends one of the principal's own sessions, at once on every node.
// Fault NotFound for any other.
func (s *Service) EndSession(ctx context.Context, p Principal, which id.ID) error {
	const op = "identity.EndSession"
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE sessions SET ends_at = $4, revoked_at = $4 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3 AND ends_at > $4",
			tx.Tenant(), which, p.Subject, tx.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, op, "not_found")
		}
		return s.record(ctx, tx, Event{Name: "session.ended", Subject: p.Subject, Session: which})
	}))
}

// EndOtherSessions ends all of the principal's sessions but the one in use.
func (s *Service) EndOtherSessions(ctx context.Context, p Principal) error {
	return fault.Wrap("identity.EndOtherSessions", s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		if err := endSessions(ctx, tx, p.Subject, p.Session); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "session.ended", Subject: p.Subject})
	}))
}

// EndAllSessions ends every session of the principal, the one in use too.
func (s *Service) EndAllSessions(ctx context.Context, p Principal) error {
	return fault.Wrap("identity.EndAllSessions", s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		if err := endSessions(ctx, tx, p.Subject, id.ID{}); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "session.ended", Subject: p.Subject})
	}))
}

// Profile is what a person changes about the own account. Zone is that of the
// workspace and changed by its owners only; others' is passed over.
type Profile struct{ Name, Lang, Zone string }

// SaveProfile changes name, language and zone. Faults: Invalid, on the field.
func (s *Service) SaveProfile(ctx context.Context, p Principal, in Profile) error {
	const op = "identity.SaveProfile"
	name, err := cleanName("name", in.Name)
	if err != nil {
		return err
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		a, err := bySubject(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		a.Name, a.Lang = vault.Seal(name), language(in.Lang)
		if err := store.Update(ctx, tx, a); err != nil {
			return err
		}
		if p.Role == tenant.Owner && in.Zone != "" {
			if err := tenant.SetZone(ctx, tx, p.Workspace, in.Zone); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, Event{Name: "account.changed", Subject: p.Subject})
	}))
}

// ChangePassword sets a new password after the present one; all other sessions
// end and the owner hears of it by mail. Faults: Invalid on the fields current
// and password, TooMany after wrong ones.
func (s *Service) ChangePassword(ctx context.Context, p Principal, current, password string, d Device) error {
	const op = "identity.ChangePassword"
	v, err := s.service(p.Service)
	if err != nil {
		return err
	}
	if err := checkPassword("password", password, p.Email, p.Name, v.Slug); err != nil {
		return err
	}
	normal, err := normalEmail(p.Email)
	if err != nil {
		return err
	}
	a, tries, err := s.guess(ctx, v, normal, current, d)
	if f := fault.Of(err); err != nil && f.Key == "identity.signin.wrong" {
		return fault.New(fault.Invalid, op, "identity.current.wrong").On("current")
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		return s.setPassword(ctx, tx, p.Subject, hash, p.Session, "password.changed")
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	s.later(ctx, func(ctx context.Context) error {
		return s.mail(ctx, v, a, "identity.mail.changed", s.link(v, "/reset", ""))
	})
	return nil
}

// Place is a workspace that the principal may work in.
type Place struct {
	Workspace id.Tenant
	Name      string
	Role      tenant.Role
	Current   bool
}

// Places are the workspaces of the principal, the oldest first.
func (s *Service) Places(ctx context.Context, p Principal) ([]Place, error) {
	var out []Place
	err := s.cfg.DB.Read(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		a, err := bySubject(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		of, err := tenant.Of(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		for _, m := range of {
			name, err := workspaceName(ctx, tx, a, &m.Workspace)
			if err != nil {
				return err
			}
			out = append(out, Place{m.Workspace.Key(), name, m.Role, m.Workspace.Key() == p.Workspace})
		}
		return nil
	})
	return out, fault.Wrap("identity.Places", err)
}

// Switch makes another of the principal's workspaces the one of this session.
// Fault NotFound for one they do not belong to.
func (s *Service) Switch(ctx context.Context, p Principal, to id.Tenant) error {
	const op = "identity.Switch"
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
		role, err := tenant.RoleOf(ctx, tx, to, p.Subject)
		if err != nil {
			return err
		}
		if role == "" {
			return fault.New(fault.NotFound, op, "not_found")
		}
		_, err = tx.Exec(ctx, "UPDATE sessions SET workspace_id = $4 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), p.Session, p.Subject, to)
		return err
	}))
}
