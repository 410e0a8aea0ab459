package guardian

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// Purpose is the notice's purpose of all work here: it stays open while the person
// is stopped.
const Purpose = "rights"

// Module switches sign-ups with a guardian on.
const Module = "guardian"

// Limits of the letters that ask.
const (
	linkTime    = 72 * time.Hour
	lettersMost = 6
	letterPause = time.Hour
)

// Accounts are the service's accounts; identity.Service has them.
type Accounts interface {
	SignUp(ctx context.Context, slug string, in identity.SignUp) error
	Find(ctx context.Context, service, address string) (id.Subject, bool, error)
}

// Post carries letters. It waits until the letter is taken.
type Post interface {
	// Person writes to the young person; the sentences are key.subject and key.text.
	Person(ctx context.Context, home store.Scope, who id.Subject, key string, args ...any) error
	// Party writes to somebody who has no account, about the young person.
	Party(ctx context.Context, home store.Scope, who id.Subject, to, lang, key string, args ...any) error
}

// Eraser erases a person, as "guardian" or "officer".
type Eraser interface {
	Erase(ctx context.Context, who id.Subject, by string, lang i18n.Lang) (id.ID, error)
}

// Config is what New needs; Rand is crypto/rand where nil.
type Config struct {
	DB       *store.DB
	Notice   func(service string) (*notice.Notice, bool)
	Digest   func(service, version string) string
	Accounts Accounts
	// Contact reads an account in a transaction of its home.
	Contact func(ctx context.Context, tx *store.Tx, who id.Subject) (identity.Contact, error)
	Post    Post
	Eraser  Eraser
	// EndSessions ends a person's sessions in a transaction of the home; may be nil.
	EndSessions func(ctx context.Context, tx *store.Tx, who id.Subject) error
	Rand        io.Reader
	// Address is a service's absolute address, without a slash at the end.
	Address func(service string) string
	// Home is the scope of a service's own enclosure.
	Home func(service string) store.Scope
}

// Service asks, keeps and ends the approvals. It is safe for concurrent use.
type Service struct {
	Config
	tries *web.Limiter
}

// New checks that nothing is missing.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Notice == nil || c.Digest == nil || c.Accounts == nil || c.Contact == nil || c.Post == nil || c.Eraser == nil || c.Address == nil || c.Home == nil {
		return nil, errors.New("guardian: New lacks something")
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return &Service{c, web.NewLimiter(c.DB.Clock(), web.Rate{PerSecond: 1.0 / 30, Burst: 20})}, nil
}

// rule is the notice's rule for young people. Fault NotFound where a service has
// none or does not run the module.
func (s *Service) rule(service string) (*notice.Notice, *notice.Guardian, error) {
	n, ok := s.Notice(service)
	if !ok || !Runs(n) {
		return nil, nil, fault.New(fault.NotFound, "guardian.rule", "not_found")
	}
	return n, n.Guardian(), nil
}

// Runs tells whether young people can sign up by a notice.
func Runs(n *notice.Notice) bool {
	g := n.Guardian()
	if g == nil || len(g.Ages) != 2 {
		return false
	}
	for _, m := range n.Modules() {
		if m == Module {
			return true
		}
	}
	return false
}

// asked are the purposes that rest on the guardian's consent: those of consent for
// which the notice names the guardian's consent.
func asked(n *notice.Notice) []string {
	c, ok := n.Category("guardian.consent")
	if !ok {
		return nil
	}
	var out []string
	for _, key := range c.For {
		if p, ok := n.Purpose(key); ok && p.NeedsConsent() {
			out = append(out, key)
		}
	}
	return out
}

func (s *Service) proof(n *notice.Notice, d identity.Device) consent.Proof {
	return consent.Proof{Notice: n.Version(), Digest: s.Digest(n.Service(), n.Version()), How: consent.ByGuardian, Lang: d.Lang, IP: d.IP, Agent: d.Agent}
}

func (s *Service) home(service string) store.Scope {
	h := s.Home(service)
	h.Purpose = Purpose
	return h
}

const tokenBytes = 32

// token makes a secret and the hash under which it is kept.
func (s *Service) token() (token string, sum []byte, err error) {
	var b [tokenBytes]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", nil, fault.Wrap("guardian.token", err)
	}
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, tokenSum(token), nil
}

// tokenSum is nil for what cannot be a token, so that nothing long is looked up.
func tokenSum(token string) []byte {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return nil
	}
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// errLink is the one answer to a link that does not work: unknown, used, old, or of
// another service.
func errLink(op string) error { return fault.New(fault.NotFound, op, "guardian.link.wrong") }
