package complaint

import (
	"context"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Take makes an officer the one who works on a case. Who filed it may not.
func (s *Service) Take(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject) error {
	const op = "complaint.Take"
	if err := s.fit(ctx, tx, c, officer); err != nil {
		return err
	}
	c.Handler = officer
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.add(ctx, tx, c, step{what: "taken", by: "officer", officer: officer}))
}

// Recuse notes that a case is about an officer: another one has to decide it.
func (s *Service) Recuse(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject) error {
	if c.Handler == officer {
		c.Handler = id.Subject{}
		if err := store.Update(ctx, tx, c); err != nil {
			return fault.Wrap("complaint.Recuse", err)
		}
	}
	return s.add(ctx, tx, c, step{what: "recused", by: "officer", officer: officer})
}

// fit tells whether an officer may decide a case: who is concerned may not.
func (s *Service) fit(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject) error {
	n := 0
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM complaint_steps WHERE tenant_id = $1 AND case_id = $2 AND what = 'recused' AND officer_id = $3", []any{tx.Tenant(), c.ID, officer}, &n)
	if err == nil && (n > 0 || c.Subject == officer) {
		err = fault.New(fault.Forbidden, "complaint.fit", "complaint.concerned")
	}
	if err == nil && !c.EndedAt.IsZero() {
		err = fault.New(fault.Conflict, "complaint.fit", "complaint.ended")
	}
	return err
}

// Acknowledge notes that the person was told their number by telephone, by post or
// to their face.
func (s *Service) Acknowledge(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, how string) error {
	if c.State != Filed {
		return nil
	}
	return fault.Wrap("complaint.Acknowledge", s.acknowledged(ctx, tx, c, step{what: "acknowledged", by: "officer", officer: officer, text: cut(how)}))
}

// Note adds what the inquiry found out on its way.
func (s *Service) Note(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, text string) error {
	n := Filing{Subject: c.Subject, Text: text}
	if err := n.check(); err != nil {
		return err
	}
	return fault.Wrap("complaint.Note", s.add(ctx, tx, c, step{what: "noted", by: "officer", officer: officer, text: n.Text}))
}

// Extend moves the end of the inquiry or of the answer, with a reason that the
// person is told. Faults: Invalid on reason or until; the old date must not have
// passed.
func (s *Service) Extend(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, name string, until time.Time, reason string) error {
	const op = "complaint.Extend"
	if err := s.fit(ctx, tx, c, officer); err != nil {
		return err
	}
	reason = cut(reason)
	if reason == "" {
		return fault.New(fault.Invalid, op, "complaint.reason.empty").On("reason")
	}
	if name != DueDecide && name != DueReply {
		return fault.New(fault.Invalid, op, "complaint.extend.what").On("name")
	}
	all, err := deadline.Of(ctx, tx, c.ID)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, d := range all {
		if d.Name == name && !tx.Now().Time().Before(d.Due) {
			return fault.New(fault.Conflict, op, "complaint.extend.late").On("until")
		}
		if d.Name == name && !until.After(d.Due) {
			return fault.New(fault.Invalid, op, "complaint.extend.earlier").On("until")
		}
	}
	if err := deadline.Move(ctx, tx, c.ID, name, until); err != nil {
		return fault.Wrap(op, err)
	}
	_, err = s.reach(ctx, tx, c, "extended:"+until.UTC().Format(time.RFC3339), "complaint.told.extended", map[string]string{"until": day(until), "reason": reason})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.add(ctx, tx, c, step{what: "extended", by: "officer", officer: officer, text: day(until) + ": " + reason}))
}

