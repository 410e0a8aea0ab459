package plan

import (
	"context"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/cash/plan/forecast"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// maxGoals is how many a family may have.
const maxGoals = 200

// NewGoal describes a goal.
type NewGoal struct {
	Name   string
	Amount money.Amount
	Due    string // a day; "" for none
	Shared bool
}

// Saved is a goal with what was put aside for it.
type Saved struct {
	Goal
	Put int64 // in all, minor units
	// Month is what this month has to bring, also what it brought already; 0 for a
	// goal without a day, or one that is reached.
	Month int64
	// Now is what this month brought so far.
	Now int64
}

// Left is what is still missing; never below nought.
func (g Saved) Left() int64 { return max(0, g.Minor-g.Put) }

func (n *NewGoal) check(op string) error {
	n.Name = strings.Join(strings.Fields(n.Name), " ")
	_, ok := forecast.DayOf(n.Due)
	switch {
	case n.Name == "":
		return invalid(op, "cash.name_missing", "name")
	case len([]rune(n.Name)) > 60:
		return invalid(op, "cash.text_long", "name")
	case !n.Amount.Currency.Valid():
		return invalid(op, "cash.currency_unknown", "currency")
	case n.Amount.Minor <= 0 || n.Amount.Minor > maxMinor:
		return invalid(op, "cash.amount_invalid", "amount")
	case n.Due != "" && (!ok || n.Due < "1990" || n.Due > "2200"):
		return invalid(op, "cash.date_invalid", "due")
	}
	return nil
}

// AddGoal sets a goal.
func (s *Service) AddGoal(ctx context.Context, tx *store.Tx, v cash.View, n NewGoal) (*Goal, error) {
	const op = "plan.AddGoal"
	if !v.Write {
		return nil, forbidden(op)
	}
	if err := n.check(op); err != nil {
		return nil, err
	}
	count := 0
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM cash_goals WHERE tenant_id = $1", []any{tx.Tenant()}, &count); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if count >= maxGoals {
		return nil, fault.New(fault.TooMany, op, "plan.goal.many")
	}
	g := &Goal{Subject: v.Subject, Name: vault.Seal(n.Name), Minor: n.Amount.Minor, Currency: n.Amount.Currency, Due: n.Due, Shared: n.Shared, CreatedAt: tx.Now()}
	return g, fault.Wrap(op, store.Insert(ctx, tx, g))
}

// Goal reads one that the person sees; fault NotFound otherwise.
func (s *Service) Goal(ctx context.Context, tx *store.Tx, v cash.View, key id.ID) (*Saved, error) {
	g, err := store.Get[Goal](ctx, tx, key)
	if err == nil && !v.Sees(g.Subject, !g.Shared) {
		err = fault.New(fault.NotFound, "plan.Goal", "not_found")
	}
	if err != nil {
		return nil, fault.Wrap("plan.Goal", err)
	}
	all, err := s.saved(ctx, tx, v, []Goal{*g})
	if err != nil {
		return nil, fault.Wrap("plan.Goal", err)
	}
	return &all[0], nil
}

// Goals are those that the person sees, the open ones first.
func (s *Service) Goals(ctx context.Context, tx *store.Tx, v cash.View) ([]Saved, error) {
	rows, err := store.FindOpen[Goal](ctx, tx, "WHERE tenant_id = $1 ORDER BY CASE WHEN COALESCE(ended_at, 0) = 0 THEN 0 ELSE 1 END, CASE WHEN due = '' THEN 1 ELSE 0 END, due, id", tx.Tenant())
	if err != nil {
		return nil, fault.Wrap("plan.Goals", err)
	}
	var seen []Goal
	for _, g := range rows {
		if v.Sees(g.Subject, !g.Shared) {
			seen = append(seen, g)
		}
	}
	all, err := s.saved(ctx, tx, v, seen)
	return all, fault.Wrap("plan.Goals", err)
}

