package billing

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"amanah/internal/billing/qris"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Door lets a request out; *egress.Door does.
type Door interface {
	Do(ctx context.Context, u egress.Use, req *http.Request) (*egress.Response, error)
}

// Note is something that a person should hear of.
type Note struct {
	Subject id.Subject
	Key     string            // of the catalogue; its sentences are Key.title and Key.text
	Args    map[string]string // never an amount or a name
	Link    string            // below the service's own path
	Once    string            // what was told under this is not told again
}

// Teller tells people, in the caller's transaction of the home.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, n Note) error
}

// VirtualAccount is a bank's range of account numbers that belongs to the issuer.
type VirtualAccount struct {
	Bank   string
	Prefix string
	Digits int // of the debtor's number behind the prefix
}

// Options are what a Service needs. Store, Slug, Home, Plans, Taxes and Issuer are
// needed.
type Options struct {
	Store *store.DB
	// Slug is the service's name; Home the enclosure in which its invoices lie.
	Slug   string
	Home   id.Tenant
	Plans  Plans
	Taxes  Taxes
	Issuer Issuer
	// Tax is the code that the service's own lines carry; "" for none.
	Tax string
	// Series and CreditSeries begin the numbers; INV and CN where empty.
	Series, CreditSeries string
	// FiscalYearBegins is the month; January where zero.
	FiscalYearBegins time.Month
	// DueDays are given to pay, GraceDays further until nothing can be changed.
	DueDays, GraceDays int
	// QRIS is the issuer's own merchant account; nil where there is none.
	QRIS      *qris.Payload
	Accounts  []VirtualAccount
	Providers []Provider
	Door      Door
	Teller    Teller
	// Catalog has the words of files; nil: there are no files.
	Catalog *i18n.Catalog
	// Released is called in the transaction that lets a workspace work again.
	Released func(ctx context.Context, tx *store.Tx, workspace id.Tenant) error
	Log      *slog.Logger
}

// Service bills. It is safe for concurrent use.
type Service struct {
	Options
	db    *store.DB
	clock clock.Clock
	told  sync.Map // month and workspace that were told of a limit by this process
}

// New makes the service.
func New(o Options) *Service {
	if o.Series == "" {
		o.Series = "INV"
	}
	if o.CreditSeries == "" {
		o.CreditSeries = "CN"
	}
	if o.FiscalYearBegins == 0 {
		o.FiscalYearBegins = time.January
	}
	if o.DueDays <= 0 {
		o.DueDays = 7
	}
	if o.GraceDays <= 0 {
		o.GraceDays = 14
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Options: o, db: o.Store, clock: o.Store.Clock()}
}

// home is how the service's own jobs work.
func (s *Service) home(kind string) store.Scope {
	return store.Scope{Tenant: s.Home, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: kind}, Purpose: "billing"}
}

func (s *Service) tell(ctx context.Context, tx *store.Tx, n Note) error {
	if s.Teller == nil || n.Subject.IsZero() {
		return nil
	}
	return s.Teller.Tell(ctx, tx, n)
}

func (s *Service) provider(name string) Provider {
	for _, p := range s.Providers {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

func nowOf(s *Service) clock.Instant { return clock.At(s.clock.Now()) }
