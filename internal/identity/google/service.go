package google

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/federate"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// tryTime is how long a try is good, at Google and again at the form after it.
const tryTime = 10 * time.Minute

// Events keeps the security log and tells the person, in the transaction of what
// happened. The names are google.linked and google.unlinked.
type Events interface {
	Record(ctx context.Context, tx *store.Tx, e identity.Event) error
}

// Config is what the service is made of; Rand is crypto/rand where nil.
type Config struct {
	DB       *store.DB
	Accounts *identity.Service
	// Clients ask Google, by the slug of the services that offer this way in.
	Clients map[string]*federate.Client
	Events  Events
	Rand    io.Reader
}

// Service is safe for concurrent use; any number of them may share a database.
type Service struct{ cfg Config }

// New makes the service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Accounts == nil || c.Events == nil {
		return nil, errors.New("google: New needs a store, accounts and events")
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return &Service{c}, nil
}

// Offers tells whether people of a service may come in with Google.
func (s *Service) Offers(slug string) bool { return s.cfg.Clients[slug] != nil }

func visitor(slug string) store.Scope {
	home := tenant.HomeOf(slug)
	return store.Scope{Tenant: home, Home: home, Service: slug, Actor: store.Actor{Kind: "visitor"}, Purpose: "security"}
}

func errTry() *fault.Error { return fault.New(fault.Invalid, "google.try", "federate.state") }

// begin notes a try and gives its ticket and where the browser goes.
func (s *Service) begin(ctx context.Context, slug, next string) (federate.Ticket, string, error) {
	t, err := federate.NewTicket(s.cfg.Rand)
	if err != nil {
		return "", "", err
	}
	err = s.cfg.DB.Write(ctx, visitor(slug), func(tx *store.Tx) error {
		return store.Insert(ctx, tx, &try{Ticket: t.Hash(), State: away, Next: next, EndsAt: clock.At(tx.Now().Time().Add(tryTime))})
	})
	return t, s.cfg.Clients[slug].Start(t), fault.Wrap("google.begin", err)
}

// claim takes a try that is away, once: of two answers at the same moment one wins.
func (s *Service) claim(ctx context.Context, slug string, t federate.Ticket) error {
	return fault.Wrap("google.claim", s.cfg.DB.Write(ctx, visitor(slug), func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE google_tries SET state = $4 WHERE tenant_id = $1 AND ticket_hash = $2 AND state = $3 AND ends_at > $5",
			tx.Tenant(), t.Hash(), away, claimed, tx.Now())
		if err == nil && n == 0 {
			return errTry()
		}
		return err
	}))
}

// find reads a try in a state; fault Invalid where there is none that is good.
func find(ctx context.Context, tx *store.Tx, t federate.Ticket, state string) (*try, error) {
	if t.Hash() == nil {
		return nil, errTry()
	}
	row, err := store.One[try](ctx, tx, "WHERE tenant_id = $1 AND ticket_hash = $2 AND state = $3 AND ends_at > $4", tx.Tenant(), t.Hash(), state, tx.Now())
	if fault.Is(err, fault.NotFound) {
		return nil, errTry()
	}
	return row, err
}

// keep notes who Google says it is, under a new ticket: what was sent to Google
// and back is worth nothing from then on.
func (s *Service) keep(ctx context.Context, slug string, t federate.Ticket, who federate.Identity) (federate.Ticket, error) {
	fresh, err := federate.NewTicket(s.cfg.Rand)
	if err != nil {
		return "", err
	}
	err = s.cfg.DB.Write(ctx, visitor(slug), func(tx *store.Tx) error {
		row, err := find(ctx, tx, t, claimed)
		if err != nil {
			return err
		}
		row.Ticket, row.State, row.EndsAt = fresh.Hash(), known, clock.At(tx.Now().Time().Add(tryTime))
		row.GoogleID, row.Email, row.Name = vault.Seal(who.Subject), vault.Seal(who.Email), vault.Seal(who.Name)
		return store.Update(ctx, tx, row)
	})
	return fresh, fault.Wrap("google.keep", err)
}

// waiting reads a try whose person has to say what next.
func (s *Service) waiting(ctx context.Context, slug string, t federate.Ticket) (row *try, err error) {
	err = s.cfg.DB.Read(ctx, visitor(slug), func(tx *store.Tx) error {
		row, err = find(ctx, tx, t, known)
		return err
	})
	return row, fault.Wrap("google.waiting", err)
}

// end forgets a try and gives the path that it was to lead on to.
func (s *Service) end(ctx context.Context, slug string, t federate.Ticket) (next string, err error) {
	err = s.cfg.DB.Write(ctx, visitor(slug), func(tx *store.Tx) error {
		row, err := store.One[try](ctx, tx, "WHERE tenant_id = $1 AND ticket_hash = $2", tx.Tenant(), t.Hash())
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		next = row.Next
		_, err = store.Delete[try](ctx, tx, row.ID)
		return err
	})
	return next, fault.Wrap("google.end", err)
}

// Clean removes the tries of a service that are over.
func (s *Service) Clean(ctx context.Context, slug string) error {
	scope := visitor(slug)
	scope.Actor.Kind = "job"
	return fault.Wrap("google.Clean", s.cfg.DB.Write(ctx, scope, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM google_tries WHERE tenant_id = $1 AND ends_at < $2", tx.Tenant(), clock.At(tx.Now().Time().Add(-time.Hour)))
		return err
	}))
}

func (s *Service) index(ctx context.Context, slug, googleID string) (vault.Index, error) {
	return s.cfg.DB.Vault().Index(ctx, tenant.HomeOf(slug), "google_links.google", googleID)
}

// owner is whose a Google account is; false for nobody's.
func (s *Service) owner(ctx context.Context, slug, googleID string) (who id.Subject, found bool, err error) {
	x, err := s.index(ctx, slug, googleID)
	if err != nil {
		return who, false, fault.Wrap("google.owner", err)
	}
	err = s.cfg.DB.Read(ctx, visitor(slug), func(tx *store.Tx) error {
		row, err := store.One[link](ctx, tx, "WHERE tenant_id = $1 AND google_index = $2", tx.Tenant(), x)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err == nil {
			who, found = row.Subject, true
		}
		return err
	})
	return who, found, fault.Wrap("google.owner", err)
}
