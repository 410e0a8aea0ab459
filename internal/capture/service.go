package capture

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"amanah/internal/capture/learning"
	"amanah/internal/capture/target"
	"amanah/internal/clock"
	"amanah/internal/extract/category"
	"amanah/internal/extract/email"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/notify"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// DeliverTask is the kind of the job that sends one delivery; its handler is
// [Service.Deliver].
const DeliverTask = "capture.deliver"

// Channel is the inbox channel of mails; its handler is [Service.HandleMail].
const Channel = "mail"

// Extractor reads a mail; *email.Extractor does.
type Extractor interface {
	Extract(raw []byte, o email.Options) (email.Result, error)
}

// Inbox has the mails that came in; *inbox.Inbox does.
type Inbox interface {
	Raw(ctx context.Context, s store.Scope, m inbox.Message) ([]byte, error)
	Retry(ctx context.Context, s store.Scope, key id.ID) error
}

// Jobs runs a task later, put in by the transaction that wants it; *job.Queue does.
type Jobs interface {
	Enqueue(ctx context.Context, tx *store.Tx, t job.Task, at time.Time) error
}

// Door lets a request out; *egress.Door does.
type Door interface {
	Do(ctx context.Context, u egress.Use, req *http.Request) (*egress.Response, error)
	Client(u egress.Use) *http.Client
}

// Teller tells a person what they must know; *notify.Service does.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, m notify.Message) error
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Store     *store.DB
	Extractor Extractor
	Inbox     Inbox
	Jobs      Jobs
	Door      Door
	// Rand makes addresses and secrets.
	Rand io.Reader
	// Domain is that of the agent addresses, such as "agent.ctt.id".
	Domain string
	// Slug is the service's name, "ctt".
	Slug string
	// Home is the service's own enclosure.
	Home id.Tenant
	// Zone gives a workspace's time zone; nil means WIB for all.
	Zone func(ctx context.Context, workspace id.Tenant) *time.Location
	// Owns tells whether a mail address is the person's own, such as the account's.
	// nil: no address is. What others forward by hand waits for review, until one
	// of theirs was approved.
	Owns func(ctx context.Context, s store.Scope, person id.Subject, address string) (bool, error)
	// Loopback lets targets be plain http on this machine: demo and tests.
	Loopback bool
	// Booked is told of each booking, in its transaction; may be nil.
	Booked func(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) error
	// Kinds are the kinds of target; nil: webhook and http.
	Kinds []target.Kind
	// Chats binds Telegram chats; nil: there is no bot.
	Chats *Chats
	// Tell tells who set a target up that it was paused; nil: the pages alone say it.
	Tell Teller
	// Post sends a target's file to the person's own address; nil: it cannot be sent.
	Post func(ctx context.Context, s store.Scope, person id.Subject, l target.Letter) error
	// Limits is nil where nothing is limited.
	Limits Limits
	Log    *slog.Logger
	// Knowledge is what is known of merchants; nil means the built-in one.
	Knowledge *category.Knowledge
}

// Service captures. It is safe for concurrent use.
type Service struct {
	Options
	db       *store.DB
	clock    clock.Clock
	kinds    map[string]target.Kind
	learning *learning.Store
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Knowledge == nil {
		k, err := category.Load()
		if err != nil {
			panic(err) // the files are embedded, and a test reads them
		}
		o.Knowledge = k
	}
	if o.Kinds == nil {
		o.Kinds = []target.Kind{target.Webhook{Loopback: o.Loopback}, target.HTTP{Loopback: o.Loopback}}
	}
	s := &Service{Options: o, db: o.Store, clock: o.Store.Clock(), kinds: map[string]target.Kind{}, learning: learning.New(o.Store.Vault(), o.Knowledge)}
	for _, k := range o.Kinds {
		s.kinds[k.Traits().Name] = k
	}
	return s
}

// scope is how jobs work in a workspace.
func (s *Service) scope(workspace id.Tenant, purpose string) store.Scope {
	return store.Scope{Tenant: workspace, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: purpose}
}

// zone is asked for before a transaction begins: Zone may read the store, and a
// transaction that waits for another can wait for ever.
func (s *Service) zone(ctx context.Context, workspace id.Tenant) *time.Location {
	if s.Zone != nil {
		if z := s.Zone(ctx, workspace); z != nil {
			return z
		}
	}
	return clock.WIB
}
