package capture

import (
	"context"
	"slices"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Categories are the kinds of spending and income that a person may choose.
func Categories() []string {
	return []string{"food_drink", "groceries", "transport", "travel", "bills", "health", "education", "entertainment", "shopping", "topup", "cash", "transfer", "income", "refund", "other"}
}

// Directions are the ways that money can go.
func Directions() []string { return []string{"out", "in", "internal"} }

// Edit is how a person sees a transaction: all of it, also what stays.
type Edit struct {
	Direction string
	Amount    money.Amount
	Fee       int64 // minor units; -1 for none stated
	At        clock.Instant
	Merchant  string
	Account   id.ID // zero for none
	Category  string
	Note      string
	// Zone says in which month it falls; nil means WIB.
	Zone *time.Location
	// Once says that the change is of this transaction alone and teaches nothing.
	Once bool
	// rule is the rule that makes the change; zero where a person does.
	rule id.ID
}

// EditOf gives a row as it stands, to be changed.
func (v View) EditOf() Edit {
	return Edit{Direction: v.Direction, Amount: v.Amount(), Fee: v.FeeMinor, At: v.At, Merchant: v.MerchantName, Account: v.Account, Category: v.Category, Note: v.Note.Reveal()}
}

func (e Edit) check(op string) error {
	switch {
	case e.Amount.Minor <= 0:
		return fault.New(fault.Invalid, op, "capture.edit.amount").On("amount")
	case !e.Amount.Currency.Valid():
		return fault.New(fault.Invalid, op, "capture.edit.currency").On("currency")
	case e.Fee > e.Amount.Minor:
		return fault.New(fault.Invalid, op, "capture.edit.fee").On("fee")
	case e.At.IsZero():
		return fault.New(fault.Invalid, op, "capture.edit.at").On("at")
	case !slices.Contains(Directions(), e.Direction):
		return fault.New(fault.Invalid, op, "capture.edit.direction").On("direction")
	case !slices.Contains(Categories(), e.Category):
		return fault.New(fault.Invalid, op, "capture.edit.category").On("category")
	case len(e.Merchant) > 200:
		return fault.New(fault.Invalid, op, "capture.edit.merchant").On("merchant")
	case len(e.Note) > 2000:
		return fault.New(fault.Invalid, op, "capture.edit.note").On("note")
	}
	return nil
}

// claim takes a row for a change: of two people who change the same row at once
// one gets fault Conflict.
func claim(ctx context.Context, tx *store.Tx, key id.ID, op string, revision int64, from ...State) (*Captured, error) {
	// Bookings of a tenant go one at a time, as mails do: two that touch the same
	// accounts in another order would wait for each other.
	if _, err := tx.Exec(ctx, "UPDATE capture_mailboxes SET mails = mails WHERE tenant_id = $1", tx.Tenant()); err != nil {
		return nil, err
	}
	c, err := store.Get[Captured](ctx, tx, key)
	if err != nil {
		return nil, err
	}
	changed := fault.New(fault.Conflict, op, "capture.changed")
	if !slices.Contains(from, c.State) || revision >= 0 && revision != c.Revision {
		return nil, changed
	}
	n, err := tx.Exec(ctx, "UPDATE captured SET revision = revision + 1, changed_at = $1 WHERE tenant_id = $2 AND id = $3 AND revision = $4 AND state = $5",
		tx.Now(), tx.Tenant(), key, c.Revision, string(c.State))
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, changed
	}
	c.Revision, c.ChangedAt = c.Revision+1, tx.Now()
	return c, nil
}

// edit puts what the person says into a row.
func (s *Service) edit(ctx context.Context, tx *store.Tx, c *Captured, e Edit) error {
	shop, err := s.merchant(ctx, tx, c.Subject, e.Merchant)
	if err != nil {
		return err
	}
	if !e.Account.IsZero() {
		if _, err := store.Get[BankAccount](ctx, tx, e.Account); err != nil {
			return err
		}
	}
	if c.At != e.At {
		c.Precision = "minute"
	}
	was := *c
	if e.Direction != c.Direction {
		c.turn(e.Direction)
	}
	c.Minor, c.FeeMinor, c.Currency = e.Amount.Minor, e.Fee, e.Amount.Currency
	c.At, c.Month, c.Merchant, c.Account = e.At, month(e.At, e.Zone), shop.ID, e.Account
	c.Category, c.Note = e.Category, vault.Seal(e.Note)
	if !e.rule.IsZero() {
		c.Learned = e.rule
		if c.Category != was.Category {
			c.Decided, c.Words, c.Sure = byRule, vault.Text{}, 0
		}
		return nil
	}
	c.edited(&was)
	if c.Category != was.Category {
		c.Decided, c.Words, c.Sure = byPerson, vault.Text{}, 0
	}
	if e.Once {
		return nil
	}
	return s.teach(ctx, tx, &was, c, e.Merchant)
}

