package cash

import (
	"context"
	"crypto/ed25519"
	"io"
	"log/slog"
	"time"

	"amanah/internal/clock"
	"amanah/internal/extract/category"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
)

// Jobs runs a task later, put in by the transaction that wants it; *job.Queue does.
type Jobs interface {
	Enqueue(ctx context.Context, tx *store.Tx, t job.Task, at time.Time) error
}

// Signer signs what has to stand in a dispute; *receipt.Key of privacy/receipt does.
type Signer interface {
	SignNote(text []byte) ([]byte, error)
	Public() ed25519.PublicKey
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Store *store.DB
	Slug  string    // the service
	Home  id.Tenant // its home
	Jobs  Jobs
	Rand  io.Reader
	Sign  Signer
	// Reader reads receipts; nil: pictures are kept and asked about.
	Reader Reader
	// Second reads once more beside Reader; nil: nobody does.
	Second Second
	// Sight says who sees what; nil is ByRole.
	Sight Sight
	// Names are the names of a family's members, for pages; nil: there are none.
	// It reads the store and is called outside of transactions.
	Names func(ctx context.Context, s store.Scope) (map[id.Subject]string, error)
	// Savable tells what can be saved in a month; nil: pages say nothing of it.
	Savable Savable
	// Changed hears of every entry that was entered, changed or taken back, in the
	// transaction that did it; nil: nobody listens.
	Changed func(ctx context.Context, tx *store.Tx, e *Entry) error
	Log     *slog.Logger
	// Knowledge is what is known of merchants; nil means the built-in one.
	Knowledge *category.Knowledge
}

// Service keeps families' money. It is safe for concurrent use.
type Service struct {
	Options
	db    *store.DB
	clock clock.Clock
	model *category.Model
	// reading holds one while a picture is read: reading takes a whole processor.
	reading chan struct{}
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Sight == nil {
		o.Sight = ByRole{}
	}
	if o.Knowledge == nil {
		k, err := category.Load()
		if err != nil {
			panic(err) // the files are embedded, and a test reads them
		}
		o.Knowledge = k
	}
	return &Service{Options: o, db: o.Store, clock: o.Store.Clock(), model: o.Knowledge.Model(nil), reading: make(chan struct{}, 1)}
}

// As is how a person works in a family.
func (s *Service) As(family id.Tenant, who id.Subject, purpose string) store.Scope {
	return store.Scope{Tenant: family, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "person", ID: id.ID(who)}, Purpose: purpose}
}

// work is how the program itself works in a family.
func (s *Service) work(family id.Tenant, purpose string) store.Scope {
	return store.Scope{Tenant: family, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: purpose}
}

func (s *Service) changed(ctx context.Context, tx *store.Tx, e *Entry) error {
	if s.Changed == nil {
		return nil
	}
	return s.Changed(ctx, tx, e)
}
