package egress

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// Kinds of recipient.
const (
	Processor = "processor"     // named in the notice
	Chosen    = "chosen-by-you" // a target that the user entered
)

// Target is the key of every recipient that a user chose.
const Target = "target"

// Recipient is who gets the data: a key of the notice, or Target.
type Recipient struct {
	Key  string
	Kind string
}

// Use says for whom and what for something is sent. Subject may be zero where
// no one person is concerned.
type Use struct {
	Service    string
	Tenant     id.Tenant
	Subject    id.Subject
	Recipient  Recipient
	Purpose    string
	Categories []string
	// Timeout and MaxResponse are what the answer to this use may take where that is
	// more, or less, than the door's: a question that stays open, a file. 0: the door's.
	Timeout     time.Duration
	MaxResponse int64
}

// Outcomes of a transfer.
const (
	Intended = "intended" // written before sending; if it stays, nobody knows
	Sent     = "sent"     // the other side had all of it and answered
	Failed   = "failed"   // it did not go out
	Unknown  = "unknown"  // it went out, the answer did not come whole
	Refused  = "refused"  // the door did not let it out
)

// Transfer is one line of the record of what left. The same ID is recorded
// twice: as Intended, and with its outcome.
type Transfer struct {
	ID         id.ID
	Service    string
	Tenant     id.Tenant
	Subject    id.Subject
	Recipient  string
	Kind       string
	Purpose    string
	Categories []string
	Host       string
	Bytes      int64    // of the body; on a raw connection, of all that was written
	Digest     [32]byte // SHA-256 of the body; zero for a raw connection
	At         time.Time
	Outcome    string
	Reason     string // a message key or "status 200"
}

// Ledger keeps transfers. Record must be durable when it returns; a second
// Record with the same ID replaces outcome, bytes and reason of the first.
type Ledger interface {
	Record(ctx context.Context, t Transfer) error
}

// Authority knows what the notice allows. MaySend returns nil, or a fault
// Forbidden that names the missing line.
type Authority interface {
	MaySend(service, recipientKey, purpose string, categories []string, host string) error
}

// Resolver gives the addresses of a name. *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options of the door. Zero values mean the defaults named here.
type Options struct {
	// Gate tells whether the purpose is open for the person of a use and, where the
	// notice names categories, for each of them: nil, or a fault that store.Closed
	// knows. nil asks nobody (tests).
	Gate func(ctx context.Context, u Use) error
	// AllowLoopback lets plain http and https go to this machine itself. For
	// the demo and for tests.
	AllowLoopback bool
	// Trusted are "host:port" that the administrator's configuration names for
	// a recipient key, such as a relay in the own network. For that recipient
	// alone they may be private and without TLS. Never put Target here.
	Trusted map[string][]string
	// Refuse are further networks that nothing is sent to, such as the public
	// addresses of the installation itself.
	Refuse []netip.Prefix

	Timeout     time.Duration // of one request with its answer; 10 s
	DialTimeout time.Duration // of name and connection; 5 s
	MaxResponse int64         // bytes of an answer's body; 64 KiB
	MaxHeader   int64         // bytes of an answer's header; 16 KiB
	MaxRequest  int64         // bytes of a request's body; 32 MiB

	Resolver Resolver       // default: the system's
	RootCAs  *x509.CertPool // default: the system's
	Clock    clock.Clock    // default: the system's
	IDs      id.Maker       // default: from Clock
	Logger   *slog.Logger   // default: none

	// connect opens the connection to a checked address; tests watch it.
	connect func(ctx context.Context, network, addr string) (net.Conn, error)
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.DialTimeout <= 0 {
		o.DialTimeout = 5 * time.Second
	}
	if o.MaxResponse <= 0 {
		o.MaxResponse = 64 << 10
	}
	if o.MaxHeader <= 0 {
		o.MaxHeader = 16 << 10
	}
	if o.MaxRequest <= 0 {
		o.MaxRequest = 32 << 20
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.IDs.Now == nil {
		o.IDs = id.NewMaker(o.Clock.Now)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.connect == nil {
		o.connect = (&net.Dialer{Timeout: o.DialTimeout}).DialContext
	}
	return o
}

// Door lets things out. It is safe for concurrent use.
type Door struct {
	authority Authority
	ledger    Ledger
	o         Options
}

// New makes the door. Both authority and ledger are needed: there is no door
// without them.
func New(authority Authority, ledger Ledger, o Options) *Door {
	if authority == nil || ledger == nil {
		panic("egress: a door needs an authority and a ledger")
	}
	return &Door{authority: authority, ledger: ledger, o: o.withDefaults()}
}

func (d *Door) transfer(u Use, host string) Transfer {
	return Transfer{
		ID: d.o.IDs.New(), Service: u.Service, Tenant: u.Tenant, Subject: u.Subject,
		Recipient: u.Recipient.Key, Kind: u.Recipient.Kind, Purpose: u.Purpose,
		Categories: u.Categories, Host: host, At: d.o.Clock.Now(), Outcome: Intended,
	}
}

// permit asks the notice, and then the person's own choices.
func (d *Door) permit(ctx context.Context, op string, u Use, host string) error {
	err := d.authority.MaySend(u.Service, u.Recipient.Key, u.Purpose, u.Categories, host)
	if err == nil && d.o.Gate != nil {
		return fault.Wrap(op, d.o.Gate(ctx, u))
	}
	if err == nil {
		return nil
	}
	f := fault.New(fault.Forbidden, op, "egress.refused_by_notice").Cause(err)
	f.Args = fault.Of(err).Args
	return f
}

// intend writes the transfer down before it happens.
func (d *Door) intend(ctx context.Context, op string, t Transfer) error {
	if err := d.ledger.Record(ctx, t); err != nil {
		return fault.New(fault.Unavailable, op, "egress.not_recorded").Cause(err)
	}
	return nil
}

// complete writes what became of it, even if the caller has given up.
func (d *Door) complete(ctx context.Context, t Transfer, outcome, reason string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	t.Outcome, t.Reason = outcome, reason
	if err := d.ledger.Record(ctx, t); err != nil {
		d.o.Logger.Error("outcome of a transfer not recorded", "transfer", t.ID.String(), "code", string(fault.CodeOf(err)))
	}
}

// refuse records that nothing was let out and gives the fault back.
func (d *Door) refuse(ctx context.Context, t Transfer, err error) error {
	d.complete(ctx, t, Refused, fault.Of(err).Key)
	return err
}
