package identity

import (
	"context"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// limit says how tries of one kind are slowed: so many are free, the next one
// makes the following wait for first, and each further one doubles that, up to
// most. After forget without a try, counting begins anew.
type limit struct {
	free                int64
	first, most, forget time.Duration
}

// The kinds of tries. Guesses are counted three ways. The pair of network and
// account is slowed the most: it is what a guesser has and the owner has not. The
// account alone waits for a minute at most, so that guesses from everywhere are
// bounded (1,440 a day against passwords of ten characters) and yet the owner is
// never shut out. The network alone is generous: thousands of phones share one.
var limits = map[string]limit{
	"signin.network": {free: 50, first: 5 * time.Second, most: 5 * time.Minute, forget: time.Hour},
	"signin.account": {free: 20, first: 2 * time.Second, most: time.Minute, forget: 24 * time.Hour},
	"signin.pair":    {free: 5, first: 10 * time.Second, most: 15 * time.Minute, forget: 24 * time.Hour},
	"ask.network":    {free: 20, first: 10 * time.Second, most: 10 * time.Minute, forget: time.Hour},
	"ask.email":      {free: 4, first: time.Minute, most: time.Hour, forget: 24 * time.Hour},
	// A second proof comes after a right first one: a stranger cannot make the owner
	// wait. Six digits are few, so that the wait grows early: about 100 a day.
	"factor.network":  {free: 50, first: 5 * time.Second, most: 5 * time.Minute, forget: time.Hour},
	"factor.account":  {free: 5, first: 10 * time.Second, most: 15 * time.Minute, forget: 24 * time.Hour},
	"passkey.network": {free: 60, first: 5 * time.Second, most: 5 * time.Minute, forget: time.Hour},
	"token.network":   {free: 30, first: 5 * time.Second, most: 5 * time.Minute, forget: time.Hour},
}

// keep is how long a counter may lie after its last try.
const keep = 24 * time.Hour

// try is one thing that a try is counted by.
type try struct {
	kind string
	key  vault.Index
}

func (s *Service) try(ctx context.Context, v tenant.Service, kind, value string) (try, error) {
	x, err := s.cfg.DB.Vault().Index(ctx, v.Home, "attempts."+kind, value)
	return try{kind, x}, fault.Wrap("identity.try", err)
}

// guesses are the counters of a sign-in, always in this order, so that two
// transactions never wait for each other.
func (s *Service) guesses(ctx context.Context, v tenant.Service, normal string, d Device) ([]try, error) {
	net := network(d.IP)
	return s.tries(ctx, v, "signin.network", net, "signin.account", normal, "signin.pair", net+" "+normal)
}

// asks are the counters of what sends a mail to an address.
func (s *Service) asks(ctx context.Context, v tenant.Service, normal string, d Device) ([]try, error) {
	return s.tries(ctx, v, "ask.network", network(d.IP), "ask.email", normal)
}

func (s *Service) tries(ctx context.Context, v tenant.Service, pairs ...string) ([]try, error) {
	var out []try
	for i := 0; i+1 < len(pairs); i += 2 {
		t, err := s.try(ctx, v, pairs[i], pairs[i+1])
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// charge counts a try before it is made, so that many at once do not slip
// through, and refuses it with TooMany and the wait where one is still running.
// A refused try is not counted: the wait does not grow by knocking.
func (s *Service) charge(ctx context.Context, v tenant.Service, tries []try) error {
	return s.cfg.DB.Write(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		for _, t := range tries {
			if err := charge(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func charge(ctx context.Context, tx *store.Tx, t try) error {
	const op = "identity.charge"
	l, now := limits[t.kind], tx.Now()
	for range 2 { // twice: another node may count the first try meanwhile
		// The update holds the row until the commit and asks again after a wait.
		n, err := tx.Exec(ctx, `UPDATE attempts SET tries = CASE WHEN last_at < $4 THEN 1 ELSE tries + 1 END, last_at = $3
			WHERE tenant_id = $1 AND key_index = $2 AND COALESCE(until_at, 0) <= $3`, tx.Tenant(), t.key, now, clock.At(now.Time().Add(-l.forget)))
		if err != nil {
			return fault.Wrap(op, err)
		}
		if n == 1 {
			return fault.Wrap(op, slow(ctx, tx, t, l))
		}
		isNew, err := store.InsertOnce(ctx, tx, &attempt{Key: t.key, Tries: 1, LastAt: now}, "tenant_id, key_index")
		if err != nil || isNew {
			return fault.Wrap(op, err)
		}
	}
	row, err := store.One[attempt](ctx, tx, "WHERE tenant_id = $1 AND key_index = $2", tx.Tenant(), t.key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	wait := max(row.UntilAt.Time().Sub(now.Time()), time.Second)
	return fault.New(fault.TooMany, op, "identity.wait").With("wait", wait.Round(time.Second))
}

// slow sets the wait after a try that was one too many.
func slow(ctx context.Context, tx *store.Tx, t try, l limit) error {
	row, err := store.One[attempt](ctx, tx, "WHERE tenant_id = $1 AND key_index = $2", tx.Tenant(), t.key)
	if err != nil || row.Tries <= l.free {
		return err
	}
	wait := l.most
	if over := row.Tries - l.free - 1; over < 20 {
		wait = min(l.first<<over, l.most)
	}
	_, err = tx.Exec(ctx, "UPDATE attempts SET until_at = $3 WHERE tenant_id = $1 AND key_index = $2",
		tx.Tenant(), t.key, clock.At(tx.Now().Time().Add(wait)))
	return err
}

// forgive forgets the tries at an account after the right password. Those of the
// network stay: a guesser with an account of their own gains nothing.
func forgive(ctx context.Context, tx *store.Tx, tries []try) error {
	for _, t := range tries {
		if strings.HasSuffix(t.kind, ".network") {
			continue
		}
		if _, err := tx.Exec(ctx, "DELETE FROM attempts WHERE tenant_id = $1 AND key_index = $2", tx.Tenant(), t.key); err != nil {
			return fault.Wrap("identity.forgive", err)
		}
	}
	return nil
}
