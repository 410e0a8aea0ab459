package request

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// extendMost is how long an answer may be put off at once, in days.
const extendMost = 30

// pending reads a case that is not done.
func pending(ctx context.Context, tx *store.Tx, op string, key id.ID) (*Case, error) {
	c, err := store.Get[Case](ctx, tx, key)
	if err == nil && c.State.Done() {
		return nil, fault.New(fault.Conflict, op, "request.done")
	}
	return c, err
}

func words(op, field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fault.New(fault.Invalid, op, "request.text.empty").On(field)
	}
	if len(text) > textMost || !utf8.ValidString(text) {
		return "", fault.New(fault.Invalid, op, "request.text.long").On(field).With("most", textMost)
	}
	return text, nil
}

// Identify writes down what an officer saw that proves who asks, and, with the
// address of an account, whose data it is about. What runs alone then runs. seen
// says which document was shown; its number or a picture does not belong there.
func (s *Service) Identify(ctx context.Context, home store.Scope, key id.ID, seen, address string) error {
	const op = "request.Identify"
	seen, err := words(op, "seen", seen)
	if err != nil {
		return err
	}
	var who id.Subject
	if address = strings.TrimSpace(address); address != "" {
		found := false
		if who, found, err = s.Accounts.Find(ctx, home.Service, address); err == nil && !found || fault.Is(err, fault.Invalid) {
			return fault.New(fault.Invalid, op, "request.account.unknown").On("account")
		}
		if err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, s.DB.Write(ctx, home, func(tx *store.Tx) error {
		c, err := pending(ctx, tx, op, key)
		if err != nil {
			return err
		}
		if who.IsZero() {
			who = c.About
		}
		c.Proven, c.Seen, c.ChangedAt = ByOfficer, vault.Seal(first(seen, lineMost)), tx.Now()
		if c.State == Identity {
			c.State = Open
		}
		if c.Right == Child || who.IsZero() {
			c.About = who
			err = store.Update(ctx, tx, c)
		} else {
			err = adopt(ctx, tx, c, who)
		}
		if err != nil {
			return err
		}
		if err := s.step(ctx, tx, c, "identified", string(ByOfficer)); err != nil {
			return err
		}
		_, err = s.run(ctx, tx, c)
		return err
	}))
}

// Sort says which right a letter uses. The clocks are those of that right, still
// from the moment of receipt; an end that was set before does not move out.
func (s *Service) Sort(ctx context.Context, tx *store.Tx, key id.ID, r Right, purpose string) error {
	const op = "request.Sort"
	c, err := pending(ctx, tx, op, key)
	if err != nil {
		return err
	}
	n, err := s.notice(tx.Scope().Service)
	if err != nil {
		return err
	}
	k, ok := kindOf(r)
	if _, known := n.Purpose(purpose); !ok || c.Right != Question || k.Purpose && !known {
		return fault.New(fault.Invalid, op, "request.right.unknown").On("right")
	}
	if !k.Purpose {
		purpose = ""
	}
	c.Right, c.Purpose, c.ChangedAt = r, purpose, tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	if err := s.step(ctx, tx, c, "sorted", string(r)); err != nil {
		return err
	}
	if c.State == Identity {
		return nil
	}
	_, err = s.run(ctx, tx, c)
	return err
}

// Extend puts the answer off by days and tells the person why and until when.
// Faults: Invalid where the law leaves no room for it.
func (s *Service) Extend(ctx context.Context, tx *store.Tx, key id.ID, days int, reason string) error {
	const op = "request.Extend"
	c, err := pending(ctx, tx, op, key)
	if err != nil {
		return err
	}
	if k, _ := kindOf(c.Right); !k.Extends {
		return fault.New(fault.Invalid, op, "request.extend.never").On("days")
	}
	if days < 1 || days > extendMost {
		return fault.New(fault.Invalid, op, "request.extend.days").On("days").With("most", extendMost)
	}
	if reason, err = words(op, "reason", reason); err != nil {
		return err
	}
	all, err := deadline.Of(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(d deadline.Item) bool { return d.Name == "answer" })
	if i < 0 || all[i].Due.Before(tx.Now().Time()) {
		return fault.New(fault.Conflict, op, "request.extend.late")
	}
	if all[i].Moved {
		return fault.New(fault.Conflict, op, "request.extend.once")
	}
	due := all[i].Due.Add(time.Duration(days) * 24 * time.Hour)
	if err := deadline.Move(ctx, tx, c.ID, "answer", due); err != nil {
		return err
	}
	if err := deadline.Met(ctx, tx, c.ID, "officer"); err != nil {
		return err
	}
	c.ChangedAt = tx.Now()
	if err := s.tellPerson(ctx, tx, c, "extended"); err != nil {
		return err
	}
	return s.step(ctx, tx, c, "extended", due.In(s.Zone).Format("2006-01-02 15:04 MST")+". "+reason)
}

