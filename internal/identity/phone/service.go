package phone

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"math/big"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// Message is a code on its way. Number is E.164; Text is the whole sentence for a
// sender without templates of its own.
type Message struct {
	Number, Code, Text, Lang string

	Service string
	Home    id.Tenant
	Person  id.Subject
}

// Sender carries one code to a telephone. A fault Invalid says that this number
// cannot be reached; any other, that it may work later.
type Sender interface {
	SendCode(ctx context.Context, m Message) error
}

// Events keeps the security log and tells the person, in the transaction of what
// happened. The names are phone.verified, phone.removed and phone.failed.
type Events interface {
	Record(ctx context.Context, tx *store.Tx, e identity.Event) error
}

// Config is what the service is made of; Rand is crypto/rand where nil.
type Config struct {
	DB      *store.DB
	Sender  Sender
	Events  Events
	Catalog *i18n.Catalog
	// Title names a service in a language, for the sentence with the code.
	Title func(slug, lang string) string
	Rand  io.Reader
	// Shown gives the last message to a person, for the demo's page alone, where
	// nothing is really sent; nil anywhere else.
	Shown func(who id.Subject) string
}

// Service proves numbers. It is safe for concurrent use; any number of them may
// share a database.
type Service struct{ cfg Config }

// New makes the service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Sender == nil || c.Events == nil || c.Catalog == nil || c.Title == nil {
		return nil, errors.New("phone: New needs a store, a sender, events, a catalogue and the services' names")
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return &Service{c}, nil
}

// How long a code is good, how many wrong ones it takes, and how long rows stay.
const (
	codeTime  = 10 * time.Minute
	codeTries = 5
	keep      = 24 * time.Hour
)

// State is what a person has: a proven number, a number that waits for its code,
// both or neither.
type State struct {
	Number   string
	Verified time.Time
	Waiting  string // the code to this number is still good
	Until    time.Time
}

// Of tells a person's state.
func (s *Service) Of(ctx context.Context, p identity.Principal) (out State, err error) {
	err = s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		row, err := store.Get[phone](ctx, tx, id.ID(p.Subject))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			out.Number, out.Verified = row.Number.Reveal(), row.VerifiedAt.Time()
		}
		c, err := open(ctx, tx, p.Subject)
		if err == nil {
			out.Waiting, out.Until = c.Number.Reveal(), c.EndsAt.Time()
		} else if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return err
	})
	return out, fault.Wrap("phone.Of", err)
}

// open is the one code of a person that is good now; fault NotFound without one.
func open(ctx context.Context, tx *store.Tx, who id.Subject) (*code, error) {
	return store.One[code](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND ends_at > $3 AND used_at IS NULL AND tries < $4 ORDER BY created_at DESC, id DESC",
		tx.Tenant(), who, tx.Now(), codeTries)
}

// Ask sends a code to a number; an earlier code is worthless from then on. Faults:
// Invalid on the field number, TooMany with the wait, Unavailable with
// phone.unsent where the sender does not work now.
func (s *Service) Ask(ctx context.Context, p identity.Principal, number string, d identity.Device) error {
	const op = "phone.Ask"
	normal, err := Parse(number)
	if err != nil {
		return err
	}
	digits, err := s.digits()
	if err != nil {
		return fault.Wrap(op, err)
	}
	row := &code{Row: store.Row{ID: s.cfg.DB.NewID()}, Subject: p.Subject, Number: vault.Seal(normal)}
	if err := s.index(ctx, p.Home, row, normal, digits, d); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error { return put(ctx, tx, row) }); err != nil {
		return fault.Wrap(op, err)
	}
	lang := i18n.Lang(p.Lang)
	text := s.cfg.Catalog.T(lang, "phone.text", "service", s.cfg.Title(p.Service, p.Lang), "code", digits)
	err = s.cfg.Sender.SendCode(ctx, Message{Number: normal, Code: digits, Text: text, Lang: p.Lang, Service: p.Service, Home: p.Home, Person: p.Subject})
	if err == nil {
		return nil
	}
	return s.unsent(ctx, p, row.ID, err)
}

// unsent takes a code back that did not go out. The try stays counted: asking a
// broken sender again and again would not help either.
func (s *Service) unsent(ctx context.Context, p identity.Principal, which id.ID, cause error) error {
	const op = "phone.Ask"
	err := s.cfg.DB.Write(context.WithoutCancel(ctx), p.HomeScope("security"), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE phone_codes SET ends_at = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), which, tx.Now())
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	if fault.Is(cause, fault.Invalid) {
		return fault.New(fault.Invalid, op, "phone.number.refused").On("number").Cause(cause)
	}
	return fault.New(fault.Unavailable, op, "phone.unsent").Cause(cause)
}

// put counts, makes earlier codes worthless and stores the new one.
func put(ctx context.Context, tx *store.Tx, row *code) error {
	_, err := store.InsertOnce(ctx, tx, &phone{Row: store.Row{ID: id.ID(row.Subject)}, Subject: row.Subject}, "tenant_id, id")
	if err != nil {
		return err
	}
	// Two askings of one person wait for each other here.
	if _, err := tx.Exec(ctx, "UPDATE phones SET asked_at = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), row.Subject, tx.Now()); err != nil {
		return err
	}
	if err := slow(ctx, tx, row); err != nil {
		return err
	}
	if err := void(ctx, tx, row.Subject); err != nil {
		return err
	}
	row.CreatedAt, row.EndsAt = tx.Now(), clock.At(tx.Now().Time().Add(codeTime))
	return store.Insert(ctx, tx, row)
}

// void ends the codes of a person that are still good.
func void(ctx context.Context, tx *store.Tx, who id.Subject) error {
	_, err := tx.Exec(ctx, "UPDATE phone_codes SET ends_at = $3 WHERE tenant_id = $1 AND subject_id = $2 AND ends_at > $3", tx.Tenant(), who, tx.Now())
	return err
}

// digits are a new code: six digits, each value as likely as any other.
func (s *Service) digits() (string, error) {
	n, err := rand.Int(s.cfg.Rand, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	text := n.String()
	return "000000"[len(text):] + text, nil
}

// index fills in what a code is found and counted by.
func (s *Service) index(ctx context.Context, home id.Tenant, row *code, number, digits string, d identity.Device) (err error) {
	v := s.cfg.DB.Vault()
	if row.Digest, err = s.digest(ctx, home, row, digits); err != nil {
		return err
	}
	if row.NumberIndex, err = v.Index(ctx, home, "phone_codes.number", number); err != nil {
		return err
	}
	row.NetworkIndex, err = v.Index(ctx, home, "phone_codes.network", d.Network())
	return err
}

func (s *Service) digest(ctx context.Context, home id.Tenant, row *code, digits string) (vault.Index, error) {
	return s.cfg.DB.Vault().Index(ctx, home, "phone_codes.digest", row.ID.String()+" "+row.Subject.String()+" "+digits)
}

// Clean removes the codes of a service that no limit asks for any more.
func (s *Service) Clean(ctx context.Context, slug string) error {
	home := tenant.HomeOf(slug)
	scope := store.Scope{Tenant: home, Home: home, Service: slug, Actor: store.Actor{Kind: "job"}, Purpose: "security"}
	return fault.Wrap("phone.Clean", s.cfg.DB.Write(ctx, scope, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM phone_codes WHERE tenant_id = $1 AND created_at < $2", tx.Tenant(), clock.At(tx.Now().Time().Add(-keep)))
		return err
	}))
}
