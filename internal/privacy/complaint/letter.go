package complaint

import (
	"context"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/job"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// LetterTask is the kind of the job that sends one letter to who has no account.
const LetterTask = "complaint.letter"

// reach tells the person something: by the service's own notices where they have
// an account, by a letter where the contact is an e-mail address. reached is false
// where an officer has to call or write. key names the sentences; body is added to
// a letter, which has no page to lead to.
func (s *Service) reach(ctx context.Context, tx *store.Tx, c *Case, once, key string, args map[string]string, body ...string) (reached bool, err error) {
	all := map[string]string{"number": c.Number}
	for k, v := range args {
		all[k] = v
	}
	if c.Account {
		return true, s.cfg.Teller.Tell(ctx, tx, tell.Message{Subject: c.Subject, Key: key, Args: all, Link: c.ownPath(), Once: "complaint:" + c.ID.String() + ":" + once})
	}
	if !mailed(c.Contact.Reveal()) {
		return false, nil
	}
	var pairs []any
	for k, v := range all {
		pairs = append(pairs, k, v)
	}
	text := strings.Join(append([]string{s.cfg.Words(c.Lang, key+".title", pairs...), s.cfg.Words(c.Lang, key+".text", pairs...)}, body...), "\n\n")
	l := &Step{Subject: c.Subject, Case: c.ID, At: tx.Now(), By: "program", What: "letter", Text: vault.Seal(text)}
	l.ID = tx.NewID()
	if err := store.Insert(ctx, tx, l); err != nil {
		return false, err
	}
	return true, s.cfg.Jobs.Enqueue(ctx, tx, job.Task{Kind: LetterTask, Service: tx.Scope().Service, Tenant: tx.Tenant(), ID: l.ID}, tx.Now().Time())
}

// sendLetter sends what reach wrote. A crash between the sending and the note of
// it sends the letter again: rather twice than never.
func (s *Service) sendLetter(ctx context.Context, t job.Task) error {
	home := s.cfg.Home(t.Service)
	var l *Step
	var c *Case
	err := s.cfg.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		if l, err = store.Get[Step](ctx, tx, t.ID); err == nil {
			c, err = store.Get[Case](ctx, tx, l.Case)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && l.What != "letter" {
		return nil // gone by its term, or sent
	}
	if err != nil {
		return err
	}
	subject, text, _ := strings.Cut(l.Text.Reveal(), "\n\n")
	if err := s.cfg.Post.SendTo(ctx, home, c.Subject, c.Contact.Reveal(), c.Lang, subject, text); err != nil {
		return err
	}
	return s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE complaint_steps SET what = 'letter_sent', at = $1 WHERE tenant_id = $2 AND id = $3", tx.Now(), tx.Tenant(), l.ID)
		return err
	})
}
