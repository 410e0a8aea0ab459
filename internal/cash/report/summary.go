package report

import (
	"context"
	"errors"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/plan"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/money"
	"amanah/internal/notify"
	"amanah/internal/store"
)

// Silence is that a person does not want the summary of months.
type Silence struct {
	store.Row `table:"cash_summary_off" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	CreatedAt clock.Instant `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "cashreport", Rows: []any{Silence{}}} }

// SummaryTask is the kind of the task that tells what the last month came to.
const SummaryTask = "cash.summary"

// summaryDays are the first days of a month on which it is told, for when the
// program stood still on the first.
const summaryDays = 5

// Summarise is the task's handler: in the first days of a month it tells each member
// once what the last one came to, as they see it. Who does not want it, objected to
// being told, or had no entries is told nothing.
func (s *Service) Summarise(ctx context.Context, _ job.Task) error {
	families, err := s.Plan.Families(ctx)
	if err != nil || s.Teller == nil {
		return err
	}
	var errs []error
	for _, f := range families {
		at := store.Scope{Tenant: f, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: cash.Record}
		errs = append(errs, s.db.Write(ctx, at, func(tx *store.Tx) error { return s.summarise(ctx, tx) }))
	}
	return fault.Wrap("report.Summarise", errors.Join(errs...))
}

func (s *Service) summarise(ctx context.Context, tx *store.Tx) error {
	people, err := s.Cash.Family(ctx, tx)
	if err != nil {
		return err
	}
	off, err := store.Find[Silence](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
	if err != nil {
		return err
	}
	silent := map[id.Subject]bool{}
	for _, o := range off {
		silent[o.Subject] = true
	}
	for _, who := range people {
		if silent[who] || tx.May(who) != nil {
			continue
		}
		if err := s.summariseFor(ctx, tx, who); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) summariseFor(ctx context.Context, tx *store.Tx, who id.Subject) error {
	v, err := s.Cash.View(ctx, tx, who)
	if err != nil {
		return err
	}
	now := tx.Now().Time().In(v.Zone)
	if now.Day() > summaryDays {
		return nil
	}
	month := time.Date(now.Year(), now.Month(), 1, 12, 0, 0, 0, time.UTC).AddDate(0, -1, 0).Format("2006-01")
	sums, err := s.Cash.Sums(ctx, tx, v, month, month)
	if err != nil {
		return err
	}
	for _, t := range cash.Totalled(sums) {
		if t.Currency != money.IDR {
			continue
		}
		say := func(minor int64) string { return money.Amount{Minor: minor, Currency: t.Currency}.Format("id") }
		m := notify.Message{Subject: who, Key: "cashreport.month.over", Link: "/app/reports?month=" + month, Once: "cash-month:" + month,
			Args: map[string]string{"month": month[5:] + "/" + month[:4], "in": say(t.In), "out": say(t.Out), "left": say(t.In - t.Out)}}
		return tx.InHome(ctx, func(tx *store.Tx) error { return s.Teller.Tell(ctx, tx, m) })
	}
	return nil
}

// Summaries tells whether a person is told what months came to.
func (s *Service) Summaries(ctx context.Context, tx *store.Tx, who id.Subject) (bool, error) {
	n := 0
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM cash_summary_off WHERE tenant_id = $1 AND subject = $2", []any{tx.Tenant(), who}, &n)
	return n == 0, fault.Wrap("report.Summaries", err)
}

// SetSummaries switches that on or off for a person.
func (s *Service) SetSummaries(ctx context.Context, tx *store.Tx, who id.Subject, on bool) error {
	const op = "report.SetSummaries"
	if on {
		_, err := tx.Exec(ctx, "DELETE FROM cash_summary_off WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), who)
		return fault.Wrap(op, err)
	}
	_, err := store.InsertOnce(ctx, tx, &Silence{Subject: who, CreatedAt: tx.Now()}, "tenant_id, subject")
	return fault.Wrap(op, err)
}

var _ plan.Teller = (*notify.Service)(nil)
