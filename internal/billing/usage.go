package billing

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Reasons why something may not be taken, as review lists and forms say them.
const (
	ReasonLimit  = "billing.limit."   // and what is limited
	ReasonUnpaid = "billing.readonly" // nothing is changed until an invoice is paid
)

// Standing is how a customer stands with its invoices.
type Standing string

// The standings. In ReadOnly what comes in is kept and waits, pages can be read,
// copies and closing are possible; all else waits for the payment.
const (
	Fine     Standing = "fine"
	InGrace  Standing = "grace"
	ReadOnly Standing = "readonly"
)

// StandingOf tells how a workspace stands, and by which invoice.
func (s *Service) StandingOf(ctx context.Context, tx *store.Tx, workspace id.Tenant) (Standing, *Invoice, error) {
	inv, err := store.One[Invoice](ctx, tx, `WHERE tenant_id = $1 AND party_id IN (SELECT id FROM billing_parties WHERE tenant_id = $1 AND ref = $2)
		AND kind = $3 AND state IN ($4, $5) AND due_at < $6 AND about NOT LIKE 'offer:%' ORDER BY due_at`,
		tx.Tenant(), refOf(workspace), string(Bill), string(Open), string(PartlyPaid), tx.Now())
	if fault.Is(err, fault.NotFound) {
		return Fine, nil, nil
	}
	if err != nil {
		return Fine, nil, fault.Wrap("billing.StandingOf", err)
	}
	if tx.Now() > s.graceEnds(inv) {
		return ReadOnly, inv, nil
	}
	return InGrace, inv, nil
}

func (s *Service) graceEnds(inv *Invoice) clock.Instant {
	return clock.At(inv.DueAt.Time().AddDate(0, 0, s.GraceDays))
}

// Standing is StandingOf in a transaction of its own.
func (s *Service) Standing(ctx context.Context, workspace id.Tenant) (st Standing, err error) {
	err = s.db.Read(ctx, s.home("job"), func(tx *store.Tx) error {
		st, _, err = s.StandingOf(ctx, tx, workspace)
		return err
	})
	return st, err
}

// MayTake asks whether a workspace may have one more of something. have is how
// many there are; below nought it is what was counted this month. reason is "" for
// yes. It opens transactions of its own: it is asked before one begins. A person is
// told once a month that a limit was reached.
func (s *Service) MayTake(ctx context.Context, workspace id.Tenant, what string, have int64) (reason string, err error) {
	const op = "billing.MayTake"
	var limit int64
	var limited bool
	var payer id.Subject
	err = s.db.Read(ctx, s.home("job"), func(tx *store.Tx) error {
		st, _, err := s.StandingOf(ctx, tx, workspace)
		if err != nil {
			return err
		}
		if st == ReadOnly {
			reason = ReasonUnpaid
			return nil
		}
		sub, plan, err := s.SubscriptionOf(ctx, tx, workspace)
		if err == nil {
			limit, limited = plan.Limit(what)
			payer = sub.Payer
		}
		return err
	})
	if err != nil || reason != "" || !limited {
		return reason, fault.Wrap(op, err)
	}
	month := monthOf(s.clock.Now())
	if have < 0 {
		in := s.home("job")
		in.Tenant = workspace
		if err := s.db.Read(ctx, in, func(tx *store.Tx) (err error) { have, err = Used(ctx, tx, month, what); return err }); err != nil {
			return "", fault.Wrap(op, err)
		}
	}
	if have < limit {
		return "", nil
	}
	return ReasonLimit + what, fault.Wrap(op, s.tellOfLimit(ctx, workspace, payer, what, month))
}

// tellOfLimit tells once a month; this process asks the database once.
func (s *Service) tellOfLimit(ctx context.Context, workspace id.Tenant, payer id.Subject, what, month string) error {
	once := "billing.limit." + what + "." + month + "." + workspace.String()
	if _, done := s.told.Load(once); done || s.Teller == nil || what != Mails {
		return nil
	}
	err := s.db.Write(ctx, s.home("job"), func(tx *store.Tx) error {
		return s.tell(ctx, tx, Note{Subject: payer, Key: "billing.told.limit", Link: "/app/billing", Once: once})
	})
	if err == nil {
		s.told.Store(once, true)
	}
	return err
}

// Took counts one more of something in the caller's transaction, which is one of
// the workspace.
func Took(ctx context.Context, tx *store.Tx, what string) error {
	month := monthOf(tx.Now().Time())
	row := &usageRow{Month: month, What: what, CreatedAt: tx.Now()}
	if _, err := store.InsertOnce(ctx, tx, row, "tenant_id, month, what"); err != nil {
		return fault.Wrap("billing.Took", err)
	}
	_, err := tx.Exec(ctx, "UPDATE billing_usage SET used = used + 1 WHERE tenant_id = $1 AND month = $2 AND what = $3", tx.Tenant(), month, what)
	return fault.Wrap("billing.Took", err)
}

// Used is what a workspace used in a month ("2026-11"); tx is one of the workspace.
func Used(ctx context.Context, tx *store.Tx, month, what string) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT used FROM billing_usage WHERE tenant_id = $1 AND month = $2 AND what = $3", []any{tx.Tenant(), month, what}, &n)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return n, fault.Wrap("billing.Used", err)
}

// monthOf is the month in which something is counted, in Jakarta.
func monthOf(t time.Time) string { return t.In(clock.WIB).Format("2006-01") }
