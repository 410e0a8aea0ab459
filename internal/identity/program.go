package identity

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// ByToken is how a person's own program acts: by a token that the person made.
const ByToken Method = "token"

// OfSession gives the principal of a live, whole session by its number, in the
// caller's transaction in the service's home. Fault Unauthorized for any other.
func (s *Service) OfSession(ctx context.Context, tx *store.Tx, slug string, key id.ID) (Principal, error) {
	row, err := store.One[session](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND ends_at > $3", tx.Tenant(), key, tx.Now())
	return s.of(ctx, tx, slug, row, err)
}

// OfPerson gives the principal of a person in a workspace that they belong to, for
// a token that they made. It has no session and is never fresh. Fault Unauthorized
// where the account was closed, or the person is no member of the workspace.
func (s *Service) OfPerson(ctx context.Context, tx *store.Tx, slug string, who id.Subject, workspace id.Tenant) (Principal, error) {
	p, err := s.of(ctx, tx, slug, &session{Subject: who, Workspace: workspace, Method: ByToken, AssuredAt: tx.Now()}, nil)
	if err == nil && p.Workspace != workspace {
		return Principal{}, fault.New(fault.Unauthorized, "identity.OfPerson", "")
	}
	return p, err
}

func (s *Service) of(ctx context.Context, tx *store.Tx, slug string, row *session, err error) (Principal, error) {
	v, known := s.service(slug)
	if known != nil {
		return Principal{}, known
	}
	var p Principal
	if err == nil {
		p, err = s.principal(ctx, tx, v, row)
	}
	switch {
	case fault.Is(err, fault.NotFound):
		return Principal{}, fault.New(fault.Unauthorized, "identity.of", "")
	case err != nil:
		return Principal{}, fault.Wrap("identity.of", err)
	case p.Step != StepNone:
		return Principal{}, errHalf()
	}
	return p, nil
}

// Prolong keeps a session good for its whole time from now on, as a program does
// that renews its token. It says whether the session was still good.
func (s *Service) Prolong(ctx context.Context, tx *store.Tx, key id.ID) (bool, error) {
	now := tx.Now()
	n, err := tx.Exec(ctx, "UPDATE sessions SET ends_at = $3, seen_at = $4 WHERE tenant_id = $1 AND id = $2 AND ends_at > $4",
		tx.Tenant(), key, clock.At(now.Time().Add(sessionTime)), now)
	return n == 1, fault.Wrap("identity.Prolong", err)
}

// EndOf ends a session in the caller's transaction.
func (s *Service) EndOf(ctx context.Context, tx *store.Tx, key id.ID) error {
	_, err := tx.Exec(ctx, "UPDATE sessions SET ends_at = $3, revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND ends_at > $3", tx.Tenant(), key, tx.Now())
	return fault.Wrap("identity.EndOf", err)
}

// Half gives the principal of a live session of which a step is still missing.
func (s *Service) Half(ctx context.Context, slug string, key id.ID) (p Principal, err error) {
	v, err := s.service(slug)
	if err != nil {
		return p, err
	}
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		row, err := store.One[session](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND ends_at > $3", tx.Tenant(), key, tx.Now())
		if err == nil {
			p, err = s.principal(ctx, tx, v, row)
		}
		return err
	})
	return p, fault.Wrap("identity.Half", err)
}