// saved adds up what was put aside.
func (s *Service) saved(ctx context.Context, tx *store.Tx, v cash.View, goals []Goal) ([]Saved, error) {
	now, _ := forecast.DayOf(today(tx, v))
	rows, err := tx.Query(ctx, "SELECT goal_id, CAST(SUM(minor) AS BIGINT), CAST(SUM(CASE WHEN day >= $2 THEN minor ELSE 0 END) AS BIGINT) FROM cash_goal_steps WHERE tenant_id = $1 GROUP BY goal_id",
		tx.Tenant(), now.Month()+"-01")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	put, month := map[id.ID]int64{}, map[id.ID]int64{}
	for rows.Next() {
		var key id.ID
		var all, some int64
		if err := rows.Scan(&key, &all, &some); err != nil {
			return nil, err
		}
		put[key], month[key] = all, some
	}
	out := make([]Saved, len(goals))
	for i, g := range goals {
		out[i] = Saved{Goal: g, Put: put[g.ID], Now: month[g.ID]}
		out[i].Month = out[i].due(now)
	}
	return out, rows.Err()
}

// due is what this month has to bring: what was missing when it began, over the
// months up to the goal's day, this one included.
func (g Saved) due(now forecast.Day) int64 {
	day, ok := forecast.DayOf(g.Due)
	missing := g.Minor - (g.Put - g.Now)
	if !g.EndedAt.IsZero() || !ok || missing <= 0 {
		return max(0, g.Now)
	}
	a, b := now.Time(), day.Time()
	months := int64(max(1, (b.Year()-a.Year())*12+int(b.Month())-int(a.Month())+1))
	unit := int64(1)
	for range g.Currency.Digits() {
		unit *= 10
	}
	each := (missing/months + unit) / unit * unit
	if missing%months == 0 && missing/months%unit == 0 {
		each = missing / months
	}
	return max(min(each, missing), g.Now)
}

// shares are what goals take of this month, by currency; names get theirs.
func (s *Service) shares(ctx context.Context, tx *store.Tx, v cash.View, c money.Currency, names map[string]string) ([]forecast.Goal, error) {
	all, err := s.Goals(ctx, tx, v)
	var out []forecast.Goal
	for _, g := range all {
		if g.Currency == c && g.Month > 0 {
			out = append(out, forecast.Goal{Ref: g.ID.String(), Minor: g.Month})
			names[g.ID.String()] = g.Name.Reveal()
		}
	}
	return out, err
}

// PutAside adds to what is saved for a goal, or takes from it (negative). Fault
// Invalid for taking more than there is.
func (s *Service) PutAside(ctx context.Context, tx *store.Tx, v cash.View, key id.ID, minor int64) (*Saved, error) {
	const op = "plan.PutAside"
	g, err := s.Goal(ctx, tx, v, key)
	switch {
	case err != nil:
		return nil, err
	case !v.Write:
		return nil, forbidden(op)
	case !g.EndedAt.IsZero():
		return nil, fault.New(fault.Conflict, op, "plan.goal.ended")
	case minor == 0 || minor > maxMinor || minor < -maxMinor || g.Put+minor < 0 || g.Put+minor > maxMinor:
		return nil, invalid(op, "cash.amount_invalid", "amount")
	}
	if err := store.Insert(ctx, tx, &Step{Subject: v.Subject, Goal: key, Minor: minor, Currency: g.Currency, Day: today(tx, v), CreatedAt: tx.Now()}); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return s.Goal(ctx, tx, v, key)
}

// ChangeGoal changes a goal; ended closes it, and it can be opened again.
func (s *Service) ChangeGoal(ctx context.Context, tx *store.Tx, v cash.View, key id.ID, n NewGoal, ended bool) error {
	const op = "plan.ChangeGoal"
	g, err := s.Goal(ctx, tx, v, key)
	if err != nil {
		return err
	}
	if n.Amount.Currency == "" {
		n.Amount.Currency = g.Currency
	}
	if err := n.check(op); err != nil {
		return err
	}
	switch {
	case !v.Changes(g.Subject, !g.Shared):
		return forbidden(op)
	case n.Amount.Currency != g.Currency:
		return invalid(op, "cash.currency_differs", "currency")
	case g.Subject != v.Subject && !n.Shared:
		return invalid(op, "cash.account.not_yours", "shared")
	}
	g.Name, g.Minor, g.Due, g.Shared = vault.Seal(n.Name), n.Amount.Minor, n.Due, n.Shared
	switch {
	case ended && g.EndedAt.IsZero():
		g.EndedAt = tx.Now()
	case !ended:
		g.EndedAt = 0
	}
	return fault.Wrap(op, store.Update(ctx, tx, &g.Goal))
}