// edited notes which fields a person changed: nothing overwrites them later.
func (c *Captured) edited(was *Captured) {
	for _, f := range [...]struct {
		name    string
		changed bool
	}{
		{"amount", c.Minor != was.Minor || c.Currency != was.Currency}, {"fee", c.FeeMinor != was.FeeMinor}, {"at", c.At != was.At},
		{"merchant", c.Merchant != was.Merchant}, {"account", c.Account != was.Account}, {"category", c.Category != was.Category},
		{"direction", c.Direction != was.Direction}, {"note", c.Note.Reveal() != was.Note.Reveal()},
	} {
		if f.changed && !has(c.Edited, f.name) {
			c.Edited = with(c.Edited, f.name)
		}
	}
}

// has and with read and lengthen a list of names with commas.
func has(list, name string) bool { return slices.Contains(strings.Split(list, ","), name) }

func with(list, name string) string { return strings.TrimPrefix(list+","+name, ",") }

// Approve books a transaction that waits for review, as the person says it is.
// revision is what the person saw; -1 for any. Fault Conflict if it changed.
func (s *Service) Approve(ctx context.Context, tx *store.Tx, key id.ID, revision int64, e Edit) error {
	const op = "capture.Approve"
	if err := e.check(op); err != nil {
		return err
	}
	c, err := claim(ctx, tx, key, op, revision, Review, Rejected)
	if err == nil {
		err = s.edit(ctx, tx, c, e)
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if c.Reason == reasonForwarder {
		if err := s.trust(ctx, tx, c); err != nil {
			return fault.Wrap(op, err)
		}
	}
	c.State, c.Twin = Booked, id.ID{}
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.book(ctx, tx, c, e.Zone); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.announce(ctx, tx, c, EventCaptured); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.pair(ctx, tx, c, e.Zone))
}

// Correct changes a booked transaction: its entry is reversed, another takes its
// place, and the targets are told.
func (s *Service) Correct(ctx context.Context, tx *store.Tx, key id.ID, revision int64, e Edit) error {
	const op = "capture.Correct"
	if err := e.check(op); err != nil {
		return err
	}
	c, err := claim(ctx, tx, key, op, revision, Booked)
	if err != nil {
		return fault.Wrap(op, err)
	}
	was := *c
	if err := s.edit(ctx, tx, c, e); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.rebook(ctx, tx, c, e.Zone); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.repair(ctx, tx, &was, c, e.Zone))
}

// rebook reverses the entry of a row that was changed, books it anew, stores the
// row and tells the targets. The revision has grown already.
func (s *Service) rebook(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) error {
	instead, err := s.entry(ctx, tx, c, zone)
	if err != nil {
		return err
	}
	if _, c.Entry, err = ledger.Correct(ctx, tx, c.Entry, "capture.corrected", instead); err != nil {
		return err
	}
	if err := store.Update(ctx, tx, c); err != nil {
		return err
	}
	return s.announce(ctx, tx, c, EventCorrected)
}

// Reject says that a transaction is none, or none of one's own: what waits is
// put aside, what is booked is reversed and the targets are told.
func (s *Service) Reject(ctx context.Context, tx *store.Tx, key id.ID, revision int64) error {
	const op = "capture.Reject"
	c, err := claim(ctx, tx, key, op, revision, Review, Booked)
	if err != nil {
		return fault.Wrap(op, err)
	}
	was := c.State
	c.State = Rejected
	if was == Booked {
		c.State = Reversed
		if _, err := ledger.Reverse(ctx, tx, c.Entry, "capture.rejected"); err != nil {
			return fault.Wrap(op, err)
		}
	}
	if err := store.Update(ctx, tx, c); err != nil {
		return fault.Wrap(op, err)
	}
	if was == Booked {
		if err = s.announce(ctx, tx, c, EventReversed); err == nil {
			err = s.unpair(ctx, tx, c, nil)
		}
	}
	return fault.Wrap(op, err)
}

// Recategorise changes the category alone, and that of the merchant's next mails.
func (s *Service) Recategorise(ctx context.Context, tx *store.Tx, key id.ID, category string, zone *time.Location) error {
	v, err := s.View(ctx, tx, key)
	if err != nil {
		return fault.Wrap("capture.Recategorise", err)
	}
	e := v.EditOf()
	e.Category, e.Zone = category, zone
	return s.Correct(ctx, tx, key, v.Revision, e)
}
