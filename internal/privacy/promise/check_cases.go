package promise

import (
	"context"
	"fmt"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// matters are the kinds of cases that have deadlines.
var matters = []string{"request", "complaint", "notice", "breach", "erasure"}

func matter(_ *notice.Notice, a Args) error {
	if !slices.Contains(matters, a["matter"]) {
		return fmt.Errorf("no cases are called %q", a["matter"])
	}
	return nil
}

// clocks are what was seen of the deadlines of a kind of case: the slowest that was
// closed in the quarter, and the open one that is nearest to its end.
type clocks struct {
	slowest, limit time.Duration
	late           bool
	state          State
	age, of        time.Duration
	open           bool
}

// deadlines compares the slowest answer of the quarter, and the open case that is
// nearest to its end, with their clocks.
func deadlines(ctx context.Context, s Site, a Args) (Finding, error) {
	c := clocks{state: Kept}
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT set_at, due_at, closed_at, state FROM deadlines WHERE tenant_id = $1 AND matter = $2 AND ($3 = '' OR name = $3) AND state <> 'dropped' AND (closed_at IS NULL OR closed_at >= $4)",
			tx.Tenant(), a["matter"], a["name"], clock.At(s.Now.Add(-quarter)))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var set, due, closed clock.Instant
			var state string
			if err := rows.Scan(&set, &due, &closed, &state); err != nil {
				return err
			}
			c.add(s.Now, set.Time(), due.Time(), closed.Time(), state)
		}
		return rows.Err()
	})
	if err != nil {
		return Finding{}, err
	}
	return c.finding(), nil
}

func (c *clocks) add(now, set, due, closed time.Time, state string) {
	limit := due.Sub(set)
	if closed.IsZero() {
		age := now.Sub(set)
		c.state = worse(c.state, within(age, limit))
		if !c.open || float64(age)*float64(c.of) > float64(c.age)*float64(limit) {
			c.open, c.age, c.of = true, age, limit
		}
		return
	}
	if took := closed.Sub(set); c.limit == 0 || float64(took)*float64(c.limit) > float64(c.slowest)*float64(limit) {
		c.slowest, c.limit = took, limit
	}
	if state == "late" || closed.After(due) {
		c.late = true
	}
}

func (c *clocks) finding() Finding {
	f := Finding{State: c.state}
	if c.late {
		f.State = Broken
	}
	if c.limit > 0 {
		f.Figures = append(f.Figures, Fig("answer_slowest", "age", Span(c.slowest), "limit", hours(c.limit)))
	}
	if c.open {
		f.Figures = append(f.Figures, Fig("answer_open", "age", Span(c.age), "limit", hours(c.of)))
	}
	if len(f.Figures) == 0 {
		f.Figures = []Figure{Fig("answer_none")}
	}
	return f
}

// hours writes a limit as people compare with it: up to four days in hours.
func hours(d time.Duration) string {
	if d <= 4*day {
		return "span:" + notice.Period{Hours: int(d.Round(time.Hour) / time.Hour)}.String()
	}
	return Span(d)
}

// refusals looks for a request that was refused without a lawful ground or without
// an answer.
func refusals(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, reasoned int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN ground <> '' AND answer IS NOT NULL THEN 1 ELSE 0 END), 0) FROM requests WHERE tenant_id = $1 AND state = 'refused'",
			[]any{tx.Tenant()}, &all, &reasoned)
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("refused_none")), nil
	}
	return found(when(all == reasoned), Fig("refused", "share", Share(reasoned, all))), nil
}

// stopped looks for something that left about a person after that person had
// stopped the purpose.
func stopped(ctx context.Context, s Site, _ Args) (Finding, error) {
	type stop struct {
		who, purpose string
		from, to     int64
	}
	var stops []stop
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT subject_id, purpose, since, COALESCE(lifted, $2) FROM gate_stops WHERE tenant_id = $1", tx.Tenant(), clock.At(s.Now))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x stop
			if err := rows.Scan(&x.who, &x.purpose, &x.from, &x.to); err != nil {
				return err
			}
			stops = append(stops, x)
		}
		return rows.Err()
	})
	if err != nil {
		return Finding{}, err
	}
	var used int64
	err = s.each(ctx, func(tx *store.Tx) error {
		for _, x := range stops {
			var n int64
			// A second passes between the door's question and its record at most.
			err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM transfers WHERE tenant_id = $1 AND subject = $2 AND at > $3 AND at < $4 AND outcome <> 'refused' AND (purpose = $5 OR $5 = '' AND purpose <> 'rights' AND purpose <> 'security')",
				[]any{tx.Tenant(), x.who, x.from + int64(time.Second/time.Microsecond), x.to, x.purpose}, &n)
			if err != nil {
				return err
			}
			used += n
		}
		return nil
	})
	switch {
	case err != nil:
		return Finding{}, err
	case used > 0:
		return found(Broken, Fig("stop_ignored")), nil
	case len(stops) == 0:
		return found(Kept, Fig("stop_none")), nil
	}
	return found(Kept, Fig("stop_kept")), nil
}
