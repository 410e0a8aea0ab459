package bearer

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/web"
)

// found is whom a token stands for.
type found struct {
	number id.ID // of the personal token or of the session: what calls are counted by
	scopes []string
	who    identity.Principal
}

// Caller is rest.Auth: it asks the block list and the person's rights each time.
func (s *Service) Caller(ctx context.Context, r *http.Request, token string) (context.Context, rest.Caller, error) {
	var f found
	var err error
	if strings.HasPrefix(token, PersonalPrefix) {
		f, err = s.byPersonal(ctx, token)
	} else {
		f, err = s.byAccess(ctx, token)
	}
	if err != nil {
		return ctx, rest.Caller{}, half(err)
	}
	if f.who.Session.IsZero() {
		if err := s.notice(ctx, f, networkOf(web.ClientAddr(r))); err != nil {
			return ctx, rest.Caller{}, err
		}
	}
	f.who.Credential = f.number
	if f.who.Address, err = audit.AddressIndex(ctx, s.cfg.DB.Vault(), f.who.Home, web.ClientAddr(r).String()); err != nil {
		return ctx, rest.Caller{}, err
	}
	if err := s.count(ctx, f); err != nil {
		return ctx, rest.Caller{}, err
	}
	return identity.Into(ctx, f.who), rest.Caller{Token: f.number.String(), Subject: f.who.Subject, Home: f.who.HomeScope("service"),
		Workspace: f.who.Workspace, Role: f.who.Role, Scopes: f.scopes}, nil
}

// half makes the problem of a missing second factor out of identity's.
func half(err error) error {
	if f := fault.Of(err); f.Code == fault.Unauthorized && f.Key == "identity.second.missing" {
		return fault.New(fault.Unauthorized, "bearer.Caller", rest.FactorKey)
	}
	return err
}

// byAccess finds the caller of an access token.
func (s *Service) byAccess(ctx context.Context, token string) (found, error) {
	const op = "bearer.byAccess"
	a, err := s.read(token)
	if err != nil {
		return found{}, err
	}
	f := found{number: a.session, scopes: a.scopes}
	err = s.cfg.DB.Read(ctx, s.visitor(), func(tx *store.Tx) error {
		if on, err := blocked(ctx, tx, a.id, a.session); err != nil || on {
			return orUnauthorized(err, op)
		}
		f.who, err = s.cfg.Accounts.OfSession(ctx, tx, s.cfg.Service, a.session)
		return err
	})
	return f, fault.Wrap(op, err)
}

// byPersonal finds the caller of a personal token.
func (s *Service) byPersonal(ctx context.Context, token string) (found, error) {
	const op = "bearer.byPersonal"
	hash := hashOf(token, PersonalPrefix)
	if hash == nil {
		return found{}, unauthorized(op)
	}
	var f found
	err := s.cfg.DB.Read(ctx, s.visitor(), func(tx *store.Tx) error {
		var row personal
		err := tx.QueryRow(ctx, "SELECT id, subject_id, workspace_id, scopes FROM personal_tokens WHERE tenant_id = $1 AND token_hash = $2 AND ends_at > $3",
			[]any{tx.Tenant(), hash, tx.Now()}, &row.ID, &row.Subject, &row.Workspace, &row.Scopes)
		if fault.Is(err, fault.NotFound) {
			return unauthorized(op)
		}
		if err != nil {
			return err
		}
		if on, err := blocked(ctx, tx, row.ID, row.ID); err != nil || on {
			return orUnauthorized(err, op)
		}
		f.number, f.scopes = row.ID, strings.Fields(row.Scopes)
		f.who, err = s.cfg.Accounts.OfPerson(ctx, tx, s.cfg.Service, row.Subject, row.Workspace)
		return err
	})
	return f, fault.Wrap(op, err)
}

func orUnauthorized(err error, op string) error {
	if err != nil {
		return err
	}
	return unauthorized(op)
}

// networkOf is the /24 or /48 of an address.
func networkOf(a netip.Addr) string {
	if !a.IsValid() {
		return "unknown"
	}
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// notice writes down the first use of a personal token from a network. Which pairs
// are known is remembered, so that a call costs no query.
func (s *Service) notice(ctx context.Context, f found, network string) error {
	const op = "bearer.notice"
	pair := f.number.String() + " " + network
	if _, seen := s.known.Load(pair); seen {
		return nil
	}
	x, err := s.cfg.DB.Vault().Index(ctx, s.cfg.Home, "token_places.network", network)
	if err != nil {
		return fault.Wrap(op, err)
	}
	err = s.cfg.DB.Write(ctx, s.person(f.who.Subject), func(tx *store.Tx) error {
		n := 0
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM token_places WHERE tenant_id = $1 AND token_id = $2", []any{tx.Tenant(), f.number}, &n); err != nil {
			return err
		}
		isNew, err := store.InsertOnce(ctx, tx, &place{Subject: f.who.Subject, Token: f.number, Network: x, SeenAt: tx.Now()}, "tenant_id, token_id, network_index")
		if err != nil || !isNew {
			return err
		}
		act := "token.first"
		if n > 0 {
			act = "token.network"
			if err := s.tell(ctx, tx, f.who.Subject, act, act+":"+pairOnce(f, tx.Now())); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Act{Name: act, Subject: f.who.Subject, Told: true})
	})
	if err == nil {
		s.known.Store(pair, struct{}{})
	}
	return fault.Wrap(op, err)
}

// pairOnce bounds what the owner is told to once a day and token.
func pairOnce(f found, now clock.Instant) string {
	return f.number.String() + ":" + now.Time().Format("2006-01-02")
}
