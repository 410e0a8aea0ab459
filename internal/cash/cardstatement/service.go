package cardstatement

import (
	"context"
	"log/slog"
	"time"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/extract/statement"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
)

// Task is the kind of the job that reads a file; its handler is [Service.Run].
const Task = "statement.read"

// Reader reads papers; *statement.Reader does.
type Reader interface {
	Read(ctx context.Context, raw []byte, o statement.Options) (*statement.Statement, error)
}

// Jobs runs a task later, put in by the transaction that wants it; *job.Queue does.
type Jobs interface {
	Enqueue(ctx context.Context, tx *store.Tx, t job.Task, at time.Time) error
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Store  *store.DB
	Cash   *cash.Service // the books
	Reader Reader
	Jobs   Jobs
	Slug   string    // the service
	Home   id.Tenant // its home
	// Names are the names of a family's members, for the history; nil: there are none.
	Names func(ctx context.Context, s store.Scope) (map[id.Subject]string, error)
	// MaxBytes bounds a file; 20 MiB where 0.
	MaxBytes int64
	Log      *slog.Logger
}

// Service takes statements in and has people decide about them. It is safe for
// concurrent use.
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
		o.MaxBytes = 20 << 20
	}
	return &Service{Options: o, db: o.Store, clock: o.Store.Clock()}
}

// scope is how the job works in a family.
func (s *Service) scope(family id.Tenant) store.Scope {
	return store.Scope{Tenant: family, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: Purpose}
}

// books does what belongs to the books, which are kept for another purpose.
func books(ctx context.Context, tx *store.Tx, f func() error) error {
	return tx.For(ctx, cash.Record, f)
}

// sees tells whether a person sees a statement: their own, and one whose account
// the family shares.
func (s *Service) sees(ctx context.Context, tx *store.Tx, v cash.View, f *File) (bool, error) {
	if f.Subject == v.Subject {
		return true, nil
	}
	if f.Account.IsZero() || !v.Sees(f.Subject, false) {
		return false, nil
	}
	shared := false
	err := tx.QueryRow(ctx, "SELECT shared FROM cash_accounts WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), f.Account}, &shared)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return shared, err
}

// Get reads a statement that the person sees; fault NotFound otherwise.
func (s *Service) Get(ctx context.Context, tx *store.Tx, v cash.View, key id.ID) (*File, error) {
	const op = "cardstatement.Get"
	f, err := store.Get[File](ctx, tx, key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	ok, err := s.sees(ctx, tx, v, f)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, op, "not_found")
	}
	return f, fault.Wrap(op, err)
}

// List reads those that the person sees, the newest first, a hundred at most.
func (s *Service) List(ctx context.Context, tx *store.Tx, v cash.View) ([]File, error) {
	const op = "cardstatement.List"
	all, err := store.FindOpen[File](ctx, tx, `WHERE tenant_id = $1 AND (subject = $2 OR account_id IN (SELECT id FROM cash_accounts WHERE tenant_id = $1 AND shared))
		ORDER BY created_at DESC, id DESC LIMIT 100`, tx.Tenant(), v.Subject)
	out := make([]File, 0, len(all))
	for _, f := range all {
		if f.Subject == v.Subject || v.Sees(f.Subject, false) {
			out = append(out, f)
		}
	}
	return out, fault.Wrap(op, err)
}
