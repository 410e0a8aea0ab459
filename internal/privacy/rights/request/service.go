package request

import (
	"context"
	"errors"
	"io"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// Purpose is the notice's purpose of all work on requests.
const Purpose = rights.Purpose

// Accounts finds people.
type Accounts interface {
	// Find tells whose account an address is.
	Find(ctx context.Context, service, address string) (id.Subject, bool, error)
	// Contact is how a person is written to; fault NotFound where the account is gone.
	Contact(ctx context.Context, service string, who id.Subject) (Contact, error)
}

// Contact is how somebody is written to.
type Contact struct{ Name, Email, Lang string }

// Stop is one that holds.
type Stop struct {
	Purpose, Why string
	Since        time.Time
}

// standing are the stops that hold for a person.
func standing(ctx context.Context, tx *store.Tx, who id.Subject) ([]Stop, error) {
	all, err := gate.Of(ctx, tx, who)
	var out []Stop
	for _, one := range all {
		if one.Lifted.IsZero() {
			out = append(out, Stop{one.Purpose, one.Why, one.Since.Time()})
		}
	}
	return out, err
}

// Corrector changes a person's own data.
type Corrector interface {
	// Fields are those that it can change; Alone those that a person changes without
	// an officer.
	Fields(service string) []Field
	// Correct changes one. Faults: Invalid, on "wish".
	Correct(ctx context.Context, home store.Scope, who id.Subject, field, value string) error
}

// Field is something that can be corrected. Its name is the sentence
// "request.field.<Key>".
type Field struct {
	Key      string
	Category string // of the notice: who got it is told
	Alone    bool
}

// Eraser erases a person, as "person", "guardian" or "officer".
type Eraser interface {
	Erase(ctx context.Context, who id.Subject, by string, lang i18n.Lang) (number id.ID, err error)
}

// Confirmer tells whether what a person typed proves that it is them.
type Confirmer interface {
	Confirm(ctx context.Context, p identity.Principal, typed string) (bool, error)
}

// Decider opens automated decisions again, so that a person decides them.
type Decider interface {
	Reopen(ctx context.Context, home store.Scope, who id.Subject, what string) (count int, err error)
}

// Indexer makes the blind index of a contact; vault.Vault is one.
type Indexer interface {
	Index(ctx context.Context, home id.Tenant, column, value string) (vault.Index, error)
}

// Letter goes to an address that no account is known of.
type Letter struct {
	Service, To, Subject, Text, Link, Lang string
}

// Post sends letters.
type Post interface {
	Send(ctx context.Context, home store.Scope, l Letter) error
}

// Config is what New needs. Decider may be nil: then officers decide by hand.
type Config struct {
	DB        *store.DB
	Jobs      *job.Queue
	Vault     Indexer
	Rand      io.Reader
	Notice    func(service string) (*notice.Notice, bool)
	Packs     []*notice.LawPack
	Calendar  *clock.Calendar
	Zone      *time.Location // of working days; nil is WIB
	Teller    tell.Teller
	Officers  tell.Officers
	Accounts  Accounts
	Corrector Corrector
	Eraser    Eraser
	Decider   Decider
	Confirmer Confirmer // nil: only the e-mail address confirms
	Guard     *desk.Guard
	Post      Post
	Rights    *rights.Rights
	Key       *receipt.Key
	Catalog   *i18n.Catalog
	// Address is how people reach a service: links in letters begin with it.
	Address func(service string) string
	// Home is a service's own enclosure, for visitors and jobs.
	Home func(service string) store.Scope
}

// Service answers requests. It is safe for concurrent use.
type Service struct {
	Config
	visitors, tries *web.Limiter
}

// LetterTask sends the letter that a case waits for.
const LetterTask = "request.letter"

// New checks that nothing is missing.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Jobs == nil || c.Vault == nil || c.Rand == nil || c.Notice == nil || c.Calendar == nil || c.Teller == nil || c.Officers == nil ||
		c.Accounts == nil || c.Corrector == nil || c.Eraser == nil || c.Post == nil || c.Guard == nil || c.Rights == nil || c.Key == nil || c.Catalog == nil || c.Address == nil || c.Home == nil {
		return nil, errors.New("request: New lacks something")
	}
	if c.Zone == nil {
		c.Zone = clock.WIB
	}
	clk := c.DB.Clock()
	s := &Service{c, web.NewLimiter(clk, web.Rate{PerSecond: 1.0 / 60, Burst: 5}), web.NewLimiter(clk, web.Rate{PerSecond: 1.0 / 60, Burst: 5})}
	c.Jobs.Handle(LetterTask, s.SendLetter)
	return s, nil
}

func (s *Service) notice(service string) (*notice.Notice, error) {
	n, ok := s.Notice(service)
	if !ok {
		return nil, fault.New(fault.Internal, "request.notice", "").Cause(errors.New("no notice of the service"))
	}
	return n, nil
}

// clocks sets the deadlines of a case: the answer, and the officer's own promise
// to answer letters where that is another one.
func (s *Service) clocks(ctx context.Context, tx *store.Tx, c *Case) error {
	n, err := s.notice(tx.Scope().Service)
	if err != nil {
		return err
	}
	k, _ := kindOf(c.Right)
	from := c.ReceivedAt.Time().In(s.Zone)
	rules := deadline.Rules(n, s.Packs, k.Law, from)
	if len(rules) == 0 && n.Complaints().Reply.IsZero() {
		rules = append(rules, deadline.Rule{By: n.Name("id"), Within: notice.Period{Days: 30}})
	} else if len(rules) == 0 {
		rules = append(rules, deadline.Rule{By: n.Name("id") + " " + n.Version(), Within: n.Complaints().Reply})
	}
	due, by, _ := deadline.Strictest(from, s.Calendar, rules...)
	d := deadline.New{Matter: "request", Ref: c.ID, Name: "answer", Start: from, Due: due, Title: c.Number, Rule: by.String(), Link: staffPath(c.ID)}
	if err := deadline.Set(ctx, tx, d); err != nil {
		return err
	}
	if within := n.Officer().AnswersWithin; !within.IsZero() && n.Officer().Appointed {
		d.Name, d.Rule = "officer", deadline.Rule{By: n.Name("id") + " " + n.Version(), Within: within}.String()
		d.Due = s.Calendar.Within(within.Ends(from, s.Calendar), officeOf(n))
		if d.Due.After(from) {
			return deadline.Set(ctx, tx, d)
		}
	}
	return nil
}

func staffPath(key id.ID) string  { return "/staff/privacy/requests/" + key.String() }
func personPath(key id.ID) string { return "/privacy/requests/" + key.String() }
