package report

import (
	"context"
	"strconv"
	"time"

	"amanah/internal/capture"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/notify"
	"amanah/internal/store"
)

// Teller tells a person, once for each Once; *notify.Service does.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, m notify.Message) error
}

// Booked looks whether a booking brought a budget of its month to four fifths or
// to its end, and tells who set it, once each. It works in the transaction of the
// booking and costs one look-up where there are no budgets.
func (s *Service) Booked(ctx context.Context, tx *store.Tx, c *capture.Captured, zone *time.Location) error {
	if s.tell == nil || c.Direction == "in" {
		return nil
	}
	if zone == nil {
		zone = clock.WIB
	}
	if Span(c.Month) != Span(ledger.Month(tx.Now(), zone)) {
		return nil // history that is brought in warns nobody
	}
	lines, err := s.Lines(ctx, tx, Span(c.Month), tx.Now().Time(), zone)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Category != All && l.Category != c.Category && l.Category != Fee || l.Currency != c.Currency {
			continue
		}
		key, tone, step := "", notify.Warning, 0
		switch {
		case l.Share() >= 1000:
			key, step = "report.warn.over", 100
		case l.Share() >= 800:
			key, step = "report.warn.near", 80
		default:
			continue
		}
		who, err := s.owner(ctx, tx, l, c)
		if err != nil {
			return err
		}
		err = s.tell.Tell(ctx, tx, notify.Message{Subject: who, Key: key, Tone: tone, Link: "/app/budgets?month=" + c.Month,
			Once: "budget:" + l.Category + ":" + string(l.Currency) + ":" + c.Month + ":" + strconv.Itoa(step)})
		if err != nil {
			return err
		}
	}
	return nil
}

// owner is who set the budget; the transaction's person where they are gone.
func (s *Service) owner(ctx context.Context, tx *store.Tx, l Line, c *capture.Captured) (id.Subject, error) {
	b, err := store.Find[Budget](ctx, tx, "WHERE tenant_id = $1 AND category = $2 AND currency = $3 AND month <= $4 ORDER BY month DESC LIMIT 1",
		tx.Tenant(), l.Category, l.Currency, c.Month)
	if err != nil || len(b) == 0 || b[0].Subject.IsZero() {
		return c.Subject, err
	}
	return b[0].Subject, nil
}
