package request

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// run does at once what needs no judgement, and tells whether that answered the
// case. Who speaks for somebody else is judged by an officer, who then calls it.
func (s *Service) run(ctx context.Context, tx *store.Tx, c *Case) (done bool, err error) {
	if c.Right == Child {
		return false, s.freeze(ctx, tx, c)
	}
	if c.Subject.IsZero() || c.By != Self && c.Proven != ByOfficer {
		return false, nil
	}
	n, err := s.notice(tx.Scope().Service)
	if err != nil {
		return false, err
	}
	switch c.Right {
	case Know, Copy, Port:
		c.AnswerAs = "request.answer." + string(c.Right)
	case Restrict:
		err = gate.Stop(ctx, tx, c.Subject, c.Purpose, gate.Restricted, c.ID)
		c.AnswerAs = "request.answer.restrict"
	case End:
		err = gate.Stop(ctx, tx, c.Subject, "", gate.Objected, c.ID)
		c.AnswerAs = "request.answer.end"
	case Withdraw, Object:
		return s.stopPurpose(ctx, tx, c, n)
	default:
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.finish(ctx, tx, c, Answered, "answered", c.AnswerAs)
}

// stopPurpose withdraws a consent, or takes an objection to what runs without one.
// What the contract or a law needs is for an officer to judge, and so is security:
// without it nobody could sign in.
func (s *Service) stopPurpose(ctx context.Context, tx *store.Tx, c *Case, n *notice.Notice) (bool, error) {
	p, ok := n.Purpose(c.Purpose)
	if !ok || !p.NeedsConsent() && !p.Optional && p.Basis != "legitimate_interest" || c.Purpose == "security" {
		return false, nil
	}
	how := map[Via]consent.How{ByPage: consent.ByPage, ByREST: consent.ByAPI}[c.Via]
	if how == "" {
		how = consent.ByStaff
	}
	if err := consent.Withdraw(ctx, tx, c.Subject, c.Purpose, consent.Proof{Notice: n.Version(), How: how, Lang: c.Lang}); err != nil {
		return false, err
	}
	why := gate.Objected
	if p.NeedsConsent() {
		why = gate.Withdrawn
	}
	if err := gate.Stop(ctx, tx, c.Subject, c.Purpose, why, c.ID); err != nil {
		return false, err
	}
	c.AnswerAs = "request.answer." + string(c.Right)
	return true, s.finish(ctx, tx, c, Answered, "answered", c.AnswerAs)
}

// freeze keeps the account of a child that is reported from being used for
// anything until an officer has decided. The report itself must be proven: to come
// from the address that it names.
func (s *Service) freeze(ctx context.Context, tx *store.Tx, c *Case) error {
	if c.About.IsZero() {
		return nil
	}
	if err := gate.Stop(ctx, tx, c.About, "", gate.Restricted, c.ID); err != nil {
		return err
	}
	return s.step(ctx, tx, c, "frozen", "")
}

// after runs what needs transactions of its own, once the case is durable: a
// correction of what people may change alone.
func (s *Service) after(ctx context.Context, home store.Scope, c *Case) error {
	if c.State != Open || c.Right != Correct || c.By != Self || c.Proven != BySession {
		return nil
	}
	f, ok := s.field(home.Service, c.Field)
	if !ok || !f.Alone {
		return nil
	}
	return s.correct(ctx, home, c, f)
}

func (s *Service) field(service, key string) (Field, bool) {
	for _, f := range s.Corrector.Fields(service) {
		if f.Key == key {
			return f, true
		}
	}
	return Field{}, false
}

// correct changes a field, answers the case, and has a task for each recipient
// that got the old value.
func (s *Service) correct(ctx context.Context, home store.Scope, c *Case, f Field) error {
	if err := s.Corrector.Correct(ctx, home, c.Subject, f.Key, c.Wish.Reveal()); err != nil {
		return err
	}
	got, err := s.receivers(ctx, c.Subject, f.Category)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, home, func(tx *store.Tx) error {
		fresh, err := store.Get[Case](ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if err := s.tasks(ctx, tx, fresh, "correct", got); err != nil {
			return err
		}
		fresh.AnswerAs = "request.answer.correct"
		err = s.finish(ctx, tx, fresh, Answered, "answered", fresh.AnswerAs)
		*c = *fresh
		return err
	})
}

// receivers are who got data of a category; all of whom anything went to, for "".
func (s *Service) receivers(ctx context.Context, who id.Subject, category string) ([]string, error) {
	held, err := s.Rights.Kept(ctx, who)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	var out []string
	seen := map[string]bool{}
	for _, h := range held {
		if category != "" && h.Category.Key != category {
			continue
		}
		for _, g := range h.Got {
			if !seen[g.Recipient.Key] {
				seen[g.Recipient.Key] = true
				out = append(out, g.Recipient.Key)
			}
		}
	}
	return out, err
}

func (s *Service) tasks(ctx context.Context, tx *store.Tx, c *Case, what string, recipients []string) error {
	for _, r := range recipients {
		t := &Task{Subject: c.Subject, Case: c.ID, Recipient: r, What: what, At: tx.Now()}
		if _, err := store.InsertOnce(ctx, tx, t, "tenant_id, case_id, recipient, what"); err != nil {
			return err
		}
	}
	return nil
}

// finish closes a case, meets its deadlines and tells who asked.
func (s *Service) finish(ctx context.Context, tx *store.Tx, c *Case, to State, act, note string) error {
	c.State, c.ClosedAt, c.ChangedAt = to, tx.Now(), tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	end := deadline.Met
	if to == TakenBack {
		end = deadline.Drop
	}
	for _, name := range []string{"answer", "officer"} {
		if err := end(ctx, tx, c.ID, name); err != nil {
			return err
		}
	}
	for _, table := range []string{"request_steps", "request_tasks"} {
		if _, err := tx.Exec(ctx, "UPDATE "+table+" SET closed_at = $1 WHERE tenant_id = $2 AND case_id = $3", tx.Now(), tx.Tenant(), c.ID); err != nil {
			return err
		}
	}
	if to != TakenBack {
		if err := s.tellPerson(ctx, tx, c, act); err != nil {
			return err
		}
	}
	return s.step(ctx, tx, c, act, note)
}

// TakeBack ends a case that the person no longer wants. Fault Conflict if it is
// done.
func (s *Service) TakeBack(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) error {
	c, err := Own(ctx, tx, who, key)
	if err != nil {
		return err
	}
	if c.State.Done() {
		return fault.New(fault.Conflict, "request.TakeBack", "request.done")
	}
	return s.finish(ctx, tx, c, TakenBack, "taken_back", "")
}

// Lift ends a stop that the person asked for in a case: a restriction, the end of
// processing, an objection. A consent is given again elsewhere, by an act of its
// own.
func (s *Service) Lift(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) error {
	c, err := Own(ctx, tx, who, key)
	if err != nil {
		return err
	}
	why, purpose := gate.Restricted, c.Purpose
	switch {
	case c.State != Answered || c.Right != Restrict && c.Right != End && c.Right != Object:
		return fault.New(fault.Conflict, "request.Lift", "request.no_stop")
	case c.Right == End:
		why, purpose = gate.Objected, ""
	case c.Right == Object:
		why = gate.Objected
	}
	if err := gate.Lift(ctx, tx, who, purpose, why); err != nil {
		return err
	}
	return s.step(ctx, tx, c, "lifted", purpose)
}

// Own reads one of a person's own cases; fault NotFound for anybody else's.
func Own(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) (*Case, error) {
	return store.One[Case](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), key, who)
}