// Find ends the inquiry. Upheld in whole or in part wants grounds as much as
// unfounded does.
func (s *Service) Find(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, f Finding, grounds string) error {
	const op = "complaint.Find"
	if err := s.fit(ctx, tx, c, officer); err != nil {
		return err
	}
	grounds = strings.TrimSpace(grounds)
	switch {
	case c.State == Filed:
		return fault.New(fault.Conflict, op, "complaint.unacknowledged")
	case f != Upheld && f != Partly && f != Unfounded:
		return fault.New(fault.Invalid, op, "complaint.finding.unknown").On("finding")
	case grounds == "":
		return fault.New(fault.Invalid, op, "complaint.grounds.empty").On("grounds")
	case len(grounds) > textMost:
		return fault.New(fault.Invalid, op, "complaint.long").On("grounds").With("most", textMost)
	}
	c.State, c.Finding, c.Grounds, c.FoundAt, c.Handler = Found, f, vault.Seal(grounds), tx.Now(), officer
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	if err := deadline.Met(ctx, tx, c.ID, DueDecide); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, step{what: "found", by: "officer", officer: officer}); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "complaint.found", Subject: c.known(), Object: "complaint", Count: 1, Told: c.Account}))
}

// Reply sends the written answer and ends the case. The letter names the finding,
// its grounds, the remedies and the ways that are left to the person.
func (s *Service) Reply(ctx context.Context, tx *store.Tx, c *Case, officer id.Subject, text string) error {
	const op = "complaint.Reply"
	if err := s.fit(ctx, tx, c, officer); err != nil {
		return err
	}
	if c.State != Found {
		return fault.New(fault.Conflict, op, "complaint.unfound")
	}
	if text = strings.TrimSpace(text); text == "" {
		return fault.New(fault.Invalid, op, "complaint.answer.empty").On("answer")
	}
	if len(text) > textMost {
		return fault.New(fault.Invalid, op, "complaint.long").On("answer").With("most", textMost)
	}
	letter, err := s.letter(ctx, tx, c, text)
	if err != nil {
		return fault.Wrap(op, err)
	}
	c.Answer = vault.Seal(letter)
	reached, err := s.reach(ctx, tx, c, "answered", "complaint.told.answered", nil, letter)
	if err != nil {
		return fault.Wrap(op, err)
	}
	what := "answered"
	if !reached {
		what = "answered_by_post" // the officer hands the letter over
	}
	if err := deadline.Met(ctx, tx, c.ID, DueReply); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.add(ctx, tx, c, step{what: what, by: "officer", officer: officer}); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.end(ctx, tx, c, Answered); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "complaint.answered", Subject: c.known(), Object: "complaint", Count: 1, Told: c.Account}))
}

// letter writes the answer out, with what every answer has to say.
func (s *Service) letter(ctx context.Context, tx *store.Tx, c *Case, text string) (string, error) {
	n, ok := s.cfg.Notice(tx.Scope().Service)
	if !ok {
		return "", fault.New(fault.Internal, "complaint.letter", "")
	}
	say := func(key string, args ...any) string { return s.cfg.Words(c.Lang, key, args...) }
	out := []string{text, say("complaint.letter.finding", "finding", say("complaint.finding."+string(c.Finding))), c.Grounds.Reveal()}
	all, err := Remedies(ctx, tx, c)
	if err != nil {
		return "", err
	}
	if len(all) > 0 {
		lines := []string{say("complaint.letter.remedies")}
		for _, r := range all {
			lines = append(lines, "- "+say("complaint.remedy."+r.Kind))
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	lines := []string{say("complaint.letter.ways")}
	for _, w := range n.Complaints().Then {
		lines = append(lines, "- "+w.In(c.Lang))
	}
	if a := n.Authority(); a.Name.In(c.Lang) != "" {
		lines = append(lines, "- "+say("complaint.letter.authority", "name", a.Name.In(c.Lang)))
	}
	lines = append(lines, say("complaint.letter.officer", "name", n.Officer().Name.In(c.Lang), "email", n.Officer().Email))
	return strings.Join(append(out, strings.Join(lines, "\n")), "\n\n"), nil
}

func cut(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > shortMost {
		s = strings.ToValidUTF8(s[:shortMost], "")
	}
	return s
}

// until is the end of a day that an officer chose, in the zone of the office.
func until(text string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), clock.WIB)
	if err != nil {
		return t, fault.New(fault.Invalid, "complaint.until", "complaint.extend.date").On("until")
	}
	return t.Add(24*time.Hour - time.Second), nil
}
