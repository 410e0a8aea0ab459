package analytics

import (
	"context"
	"errors"
	"time"

	"amanah/internal/fault"
	"amanah/internal/store"
)

// grace is how long after its end a day stays open for what other nodes still
// write.
const grace = time.Hour

// Close ends every day that is over: of each feature one line is left, the largest
// of what the nodes counted. It is one transaction for each service, so a kill
// leaves the day as it was, and closing again changes nothing.
func (s *Service) Close(ctx context.Context) error {
	var errs []error
	for _, service := range s.c.Services {
		least := s.Least(service)
		errs = append(errs, s.c.DB.Write(ctx, s.scope(service), func(tx *store.Tx) error {
			return fault.Wrap("analytics.Close", closeDays(ctx, tx, least))
		}))
	}
	return errors.Join(errs...)
}

// over is the first day that is not over, in the order of names.
func over(now time.Time) string { return dayOf(now.Add(-grace)) }

func closeDays(ctx context.Context, tx *store.Tx, least int64) error {
	until := over(tx.Now().Time())
	parts, err := store.Find[figure](ctx, tx, "WHERE tenant_id = $1 AND day < $2 AND part <> ''", tx.Tenant(), until)
	if err != nil {
		return err
	}
	for _, p := range parts {
		var most int64
		err := tx.QueryRow(ctx, "SELECT MAX(people) FROM analytics_figures WHERE tenant_id = $1 AND day = $2 AND feature = $3", []any{tx.Tenant(), p.Day, p.Feature}, &most)
		if err != nil {
			return err
		}
		if err := setFigure(ctx, tx, figure{Day: p.Day, Feature: p.Feature, People: most}); err != nil {
			return err
		}
	}
	if len(parts) > 0 {
		if _, err := tx.Exec(ctx, "DELETE FROM analytics_figures WHERE tenant_id = $1 AND day < $2 AND part <> ''", tx.Tenant(), until); err != nil {
			return err
		}
	}
	return closeSignals(ctx, tx, until, least)
}

// closeSignals adds up the answers of all nodes: an answer is given by one.
func closeSignals(ctx context.Context, tx *store.Tx, until string, least int64) error {
	parts, err := store.Find[signal](ctx, tx, "WHERE tenant_id = $1 AND day < $2 AND part <> ''", tx.Tenant(), until)
	if err != nil || len(parts) == 0 {
		return err
	}
	days := map[string]bool{}
	for _, p := range parts {
		days[p.Day] = true
	}
	for name := range days {
		var sum int64
		if err := tx.QueryRow(ctx, "SELECT CAST(SUM(answers) AS BIGINT) FROM analytics_signals WHERE tenant_id = $1 AND day = $2", []any{tx.Tenant(), name}, &sum); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM analytics_signals WHERE tenant_id = $1 AND day = $2", tx.Tenant(), name); err != nil {
			return err
		}
		if sum < least {
			continue
		}
		if err := store.Insert(ctx, tx, &signal{Day: name, Answers: sum}); err != nil {
			return err
		}
	}
	return nil
}
