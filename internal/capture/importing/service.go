package importing

import (
	"context"
	"log/slog"
	"time"

	"amanah/internal/capture"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/extract/mutation"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/store"
)

// Task is the kind of the job that books a file; its handler is [Service.Run].
const Task = "import.run"

// Books take rows; *capture.Service does.
type Books interface {
	TakeRows(ctx context.Context, tx *store.Tx, in capture.Intake) ([]capture.State, error)
}

// Inbox keeps mails; *inbox.Inbox does.
type Inbox interface {
	Accept(ctx context.Context, in inbox.In) (key id.ID, fresh bool, err error)
}

// Jobs runs a task later, put in by the transaction that wants it; *job.Queue does.
type Jobs interface {
	Enqueue(ctx context.Context, tx *store.Tx, t job.Task, at time.Time) error
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Store *store.DB
	Books Books
	Inbox Inbox
	Jobs  Jobs
	Rules *mutation.Book
	// Known tells whether a mail's header names an issuer that the rules know.
	Known func(raw []byte) (address string, known bool)
	// Prove checks a mail's signatures; what it cannot prove a person decides.
	Prove func(ctx context.Context, raw []byte) email.Auth
	Slug  string
	Home  id.Tenant
	// Zone gives a workspace's time zone; nil means WIB for all.
	Zone func(ctx context.Context, workspace id.Tenant) *time.Location
	// Told has a person told that a long import ended; nil tells nobody.
	Told func(ctx context.Context, tx *store.Tx, i *Import) error
	// MaxBytes bounds a file; 200 MiB where 0.
	MaxBytes int64
	// Batch is how many rows a transaction books; 5000 where 0.
	Batch int
	Log   *slog.Logger
}

// Service imports. It is safe for concurrent use.
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
		o.MaxBytes = 200 << 20
	}
	if o.Batch == 0 {
		o.Batch = 5000
	}
	return &Service{Options: o, db: o.Store, clock: o.Store.Clock()}
}

func (s *Service) zone(ctx context.Context, workspace id.Tenant) *time.Location {
	if s.Zone != nil {
		if z := s.Zone(ctx, workspace); z != nil {
			return z
		}
	}
	return clock.WIB
}

// scope is how the job works in a workspace.
func (s *Service) scope(workspace id.Tenant) store.Scope {
	return store.Scope{Tenant: workspace, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: "capture"}
}
