package plan

import (
	"cmp"
	"context"
	"slices"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Payment is what one member would pay another, so that nobody owes anything.
type Payment struct {
	From, To id.Subject
	Amount   money.Amount
}

// SettleUp is who owes whom: shared entries less what was paid for them, as few
// payments as taking the largest first gives, each currency by itself.
func (s *Service) SettleUp(ctx context.Context, tx *store.Tx, v cash.View) ([]Payment, error) {
	owed, err := s.Cash().Owed(ctx, tx, v, "", "9999")
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[Settlement](ctx, tx, "WHERE tenant_id = $1 ORDER BY id", tx.Tenant())
	if err != nil {
		return nil, fault.Wrap("plan.SettleUp", err)
	}
	for _, p := range rows {
		for who, minor := range map[id.Subject]int64{p.Subject: p.Minor, p.Receiver: -p.Minor} {
			if owed[who] == nil {
				owed[who] = map[money.Currency]int64{}
			}
			owed[who][p.Currency] += minor
		}
	}
	return settle(owed), nil
}

// settle pairs who gets with who owes. What does not add up to nought, because a
// person's rows went with them, is left.
func settle(owed map[id.Subject]map[money.Currency]int64) []Payment {
	type side struct {
		who   id.Subject
		minor int64
	}
	currencies := map[money.Currency]bool{}
	for _, by := range owed {
		for c := range by {
			currencies[c] = true
		}
	}
	var out []Payment
	for c := range currencies {
		var get, give []side
		for who, by := range owed {
			switch m := by[c]; {
			case who.IsZero():
			case m > 0:
				get = append(get, side{who, m})
			case m < 0:
				give = append(give, side{who, -m})
			}
		}
		largest := func(a, b side) int {
			return cmp.Or(-cmp.Compare(a.minor, b.minor), cmp.Compare(a.who.String(), b.who.String()))
		}
		slices.SortFunc(get, largest)
		slices.SortFunc(give, largest)
		for len(get) > 0 && len(give) > 0 {
			m := min(get[0].minor, give[0].minor)
			out = append(out, Payment{give[0].who, get[0].who, money.Amount{Minor: m, Currency: c}})
			if get[0].minor -= m; get[0].minor == 0 {
				get = get[1:]
			}
			if give[0].minor -= m; give[0].minor == 0 {
				give = give[1:]
			}
		}
	}
	slices.SortFunc(out, func(a, b Payment) int {
		return cmp.Or(cmp.Compare(a.Amount.Currency, b.Amount.Currency), -cmp.Compare(a.Amount.Minor, b.Amount.Minor), cmp.Compare(a.From.String(), b.From.String()), cmp.Compare(a.To.String(), b.To.String()))
	})
	return out
}

// Pay writes down that one member paid another. The two are of the family, and the
// person is one of them or may mend.
func (s *Service) Pay(ctx context.Context, tx *store.Tx, v cash.View, p Payment) error {
	const op = "plan.Pay"
	family, err := s.Cash().Family(ctx, tx)
	switch {
	case err != nil:
		return err
	case !v.Write || p.From != v.Subject && p.To != v.Subject && !v.Mend:
		return forbidden(op)
	case p.From == p.To || !slices.Contains(family, p.From) || !slices.Contains(family, p.To):
		return invalid(op, "cash.shares_member", "to")
	case !p.Amount.Currency.Valid() || p.Amount.Minor <= 0 || p.Amount.Minor > maxMinor:
		return invalid(op, "cash.amount_invalid", "amount")
	}
	return fault.Wrap(op, store.Insert(ctx, tx, &Settlement{Subject: p.From, Receiver: p.To, Minor: p.Amount.Minor, Currency: p.Amount.Currency, Day: today(tx, v), CreatedAt: tx.Now()}))
}
