package capture

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// FormatAuth writes what our mail server found out about a mail as the inbox
// keeps it (inbox.In.Auth).
func FormatAuth(a email.Auth) string {
	b, err := json.Marshal(a)
	if err != nil {
		return ""
	}
	return string(b)
}

// auth reads it back. What cannot be read counts as "nothing was proven", not
// as "nobody checked".
func auth(text string) *email.Auth {
	var a email.Auth
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return &email.Auth{DKIM: "none", SPF: "none", DMARC: "none", ARC: "none"}
	}
	return &a
}

// Outcomes of a message beside the kinds of package email.
const (
	outcomeDuplicate  = "duplicate"  // all of it was here already
	outcomeReview     = "review"     // something waits for a person
	outcomeUnreadable = "unreadable" // no mail, or beyond the limits
)

// HandleMail is the inbox handler of mails: it reads the mail outside of any
// transaction; what it gives back books it. Running it again changes nothing.
func (s *Service) HandleMail(ctx context.Context, sc store.Scope, m inbox.Message, raw []byte) (inbox.Apply, error) {
	const op = "capture.HandleMail"
	zone := s.zone(ctx, sc.Tenant)
	res, err := s.Extractor.Extract(raw, email.Options{Auth: auth(m.Auth.Reveal()), Received: m.ReceivedAt.Time(), Zone: zone})
	var f *fault.Error
	if errors.As(err, &f) && (f.Code == fault.Invalid || f.Code == fault.TooLarge) {
		refused := inbox.Result{State: inbox.Refused, Outcome: outcomeUnreadable, Reason: f.Key}
		return func(ctx context.Context, tx *store.Tx) (inbox.Result, error) {
			return refused, touch(ctx, tx, m.Subject, m.ReceivedAt)
		}, nil
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	stranger := ""
	if res.Sender.Via != "" && len(res.Transactions) > 0 {
		if stranger, err = s.stranger(ctx, sc, m, res.Sender.Via); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	over := ""
	if len(res.Transactions) > 0 {
		if over, err = s.over(ctx, sc.Tenant); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return func(ctx context.Context, tx *store.Tx) (inbox.Result, error) {
		out, err := s.apply(ctx, tx, found{m: m, res: res, hold: stranger, over: over, zone: zone})
		return out, fault.Wrap(op, err)
	}, nil
}

// apply makes a mail's effect.
func (s *Service) apply(ctx context.Context, tx *store.Tx, f found) (inbox.Result, error) {
	m, res, hold := f.m, f.res, f.hold
	out := inbox.Result{State: inbox.Done, Outcome: string(res.Kind), Reason: res.Reason}
	if err := touch(ctx, tx, m.Subject, m.ReceivedAt); err != nil {
		return out, err
	}
	if res.Forwarding != nil {
		return out, s.keepCode(ctx, tx, m, *res.Forwarding)
	}
	all, held := res.Transactions, hold
	if len(all) == 0 {
		all, held = res.Held, or(res.Reason, "auth.none")
	}
	counts := map[State]int{}
	for i, t := range all {
		f.t, f.line, f.hold = t, int64(i), held
		state, err := s.take(ctx, tx, f)
		if err != nil {
			return out, err
		}
		counts[state]++
	}
	if len(res.Transactions) > 0 && counts[Booked] > 0 {
		if err := s.counted(ctx, tx); err != nil {
			return out, err
		}
	}
	switch {
	case len(all) == 0:
	case counts[Review] > 0:
		out.Outcome = outcomeReview
		out.Reason = or(out.Reason, or(hold, f.over))
	case counts[Booked] == 0:
		out.Outcome, out.Reason = outcomeDuplicate, "duplicate.same"
	}
	return out, nil
}

// keepCode keeps a forwarding confirmation for the person to see.
func (s *Service) keepCode(ctx context.Context, tx *store.Tx, m inbox.Message, f email.Forwarding) error {
	_, err := store.InsertOnce(ctx, tx, &ForwardingCode{Subject: m.Subject, Message: m.ID, Provider: f.Provider,
		Mailbox: vault.Seal(f.From), Code: vault.Seal(f.Code), Link: vault.Seal(f.Link), At: m.ReceivedAt}, "tenant_id, message_id")
	return err
}

// found is one transaction of a mail on its way into the books.
type found struct {
	m    inbox.Message
	res  email.Result
	t    email.Transaction
	line int64
	hold string // a reason to wait for a person whatever the confidence
	over string // a limit that is reached: what would be booked waits
	zone *time.Location
}

// same says that a transaction is here already; it is no state of a row.
const same State = "same"

// take books a transaction, puts it on the review list, or finds that it is
// here already.
func (s *Service) take(ctx context.Context, tx *store.Tx, f found) (State, error) {
	c, err := s.row(ctx, tx, f)
	if err != nil {
		return "", err
	}
	twin, verdict, err := s.duplicate(ctx, tx, c, f.zone)
	if err != nil {
		return "", err
	}
	c.State = Booked
	switch {
	case f.hold != "":
		c.State, c.Reason = Review, f.hold
	case f.t.Confidence < email.BookAt:
		c.State, c.Reason = Review, "low_confidence."+or(f.t.Doubt, "several")
	case f.res.Sender.Trust == email.TrustSuspicious:
		c.State, c.Reason = Review, or(f.res.Reason, "auth.none")
	}
	switch verdict {
	case isSame:
		return s.join(ctx, tx, twin, c, f.zone)
	case mayBeSame:
		c.State, c.Twin = Review, twin
		c.Reason = or(c.Reason, "duplicate.other_source")
	}
	if c.State == Booked && f.over != "" {
		c.State, c.Reason = Review, f.over
	}
	if created, err := store.InsertOnce(ctx, tx, c, "tenant_id, message_id, line"); err != nil || !created {
		return same, err
	}
	if c.State == Review {
		return Review, nil
	}
	return Booked, s.enter(ctx, tx, c, f.zone)
}

// enter books a row that is stored as booked, tells the targets, and looks for
// the other half of a transfer.
func (s *Service) enter(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) error {
	if err := s.book(ctx, tx, c, zone); err != nil {
		return err
	}
	if err := s.announce(ctx, tx, c, EventCaptured); err != nil {
		return err
	}
	return s.pair(ctx, tx, c, zone)
}

// row makes the stored form of a transaction, its names in the dictionaries.
func (s *Service) row(ctx context.Context, tx *store.Tx, f found) (*Captured, error) {
	t, who := f.t, f.m.Subject
	shop, err := s.merchant(ctx, tx, who, t.Merchant)
	if err != nil {
		return nil, err
	}
	issuer := or(t.Issuer, f.res.Issuer)
	acc := &BankAccount{}
	if issuer != "" || t.AccountLast != "" {
		if acc, err = s.account(ctx, tx, who, issuer, t.AccountLast, t.AccountName, t.Channel); err != nil {
			return nil, err
		}
	}
	at := clock.At(t.At)
	if at.IsZero() {
		at = f.m.ReceivedAt
	}
	c := &Captured{Subject: who, Message: f.m.ID, Line: f.line, Direction: or(t.Direction, "out"), Minor: t.Amount.Minor, FeeMinor: -1, Currency: t.Amount.Currency,
		At: at, Precision: or(t.AtPrecision, "header"), Month: month(at, f.zone), Merchant: shop.ID, Account: acc.ID, Issuer: issuer, Channel: t.Channel,
		Reference: vault.Seal(t.Reference), Source: fromMail, Confidence: int64(t.Confidence*1000 + 0.5), Doubt: t.Doubt,
		Trust: string(f.res.Sender.Trust), Rule: f.res.Rule, CreatedAt: tx.Now(), ChangedAt: tx.Now()}
	c.ID = tx.NewID()
	// A wallet's own mail of being filled tells of money that came.
	c.Inward = c.Direction == "internal" && c.Channel == "topup" && acc.Kind == "wallet"
	d, err := s.decider(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := d.decide(ctx, tx, c, t.Merchant, shop.Category, t.Category); err != nil {
		return nil, err
	}
	if err := d.flush(ctx, tx); err != nil {
		return nil, err
	}
	if t.Fee.Currency != "" {
		c.FeeMinor = t.Fee.Minor
	}
	if t.Reference != "" {
		c.ReferenceIndex, err = s.db.Vault().Index(ctx, tx.Tenant(), "captured.reference", normal(issuer)+"|"+normal(t.Reference))
	}
	if err == nil && f.res.InnerMessageID != "" {
		c.InnerIndex, err = s.db.Vault().Index(ctx, tx.Tenant(), "captured.inner", f.res.InnerMessageID+"|"+strconv.FormatInt(f.line, 10))
	}
	return c, err
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
