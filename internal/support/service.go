package support

import (
	"context"
	"errors"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Teller tells people what they must know; *notify.Service does.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, m notify.Message) error
}

// Person is whose data a view shows.
type Person struct {
	Service   string
	Workspace id.Tenant
	Subject   id.Subject
}

// Table is what a view shows; columns are keys of the catalogue.
type Table struct {
	Columns []string
	Rows    [][]string
}

// View is one kind of data that a person may let staff look at. Its name and
// what it shows are the sentences support.view.<Key> and support.view.<Key>.text.
type View struct {
	Key string
	// Show reads it, at most a few hundred rows, in the language of staff.
	Show func(ctx context.Context, p Person, lang string) (Table, error)
}

// Config is what a Service is made of; all of it is needed.
type Config struct {
	DB     *store.DB
	Teller Teller
	Views  []View
	// AccountOf finds whose account an address is; fault NotFound for nobody's.
	AccountOf func(ctx context.Context, service, address string) (id.Subject, error)
}

// Service answers people. It is safe for concurrent use.
type Service struct {
	cfg Config
	db  *store.DB
}

// New makes the service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Teller == nil || c.AccountOf == nil || len(c.Views) == 0 {
		return nil, errors.New("support: New needs a store, a teller, views and a way to find accounts")
	}
	return &Service{c, c.DB}, nil
}

// staffScope is how staff work: in the home, for nothing but support.
func staffScope(p identity.Principal) store.Scope {
	s := p.HomeScope("support")
	s.Actor.Kind = "staff"
	return s
}

// staff lists who works for the service: the members of its home.
func staff(ctx context.Context, tx *store.Tx) ([]id.Subject, error) {
	members, err := tenant.StaffOf(ctx, tx)
	out := make([]id.Subject, 0, len(members))
	for _, m := range members {
		out = append(out, m.Subject)
	}
	return out, err
}

// IsStaff tells whether a person works for the service that they are signed in to.
func (s *Service) IsStaff(ctx context.Context, p identity.Principal) (bool, error) {
	found := false
	err := s.db.Read(ctx, p.HomeScope("support"), func(tx *store.Tx) (err error) { found, err = tenant.IsStaff(ctx, tx, p.Subject); return err })
	return found, fault.Wrap("support.IsStaff", err)
}

func (s *Service) view(key string) (View, bool) {
	for _, v := range s.cfg.Views {
		if v.Key == key {
			return v, true
		}
	}
	return View{}, false
}
