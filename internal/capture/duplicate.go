package capture

import (
	"context"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// verdict says how alike two transactions are.
type verdict int

const (
	isOther verdict = iota
	isSame
	mayBeSame
)

// How far two mails of one purchase may be apart in time: a bank's two mails,
// and a bank's and a shop's.
const (
	nearOwn   = 3 * time.Minute
	nearOther = 30 * time.Minute
)

// duplicate looks for the transaction that c repeats. The first of these that
// speaks decides: the mail's own Message-ID; the issuer's reference with amount
// and direction; account, amount, minute and merchant; amount and time alone,
// which only asks the person. Mails and files are compared in across.
func (s *Service) duplicate(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) (id.ID, verdict, error) {
	if !c.InnerIndex.IsZero() {
		if twin, err := first(ctx, tx, "inner_index = $2", c.InnerIndex); err != nil || !twin.IsZero() {
			return twin, isSame, err
		}
	}
	if !c.ReferenceIndex.IsZero() {
		// A refund has its purchase's reference, and goes the other way.
		all, err := store.FindOpen[Captured](ctx, tx, "WHERE tenant_id = $1 AND reference_index = $2 AND minor = $3 AND currency = $4 ORDER BY at LIMIT 20", tx.Tenant(), c.ReferenceIndex, c.Minor, c.Currency)
		if err != nil {
			return id.ID{}, isOther, err
		}
		for i := range all {
			if all[i].way() == c.way() {
				return all[i].ID, isSame, nil
			}
		}
	}
	const day = 36 * time.Hour // what states a day only may be off by its zone
	near, err := store.FindOpen[Captured](ctx, tx, `WHERE tenant_id = $1 AND minor = $2 AND at >= $3 AND at <= $4
		AND currency = $5 AND state <> $6 AND state <> $7 ORDER BY at LIMIT 200`,
		tx.Tenant(), c.Minor, int64(c.At)-day.Microseconds(), int64(c.At)+day.Microseconds(), c.Currency, string(Rejected), string(Joined))
	if err != nil {
		return id.ID{}, isOther, err
	}
	twin, v := id.ID{}, isOther
	var others []*Captured
	for i := range near {
		if near[i].way() != c.way() {
			continue
		}
		if near[i].Source != c.Source {
			if crossing(c, &near[i]) {
				others = append(others, &near[i])
			}
			continue
		}
		switch alike(c, &near[i]) {
		case isSame:
			return near[i].ID, isSame, nil
		case mayBeSame:
			twin, v = near[i].ID, mayBeSame
		}
	}
	if len(others) > 0 {
		o, w, err := s.across(ctx, tx, c, others, zone)
		if err != nil || w == isSame || w == mayBeSame && v == isOther {
			return o, w, err
		}
	}
	return twin, v, nil
}

func first(ctx context.Context, tx *store.Tx, where string, args ...any) (id.ID, error) {
	var twin id.ID
	err := tx.QueryRow(ctx, "SELECT id FROM captured WHERE tenant_id = $1 AND "+where+" LIMIT 1", append([]any{tx.Tenant()}, args...), &twin)
	if fault.Is(err, fault.NotFound) {
		return id.ID{}, nil
	}
	return twin, err
}

// way is how the money went as it was told, whatever a rule, a person or a link
// made of it since: in or out of the account.
func (c *Captured) way() string {
	switch told := or(c.ToldDirection, c.Direction); {
	case told == "in", told == "internal" && c.Inward:
		return "in"
	}
	return "out"
}

// alike compares two transactions of one amount, currency and direction.
func alike(a, b *Captured) verdict {
	if a.Message == b.Message {
		return isOther // two lines of one mail are two movements
	}
	twoRefs := !a.ReferenceIndex.IsZero() && !b.ReferenceIndex.IsZero() && a.ReferenceIndex != b.ReferenceIndex
	if a.Issuer == b.Issuer {
		if twoRefs || !a.together(b, nearOwn) {
			return isOther
		}
		if a.Account == b.Account && a.Merchant == b.Merchant {
			return a.equal(b)
		}
		if a.Account != b.Account && a.Merchant != b.Merchant {
			return isOther
		}
		return mayBeSame
	}
	// A bank's mail and a shop's: the names differ, amount and time agree.
	if a.together(b, nearOther) {
		return mayBeSame
	}
	return isOther
}

// equal compares two of one account and one merchant, close in time.
func (c *Captured) equal(o *Captured) verdict {
	twoMails := !c.InnerIndex.IsZero() && !o.InnerIndex.IsZero() // and they differ: the index was looked up before
	switch {
	case c.Precision == "second" && o.Precision == "second" && c.At != o.At:
		return isOther
	case c.coarse() || o.coarse(), twoMails:
		return mayBeSame
	case c.minute() != o.minute():
		return mayBeSame
	}
	return isSame
}

func (c *Captured) coarse() bool { return c.Precision != "second" && c.Precision != "minute" }

func (c *Captured) minute() int64 { return int64(c.At) / time.Minute.Microseconds() }

// together tells whether the times agree as far as both are known.
func (c *Captured) together(o *Captured, within time.Duration) bool {
	if c.Precision == "day" || o.Precision == "day" {
		within = 24 * time.Hour
	}
	return c.At.Time().Sub(o.At.Time()).Abs() <= within
}
