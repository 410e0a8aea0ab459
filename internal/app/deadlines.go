package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"amanah/internal/clock"
	"amanah/internal/job"
	"amanah/internal/privacy/deadline"
)

const ringDeadlines = "deadline.ring"

// openDeadlines reads the calendar and makes the one that rings deadlines.
func (a *App) openDeadlines(context.Context) (err error) {
	if a.calendar, err = readCalendar(a.cfg.Calendar); err != nil {
		return err
	}
	a.deadlines = &deadline.Bell{DB: a.db, Officers: a.teller()}
	a.jobs.Handle(ringDeadlines, func(ctx context.Context, _ job.Task) error { return a.ring(ctx) })
	return nil
}

// readCalendar reads the operator's own table of holidays, or the built-in one.
func readCalendar(file string) (*clock.Calendar, error) {
	if file == "" {
		return clock.Indonesia(), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("config: calendar: %w", err)
	}
	defer func() { _ = f.Close() }()
	return clock.ReadCalendar(file, f)
}

// ring tells officers what is due in each service.
func (a *App) ring(ctx context.Context) error {
	var failed []error
	for _, home := range a.homes("rights") {
		_, err := a.deadlines.Ring(ctx, home)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
