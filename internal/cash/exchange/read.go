package exchange

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Span is what of the books is wanted; empty ends are open.
type Span struct{ From, Until string } // days, both included

// Check refuses what is no day. Faults Invalid on "from" and "until".
func (s Span) Check() error {
	for field, day := range map[string]string{"from": s.From, "until": s.Until} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return fault.New(fault.Invalid, "exchange.Span", "exchange.day").On(field)
		}
	}
	if s.From != "" && s.Until != "" && s.From > s.Until {
		return fault.New(fault.Invalid, "exchange.Span", "exchange.days_turned").On("until")
	}
	return nil
}

// shelf is what rows need of a family beside its entries.
type shelf struct {
	view     cash.View
	accounts []cash.Account
	places   map[id.ID]Place // as they are called in a file
	own      []cash.Category
	names    map[id.Subject]string
}

// shelf reads the accounts and categories that a person sees. Accounts of one name
// and currency are told apart by a number.
func (s *Service) shelf(ctx context.Context, sc store.Scope, who id.Subject) (*shelf, error) {
	out := &shelf{places: map[id.ID]Place{}, names: map[id.Subject]string{}}
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) {
		if out.view, err = s.Cash.View(ctx, tx, who); err != nil {
			return err
		}
		if out.accounts, err = s.Cash.Accounts(ctx, tx, out.view); err != nil {
			return err
		}
		out.own, err = s.Cash.Categories(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fault.Wrap("exchange.shelf", err)
	}
	if s.Cash.Names != nil {
		if out.names, err = s.Cash.Names(ctx, sc); err != nil {
			return nil, fault.Wrap("exchange.shelf", err)
		}
	}
	out.view.Zone = zoneOr(out.view.Zone)
	p := i18n.From(ctx)
	for _, a := range out.accounts {
		out.places[a.ID] = free(out.places, Place{Name: word(p, &a), Kind: a.Kind, Currency: a.Currency})
	}
	return out, nil
}

// word is an account's name, or its kind's word.
func word(p i18n.Printer, a *cash.Account) string {
	if n := one(a.Name.Reveal()); n != "" {
		return n
	}
	return p.T("exchange.account." + string(a.Kind))
}

// free gives the place a name that none of the others has.
func free(taken map[id.ID]Place, p Place) Place {
	first := p.Name
	for n := 2; ; n++ {
		used := false
		for _, t := range taken {
			used = used || t.same(p)
		}
		if !used {
			return p
		}
		p.Name = first + " (" + strconv.Itoa(n) + ")"
	}
}

// place is an account that an entry names; what the person does not see has no name.
func (h *shelf) place(p i18n.Printer, key id.ID, c money.Currency) Place {
	if at, ok := h.places[key]; ok {
		return at
	}
	return Place{Name: p.T("exchange.account.hidden"), Kind: cash.Bank, Currency: c}
}

func (h *shelf) category(c string) string {
	i := slices.IndexFunc(h.own, func(o cash.Category) bool { return o.ID.String() == c })
	if i < 0 {
		return c
	}
	return one(h.own[i].Name.Reveal())
}

// rows gives the entries that a person sees, the oldest first, each page in a
// transaction of its own: nobody waits for a slow reader.
func (s *Service) rows(ctx context.Context, sc store.Scope, h *shelf, span Span) iter.Seq2[Row, error] {
	p := i18n.From(ctx)
	return func(yield func(Row, error) bool) {
		q := cash.Query{From: span.From, Until: span.Until, Limit: 500, Asc: true}
		for {
			var page []cash.Line
			err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) {
				page, q.Cursor, err = s.Cash.List(ctx, tx, h.view, q)
				return err
			})
			if err != nil {
				yield(Row{}, fault.Wrap("exchange.rows", err))
				return
			}
			for i := range page {
				if !yield(h.row(p, &page[i]), nil) {
					return
				}
			}
			if q.Cursor == "" {
				return
			}
		}
	}
}

func (h *shelf) row(p i18n.Printer, l *cash.Line) Row {
	r := Row{ID: l.ID.String(), At: l.At.Time().In(h.view.Zone), Day: l.Day, Timed: l.Timed, Kind: l.Kind, Amount: l.Amount(), From: h.place(p, l.Account, l.Currency),
		Category: h.category(l.Category), Merchant: one(l.Shop), Note: strings.TrimSpace(l.Note.Reveal()), Private: l.Private, Member: h.names[l.Subject]}
	if l.Kind == cash.Transfer {
		r.To, r.Arrived = h.place(p, l.To, l.ToCurrency), money.Amount{Minor: l.ToMinor, Currency: l.ToCurrency}
	}
	return r
}