// Decision is an officer's answer.
type Decision struct {
	Answer string
	// Annotate: the data cannot be overwritten; the answer stands beside it.
	Annotate bool
	Amount   int64 // of a claim: what is paid, in minor units of rupiah
}

// Grant answers a case as it was asked and does what belongs to it: corrects what
// can be corrected, stops, lets a person decide, erases. An erasure ends the
// account and this case with it; the receipt is its proof.
func (s *Service) Grant(ctx context.Context, home store.Scope, key id.ID, d Decision) error {
	const op = "request.Grant"
	answer, err := words(op, "answer", d.Answer)
	if err != nil {
		return err
	}
	var c *Case
	if err := s.DB.Read(ctx, home, func(tx *store.Tx) (err error) { c, err = pending(ctx, tx, op, key); return err }); err != nil {
		return err
	}
	if c.State == Identity {
		return fault.New(fault.Conflict, op, "request.unproven")
	}
	about := c.Subject
	if c.Right == Child {
		about = c.About
	}
	var got []string
	if !about.IsZero() && slices.Contains([]Right{Correct, Erase, Destroy, Child}, c.Right) {
		f, _ := s.field(home.Service, c.Field)
		if got, err = s.receivers(ctx, about, f.Category); err != nil {
			return fault.Wrap(op, err)
		}
		if c.Right == Correct && f.Key != "" && !d.Annotate {
			if err := s.Corrector.Correct(ctx, home, about, f.Key, c.Wish.Reveal()); err != nil {
				return err
			}
		}
	}
	if c.Right == Human && s.Decider != nil && !about.IsZero() {
		if _, err := s.Decider.Reopen(ctx, home, about, c.Text.Reveal()); err != nil {
			return fault.Wrap(op, err)
		}
	}
	err = s.DB.Write(ctx, home, func(tx *store.Tx) error { return s.granted(ctx, tx, key, d, answer, got) })
	if err == nil && !about.IsZero() && slices.Contains([]Right{Erase, Destroy, Child}, c.Right) {
		err = s.erase(ctx, home, c, about)
	}
	return fault.Wrap(op, err)
}

func (s *Service) granted(ctx context.Context, tx *store.Tx, key id.ID, d Decision, answer string, got []string) error {
	c, err := pending(ctx, tx, "request.Grant", key)
	if err != nil {
		return err
	}
	what := "erase"
	if c.Right == Correct {
		what = "correct"
	}
	if err := s.tasks(ctx, tx, c, what, got); err != nil {
		return err
	}
	c.Answer, c.AnswerAs = vault.Seal(answer), "request.answer.granted"
	switch {
	case d.Annotate && c.Right == Correct:
		c.AnswerAs = "request.answer.annotated"
	case c.Right == Human:
		c.AnswerAs = "request.answer.human"
	case c.Right == Claim && d.Amount > 0:
		c.Amount, c.Currency, c.AnswerAs = d.Amount, "IDR", "request.answer.claim"
	case c.Right == Object || c.Right == Withdraw:
		if err := gate.Stop(ctx, tx, c.Subject, c.Purpose, gate.Objected, c.ID); err != nil {
			return err
		}
	}
	return s.finish(ctx, tx, c, Answered, "answered", answer)
}

func (s *Service) erase(ctx context.Context, home store.Scope, c *Case, who id.Subject) error {
	by, lang := "person", i18n.ID
	switch c.By {
	case Parent, Guardian:
		by = "guardian"
	case Proxy:
		by = "officer"
	}
	if l, ok := i18n.Known(c.Lang); ok {
		lang = l
	}
	number, err := s.Eraser.Erase(ctx, who, by, lang)
	if err != nil || c.Right != Child {
		return err
	}
	_, err = s.change(ctx, home, c.ID, func(c *Case) { c.Evidence, c.About = number.String(), id.Subject{} })
	return err
}

func (s *Service) change(ctx context.Context, home store.Scope, key id.ID, f func(*Case)) (c *Case, err error) {
	err = s.DB.Write(ctx, home, func(tx *store.Tx) error {
		if c, err = store.Get[Case](ctx, tx, key); err != nil {
			return err
		}
		f(c)
		return store.Update(ctx, tx, c)
	})
	return c, err
}

