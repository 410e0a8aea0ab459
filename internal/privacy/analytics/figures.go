package analytics

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
)

// Span is how many days the officers' page looks back.
const Span = 30

// Used is how a feature was used within the span. Figures are "at least so many
// people"; 0 stands for a group that is too small to be shown.
type Used struct {
	Feature string
	Last    int64 // on the newest day that is over
	Best    int64 // on the day with most people
	Days    int   // with a group that may be shown
}

// Figures are those of all features within the span.
type Figures struct {
	Last    time.Time // the newest day that is over
	Least   int64
	Used    []Used
	Signals int64 // pages answered to browsers that ask not to be tracked; 0 for too few
}

// Figures reads them in the home; days that are not over are not in them.
func (s *Service) Figures(ctx context.Context, tx *store.Tx) (Figures, error) {
	const op = "analytics.Figures"
	end := tx.Now().Time().Add(-grace).In(zone)
	f := Figures{Last: end.AddDate(0, 0, -1), Least: s.Least(tx.Scope().Service)}
	from, last, until := dayOf(end.AddDate(0, 0, -Span)), dayOf(f.Last), dayOf(end)
	rows, err := tx.Query(ctx, "SELECT day, feature, MAX(people) FROM analytics_figures WHERE tenant_id = $1 AND day >= $2 AND day < $3 GROUP BY day, feature HAVING MAX(people) >= $4",
		tx.Tenant(), from, until, f.Least)
	if err != nil {
		return f, fault.Wrap(op, err)
	}
	defer rows.Close()
	of := map[string]*Used{}
	for _, one := range s.c.Features {
		f.Used = append(f.Used, Used{Feature: one.Name})
	}
	for i := range f.Used {
		of[f.Used[i].Feature] = &f.Used[i]
	}
	for rows.Next() {
		var name, feature string
		var people int64
		if err := rows.Scan(&name, &feature, &people); err != nil {
			return f, fault.Wrap(op, err)
		}
		u := of[feature]
		if u == nil { // a feature that is no longer counted
			continue
		}
		u.Best, u.Days = max(u.Best, people), u.Days+1
		if name == last {
			u.Last = people
		}
	}
	if err := rows.Err(); err != nil {
		return f, fault.Wrap(op, err)
	}
	err = tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(answers), 0) AS BIGINT) FROM analytics_signals WHERE tenant_id = $1 AND day >= $2 AND day < $3", []any{tx.Tenant(), from, until}, &f.Signals)
	if f.Signals < f.Least {
		f.Signals = 0
	}
	return f, fault.Wrap(op, err)
}

// Standing is whether a person is counted.
type Standing struct {
	Counted bool
	// Since is since when the person's objection stands; zero without one.
	Since clock.Instant
}

// Of tells how it stands with a person, in the home.
func (s *Service) Of(ctx context.Context, tx *store.Tx, who id.Subject) (Standing, error) {
	out := Standing{Counted: s.c.Gate.Allow(tx.Scope().Service, who, Purpose, Category).OK}
	all, err := gate.Of(ctx, tx, who)
	for _, one := range all {
		if one.Purpose == Purpose && one.Why == gate.Objected && one.Lifted.IsZero() {
			out.Since = one.Since
		}
	}
	return out, fault.Wrap("analytics.Of", err)
}

// Choose writes down that a person objects to being counted, or no longer does.
// It holds from the next page on; today's sets lose an objector at once.
func (s *Service) Choose(ctx context.Context, tx *store.Tx, who id.Subject, counted bool) error {
	const op = "analytics.Choose"
	if counted {
		return fault.Wrap(op, gate.Lift(ctx, tx, who, Purpose, gate.Objected))
	}
	s.Forget(tx.Scope().Service, who)
	return fault.Wrap(op, gate.Stop(ctx, tx, who, Purpose, gate.Objected, id.ID{}))
}
