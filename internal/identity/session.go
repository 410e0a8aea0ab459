package identity

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// How long a session is good, and how exactly its last use is known: one write
// in five minutes at most.
const (
	sessionTime = 30 * 24 * time.Hour
	seenEvery   = 5 * time.Minute
	// stepTime is how long a half session may take to become a whole one.
	stepTime  = 30 * time.Minute
	agentMost = 400
)

// Ticket is a new session; Token goes into the cookie and is kept nowhere.
type Ticket struct {
	Token   string
	Expires time.Time
	Session id.ID
	Subject id.Subject
	// Step is what the session lacks; until it is taken the session opens nothing.
	Step Step

	unusual bool // the owner is to be told
}

// entrance is a device at the door, and how the person proved themselves there.
type entrance struct {
	Device
	how   Method
	place vault.Index
}

// entrance reads a device before the transaction that lets it in.
func (s *Service) entrance(ctx context.Context, v tenant.Service, how Method, d Device) (entrance, error) {
	if len(d.Agent) > agentMost {
		d.Agent = d.Agent[:agentMost]
	}
	x, err := s.cfg.DB.Vault().Index(ctx, v.Home, "sessions.place", neighbourhood(d))
	return entrance{d, how, x}, fault.Wrap("identity.entrance", err)
}

// openSession signs an account in on a device; half, where a second proof is
// still missing.
func (s *Service) openSession(ctx context.Context, tx *store.Tx, v tenant.Service, a *account, in entrance) (Ticket, error) {
	token, hash, err := s.newToken()
	if err != nil {
		return Ticket{}, err
	}
	now := tx.Now()
	row := &session{
		Subject: a.Subject, TokenHash: hash, CreatedAt: now, SeenAt: now, EndsAt: clock.At(now.Time().Add(sessionTime)),
		IP: vault.Seal(in.IP), Agent: vault.Seal(in.Agent), Method: in.how, ProvedAt: now, Place: in.place,
	}
	if in.how == ByPasskey {
		row.Factor, row.AssuredAt = factor.Passkey, now
	}
	places, err := tenant.Of(ctx, tx, a.Subject)
	if err != nil {
		return Ticket{}, err
	}
	if len(places) > 0 {
		row.Workspace = places[0].Workspace.Key()
	}
	step, err := s.step(ctx, tx, v, row, places)
	if err != nil {
		return Ticket{}, err
	}
	if step != StepNone { // somebody who comes no further is not kept for a month
		row.EndsAt = clock.At(now.Time().Add(stepTime))
	}
	unusual, err := isUnusual(ctx, tx, row)
	if err != nil {
		return Ticket{}, err
	}
	if err := tx.For(ctx, "security", func() error { return store.Insert(ctx, tx, row) }); err != nil {
		return Ticket{}, fault.Wrap("identity.openSession", err)
	}
	_, err = tx.Exec(ctx, "UPDATE accounts SET last_signin_at = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), a.Subject, now)
	if err == nil {
		e := Event{Name: "signin", Subject: a.Subject, Workspace: row.Workspace, Session: row.ID}
		if step == StepSecond {
			e.Name = "signin.half"
		}
		err = s.record(ctx, tx, e)
	}
	if err == nil && unusual {
		err = s.record(ctx, tx, Event{Name: "signin.unusual", Subject: a.Subject, Session: row.ID})
	}
	t := Ticket{Token: token, Expires: now.Time().Add(sessionTime), Session: row.ID, Subject: a.Subject, Step: step, unusual: unusual}
	return t, fault.Wrap("identity.openSession", err)
}

// step is what a session lacks. It is asked at each request: a factor that was
// added on one device makes the person's other sessions show it.
func (s *Service) step(ctx context.Context, tx *store.Tx, v tenant.Service, row *session, places []tenant.Membership) (Step, error) {
	has, err := factor.Has(ctx, tx, row.Subject)
	switch {
	case err != nil || has && row.AssuredAt.IsZero():
		return StepSecond, err
	case has:
		return StepNone, nil
	}
	needed, err := s.required(ctx, tx, v.Slug, row.Subject, places)
	if err != nil || needed {
		return StepEnrol, err
	}
	return StepNone, nil
}

// Resolve says who a session's token belongs to, asking the database each time.
// Fault Unauthorized for a token that is unknown, ended or too old, where the
// account was closed, and, with identity.second.missing, for a half session.
func (s *Service) Resolve(ctx context.Context, slug, token string) (Principal, error) {
	p, err := s.resolve(ctx, slug, token)
	if err == nil && p.Step != StepNone {
		return Principal{}, errHalf()
	}
	return p, err
}

// errHalf is the answer to a session that still lacks a step.
func errHalf() error {
	return fault.New(fault.Unauthorized, "identity.session", "identity.second.missing")
}

// resolve is Resolve for half sessions too.
func (s *Service) resolve(ctx context.Context, slug, token string) (Principal, error) {
	const op = "identity.resolve"
	v, err := s.service(slug)
	if err != nil {
		return Principal{}, err
	}
	hash := hashToken(token)
	if hash == nil {
		return Principal{}, fault.New(fault.Unauthorized, op, "")
	}
	var p Principal
	var seen clock.Instant
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		row, err := store.One[session](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2 AND ends_at > $3", tx.Tenant(), hash, tx.Now())
		if err != nil {
			return err
		}
		seen = row.SeenAt
		p, err = s.principal(ctx, tx, v, row)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return Principal{}, fault.New(fault.Unauthorized, op, "")
	}
	if err != nil {
		return Principal{}, fault.Wrap(op, err)
	}
	return p, s.touch(ctx, v, p, seen)
}

// touch notes that a session was used.
func (s *Service) touch(ctx context.Context, v tenant.Service, p Principal, seen clock.Instant) error {
	now := s.cfg.DB.Clock().Now()
	if now.Sub(seen.Time()) < seenEvery {
		return nil
	}
	err := s.cfg.DB.WriteGrouped(ctx, person(v, p.Subject, "security"), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE sessions SET seen_at = $3 WHERE tenant_id = $1 AND id = $2 AND seen_at < $3", tx.Tenant(), p.Session, clock.At(now))
		return err
	})
	return fault.Wrap("identity.touch", err)
}

