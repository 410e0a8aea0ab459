package request

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Limits of what one person asks.
const (
	textMost = 10_000
	lineMost = 300
	dayMost  = 20 // new cases of one person in a day
	again    = 24 * time.Hour
)

// Ask is a request as it comes in.
type Ask struct {
	Right   Right
	Purpose string // which one, for Withdraw, Object and Restrict
	Field   string // which one, for Correct; empty for something else
	Wish    string // its new value
	Text    string
	Via     Via
	By      By
	Name    string // of who asks for somebody else, or has no account
	Paper   string // the document that lets them
	Contact string // where who has no account is written to
	// Subject is the person whose identity Proven says was checked; zero otherwise.
	Subject id.Subject
	// About is the account that is asked about by somebody else.
	About  id.Subject
	Proven Proven
	Seen   string // what an officer saw
	Lang   string
	Source string // makes it once; "" for none
}

func (a *Ask) check(n *notice.Notice) error {
	const op = "request.Ask"
	k, ok := kindOf(a.Right)
	if !ok {
		return fault.New(fault.Invalid, op, "request.right.unknown").On("right")
	}
	if a.By == "" {
		a.By = Self
	}
	for _, f := range []struct {
		name  string
		value *string
		most  int
	}{{"wish", &a.Wish, lineMost}, {"text", &a.Text, textMost}, {"name", &a.Name, lineMost}, {"paper", &a.Paper, lineMost}, {"contact", &a.Contact, lineMost}, {"seen", &a.Seen, lineMost}} {
		*f.value = strings.TrimSpace(*f.value)
		if len(*f.value) > f.most || !utf8.ValidString(*f.value) {
			return fault.New(fault.Invalid, op, "request.text.long").On(f.name).With("most", f.most)
		}
	}
	if !k.Purpose && a.Right != Restrict {
		a.Purpose = ""
	}
	if _, known := n.Purpose(a.Purpose); k.Purpose && !known || a.Purpose != "" && !known {
		return fault.New(fault.Invalid, op, "request.purpose.unknown").On("purpose")
	}
	if a.Right == Correct && a.Wish == "" && a.Text == "" {
		return fault.New(fault.Invalid, op, "request.wish.empty").On("wish")
	}
	if slices.Contains([]Right{Human, Claim, Question, Child}, a.Right) && a.Text == "" {
		return fault.New(fault.Invalid, op, "request.text.empty").On("text")
	}
	return a.checkWho(op)
}

// checkWho wants the name and the document of who asks for somebody else.
func (a *Ask) checkWho(op string) error {
	if !slices.Contains([]By{Self, Parent, Guardian, Proxy}, a.By) {
		return fault.New(fault.Invalid, op, "request.by.unknown").On("by")
	}
	if a.By != Self && a.Name == "" {
		return fault.New(fault.Invalid, op, "request.name.empty").On("name")
	}
	if a.By != Self && a.Paper == "" {
		return fault.New(fault.Invalid, op, "request.paper.empty").On("paper")
	}
	if a.Right == Child && a.By != Parent && a.By != Guardian {
		return fault.New(fault.Invalid, op, "request.child.by").On("by")
	}
	if a.Subject.IsZero() && a.Contact == "" && !slices.Contains([]Via{InPerson, ByPhone, ByLetter}, a.Via) {
		return fault.New(fault.Invalid, op, "request.contact.empty").On("contact")
	}
	return nil
}

// Open takes a request in, and runs what can run by itself. joined says that the
// same was asked before and that this is the case of then. home is a scope of the
// service's home with the actor. Faults: Invalid on a field; TooMany.
func (s *Service) Open(ctx context.Context, home store.Scope, a Ask) (c *Case, joined bool, err error) {
	const op = "request.Open"
	home.Purpose = Purpose
	n, err := s.notice(home.Service)
	if err != nil {
		return nil, false, err
	}
	if err := a.check(n); err != nil {
		return nil, false, err
	}
	var reach vault.Index
	if a.Contact != "" {
		if reach, err = s.Vault.Index(ctx, home.Tenant, "requests.contact", strings.ToLower(a.Contact)); err != nil {
			return nil, false, fault.Wrap(op, err)
		}
	}
	err = s.DB.Write(ctx, home, func(tx *store.Tx) error {
		if c, err = s.same(ctx, tx, a, reach); err != nil {
			return err
		}
		if joined = c != nil; joined {
			return s.repeated(ctx, tx, c)
		}
		c, err = s.begin(ctx, tx, a, reach)
		return err
	})
	if err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	if !joined {
		err = s.after(ctx, home, c)
	}
	return c, joined, fault.Wrap(op, err)
}

