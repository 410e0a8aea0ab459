package support

import (
	"context"
	"strings"
	"unicode/utf8"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Limits of what one person writes.
const (
	titleMost = 200
	textMost  = 10_000
	openMost  = 20 // tickets that are not solved
	postsMost = 500
)

// Who wrote a post.
const (
	ByPerson = "person"
	ByStaff  = "staff"
)

// Request is a ticket as it is asked for.
type Request struct {
	Subject     id.Subject
	Workspace   id.Tenant
	Title, Text string
	Via         string // web, mail, rest
	// Source makes it once: an inbox message's id; "" for none.
	Source string
}

func checkText(op, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fault.New(fault.Invalid, op, "support.text.empty").On("text")
	case len(text) > textMost || !utf8.ValidString(text):
		return "", fault.New(fault.Invalid, op, "support.text.long").On("text").With("most", textMost)
	}
	return text, nil
}

// OpenTicket makes a ticket and tells staff. tx is in the service's home. Faults:
// Invalid on title or text, TooMany for a person with many open ones.
func (s *Service) OpenTicket(ctx context.Context, tx *store.Tx, n Request) (*Ticket, error) {
	const op = "support.OpenTicket"
	title := strings.TrimSpace(n.Title)
	if title == "" || len(title) > titleMost || !utf8.ValidString(title) {
		return nil, fault.New(fault.Invalid, op, "support.title.wrong").On("title").With("most", titleMost)
	}
	if _, err := checkText(op, n.Text); err != nil {
		return nil, err
	}
	count := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM tickets WHERE tenant_id = $1 AND subject_id = $2 AND state <> $3", []any{tx.Tenant(), n.Subject, string(Solved)}, &count); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if count >= openMost {
		return nil, fault.New(fault.TooMany, op, "support.too_many").With("limit", openMost)
	}
	t := &Ticket{Subject: n.Subject, Workspace: n.Workspace, Title: vault.Seal(title), State: Open, Via: n.Via, CreatedAt: tx.Now(), ChangedAt: tx.Now()}
	t.ID = tx.NewID()
	t.Number = id.Number(t.ID)
	if err := store.Insert(ctx, tx, t); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.post(ctx, tx, t, ByPerson, n.Text, n.Source); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return t, fault.Wrap(op, s.tellStaff(ctx, tx, t))
}

// post writes into a ticket.
func (s *Service) post(ctx context.Context, tx *store.Tx, t *Ticket, by, text, source string) error {
	text, err := checkText("support.post", text)
	if err != nil {
		return err
	}
	p := &Post{Subject: t.Subject, Ticket: t.ID, By: by, Text: vault.Seal(text), Source: source, At: tx.Now()}
	p.ID = tx.NewID()
	if p.Source == "" {
		p.Source = p.ID.String()
	}
	count := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM ticket_posts WHERE tenant_id = $1 AND ticket_id = $2", []any{tx.Tenant(), t.ID}, &count); err != nil {
		return err
	}
	if count >= postsMost {
		return fault.New(fault.TooMany, "support.post", "support.full").With("limit", postsMost)
	}
	_, err = store.InsertOnce(ctx, tx, p, "tenant_id, source")
	return err
}

// tellStaff has a notice for each of the service's staff; it names the ticket and
// nothing that the person wrote.
func (s *Service) tellStaff(ctx context.Context, tx *store.Tx, t *Ticket) error {
	all, err := staff(ctx, tx)
	for _, one := range all {
		if err == nil {
			err = s.cfg.Teller.Tell(ctx, tx, notify.Message{Subject: one, Key: "support.told.new", Args: map[string]string{"number": t.Number},
				Link: "/staff/support/" + t.ID.String(), Once: "support.new:" + t.ID.String() + ":" + t.ChangedAt.String()})
		}
	}
	return err
}

// Own reads one of a person's own tickets; fault NotFound for anybody else's.
func Own(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) (*Ticket, error) {
	return store.One[Ticket](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), key, who)
}

// Posts are what was written in a ticket, the oldest first.
func Posts(ctx context.Context, tx *store.Tx, ticket id.ID) ([]Post, error) {
	return store.Find[Post](ctx, tx, "WHERE tenant_id = $1 AND ticket_id = $2 ORDER BY at, id LIMIT $3", tx.Tenant(), ticket, postsMost)
}

// Of lists a person's tickets, the last changed first.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) ([]Ticket, error) {
	return store.Find[Ticket](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY changed_at DESC, id DESC LIMIT 200", tx.Tenant(), who)
}

// Queue lists the tickets in a state that staff work on, the longest waiting first.
func Queue(ctx context.Context, tx *store.Tx, state State) ([]Ticket, error) {
	order := "ORDER BY changed_at, id LIMIT 200"
	if state == Solved {
		order = "ORDER BY changed_at DESC, id DESC LIMIT 200"
	}
	return store.FindOpen[Ticket](ctx, tx, "WHERE tenant_id = $1 AND state = $2 "+order, tx.Tenant(), string(state))
}

// Write adds what the person says; a solved ticket is open again by it.
func (s *Service) Write(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID, text, source string) error {
	const op = "support.Write"
	t, err := Own(ctx, tx, who, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.post(ctx, tx, t, ByPerson, text, source); err != nil {
		return fault.Wrap(op, err)
	}
	if err := turn(ctx, tx, t, Open); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.tellStaff(ctx, tx, t))
}

// Answer adds what staff say, and tells the person.
func (s *Service) Answer(ctx context.Context, tx *store.Tx, key id.ID, text string) error {
	const op = "support.Answer"
	t, err := store.Get[Ticket](ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.post(ctx, tx, t, ByStaff, text, ""); err != nil {
		return fault.Wrap(op, err)
	}
	if err := turn(ctx, tx, t, Answered); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.cfg.Teller.Tell(ctx, tx, notify.Message{Subject: t.Subject, Key: "support.told.answer", Args: map[string]string{"number": t.Number},
		Link: "/support/" + t.ID.String(), Once: "support.answer:" + t.ID.String() + ":" + t.ChangedAt.String()}))
}

// Solve ends a ticket, and each leave that was given in it.
func (s *Service) Solve(ctx context.Context, tx *store.Tx, t *Ticket) error {
	const op = "support.Solve"
	if err := turn(ctx, tx, t, Solved); err != nil {
		return fault.Wrap(op, err)
	}
	_, err := tx.Exec(ctx, "UPDATE support_grants SET until_at = $1 WHERE tenant_id = $2 AND ticket_id = $3 AND until_at > $1", tx.Now(), tx.Tenant(), t.ID)
	return fault.Wrap(op, err)
}

// turn moves a ticket to another state; the clock of what was written follows.
func turn(ctx context.Context, tx *store.Tx, t *Ticket, to State) error {
	t.State, t.ChangedAt, t.SolvedAt = to, tx.Now(), 0
	if to == Solved {
		t.SolvedAt = tx.Now()
	}
	if err := store.Update(ctx, tx, t); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE ticket_posts SET solved_at = $1 WHERE tenant_id = $2 AND ticket_id = $3", t.SolvedAt, tx.Tenant(), t.ID)
	return err
}
