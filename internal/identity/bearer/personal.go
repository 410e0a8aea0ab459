package bearer

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// tokensMost is how many live tokens a person may have.
const tokensMost = 50

// Token is a personal token as its owner sees it.
type Token struct {
	ID        id.ID
	Name      string
	Tail      string // its last four characters
	Workspace id.Tenant
	Scopes    []string
	Created   clock.Instant
	Ends      clock.Instant
	Revoked   clock.Instant
	LastUsed  clock.Instant
	Calls     int64 // in the last thirty days
}

// Live tells whether it still opens anything.
func (t Token) Live(now time.Time) bool { return t.Ends.Time().After(now) }

// Make makes a personal token for the workspace that the principal works in, and
// gives its text, which is kept nowhere. Only a person with a session makes one: a
// token must not make another. Faults Invalid on name, scopes and ends.
func (s *Service) Make(ctx context.Context, p identity.Principal, name string, wanted []string, ends time.Time) (string, Token, error) {
	const op = "bearer.Make"
	if p.Session.IsZero() || p.Workspace.IsZero() {
		return "", Token{}, fault.New(fault.Forbidden, op, "bearer.token.session_only")
	}
	name = strings.TrimSpace(name)
	now := s.now()
	switch {
	case name == "" || utf8.RuneCountInString(name) > 80:
		return "", Token{}, fault.New(fault.Invalid, op, "bearer.token.name").On("name")
	case len(wanted) == 0:
		return "", Token{}, fault.New(fault.Invalid, op, "bearer.token.scopes").On("scopes")
	case !ends.After(now) || ends.After(now.Add(personalMost)):
		return "", Token{}, fault.New(fault.Invalid, op, "bearer.token.ends").On("ends_at")
	}
	scopes, err := s.scopes(wanted)
	if err != nil {
		return "", Token{}, err
	}
	text, hash, err := s.secret(PersonalPrefix)
	if err != nil {
		return "", Token{}, err
	}
	row := &personal{Subject: p.Subject, Workspace: p.Workspace, Name: vault.Seal(name), TokenHash: hash, Tail: text[len(text)-4:],
		Scopes: strings.Join(scopes, " "), EndsAt: clock.At(ends)}
	err = s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		row.CreatedAt = tx.Now()
		n := 0
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM personal_tokens WHERE tenant_id = $1 AND subject_id = $2 AND ends_at > $3", []any{tx.Tenant(), p.Subject, tx.Now()}, &n); err != nil {
			return err
		}
		if n >= tokensMost {
			return fault.New(fault.Conflict, op, "bearer.token.most").With("most", tokensMost)
		}
		if err := store.Insert(ctx, tx, row); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "token.made", Subject: p.Subject, Told: true})
	})
	if err != nil {
		return "", Token{}, fault.Wrap(op, err)
	}
	return text, row.token(), nil
}

func (r *personal) token() Token {
	return Token{ID: r.ID, Name: r.Name.Reveal(), Tail: r.Tail, Workspace: r.Workspace, Scopes: strings.Fields(r.Scopes), Created: r.CreatedAt, Ends: r.EndsAt, Revoked: r.RevokedAt, LastUsed: r.LastUsedAt}
}

// Tokens are the principal's own, the newest first, with their use.
func (s *Service) Tokens(ctx context.Context, p identity.Principal) ([]Token, error) {
	var out []Token
	err := s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		rows, err := store.Find[personal](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY created_at DESC, id DESC", tx.Tenant(), p.Subject)
		if err != nil {
			return err
		}
		calls, err := callsOf(ctx, tx, p.Subject)
		for _, r := range rows {
			t := r.token()
			t.Calls = calls[r.ID] + s.uses.waiting(r.ID)
			out = append(out, t)
		}
		return err
	})
	return out, fault.Wrap("bearer.Tokens", err)
}

// Revoke ends one of the principal's own tokens, at once on every node. Fault
// NotFound for any other and for one that is over.
func (s *Service) Revoke(ctx context.Context, p identity.Principal, token id.ID) error {
	const op = "bearer.Revoke"
	return fault.Wrap(op, s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE personal_tokens SET ends_at = $4, revoked_at = $4 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3 AND ends_at > $4",
			tx.Tenant(), token, p.Subject, tx.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, op, "not_found")
		}
		if err := block(ctx, tx, p.Subject, token); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "token.revoked", Subject: p.Subject, Told: true})
	}))
}