// same finds the case in which the same was asked before: one that is not done,
// or one that ran by itself within a day.
func (s *Service) same(ctx context.Context, tx *store.Tx, a Ask, reach vault.Index) (*Case, error) {
	if a.Source != "" {
		if c, err := store.One[Case](ctx, tx, "WHERE tenant_id = $1 AND source = $2", tx.Tenant(), a.Source); !fault.Is(err, fault.NotFound) {
			return c, err
		}
	}
	who, of := any(a.Subject), "subject_id"
	if a.Subject.IsZero() {
		who, of = reach, "reach"
		if a.Contact == "" {
			return nil, nil
		}
	}
	old, err := store.Find[Case](ctx, tx, "WHERE tenant_id = $1 AND "+of+" = $2 AND asked_right = $3 AND purpose = $4 AND field = $5 AND (closed_at IS NULL OR received_at > $6) ORDER BY received_at DESC LIMIT 5",
		tx.Tenant(), who, string(a.Right), a.Purpose, a.Field, clock.At(tx.Now().Time().Add(-again)))
	if err != nil {
		return nil, err
	}
	for i := range old {
		c := &old[i]
		if a.Subject.IsZero() && !c.Subject.IsZero() { // who is not proven must not reach a person's own case
			continue
		}
		alone := slices.Contains([]Right{Know, Copy, Port}, c.Right) && c.State == Answered
		if c.State.Done() && !alone || a.Right == Correct && c.Wish.Reveal() != a.Wish || c.About != a.About {
			continue
		}
		return c, nil
	}
	return nil, s.many(ctx, tx, of, who)
}

// repeated counts that the same was asked again; nothing else grows.
func (s *Service) repeated(ctx context.Context, tx *store.Tx, c *Case) error {
	c.Repeats++
	c.ChangedAt = tx.Now()
	_, err := tx.Exec(ctx, "UPDATE requests SET repeats = repeats + 1, changed_at = $1 WHERE tenant_id = $2 AND id = $3", tx.Now(), tx.Tenant(), c.ID)
	return err
}

func (s *Service) many(ctx context.Context, tx *store.Tx, of string, who any) error {
	n := 0
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM requests WHERE tenant_id = $1 AND "+of+" = $2 AND received_at > $3", []any{tx.Tenant(), who, clock.At(tx.Now().Time().Add(-again))}, &n)
	if err == nil && n >= dayMost {
		return fault.New(fault.TooMany, "request.many", "request.too_many").With("limit", dayMost)
	}
	return err
}

// begin writes a new case with its clocks, and runs it or hands it to officers.
func (s *Service) begin(ctx context.Context, tx *store.Tx, a Ask, reach vault.Index) (*Case, error) {
	c := &Case{Subject: a.Subject, About: a.About, Right: a.Right, Purpose: a.Purpose, Field: a.Field, Wish: vault.Seal(a.Wish), Text: vault.Seal(a.Text), State: Open,
		Via: a.Via, By: a.By, Name: vault.Seal(a.Name), Paper: vault.Seal(a.Paper), Contact: vault.Seal(a.Contact), Reach: reach, Lang: a.Lang,
		Proven: a.Proven, Seen: vault.Seal(a.Seen), Urgent: a.Right == Child, Source: a.Source, ReceivedAt: tx.Now(), ChangedAt: tx.Now()}
	c.ID = tx.NewID()
	c.Number = numberOf(tx.Scope().Service, c.ID)
	if c.Source == "" {
		c.Source = c.ID.String()
	}
	if c.Proven == Unproven {
		c.State = Identity
	}
	if err := store.Insert(ctx, tx, c); err != nil {
		return nil, err
	}
	if err := s.clocks(ctx, tx, c); err != nil {
		return nil, err
	}
	if err := s.step(ctx, tx, c, "received", string(a.Via)); err != nil {
		return nil, err
	}
	if c.State == Identity {
		return c, s.askProof(ctx, tx, c)
	}
	return c, s.proceed(ctx, tx, c)
}

// proceed runs a case whose asker is known, or hands it to the officers.
func (s *Service) proceed(ctx context.Context, tx *store.Tx, c *Case) error {
	done, err := s.run(ctx, tx, c)
	if err != nil || done {
		return err
	}
	if err := s.tellOfficers(ctx, tx, c, "request.told.officer"); err != nil {
		return err
	}
	return s.tellPerson(ctx, tx, c, "received")
}

// askProof has a link sent to the address that was given; without one an officer
// has to look.
func (s *Service) askProof(ctx context.Context, tx *store.Tx, c *Case) error {
	if c.Contact.IsZero() {
		return s.tellOfficers(ctx, tx, c, "request.told.identity")
	}
	return s.mail(ctx, tx, c, "prove")
}

// mail has a letter of a kind sent to the address of a case.
func (s *Service) mail(ctx context.Context, tx *store.Tx, c *Case, letter string) error {
	c.Letter = letter
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: LetterTask, Service: tx.Scope().Service, Tenant: tx.Tenant(), ID: c.ID}, time.Time{})
}

func (s *Service) tellOfficers(ctx context.Context, tx *store.Tx, c *Case, key string) error {
	tone := tell.Info
	if c.Urgent {
		key, tone = "request.told.urgent", tell.Danger
	}
	return s.Officers.TellOfficers(ctx, tx, tell.Message{Key: key, Args: map[string]string{"number": c.Number}, Link: staffPath(c.ID), Once: "request." + c.ID.String() + "." + key, Tone: tone})
}

// tellPerson tells who asked: in the pages, or by letter where no account is known.
func (s *Service) tellPerson(ctx context.Context, tx *store.Tx, c *Case, what string) error {
	if c.Subject.IsZero() {
		if c.Contact.IsZero() {
			return nil
		}
		return s.mail(ctx, tx, c, what)
	}
	return s.Teller.Tell(ctx, tx, tell.Message{Subject: c.Subject, Key: "request.told." + what, Args: map[string]string{"number": c.Number}, Link: personPath(c.ID),
		Once: "request." + c.ID.String() + "." + what + "." + c.ChangedAt.String()})
}