// principal puts together who a session stands for.
func (s *Service) principal(ctx context.Context, tx *store.Tx, v tenant.Service, row *session) (Principal, error) {
	a, err := bySubject(ctx, tx, row.Subject)
	if err != nil {
		return Principal{}, err
	}
	p := Principal{
		Service: v.Slug, Home: v.Home, Subject: a.Subject, Session: row.ID,
		Name: a.Name.Reveal(), Email: a.Email.Reveal(), Lang: a.Lang, Zone: tenant.DefaultZone,
		Method: row.Method, Proved: row.ProvedAt,
	}
	places, err := tenant.Of(ctx, tx, a.Subject)
	if err != nil {
		return p, err
	}
	if p.Required, err = s.required(ctx, tx, v.Slug, a.Subject, places); err != nil {
		return p, err
	}
	if p.Step, err = s.step(ctx, tx, v, row, places); err != nil || len(places) == 0 {
		return p, err
	}
	at := places[0]
	for _, m := range places[1:] {
		if m.Workspace.Key() == row.Workspace {
			at = m
		}
	}
	p.Workspace, p.Kind, p.Role, p.Zone = at.Workspace.Key(), at.Workspace.Kind, at.Role, at.Workspace.Zone
	p.WorkspaceName, err = workspaceName(ctx, tx, a, &at.Workspace)
	return p, err
}

// workspaceName is a company's name, or that of the person who owns it; empty
// where that person's key is gone.
func workspaceName(ctx context.Context, tx *store.Tx, reader *account, w *tenant.Workspace) (string, error) {
	if name := w.Name.Reveal(); name != "" || w.Owner == reader.Subject {
		if name == "" {
			name = reader.Name.Reveal()
		}
		return name, nil
	}
	owner, err := bySubject(ctx, tx, w.Owner)
	if fault.Is(err, fault.NotFound) || store.Closed(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return owner.Name.Reveal(), nil
}