// Refuse ends a case with a ground of the law and reasons in words. Faults:
// Invalid for a ground that no law in force has for this right.
func (s *Service) Refuse(ctx context.Context, tx *store.Tx, key id.ID, ground, reasons string) error {
	const op = "request.Refuse"
	c, err := pending(ctx, tx, op, key)
	if err != nil {
		return err
	}
	n, err := s.notice(tx.Scope().Service)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(Grounds(n, s.Packs, c.Right, tx.Now().Time().In(s.Zone)), func(g Ground) bool { return g.Key == ground }) {
		return fault.New(fault.Invalid, op, "request.ground.unknown").On("ground")
	}
	if reasons, err = words(op, "reasons", reasons); err != nil {
		return err
	}
	if c.Right == Child && !c.About.IsZero() {
		if err := gate.Lift(ctx, tx, c.About, "", gate.Restricted); err != nil {
			return err
		}
	}
	c.Ground, c.AnswerAs, c.Answer = ground, "request.answer.refused", vault.Seal(reasons)
	return s.finish(ctx, tx, c, Refused, "refused", ground+". "+reasons)
}

// Paid writes down that what a claim awarded was paid.
func (s *Service) Paid(ctx context.Context, tx *store.Tx, key id.ID, note string) error {
	const op = "request.Paid"
	c, err := store.Get[Case](ctx, tx, key)
	if err != nil {
		return err
	}
	if c.Right != Claim || c.State != Answered || c.Amount == 0 || !c.PaidAt.IsZero() {
		return fault.New(fault.Conflict, op, "request.done")
	}
	if note, err = words(op, "note", note); err != nil {
		return err
	}
	c.PaidAt = tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	return s.step(ctx, tx, c, "paid", note)
}

// TaskDone writes down what a recipient answered.
func (s *Service) TaskDone(ctx context.Context, tx *store.Tx, key, task id.ID, answer string) error {
	const op = "request.TaskDone"
	answer, err := words(op, "reply", answer)
	if err != nil {
		return err
	}
	t, err := store.One[Task](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND case_id = $3", tx.Tenant(), task, key)
	if err != nil {
		return err
	}
	c, err := store.Get[Case](ctx, tx, key)
	if err != nil {
		return err
	}
	t.Answer, t.DoneAt = vault.Seal(answer), tx.Now()
	if err := store.Update(ctx, tx, t); err != nil {
		return err
	}
	return s.step(ctx, tx, c, "task_done", t.Recipient+": "+answer)
}

// Write adds words of the person or of an officer to a case that is not done, and
// tells the other.
func (s *Service) Write(ctx context.Context, tx *store.Tx, c *Case, text string) error {
	const op = "request.Write"
	text, err := words(op, "text", text)
	if err != nil {
		return err
	}
	if c.State.Done() {
		return fault.New(fault.Conflict, op, "request.done")
	}
	n := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM request_steps WHERE tenant_id = $1 AND case_id = $2", []any{tx.Tenant(), c.ID}, &n); err != nil {
		return err
	}
	if n >= 300 {
		return fault.New(fault.TooMany, op, "request.full")
	}
	c.ChangedAt = tx.Now()
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	if tx.Scope().Actor.Kind == "staff" {
		err = s.tellPerson(ctx, tx, c, "written")
	} else {
		err = s.Officers.TellOfficers(ctx, tx, tell.Message{Key: "request.told.wrote", Args: map[string]string{"number": c.Number}, Link: staffPath(c.ID), Once: "request." + c.ID.String() + ".wrote." + c.ChangedAt.String()})
	}
	if err != nil {
		return err
	}
	return s.step(ctx, tx, c, "written", text)
}

// Queue lists the cases of a service that wait: urgent ones first, then the
// oldest. With done it lists what ended, the newest first.
func Queue(ctx context.Context, tx *store.Tx, done bool) ([]Case, error) {
	if done {
		return store.Find[Case](ctx, tx, "WHERE tenant_id = $1 AND closed_at IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT 200", tx.Tenant())
	}
	return store.Find[Case](ctx, tx, "WHERE tenant_id = $1 AND closed_at IS NULL ORDER BY CASE WHEN urgent THEN 0 ELSE 1 END, received_at, id LIMIT 500", tx.Tenant())
}

// Late says how many answers of the last days came in time, and how many late.
func Late(ctx context.Context, tx *store.Tx, days int) (kept, late int, err error) {
	all, err := deadline.Closed(ctx, tx, "request", tx.Now().Time().AddDate(0, 0, -days))
	for _, d := range all {
		switch {
		case d.Name != "answer":
		case d.State == deadline.Late:
			late++
		default:
			kept++
		}
	}
	return kept, late, err
}
