package mailbox

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"sync"
	"time"

	"amanah/internal/channel/imap"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// Inbox keeps mails; *inbox.Inbox does.
type Inbox interface {
	Accept(ctx context.Context, in inbox.In) (key id.ID, fresh bool, err error)
}

// Door lets a connection out; *egress.Door does.
type Door interface {
	DialContext(u egress.Use) func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Options are what a Service needs. All are needed where nothing else is said.
type Options struct {
	Store *store.DB
	Inbox Inbox
	Door  Door
	// Known tells whether a mail's header names an issuer that the rules know.
	Known func(header []byte) (address string, known bool)
	// Prove checks a mail's signatures, and what a server that is known to write
	// down its own checks wrote; "" for one that is not.
	Prove func(ctx context.Context, raw []byte, server string) email.Auth
	Slug  string
	Home  id.Tenant
	// Told has a person told that their mailbox is no longer read; nil tells nobody.
	// The transaction is in the service's home.
	Told func(ctx context.Context, tx *store.Tx, m *Mailbox) error
	// Member tells whether a person still belongs to a workspace; nil: everybody does.
	// The transaction is in the service's home.
	Member func(ctx context.Context, tx *store.Tx, who id.Subject, workspace id.Tenant) (bool, error)
	// Loopback lets a mailbox be on this machine, without TLS too: demo and tests.
	Loopback bool
	RootCAs  *x509.CertPool // nil: the system's
	// Look is how often due mailboxes are looked for, 10 seconds where 0; Poll how
	// long a mailbox is waited for before it is asked anew, 5 minutes where 0.
	Look, Poll time.Duration
	Log        *slog.Logger
}

// Service reads mailboxes. It is safe for concurrent use.
type Service struct {
	Options
	db    *store.DB
	clock clock.Clock
	node  string
	wake  chan struct{}
	stop  context.CancelFunc
	done  chan struct{}

	mu   sync.Mutex
	busy map[id.ID]context.CancelFunc // those that this node reads
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Look == 0 {
		o.Look = 10 * time.Second
	}
	if o.Poll == 0 {
		o.Poll = 5 * time.Minute
	}
	return &Service{Options: o, db: o.Store, clock: o.Store.Clock(), node: o.Store.NewID().String(), wake: make(chan struct{}, 1), done: make(chan struct{}), busy: map[id.ID]context.CancelFunc{}}
}

// scope is how workers reach mailboxes, which lie in the home.
func (s *Service) scope() store.Scope {
	return store.Scope{Tenant: s.Home, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: "capture"}
}

// server is where a mailbox lies, with its password.
func (m *Mailbox) server() imap.Server {
	return imap.Server{Host: m.Host.Reveal(), Port: int(m.Port), Security: m.Security, User: m.User.Reveal(), Password: m.Password.Reveal()}
}

// open connects to a mailbox through the door.
func (s *Service) open(ctx context.Context, m *Mailbox) (*imap.Session, error) {
	return imap.Open(ctx, m.server(), imap.Options{RootCAs: s.RootCAs, Dial: s.Door.DialContext(egress.Use{Service: s.Slug, Tenant: m.Workspace, Subject: m.Subject,
		Recipient: egress.Recipient{Key: "mailbox", Kind: egress.Chosen}, Purpose: "capture", Categories: []string{"mailbox.address", "mailbox.secret"}})})
}
