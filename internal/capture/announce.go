package capture

import (
	"context"
	"crypto/sha256"
	"strconv"

	"amanah/internal/capture/target"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// record is a transaction as targets see it.
func (v View) record() target.Record {
	r := target.Record{ID: v.ID, Revision: v.Revision, Reversed: v.State == Reversed, Direction: v.Direction, Amount: v.Amount(), At: v.At.Time(), Precision: v.Precision,
		Merchant: v.MerchantName, Category: v.Category, Account: v.Account, Issuer: v.Issuer, Last: v.AccountLast, Channel: v.Channel, Reference: v.Reference.Reveal(),
		Confidence: float64(v.Confidence) / 1000, Note: v.Note.Reveal()}
	if v.FeeMinor >= 0 {
		r.Fee = &money.Amount{Minor: v.FeeMinor, Currency: v.Currency}
	}
	return r
}

// announce puts an event on its way to every target that wants it. A target that
// got a transaction is told of its corrections also where its filter would not
// let them through any more.
func (s *Service) announce(ctx context.Context, tx *store.Tx, c *Captured, event string) error {
	targets, err := store.FindOpen[Target](ctx, tx, "WHERE tenant_id = $1 AND state <> $2 AND verified_at IS NOT NULL ORDER BY id", tx.Tenant(), string(TargetRemoved))
	if err != nil || len(targets) == 0 {
		return err
	}
	v, err := s.View(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for i := range targets {
		t := &targets[i]
		k := s.kinds[t.Kind]
		if k == nil || k.Traits().Scheduled {
			continue
		}
		wanted, err := s.wants(ctx, tx, t, v, event)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		d := &Delivery{Subject: c.Subject, Target: t.ID, Captured: c.ID, Event: event, Revision: c.Revision, State: Pending, NextAt: tx.Now(), CreatedAt: tx.Now()}
		d.ID = eventID(t.ID, c.ID, event, c.Revision)
		created, err := store.InsertOnce(ctx, tx, d, "tenant_id, target_id, captured_id, event, revision")
		if err != nil {
			return err
		}
		if created && t.State == TargetActive {
			if err := s.again(ctx, tx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// wants tells whether a target gets an event.
func (s *Service) wants(ctx context.Context, tx *store.Tx, t *Target, v View, event string) (bool, error) {
	set, err := t.Set()
	if err != nil {
		return false, err
	}
	if set.Filter.Match(v.record()) {
		return true, nil
	}
	if event == EventCaptured {
		return false, nil
	}
	n := 0
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM deliveries WHERE tenant_id = $1 AND target_id = $2 AND captured_id = $3", []any{tx.Tenant(), t.ID, v.ID}, &n)
	return n > 0, err
}

// eventID is the number of an event: whoever makes the same event again, after its
// row was removed too, gives it the same number.
func eventID(key, captured id.ID, event string, revision int64) id.ID {
	h := sha256.Sum256([]byte("amanah event|" + key.String() + "|" + captured.String() + "|" + event + "|" + strconv.FormatInt(revision, 10)))
	var u id.ID
	copy(u[:], h[:])
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80 // UUIDv8
	return u
}
