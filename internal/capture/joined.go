package capture

import (
	"context"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// How a movement was told (Captured.Source).
const (
	fromMail = "mail"
	fromFile = "file"
)

// lead follows joined tellings to the transaction itself.
func (s *Service) lead(ctx context.Context, tx *store.Tx, key id.ID) (*Captured, error) {
	c, err := store.Get[Captured](ctx, tx, key)
	for range 8 {
		if err != nil || c.State != Joined {
			break
		}
		c, err = store.Get[Captured](ctx, tx, c.Twin)
	}
	return c, err
}

// join keeps c as another telling of a transaction, and fills what that one was
// lacking. A telling that can be booked takes the place of one that waits for a
// person. The state says what became of c: Booked where it took the place.
func (s *Service) join(ctx context.Context, tx *store.Tx, twin id.ID, c *Captured, zone *time.Location) (State, error) {
	first, err := s.lead(ctx, tx, twin)
	if err != nil {
		return "", err
	}
	if first.Message == c.Message && first.Line == c.Line {
		return same, nil // the mail itself, handled again
	}
	var known int
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM captured WHERE tenant_id = $1 AND message_id = $2 AND line = $3", []any{tx.Tenant(), c.Message, c.Line}, &known)
	if err != nil || known > 0 {
		return same, err
	}
	if first.State == Review && first.Twin.IsZero() && c.State == Booked {
		return Booked, s.replace(ctx, tx, first, c, zone)
	}
	if c.InnerIndex == first.InnerIndex {
		c.InnerIndex = vault.Index{}
	}
	c.State, c.Twin, c.Reason = Joined, first.ID, ""
	if err := s.fill(ctx, tx, first, c, zone); err != nil {
		return "", err
	}
	if _, err := store.InsertOnce(ctx, tx, c, "tenant_id, message_id, line"); err != nil {
		return "", err
	}
	return same, nil
}

// replace books c and makes the waiting one, and all that hangs on it, tellings
// of it.
func (s *Service) replace(ctx context.Context, tx *store.Tx, waiting, c *Captured, zone *time.Location) error {
	if _, err := tx.Exec(ctx, "UPDATE captured SET twin = $1 WHERE tenant_id = $2 AND twin = $3", c.ID, tx.Tenant(), waiting.ID); err != nil {
		return err
	}
	if waiting.InnerIndex == c.InnerIndex {
		waiting.InnerIndex = vault.Index{}
	}
	waiting.State, waiting.Twin, waiting.Reason = Joined, c.ID, ""
	waiting.Revision++
	if err := store.Update(ctx, tx, waiting); err != nil {
		return err
	}
	if err := store.Insert(ctx, tx, c); err != nil {
		return err
	}
	return s.enter(ctx, tx, c, zone)
}

// fill takes from another telling what the transaction lacks and no person chose,
// as a new revision. What it took stands in by.Filled.
func (s *Service) fill(ctx context.Context, tx *store.Tx, c, by *Captured, zone *time.Location) error {
	if c.State != Booked && c.State != Review {
		return nil
	}
	took, err := s.lacking(ctx, tx, c, by)
	if err != nil || took == "" {
		return err
	}
	by.Filled = took
	was := *c
	c.take(by, took)
	c.Month = month(c.At, zone)
	c.Revision, c.ChangedAt = c.Revision+1, tx.Now()
	if c.State == Review {
		return store.Update(ctx, tx, c)
	}
	if err := s.rebook(ctx, tx, c, zone); err != nil {
		return err
	}
	return s.repair(ctx, tx, &was, c, zone)
}

// lacking names what by can give to c.
func (s *Service) lacking(ctx context.Context, tx *store.Tx, c, by *Captured) (string, error) {
	var took []string
	add := func(field string, yes bool) {
		if yes && !has(c.Edited, field) {
			took = append(took, field)
		}
	}
	add("reference", c.Reference.IsZero() && !by.Reference.IsZero())
	add("merchant", c.Merchant.IsZero() && !by.Merchant.IsZero())
	add("at", c.coarse() && !by.coarse())
	add("fee", c.FeeMinor < 0 && by.FeeMinor >= 0 && by.FeeMinor <= c.Minor)
	add("channel", c.Channel == "" && by.Channel != "")
	vague := c.Account.IsZero()
	if !vague && !by.Account.IsZero() && c.Account != by.Account && !has(c.Edited, "account") {
		mine, err := store.Get[BankAccount](ctx, tx, c.Account)
		if err != nil {
			return "", err
		}
		other, err := store.Get[BankAccount](ctx, tx, by.Account)
		if err != nil {
			return "", err
		}
		vague = mine.Last.IsZero() && !other.Last.IsZero() && mine.Issuer == other.Issuer
	}
	add("account", vague && !by.Account.IsZero())
	return strings.Join(took, ","), nil
}

// take copies these fields.
func (c *Captured) take(by *Captured, fields string) {
	for _, f := range strings.Split(fields, ",") {
		switch f {
		case "reference":
			c.Reference, c.ReferenceIndex = by.Reference, by.ReferenceIndex
		case "merchant":
			c.Merchant = by.Merchant
			if c.Told.IsZero() {
				c.Told = by.Told
			}
			if !has(c.Edited, "category") && (c.Decided == byNobody || c.Decided == byReading) {
				c.Category, c.Decided, c.Words, c.Sure, c.Learned = by.Category, by.Decided, by.Words, by.Sure, by.Learned
			}
		case "at":
			c.At, c.Precision = by.At, by.Precision
		case "fee":
			c.FeeMinor = by.FeeMinor
		case "channel":
			c.Channel = by.Channel
		case "account":
			c.Account = by.Account
		}
	}
}

// give takes them back, where they are still what by gave; a person's stay.
func (c *Captured) give(by *Captured) bool {
	before := *c
	for _, f := range strings.Split(by.Filled, ",") {
		switch {
		case has(c.Edited, f):
		case f == "reference" && c.ReferenceIndex == by.ReferenceIndex:
			c.Reference, c.ReferenceIndex = vault.Text{}, vault.Index{}
		case f == "merchant" && c.Merchant == by.Merchant:
			c.Merchant = id.ID{}
		case f == "at" && c.At == by.At:
			c.Precision = "day" // the day is still right
		case f == "fee" && c.FeeMinor == by.FeeMinor:
			c.FeeMinor = -1
		case f == "channel" && c.Channel == by.Channel:
			c.Channel = ""
		}
	}
	return c.Merchant != before.Merchant || c.FeeMinor != before.FeeMinor || c.ReferenceIndex != before.ReferenceIndex || c.Channel != before.Channel || c.Precision != before.Precision
}

// Same says that a transaction which waits because it looks like another is that
// one: it becomes another telling of it. revision is what the person saw.
func (s *Service) Same(ctx context.Context, tx *store.Tx, key id.ID, revision int64, zone *time.Location) (id.ID, error) {
	const op = "capture.Same"
	c, err := claim(ctx, tx, key, op, revision, Review)
	if err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	if c.Twin.IsZero() {
		return id.ID{}, fault.New(fault.Conflict, op, "capture.changed")
	}
	first, err := s.lead(ctx, tx, c.Twin)
	if err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	if first.ID == c.ID {
		return id.ID{}, fault.New(fault.Conflict, op, "capture.changed")
	}
	if _, err := tx.Exec(ctx, "UPDATE captured SET twin = $1 WHERE tenant_id = $2 AND twin = $3", first.ID, tx.Tenant(), c.ID); err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	c.State, c.Twin, c.Reason = Joined, first.ID, ""
	if err := s.fill(ctx, tx, first, c, zone); err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	return first.ID, fault.Wrap(op, store.Update(ctx, tx, c))
}

// Another says that a transaction which looks like another is one of its own: it
// is booked as it stands.
func (s *Service) Another(ctx context.Context, tx *store.Tx, key id.ID, revision int64, zone *time.Location) error {
	v, err := s.View(ctx, tx, key)
	if err != nil {
		return fault.Wrap("capture.Another", err)
	}
	e := v.EditOf()
	e.Zone = zone
	return s.Approve(ctx, tx, key, revision, e)
}

// Split takes a telling off the transaction that it was joined to, and books it
// as one of its own. What it had filled there is taken back.
func (s *Service) Split(ctx context.Context, tx *store.Tx, key id.ID, zone *time.Location) error {
	const op = "capture.Split"
	c, err := claim(ctx, tx, key, op, -1, Joined)
	if err != nil {
		return fault.Wrap(op, err)
	}
	first, err := s.lead(ctx, tx, c.Twin)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if first.give(c) && (first.State == Booked || first.State == Review) {
		was := *first
		first.Revision, first.ChangedAt = first.Revision+1, tx.Now()
		if first.State == Booked {
			err = s.rebook(ctx, tx, first, zone)
			if err == nil {
				err = s.repair(ctx, tx, &was, first, zone)
			}
		} else {
			err = store.Update(ctx, tx, first)
		}
		if err != nil {
			return fault.Wrap(op, err)
		}
	}
	c.State, c.Twin, c.Filled = Booked, id.ID{}, ""
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.enter(ctx, tx, c, zone))
}

// Telling is one way in which a transaction was told.
type Telling struct {
	Captured
	First bool
}

// Tellings are all of a transaction's, its own first.
func (s *Service) Tellings(ctx context.Context, tx *store.Tx, c Captured) ([]Telling, error) {
	out := []Telling{{Captured: c, First: true}}
	all, err := store.Find[Captured](ctx, tx, "WHERE tenant_id = $1 AND twin = $2 AND state = $3 ORDER BY created_at, id LIMIT 100", tx.Tenant(), c.ID, string(Joined))
	for _, t := range all {
		out = append(out, Telling{Captured: t})
	}
	return out, fault.Wrap("capture.Tellings", err)
}
