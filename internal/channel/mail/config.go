package mail

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
)

// Recipients knows the agent addresses. Lookup gets the local part as it was
// written and the domain in lower case; a fault NotFound is answered with
// 550 5.1.1, TooMany with 450, anything else with 451.
type Recipients interface {
	Lookup(ctx context.Context, localpart, domain string) (Recipient, error)
}

// Recipient is whose letter it is. Address is the agent address in its
// canonical spelling; two spellings of one address are one recipient.
type Recipient struct {
	Tenant  id.Tenant
	Subject id.Subject
	Address string
}

// Message is one accepted letter. Raw is byte for byte what DATA or BDAT
// carried, without a trace header of ours, so that signatures stay verifiable.
// The Acceptor may keep Raw: it is not used again.
type Message struct {
	Recipients   []Recipient
	EnvelopeFrom string // empty: the null sender of bounces and automatic answers
	RemoteIP     netip.Addr
	Helo         string
	TLS          bool
	Received     time.Time
	Raw          []byte
	Auth         Results
}

// Bounce tells whether the letter came with the null sender: it must never be
// answered by a letter.
func (m Message) Bounce() bool { return m.EnvelopeFrom == "" }

// Acceptor keeps letters. Accept returns only after the letter is durable for
// every recipient, or with a fault: Unavailable is answered with 451 4.3.0,
// TooMany with 452 4.2.2, TooLarge with 552 5.3.4, Invalid with 554 5.6.0 and
// anything else with 451, so that the client keeps the letter and tries again.
type Acceptor interface {
	Accept(ctx context.Context, m Message) error
}

// Config says how the server behaves. A zero limit means the default that is
// named here, a negative one means none.
type Config struct {
	Addr    string   // listening address, such as 127.0.0.1:2525
	Host    string   // our name in the greeting; default: the first of Domains
	Domains []string // recipient domains; any other is relaying and refused

	MaxSize       int64 // bytes of one letter; 25 MiB
	MaxRecipients int   // of one letter; 20
	MaxLine       int   // bytes of one line; 64 KiB
	InFlight      int64 // bytes of all letters in memory at once; 4 x MaxSize

	MaxConnections      int // at once; 200
	MaxConnectionsPerIP int // at once, IPv6 by /64; 50
	MaxReplies          int // lines answered on one connection; 5,000

	PerIPPerMinute        int // letters from one address; 600
	PerSenderPerMinute    int // letters from one envelope sender; 120
	PerRecipientPerMinute int // letters to one agent address; 600

	IdleTimeout   time.Duration // silence of the client; 2 min
	DataTimeout   time.Duration // one whole transaction; 10 min
	AcceptTimeout time.Duration // for the Acceptor; 30 s
	LookupTimeout time.Duration // for all DNS of one letter; 2 s

	TLS        *tls.Config // certificate for STARTTLS; nil: a self-made one
	RequireTLS bool        // refuse MAIL before STARTTLS

	// Resolver looks up DNS. nil: nothing is looked up and checks that need it
	// say temperror.
	Resolver Resolver
	Clock    clock.Clock // default: the system's
	Logger   *slog.Logger
}

func (c Config) withDefaults() Config {
	or := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	if c.MaxSize <= 0 {
		c.MaxSize = 25 << 20
	}
	if c.InFlight <= 0 {
		c.InFlight = 4 * c.MaxSize
	}
	// One letter must fit, or none would ever be taken.
	c.InFlight = max(c.InFlight, c.MaxSize+firstBuffer)
	or(&c.MaxRecipients, 20)
	or(&c.MaxLine, 64<<10)
	or(&c.MaxConnections, 200)
	or(&c.MaxConnectionsPerIP, 50)
	or(&c.MaxReplies, 5000)
	or(&c.PerIPPerMinute, 600)
	or(&c.PerSenderPerMinute, 120)
	or(&c.PerRecipientPerMinute, 600)
	orTime(&c.IdleTimeout, 2*time.Minute)
	orTime(&c.DataTimeout, 10*time.Minute)
	orTime(&c.AcceptTimeout, 30*time.Second)
	orTime(&c.LookupTimeout, 2*time.Second)
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	domains := make([]string, len(c.Domains))
	for i, d := range c.Domains {
		domains[i] = strings.ToLower(strings.TrimSuffix(d, "."))
	}
	c.Domains = domains
	if c.Host == "" {
		c.Host = "localhost"
		if len(domains) > 0 {
			c.Host = domains[0]
		}
	}
	return c
}
