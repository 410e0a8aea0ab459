package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

// Letter is a mail to one person. To is the only personal data in it, of the
// category account.email; the rest says to the door out whose it is and why.
type Letter struct {
	To, Subject, Text, HTML, Lang string

	Service string
	Home    id.Tenant
	Person  id.Subject
	About   id.ID // the invitation that the letter goes with
	Purpose string
}

// Mailer carries one letter. It may take long: it is never waited for by the
// person, so that its pace says nothing about who has an account.
type Mailer interface {
	Send(ctx context.Context, l Letter) error
}

// Device is what a request shows of a person's device.
type Device struct {
	IP    string // without port
	Agent string // the User-Agent header
	Lang  string // the language in which the page was shown
}

// Acceptance says that the notice and the terms were shown and accepted.
type Acceptance struct {
	Subject       id.Subject
	Notice, Terms string // versions; Terms "" where the service has none
	Device
}

// Choice is one optional consent that was given by an act of its own.
type Choice struct {
	Subject id.Subject
	Purpose string
	Notice  string // the version that named the purpose
	Device
}

// Consents keeps what people accept and consent to. It writes in the transaction
// of the sign-up: there is no account without its record.
type Consents interface {
	Accept(ctx context.Context, tx *store.Tx, a Acceptance) error
	Give(ctx context.Context, tx *store.Tx, c Choice) error
}

// Event is something that a security log keeps. It holds pseudonyms only.
type Event struct {
	// Name is one of: account.created, signup.repeated, signin, signin.failed,
	// signout, session.ended, email.verified, password.changed, password.reset,
	// account.changed, member.invited, member.joined, member.removed, signin.half,
	// signin.unusual, signin.disowned, factor.added, factor.removed, factor.codes,
	// factor.used, factor.failed, factor.copied, factor.reset, email.changed.
	Name      string
	Subject   id.Subject // whom it is about; zero for an unknown address
	Workspace id.Tenant
	Session   id.ID
}

// Recorder keeps the security log, in the transaction of what it records; the
// scope of the transaction says service, actor and time.
type Recorder interface {
	Record(ctx context.Context, tx *store.Tx, e Event) error
}

// Config is what the service is made of; everything but Landing, Rand, Cost,
// Secure, Required, Demo, Activity and Report is needed.
type Config struct {
	DB       *store.DB
	Services []tenant.Service
	Consents Consents
	Recorder Recorder
	Mailer   Mailer
	Catalog  *i18n.Catalog
	// Address is the absolute address of a service, without a slash at the end:
	// "https://ctt.example" or "http://127.0.0.1:8080/ctt". Links in mails use it.
	Address func(slug string) string
	// Landing is the path within a service that a sign-in leads to, "/" where nil.
	Landing func(slug string) string
	Rand    io.Reader // crypto/rand where nil
	// Cost of bcrypt, 12 where 0; tests take less.
	Cost int
	// Secure says that people reach the program by HTTPS, also where a proxy in
	// front ends it.
	Secure bool
	// Required tells whether a service's notice asks people of a role, in a workspace
	// or among the service's staff, for a second factor; nobody is asked where nil.
	Required func(slug string, role tenant.Role, staff bool) bool
	// Links are the services that let people in by a mailed link.
	Links []string
	// LinkFirst are those of them whose page of sign-in asks for the link, with the
	// password behind it, and which make accounts without a password too.
	LinkFirst []string
	// Ways are further ways into a service, and Pages further pages of an account,
	// that packages beside this one have; none where nil.
	Ways, Pages func(slug string) []Way
	// Demo shows the current one-time code on the pages that ask for it. Never where
	// real people are.
	Demo bool
	// Activity reads a person's own log, the newest first, before a line (zero: from
	// the newest). Where nil there is no page of it.
	Activity func(ctx context.Context, tx *store.Tx, who id.Subject, before id.ID, limit int) ([]LogLine, error)
	// Sealed gives the path within a service that a person is led to who signs in
	// while the account is closing. They have proven themselves by the password.
	Sealed func(ctx context.Context, slug string, who id.Subject) (path string, err error)
	// First gives the path within a service that a person is led to at each sign-in,
	// whatever they asked for; "" for the usual one. Nobody is where nil.
	First func(slug string, who id.Subject) string
	// Over is told of an invitation that is over, whose letter is of no more use;
	// nobody where nil. Waiting tells the same of those that end by themselves.
	Over func(ctx context.Context, invitation id.ID) error
	// Joining is what a service asks of who joins somebody else's workspace; nil, or
	// nil of it, where that is nothing more than an account.
	Joining func(slug string) *Joining
	// Answered hears of an invitation that was accepted, declined, taken back or
	// replaced, in the transaction in which it goes; nobody does where nil.
	Answered func(ctx context.Context, tx *store.Tx, invitation id.ID) error
	// Report is told about a mail that could not be sent. Its error holds no
	// personal data of this package.
	Report func(ctx context.Context, err error)
}

// Service signs people up and in, for all services of the program. It is safe
// for concurrent use; any number of them may share a database.
type Service struct {
	cfg      Config
	services map[string]tenant.Service
	hasher   *hasher
	mails    sync.WaitGroup
	posting  chan struct{}
}

// mailTime is how long one letter may take.
const mailTime = time.Minute

// New makes the service.
func New(cfg Config) (*Service, error) {
	if cfg.DB == nil || cfg.Consents == nil || cfg.Recorder == nil || cfg.Mailer == nil || cfg.Catalog == nil || cfg.Address == nil {
		return nil, errors.New("identity: New needs a store, consents, a recorder, a mailer, a catalogue and an address")
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Landing == nil {
		cfg.Landing = func(string) string { return "/" }
	}
	if cfg.Report == nil {
		cfg.Report = func(context.Context, error) {}
	}
	h, err := newHasher(cfg.Cost)
	if err != nil {
		return nil, fault.Wrap("identity.New", err)
	}
	s := &Service{cfg: cfg, services: map[string]tenant.Service{}, hasher: h, posting: make(chan struct{}, 8)}
	for _, v := range cfg.Services {
		if v.Home.IsZero() {
			v.Home = tenant.HomeOf(v.Slug)
		}
		s.services[v.Slug] = v
	}
	return s, nil
}

// Close waits for the letters that are on their way.
func (s *Service) Close() { s.mails.Wait() }

// service finds a service; fault NotFound for one that does not run here.
func (s *Service) service(slug string) (tenant.Service, error) {
	v, ok := s.services[slug]
	if !ok {
		return v, fault.New(fault.NotFound, "identity.service", "not_found")
	}
	return v, nil
}

// visitor is the scope of somebody who is not signed in.
func visitor(v tenant.Service, purpose string) store.Scope {
	return store.Scope{Tenant: v.Home, Home: v.Home, Service: v.Slug, Actor: store.Actor{Kind: "visitor"}, Purpose: purpose}
}

// person is the home's scope of an account.
func person(v tenant.Service, s id.Subject, purpose string) store.Scope {
	sc := visitor(v, purpose)
	sc.Actor = store.Actor{Kind: "person", ID: id.ID(s)}
	return sc
}

// later does what a person does not wait for: letters, and the look-ups before
// them, whose time would tell who has an account.
func (s *Service) later(ctx context.Context, f func(context.Context) error) {
	ctx = context.WithoutCancel(ctx)
	s.mails.Go(func() {
		s.posting <- struct{}{}
		defer func() { <-s.posting }()
		ctx, stop := context.WithTimeout(ctx, mailTime)
		defer stop()
		if err := f(ctx); err != nil {
			s.cfg.Report(ctx, fault.Wrap("identity.mail", err))
		}
	})
}
