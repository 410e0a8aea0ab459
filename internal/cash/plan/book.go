package plan

import (
	"context"
	"errors"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/money"
	"amanah/internal/notify"
	"amanah/internal/store"
)

// BookTask is the kind of the task that books what fell due, in all families.
const BookTask = "cash.repeats"

// maxDates is how many dates of one recurring entry a run takes; the next run goes on.
const maxDates = 400

// Book is the task's handler. What fails for one entry is tried again by the next
// run, and keeps no other from being booked.
func (s *Service) Book(ctx context.Context, _ job.Task) error {
	families, err := s.Families(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range families {
		errs = append(errs, s.bookFamily(ctx, f))
	}
	return fault.Wrap("plan.Book", errors.Join(errs...))
}

// Families are all families of the service, for work that goes through them.
func (s *Service) Families(ctx context.Context) ([]id.Tenant, error) {
	var out []id.Tenant
	home := store.Scope{Tenant: s.Home, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: "service"}
	err := s.db.Read(ctx, home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT DISTINCT workspace_id FROM members WHERE tenant_id = $1 ORDER BY workspace_id", tx.Tenant())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key id.Tenant
			if err := rows.Scan(&key); err != nil {
				return err
			}
			out = append(out, key)
		}
		return rows.Err()
	})
	return out, err
}

func (s *Service) work(family id.Tenant) store.Scope {
	return store.Scope{Tenant: family, Home: s.Home, Service: s.Slug, Actor: store.Actor{Kind: "job"}, Purpose: cash.Record}
}

func (s *Service) bookFamily(ctx context.Context, family id.Tenant) error {
	var keys []id.ID
	err := s.db.Read(ctx, s.work(family), func(tx *store.Tx) error {
		// No zone is further ahead than this; each entry's own day decides below.
		ahead := tx.Now().Time().Add(14 * time.Hour).UTC().Format(time.DateOnly)
		rows, err := tx.Query(ctx, "SELECT id FROM cash_repeats WHERE tenant_id = $1 AND next_day <> '' AND next_day <= $2 ORDER BY next_day, id", tx.Tenant(), ahead)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key id.ID
			if err := rows.Scan(&key); err != nil {
				return err
			}
			keys = append(keys, key)
		}
		return rows.Err()
	})
	errs := []error{err}
	for _, key := range keys {
		err := s.db.Write(ctx, s.work(family), func(tx *store.Tx) error { return s.bookDue(ctx, tx, key) })
		if err != nil && !store.Closed(err) { // who stopped the purpose is waited for
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// bookDue books the dates of one recurring entry up to today, or puts them before
// its person. The dates and where it stands are one transaction.
func (s *Service) bookDue(ctx context.Context, tx *store.Tx, key id.ID) error {
	r, err := store.Get[Repeat](ctx, tx, key)
	if err != nil || r.Next == "" {
		return err
	}
	v, err := s.Cash().View(ctx, tx, r.Subject)
	if fault.Is(err, fault.NotFound) || err == nil && !v.Write { // they left, or may only look now
		return s.end(ctx, tx, r)
	}
	if err != nil {
		return err
	}
	now, next := today(tx, v), r.Next
	for n := 0; next != "" && next <= now && n < maxDates; n++ {
		if err := s.fire(ctx, tx, v, r, next); err != nil {
			return err
		}
		next = r.after(next)
	}
	_, err = tx.Exec(ctx, "UPDATE cash_repeats SET next_day = $3 WHERE tenant_id = $1 AND id = $2 AND next_day = $4", tx.Tenant(), r.ID, next, r.Next)
	return err
}

// fire makes one date's row, and its entry where nobody is asked. An entry that can
// no longer be booked, because its account went, is asked about.
func (s *Service) fire(ctx context.Context, tx *store.Tx, v cash.View, r *Repeat, day string) error {
	d := &Due{Subject: r.Subject, Repeat: r.ID, Day: day, State: Waiting, CreatedAt: tx.Now()}
	fresh, err := store.InsertOnce(ctx, tx, d, "tenant_id, repeat_id, day")
	if err != nil || !fresh {
		return err
	}
	if !r.Asks {
		err := s.enter(ctx, tx, v, r, d, r.Minor)
		if err == nil || !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	if s.Teller == nil {
		return nil
	}
	return tx.InHome(ctx, func(tx *store.Tx) error {
		return s.Teller.Tell(ctx, tx, notify.Message{Subject: r.Subject, Key: "plan.due", Link: "/app/plan/repeats", Once: "repeat:" + r.ID.String() + ":" + day, Quiet: true})
	})
}

// enter books one date.
func (s *Service) enter(ctx context.Context, tx *store.Tx, v cash.View, r *Repeat, d *Due, minor int64) error {
	at, err := time.ParseInLocation(time.DateOnly+" 15", d.Day+" 12", v.Zone)
	if err != nil {
		return err
	}
	e, _, err := s.Cash().Enter(ctx, tx, v, cash.NewEntry{Kind: r.Kind, Amount: money.Amount{Minor: minor, Currency: r.Currency}, At: at, Account: r.Account, To: r.To, Category: r.Category,
		Merchant: r.Merchant.Reveal(), Note: r.Note.Reveal(), Private: r.Private, Source: "repeat:" + r.ID.String() + ":" + d.Day, Way: cash.ByRepeat})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE cash_repeat_dues SET state = 'booked', entry_id = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), d.ID, e.ID)
	return err
}

// Decide books a date that waits, with the amount that it came to (0: as set), or
// leaves it out. Doing it twice changes nothing.
func (s *Service) Decide(ctx context.Context, tx *store.Tx, v cash.View, repeat id.ID, day string, book bool, minor int64) error {
	const op = "plan.Decide"
	r, err := s.Repeat(ctx, tx, v, repeat)
	if err != nil {
		return err
	}
	if !v.Changes(r.Subject, r.Private) {
		return forbidden(op)
	}
	d, err := store.One[Due](ctx, tx, "WHERE tenant_id = $1 AND repeat_id = $2 AND day = $3", tx.Tenant(), repeat, day)
	if err != nil || d.State != Waiting {
		return fault.Wrap(op, err)
	}
	if !book {
		_, err := tx.Exec(ctx, "UPDATE cash_repeat_dues SET state = 'skipped' WHERE tenant_id = $1 AND id = $2", tx.Tenant(), d.ID)
		return fault.Wrap(op, err)
	}
	if minor == 0 {
		minor = r.Minor
	}
	return fault.Wrap(op, s.enter(ctx, tx, v, r, d, minor))
}
