package exchange

import (
	"context"
	"log/slog"
	"time"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Task is the kind of the job that books a file; its handler is [Service.Run].
const Task = "cash.import"

// Jobs runs a task later, put in by the transaction that wants it; *job.Queue does.
type Jobs interface {
	Enqueue(ctx context.Context, tx *store.Tx, t job.Task, at time.Time) error
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Store *store.DB
	Cash  *cash.Service
	Jobs  Jobs
	// Catalog has the words of accounts and categories in all languages: a file may
	// have been saved in another than its reader's.
	Catalog *i18n.Catalog
	// MaxBytes bounds a file that comes in; 16 MiB where 0.
	MaxBytes int64
	// Batch is how many rows a transaction books; 100 where 0.
	Batch int
	Log   *slog.Logger
}

// Service writes and reads files of families. It is safe for concurrent use.
type Service struct {
	Options
	db    *store.DB
	clock clock.Clock
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 16 << 20
	}
	if o.Batch == 0 {
		o.Batch = 100
	}
	return &Service{Options: o, db: o.Store, clock: o.Store.Clock()}
}

// work is how the job works in a family.
func (s *Service) work(family id.Tenant) store.Scope {
	return store.Scope{Tenant: family, Home: s.Cash.Home, Service: s.Cash.Slug, Actor: store.Actor{Kind: "job"}, Purpose: cash.Record}
}
