package plan

import (
	"context"
	"strconv"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/cash/plan/forecast"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Why something is, or is not, told: message keys.
const (
	whyKnown    = "plan.why.known"
	whyPast     = "plan.why.past"
	whyFuture   = "plan.why.future"
	whyYoung    = "plan.why.young"
	whyObjected = "plan.why.objected"
)

// maxHistory bounds the entries that a forecast reads, the latest first.
const maxHistory = 50_000

// Outlook is a forecast with the words that its lines need.
type Outlook struct {
	forecast.Result
	Month string
	Why   string // a message key
	// Shops are the names of merchants, Goals those of goals, by their keys.
	Shops, Goals map[string]string
}

var _ cash.Savable = (*Service)(nil)

// Savable says what can be saved in a month, in rupiah: of a month that is over
// what was left, of this one the forecast.
func (s *Service) Savable(ctx context.Context, tx *store.Tx, v cash.View, month string) (money.Amount, string, bool, error) {
	o, err := s.Outlook(ctx, tx, v, month, money.IDR)
	return o.Amount, o.Why, o.Known, err
}

// Outlook is what can be saved in a month, in one currency, as a person sees it.
// Known is false where it cannot be told; Why says why.
func (s *Service) Outlook(ctx context.Context, tx *store.Tx, v cash.View, month string, c money.Currency) (Outlook, error) {
	const op = "plan.Outlook"
	o := Outlook{Month: month, Why: whyKnown, Shops: map[string]string{}, Goals: map[string]string{}}
	now, _ := forecast.DayOf(today(tx, v))
	o.Amount.Currency = c
	switch {
	case month > now.Month():
		o.Why = whyFuture
		return o, nil
	case month < now.Month():
		return s.past(ctx, tx, v, month, c)
	}
	if !s.Cash().May(ctx, tx, v.Subject) {
		o.Why = whyObjected
		return o, nil
	}
	h, err := s.history(ctx, tx, v, now, c)
	if err != nil {
		return o, fault.Wrap(op, err)
	}
	if h.Planned, err = s.planned(ctx, tx, v, now, c); err != nil {
		return o, fault.Wrap(op, err)
	}
	if h.Goals, err = s.shares(ctx, tx, v, c, o.Goals); err != nil {
		return o, fault.Wrap(op, err)
	}
	if o.Result = forecast.Make(h, now); !o.Known {
		o.Why = whyYoung
	}
	return o, fault.Wrap(op, s.shops(ctx, tx, &o))
}

// past is what was left of a month that is over: facts alone.
func (s *Service) past(ctx context.Context, tx *store.Tx, v cash.View, month string, c money.Currency) (Outlook, error) {
	o := Outlook{Month: month, Why: whyPast}
	sums, err := s.Cash().Sums(ctx, tx, v, month, month)
	for _, t := range cash.Totalled(sums) {
		if t.Currency == c {
			o.Known = true
			end, _ := forecast.DayOf(month + "-28")
			o.Reasons = []forecast.Reason{{Kind: forecast.CameIn, Minor: t.In, Low: t.In, High: t.In, Day: end}, {Kind: forecast.WentOut, Minor: -t.Out, Low: -t.Out, High: -t.Out, Day: end}}
			o.Amount.Minor = t.In - t.Out
		}
	}
	o.Amount.Currency = c
	o.Low, o.High = o.Amount, o.Amount
	return o, fault.Wrap("plan.past", err)
}

// history reads what the person sees of this month and the full months before it.
func (s *Service) history(ctx context.Context, tx *store.Tx, v cash.View, now forecast.Day, c money.Currency) (forecast.History, error) {
	h := forecast.History{Currency: c}
	args := []any{tx.Tenant(), c}
	months := make([]string, 0, forecast.Back+1)
	for i := range forecast.Back + 1 {
		args = append(args, now.AddMonths(-i, 1).Month())
		months = append(months, "$"+strconv.Itoa(len(args)))
	}
	seen, args := v.Where("", args)
	rows, err := tx.Query(ctx, `SELECT day, kind, category, merchant_id, subject, minor FROM cash_entries
		WHERE tenant_id = $1 AND currency = $2 AND state = 'booked' AND kind IN ('in', 'out') AND month IN (`+strings.Join(months, ", ")+`) AND `+seen+`
		ORDER BY day DESC, id DESC LIMIT `+strconv.Itoa(maxHistory), args...)
	if err != nil {
		return h, err
	}
	defer rows.Close()
	owners := []id.Subject{}
	for rows.Next() {
		var day, kind string
		var e forecast.Entry
		var merchant id.ID
		var owner id.Subject
		if err := rows.Scan(&day, &kind, &e.Category, &merchant, &owner, &e.Minor); err != nil {
			return h, err
		}
		e.Day, _ = forecast.DayOf(day)
		e.In = kind == string(cash.In)
		if !merchant.IsZero() {
			e.Merchant = merchant.String()
		}
		h.Entries, owners = append(h.Entries, e), append(owners, owner)
	}
	if err := rows.Err(); err != nil {
		return h, err
	}
	closed := map[id.Subject]bool{}
	for i, owner := range owners {
		shut, asked := closed[owner]
		if !asked {
			shut = !s.Cash().May(ctx, tx, owner)
			closed[owner] = shut
		}
		h.Entries[i].Unread = shut
	}
	return h, nil
}

// shops opens the names of the merchants that the reasons speak of.
func (s *Service) shops(ctx context.Context, tx *store.Tx, o *Outlook) error {
	var keys []id.ID
	for _, r := range o.Reasons {
		if key, err := id.Parse(r.Merchant); err == nil {
			keys = append(keys, key)
		} else if r.Merchant != "" {
			o.Shops[r.Merchant] = r.Merchant
		}
	}
	names, err := s.Cash().Shops(ctx, tx, keys)
	for key, name := range names {
		o.Shops[key.String()] = name
	}
	return err
}

// planned are the dates of recurring entries in the rest of this month, and those
// that still wait to be confirmed.
func (s *Service) planned(ctx context.Context, tx *store.Tx, v cash.View, now forecast.Day, c money.Currency) ([]forecast.Planned, error) {
	all, err := s.Repeats(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	var out []forecast.Planned
	for _, r := range all {
		if r.Currency != c || r.Kind != cash.In && r.Kind != cash.Out || !r.EndedAt.IsZero() {
			continue
		}
		merchant, err := s.merchantKey(ctx, tx, r.Subject, r.Merchant.Reveal())
		if err != nil {
			return nil, err
		}
		add := func(day forecast.Day) {
			out = append(out, forecast.Planned{Day: day, In: r.Kind == cash.In, Minor: r.Minor, Category: r.Category, Merchant: merchant, Ref: r.ID.String()})
		}
		for _, day := range r.waiting {
			if d, ok := forecast.DayOf(day); ok && d.Month() == now.Month() {
				add(max(d, now))
			}
		}
		for day := r.Next; day != "" && day[:7] <= now.Month(); day = r.after(day) {
			d, _ := forecast.DayOf(day)
			add(max(d, now))
		}
	}
	return out, nil
}

// merchantKey is the id of a merchant in a person's dictionary. One at which nothing
// was bought yet is its own key: it shows, and matches nothing.
func (s *Service) merchantKey(ctx context.Context, tx *store.Tx, who id.Subject, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	key, err := s.Cash().Shop(ctx, tx, who, name)
	if err != nil || key.IsZero() {
		return name, err
	}
	return key.String(), nil
}
