package bearer

import (
	"context"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// Grant is what a program gets at a sign-in or a refresh. The tokens are kept
// nowhere.
type Grant struct {
	Access, Refresh         string
	AccessEnds, RefreshEnds time.Time
	Session                 id.ID
	Scopes                  []string
}

// SignIn opens a session for a program. Faults are those of identity.SignIn, and
// Unauthorized with rest.FactorKey where a second factor is missing and code is
// empty or the account has yet to set one up.
func (s *Service) SignIn(ctx context.Context, email, password, code string, wanted []string, d identity.Device) (Grant, error) {
	scopes, err := s.scopes(wanted)
	if err != nil {
		return Grant{}, err
	}
	t, err := s.cfg.Accounts.SignIn(ctx, s.cfg.Service, email, password, d)
	if err != nil {
		return Grant{}, err
	}
	if err := s.second(ctx, t, code, d); err != nil {
		return Grant{}, err
	}
	var g Grant
	err = s.cfg.DB.Write(ctx, s.person(t.Subject), func(tx *store.Tx) error {
		g, err = s.grant(ctx, tx, t.Subject, t.Session, scopes)
		return err
	})
	return g, fault.Wrap("bearer.SignIn", err)
}

// second takes the step that a session lacks, or ends it.
func (s *Service) second(ctx context.Context, t identity.Ticket, code string, d identity.Device) error {
	if t.Step == identity.StepNone {
		return nil
	}
	err := error(fault.New(fault.Unauthorized, "bearer.second", rest.FactorKey))
	if t.Step == identity.StepSecond && code != "" {
		var p identity.Principal
		if p, err = s.cfg.Accounts.Half(ctx, s.cfg.Service, t.Session); err == nil {
			_, err = s.cfg.Accounts.Second(ctx, p, identity.Proof{Code: code}, d)
		}
		if err == nil {
			return nil
		}
	}
	ended := s.cfg.DB.Write(ctx, s.person(t.Subject), func(tx *store.Tx) error { return s.cfg.Accounts.EndOf(ctx, tx, t.Session) })
	if ended != nil {
		return fault.Wrap("bearer.second", ended)
	}
	return err
}

// grant makes a pair of tokens for a session.
func (s *Service) grant(ctx context.Context, tx *store.Tx, who id.Subject, session id.ID, scopes []string) (Grant, error) {
	token, hash, err := s.secret(RefreshPrefix)
	if err != nil {
		return Grant{}, err
	}
	now := tx.Now()
	row := &refresh{Subject: who, Session: session, TokenHash: hash, Access: tx.NewID(), Scopes: strings.Join(scopes, " "),
		CreatedAt: now, EndsAt: clock.At(now.Time().Add(refreshTime))}
	if err := store.Insert(ctx, tx, row); err != nil {
		return Grant{}, err
	}
	signed, err := s.sign(row.Access, session, who, scopes, now.Time())
	return Grant{Access: signed, Refresh: token, AccessEnds: now.Time().Add(accessTime), RefreshEnds: row.EndsAt.Time(), Session: session, Scopes: scopes}, err
}

// Refresh gives a new pair for a refresh token, which is used up by it. A token
// that was used up already ends its session with all its tokens, and the owner is
// told: fault Unauthorized, as for every token that is not good.
func (s *Service) Refresh(ctx context.Context, token string) (Grant, error) {
	const op = "bearer.Refresh"
	hash := hashOf(token, RefreshPrefix)
	if hash == nil {
		return Grant{}, unauthorized(op)
	}
	var g Grant
	good := false
	err := s.cfg.DB.Write(ctx, s.visitor(), func(tx *store.Tx) error {
		row, err := store.One[refresh](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2", tx.Tenant(), hash)
		if err != nil {
			return err
		}
		// The update decides between two at once; the loser finds it used.
		n, err := tx.Exec(ctx, "UPDATE refresh_tokens SET used_at = $3 WHERE tenant_id = $1 AND id = $2 AND used_at IS NULL AND ends_at > $3", tx.Tenant(), row.ID, tx.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			if row.EndsAt <= tx.Now() {
				return nil
			}
			return s.stolen(ctx, tx, row)
		}
		p, err := s.cfg.Accounts.OfSession(ctx, tx, s.cfg.Service, row.Session)
		if fault.Is(err, fault.Unauthorized) {
			return nil
		}
		if err != nil {
			return err
		}
		if good, err = s.cfg.Accounts.Prolong(ctx, tx, row.Session); err != nil || !good {
			return err
		}
		g, err = s.grant(ctx, tx, p.Subject, row.Session, strings.Fields(row.Scopes))
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && !good {
		return Grant{}, unauthorized(op)
	}
	return g, fault.Wrap(op, err)
}

// stolen ends a family. It happens once: a family that ended is left alone.
func (s *Service) stolen(ctx context.Context, tx *store.Tx, row *refresh) error {
	if on, err := blocked(ctx, tx, row.Session, row.Session); err != nil || on {
		return err
	}
	if err := s.endFamily(ctx, tx, row.Subject, row.Session); err != nil {
		return err
	}
	if err := s.cfg.Accounts.EndOf(ctx, tx, row.Session); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, row.Subject, "token.stolen", "token.stolen:"+row.Session.String()); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Act{Name: "token.stolen", Subject: row.Subject, Told: true})
}

// endFamily blocks a session and every access token of it that may still be good.
func (s *Service) endFamily(ctx context.Context, tx *store.Tx, who id.Subject, session id.ID) error {
	rows, err := store.Find[refresh](ctx, tx, "WHERE tenant_id = $1 AND session_id = $2 AND created_at > $3", tx.Tenant(), session, clock.At(tx.Now().Time().Add(-accessTime)))
	if err != nil {
		return err
	}
	numbers := []id.ID{session}
	for _, r := range rows {
		numbers = append(numbers, r.Access)
	}
	if err := block(ctx, tx, who, numbers...); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE refresh_tokens SET ends_at = $3 WHERE tenant_id = $1 AND session_id = $2 AND ends_at > $3", tx.Tenant(), session, tx.Now())
	return err
}

// SignOut ends the principal's own session with its tokens; of a personal token it
// ends that one.
func (s *Service) SignOut(ctx context.Context, p identity.Principal, token id.ID) error {
	if p.Session.IsZero() {
		return s.Revoke(ctx, p, token)
	}
	return s.End(ctx, p, p.Session)
}

// End ends one of the principal's sessions with its tokens; fault NotFound for any
// other.
func (s *Service) End(ctx context.Context, p identity.Principal, session id.ID) error {
	if err := s.cfg.Accounts.EndSession(ctx, p, session); err != nil {
		return err
	}
	return fault.Wrap("bearer.End", s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		return s.endFamily(ctx, tx, p.Subject, session)
	}))
}
