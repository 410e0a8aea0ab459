package erasure

import (
	"context"
	"errors"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Idler is a person who was not seen for long.
type Idler struct {
	Who  id.Subject
	Seen time.Time
	Lang i18n.Lang
}

// Idlers lists the people of a home who were last seen before a moment, in a
// transaction of the home: at most some hundred, the longest away first, behind a
// moment. Who belongs to the service's staff is never one.
type Idlers interface {
	Idle(ctx context.Context, tx *store.Tx, before, after time.Time) ([]Idler, error)
}

// The person is told twice before an idle account is closed.
const (
	firstWarning = 30 * 24 * time.Hour
	lastWarning  = 7 * 24 * time.Hour
)

// Sleepers tells people whose accounts are idle, and closes those that were idle
// for the notice's time. Nothing is closed that was not told thirty days and again
// seven days before, however long the machine was off; who signs in is idle no
// more. It tells how many were told and how many closed.
func (e *Erasure) Sleepers(ctx context.Context, home store.Scope) (told, closed int, err error) {
	home = homeScope(home)
	home.Actor = store.Actor{Kind: "job"}
	n, ok := e.Notice(home.Service)
	if !ok || e.Idle == nil || n.Closing().Idle.IsZero() {
		return 0, 0, nil
	}
	period := n.Closing().Idle
	now := e.DB.Clock().Now()
	// Who is due in thirty days or less was seen before this moment.
	before := now.Add(firstWarning)
	seen := before.AddDate(-5, 0, 0)
	for period.AddTo(seen).Before(before) { // periods follow the calendar: find where they end
		seen = seen.AddDate(0, 0, 1)
	}
	seen = seen.AddDate(0, 0, 1) // rather a day more than a day less
	var errs []error
	var after time.Time
	for {
		var list []Idler
		err := e.DB.Read(ctx, home, func(tx *store.Tx) (err error) { list, err = e.Idle.Idle(ctx, tx, seen, after); return err })
		if err != nil || len(list) == 0 {
			return told, closed, fault.Wrap("erasure.Sleepers", errors.Join(append(errs, err)...))
		}
		for _, one := range list {
			after = one.Seen
			did, ripe, err := e.warn(ctx, home, one, period.AddTo(one.Seen))
			if err == nil && ripe {
				_, err = e.Close(ctx, one.Who, Request{Ground: GroundEnded, By: "idle", Language: one.Lang})
				closed++
			}
			if did {
				told++
			}
			errs = append(errs, err)
		}
	}
}

// warn tells what is to be told at this time; ripe says that all was told in time
// and the account's time is over.
func (e *Erasure) warn(ctx context.Context, home store.Scope, one Idler, end time.Time) (did, ripe bool, err error) {
	err = e.DB.Write(ctx, home, func(tx *store.Tx) error {
		now := tx.Now()
		if _, err := store.One[closing](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), one.Who); !fault.Is(err, fault.NotFound) {
			return err // closing already
		}
		w, err := store.One[warning](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), one.Who)
		if err == nil && w.LastSeen != clock.At(one.Seen) { // seen since
			_, err = store.Delete[warning](ctx, tx, w.ID)
			w = nil
		}
		if fault.Is(err, fault.NotFound) {
			w, err = nil, nil
		}
		if err != nil {
			return err
		}
		if w == nil {
			due := end
			if earliest := now.Time().Add(firstWarning); earliest.After(due) {
				due = earliest
			}
			did = true
			if err := store.Insert(ctx, tx, &warning{Subject: one.Who, LastSeen: clock.At(one.Seen), FirstTold: now}); err != nil {
				return err
			}
			return e.sayIdle(ctx, tx, one, "closing.idle.first", due)
		}
		due := end
		if earliest := w.FirstTold.Time().Add(firstWarning); earliest.After(due) {
			due = earliest
		}
		switch {
		case w.LastTold.IsZero() && !now.Time().Before(due.Add(-lastWarning)):
			if earliest := now.Time().Add(lastWarning); earliest.After(due) {
				due = earliest
			}
			did = true
			w.LastTold = now
			if err := store.Update(ctx, tx, w); err != nil {
				return err
			}
			return e.sayIdle(ctx, tx, one, "closing.idle.last", due)
		case !w.LastTold.IsZero():
			if earliest := w.LastTold.Time().Add(lastWarning); earliest.After(due) {
				due = earliest
			}
			ripe = !now.Time().Before(due)
		}
		return nil
	})
	return did, ripe, fault.Wrap("erasure.warn", err)
}

func (e *Erasure) sayIdle(ctx context.Context, tx *store.Tx, one Idler, key string, due time.Time) error {
	if e.Teller != nil {
		m := tell.Message{Subject: one.Who, Key: key, Args: map[string]string{"day": due.Format("2006-01-02")}, Link: "/privacy/me", Tone: tell.Warning,
			Once: key + ":" + one.Seen.Format("20060102")}
		if err := e.Teller.Tell(ctx, tx, m); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, audit.Act{Name: "closing.idle", Subject: one.Who, Told: true})
}
