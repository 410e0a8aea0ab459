package chat

import (
	"context"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/store"
)

// receipt settles a photograph and says what became of it.
func (s *Service) receipt(ctx context.Context, tx *store.Tx, t *turn) error {
	out, err := s.Cash.Settle(ctx, tx, t.v, t.picture)
	if err != nil {
		return err
	}
	r := out.Receipt
	switch r.State {
	case cash.Refused:
		return s.answer(ctx, tx, t, answer{Text: t.say.T(r.Reason)})
	case cash.Asking:
		return s.askReceipt(ctx, tx, t, out)
	case cash.Settled:
		if out.Entry != nil {
			return s.booked(ctx, tx, t, out)
		}
	}
	return s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.gone")})
}

// booked says what was entered, and what the receipt did not say.
func (s *Service) booked(ctx context.Context, tx *store.Tx, t *turn, out cash.Outcome) error {
	text, err := s.described(ctx, tx, t, out.Entry)
	if err != nil {
		return err
	}
	for _, g := range out.Guessed {
		text += "\n" + t.say.T("cash.chat.guessed."+g)
	}
	return s.about(ctx, tx, t, out.Entry, answer{Text: text, Keys: s.usual(t, out.Entry)})
}

// askReceipt asks what is unsure about a receipt.
func (s *Service) askReceipt(ctx context.Context, tx *store.Tx, t *turn, out cash.Outcome) error {
	r, f := out.Receipt, out.Facts
	c := f.Currency
	if c == "" {
		c = money.IDR
	}
	a := answer{Text: t.say.T(r.Reason)}
	if f.Merchant != "" {
		a.Text = f.Merchant + ": " + a.Text
	}
	drop := row(button(t.say.T("cash.chat.key.drop"), data("x", r.ID)))
	switch r.Reason {
	case "cash.receipt.same_picture", "cash.receipt.same_receipt":
		a.Keys = append(a.Keys, row(button(t.say.T("cash.chat.key.same"), data("x", r.ID)), button(t.say.T("cash.chat.key.another"), data("y", r.ID))))
		return s.answer(ctx, tx, t, a)
	}
	totals := f.Totals
	if f.Total > 0 {
		a.Keys = append(a.Keys, row(button(t.say.Money(money.Amount{Minor: f.Total, Currency: c}), data("y", r.ID))))
	}
	for i, n := range totals[:min(len(totals), 4)] {
		if n != f.Total {
			a.Keys = append(a.Keys, row(button(t.say.Money(money.Amount{Minor: n, Currency: c}), data("t", r.ID, digit(i)))))
		}
	}
	a.Keys = append(a.Keys, row(button(t.say.T("cash.chat.key.type"), data("m", r.ID))), drop)
	return s.answer(ctx, tx, t, a)
}

// command does what a word with a stroke asks for.
func (s *Service) command(ctx context.Context, tx *store.Tx, t *turn, word string) error {
	text := ""
	var err error
	switch word {
	case "saldo", "balance":
		text, err = s.balances(ctx, tx, t)
	case "bulan", "month":
		text, err = s.month(ctx, tx, t)
		if text == "" {
			text = t.say.T("cash.chat.nothing")
		}
	case "batal", "undo":
		return s.undoLast(ctx, tx, t)
	default:
		text = t.say.T("cash.chat.help")
	}
	if err != nil {
		return err
	}
	return s.answer(ctx, tx, t, answer{Text: text})
}

// balances are what the accounts hold; in a group only what is shared.
func (s *Service) balances(ctx context.Context, tx *store.Tx, t *turn) (string, error) {
	all, err := s.Cash.Holdings(ctx, tx, t.v)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, h := range all {
		if !h.ArchivedAt.IsZero() || t.Group && !h.Shared {
			continue
		}
		name := h.Name.Reveal()
		if name == "" {
			name = t.say.T("cash.account.kind." + string(h.Kind))
		}
		lines = append(lines, name+": "+t.say.Money(h.Balance))
	}
	if len(lines) == 0 {
		return t.say.T("cash.chat.nothing"), nil
	}
	return strings.Join(lines, "\n"), nil
}

// undoLast takes back what the person entered last by chat.
func (s *Service) undoLast(ctx context.Context, tx *store.Tx, t *turn) error {
	rows, err := store.Find[cash.Entry](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND state = 'booked' AND way IN ('chat', 'receipt') ORDER BY created_at DESC, id DESC LIMIT 1", tx.Tenant(), t.m.Subject)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.nothing")})
	}
	e, err := s.Cash.Undo(ctx, tx, t.v, rows[0].ID)
	if fault.Is(err, fault.Forbidden) && !store.Closed(err) {
		return s.refuse(ctx, tx, t, err)
	}
	if err != nil {
		return err
	}
	return s.show(ctx, tx, t, e, nil, 0)
}
