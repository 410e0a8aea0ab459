package plan

import (
	"context"

	"amanah/internal/cash"
	"amanah/internal/cash/plan/forecast"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// maxRepeats is how many a family may have.
const maxRepeats = 500

// NewRepeat describes a recurring entry.
type NewRepeat struct {
	Kind     cash.Kind
	Amount   money.Amount
	Account  id.ID // zero: the usual one, when it is booked
	To       id.ID // of a transfer
	Category string
	Merchant string
	Note     string
	Private  bool
	Asks     bool
	Schedule
}

// Recurring is a recurring entry with the dates that wait for a person.
type Recurring struct {
	Repeat
	waiting []string
}

// Waiting are the dates that wait to be confirmed, the oldest first.
func (r Recurring) Waiting() []string { return r.waiting }

func (r *Repeat) schedule() Schedule {
	return Schedule{Every: r.Every, Step: r.Step, First: r.First, Until: r.Until}
}

// after is the date after a day; "" where there is none.
func (r *Repeat) after(day string) string { return r.schedule().After(day) }

// AddRepeat sets a recurring entry up. What it would book is tried first, so that
// what is wrong is said now and not on its day. Its first date may be up to a year
// back: such dates are booked by the next run, each once.
func (s *Service) AddRepeat(ctx context.Context, tx *store.Tx, v cash.View, n NewRepeat) (*Repeat, error) {
	const op = "plan.AddRepeat"
	now, _ := forecast.DayOf(today(tx, v))
	first, _ := forecast.DayOf(n.First)
	known, err := s.known(ctx, tx, n.Kind, n.Category)
	switch {
	case err != nil:
		return nil, fault.Wrap(op, err)
	case !v.Write:
		return nil, forbidden(op)
	case n.Kind != cash.In && n.Kind != cash.Out && n.Kind != cash.Transfer:
		return nil, invalid(op, "cash.kind_unknown", "kind")
	case !n.Amount.Currency.Valid():
		return nil, invalid(op, "cash.currency_unknown", "currency")
	case n.Amount.Minor <= 0 || n.Amount.Minor > maxMinor:
		return nil, invalid(op, "cash.amount_invalid", "amount")
	case !n.Valid() || first < now-366 || first > now+5*366:
		return nil, invalid(op, "plan.schedule_invalid", "first")
	case len([]rune(n.Merchant)) > 120:
		return nil, invalid(op, "cash.text_long", "merchant")
	case len([]rune(n.Note)) > 1000:
		return nil, invalid(op, "cash.text_long", "note")
	case !known:
		return nil, invalid(op, "cash.category.unknown", "category")
	}
	if err := s.accounts(ctx, tx, v, n); err != nil {
		return nil, err
	}
	count := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM cash_repeats WHERE tenant_id = $1", []any{tx.Tenant()}, &count); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if count >= maxRepeats {
		return nil, fault.New(fault.TooMany, op, "plan.repeat.many")
	}
	r := &Repeat{Subject: v.Subject, Kind: n.Kind, Minor: n.Amount.Minor, Currency: n.Amount.Currency, Account: n.Account, To: n.To, Category: n.Category,
		Merchant: vault.Seal(n.Merchant), Note: vault.Seal(n.Note), Private: n.Private, Every: n.Every, Step: n.Step, First: n.First, Until: n.Until, Next: n.First, Asks: n.Asks, CreatedAt: tx.Now()}
	return r, fault.Wrap(op, store.Insert(ctx, tx, r))
}

// accounts refuses accounts that the person does not see or that do not fit.
func (s *Service) accounts(ctx context.Context, tx *store.Tx, v cash.View, n NewRepeat) error {
	const op = "plan.accounts"
	if n.Kind == cash.Transfer && n.To.IsZero() {
		return invalid(op, "cash.transfer_to", "to")
	}
	for field, key := range map[string]id.ID{"account": n.Account, "to": n.To} {
		if key.IsZero() || field == "to" && n.Kind != cash.Transfer {
			continue
		}
		a, err := s.Cash().Account(ctx, tx, v, key)
		switch {
		case fault.Is(err, fault.NotFound):
			return invalid(op, "cash.account_unknown", field)
		case err != nil:
			return err
		case a.Currency != n.Amount.Currency: // a rate would have to be made up
			return invalid(op, "cash.currency_differs", field)
		}
	}
	return nil
}

// known tells whether entries of a kind may have a category; "" is found when booked.
func (s *Service) known(ctx context.Context, tx *store.Tx, k cash.Kind, c string) (bool, error) {
	if c == "" || k == cash.Transfer {
		return true, nil
	}
	for _, b := range cash.BuiltIn(k) {
		if b == c {
			return true, nil
		}
	}
	key, err := id.Parse(c)
	if err != nil {
		return false, nil //nolint:nilerr // neither a key nor an id
	}
	kind := ""
	err = tx.QueryRow(ctx, "SELECT kind FROM cash_categories WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), key}, &kind)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return kind == string(k), err
}

// Repeats are those that the person sees, by their next date; those that ended last.
func (s *Service) Repeats(ctx context.Context, tx *store.Tx, v cash.View) ([]Recurring, error) {
	rows, err := store.FindOpen[Repeat](ctx, tx, "WHERE tenant_id = $1 ORDER BY CASE WHEN next_day = '' THEN 1 ELSE 0 END, next_day, id", tx.Tenant())
	if err != nil {
		return nil, fault.Wrap("plan.Repeats", err)
	}
	dues, err := store.Find[Due](ctx, tx, "WHERE tenant_id = $1 AND state = 'waiting' ORDER BY day, id", tx.Tenant())
	var out []Recurring
	for _, r := range rows {
		if !v.Sees(r.Subject, r.Private) {
			continue
		}
		one := Recurring{Repeat: r}
		for _, d := range dues {
			if d.Repeat == r.ID {
				one.waiting = append(one.waiting, d.Day)
			}
		}
		out = append(out, one)
	}
	return out, fault.Wrap("plan.Repeats", err)
}

// Repeat reads one that the person sees; fault NotFound otherwise.
func (s *Service) Repeat(ctx context.Context, tx *store.Tx, v cash.View, key id.ID) (*Repeat, error) {
	r, err := store.Get[Repeat](ctx, tx, key)
	if err == nil && !v.Sees(r.Subject, r.Private) {
		err = fault.New(fault.NotFound, "plan.Repeat", "not_found")
	}
	return r, fault.Wrap("plan.Repeat", err)
}

// EndRepeat stops one; dates that wait are left out. What was booked stays.
func (s *Service) EndRepeat(ctx context.Context, tx *store.Tx, v cash.View, key id.ID) error {
	const op = "plan.EndRepeat"
	r, err := s.Repeat(ctx, tx, v, key)
	if err != nil {
		return err
	}
	if !v.Changes(r.Subject, r.Private) {
		return forbidden(op)
	}
	return fault.Wrap(op, s.end(ctx, tx, r))
}

func (s *Service) end(ctx context.Context, tx *store.Tx, r *Repeat) error {
	if _, err := tx.Exec(ctx, "UPDATE cash_repeats SET ended_at = $3, next_day = '' WHERE tenant_id = $1 AND id = $2 AND COALESCE(ended_at, 0) = 0", tx.Tenant(), r.ID, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE cash_repeat_dues SET state = 'skipped' WHERE tenant_id = $1 AND repeat_id = $2 AND state = 'waiting'", tx.Tenant(), r.ID)
	return err
}