// Of lists a person's cases, the newest first.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) ([]Case, error) {
	return store.Find[Case](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY received_at DESC, id DESC LIMIT 200", tx.Tenant(), who)
}

// Did writes down what a person did on their own pages without asking: a copy that
// was taken, a purpose that was switched off. It is a case that was answered in the
// moment in which it came; a copy that was asked for within the day goes into that
// case. It implements rights.Requests.
func (s *Service) Did(ctx context.Context, tx *store.Tx, who id.Subject, right, purpose, evidence, lang string) error {
	a := Ask{Right: Right(right), Purpose: purpose, Subject: who}
	c, err := s.same(ctx, tx, a, vault.Index{})
	if fault.Is(err, fault.TooMany) { // what was done is done; the audit chain has it
		return nil
	}
	if err != nil {
		return err
	}
	if c == nil {
		c = &Case{Subject: who, Right: a.Right, Purpose: purpose, State: Answered, Via: ByPage, By: Self, Lang: lang, Proven: BySession, ReceivedAt: tx.Now()}
		c.ID = tx.NewID()
		c.Number, c.Source = numberOf(tx.Scope().Service, c.ID), c.ID.String()
		c.ClosedAt, c.AnswerAs, c.ChangedAt = tx.Now(), "request.answer."+right, tx.Now()
		if err := store.Insert(ctx, tx, c); err != nil {
			return err
		}
		if err := s.step(ctx, tx, c, "received", string(c.Via)); err != nil {
			return err
		}
	}
	c.Evidence, c.ChangedAt = evidence, tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	return s.step(ctx, tx, c, "carried_out", evidence)
}
