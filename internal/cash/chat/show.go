package chat

import (
	"context"
	"encoding/base64"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/channel/telegram"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

// show says what an entry is now, with the buttons that mend it: keys, or the usual
// ones where there are none.
func (s *Service) show(ctx context.Context, tx *store.Tx, t *turn, e *cash.Entry, keys telegram.Keyboard, edit int64) error {
	text, err := s.described(ctx, tx, t, e)
	if err != nil {
		return err
	}
	if keys == nil {
		keys = s.usual(t, e)
	}
	return s.about(ctx, tx, t, e, answer{Text: text, Keys: keys, Edit: edit})
}

// described is an entry in a sentence, and how the month stands:
// "Indomaret, Rp87.500, belanja harian; bulan ini masih bisa ditabung Rp1.240.000".
func (s *Service) described(ctx context.Context, tx *store.Tx, t *turn, e *cash.Entry) (string, error) {
	l, err := s.Cash.Line(ctx, tx, t.v, e.ID)
	if err != nil {
		return "", err
	}
	parts := []string{}
	if name := l.Shop; name != "" {
		parts = append(parts, name)
	}
	if note := l.Note.Reveal(); note != "" && len(parts) == 0 {
		parts = append(parts, note)
	}
	parts = append(parts, t.say.Money(e.Amount()))
	if e.Kind == cash.Transfer {
		from, err := s.accountWord(ctx, tx, t, e.Account)
		if err != nil {
			return "", err
		}
		to, err := s.accountWord(ctx, tx, t, e.To)
		if err != nil {
			return "", err
		}
		parts = append(parts, from+" → "+to)
	} else {
		word, err := s.categoryWord(ctx, tx, t, e.Category)
		if err != nil {
			return "", err
		}
		parts = append(parts, strings.ToLower(word))
	}
	if e.Kind == cash.In {
		parts = append(parts, t.say.T("cash.chat.came"))
	}
	if today := ledger.Day(tx.Now(), t.v.Zone); e.Day != today {
		parts = append(parts, t.say.Date(e.At.Time()))
	}
	if e.Private {
		parts = append(parts, t.say.T("cash.private"))
	}
	text := strings.Join(parts, ", ")
	if e.State == cash.Undone {
		return t.say.T("cash.chat.undone", "entry", text), nil
	}
	month, err := s.month(ctx, tx, t)
	if err != nil || month == "" || t.Group && e.Private {
		return text, err
	}
	return text + "; " + month, nil
}

// month says what can still be saved, or how the month stands.
func (s *Service) month(ctx context.Context, tx *store.Tx, t *turn) (string, error) {
	month := ledger.Month(tx.Now(), t.v.Zone)
	if s.Cash.Savable != nil {
		amount, _, ok, err := s.Cash.Savable.Savable(ctx, tx, t.v, month)
		if err != nil {
			return "", err
		}
		if ok && amount.Minor > 0 {
			return t.say.T("cash.chat.savable", "amount", t.say.Money(amount)), nil
		}
	}
	sums, err := s.Cash.Sums(ctx, tx, t.v, month, month)
	if err != nil {
		return "", err
	}
	for _, k := range cash.Totalled(sums) {
		if k.Currency == money.IDR {
			return t.say.T("cash.chat.month", "in", t.say.Money(money.Amount{Minor: k.In, Currency: k.Currency}), "out", t.say.Money(money.Amount{Minor: k.Out, Currency: k.Currency})), nil
		}
	}
	return "", nil
}

func (s *Service) categoryWord(ctx context.Context, tx *store.Tx, t *turn, c string) (string, error) {
	if _, err := id.Parse(c); err != nil {
		return t.say.T("cash.category." + c), nil //nolint:nilerr // a built-in word is no id
	}
	all, err := s.Cash.Categories(ctx, tx)
	for _, own := range all {
		if own.ID.String() == c {
			return own.Name.Reveal(), err
		}
	}
	return t.say.T("cash.category.other"), err
}

func (s *Service) accountWord(ctx context.Context, tx *store.Tx, t *turn, key id.ID) (string, error) {
	all, err := s.Cash.Accounts(ctx, tx, t.v)
	for _, a := range all {
		if a.ID == key {
			if name := a.Name.Reveal(); name != "" {
				return name, err
			}
			return t.say.T("cash.account.kind." + string(a.Kind)), err
		}
	}
	return t.say.T("cash.account.hidden"), err
}

// usual are the buttons under an entry.
func (s *Service) usual(t *turn, e *cash.Entry) telegram.Keyboard {
	if e.State == cash.Undone {
		return telegram.Keyboard{row(button(t.say.T("cash.chat.key.restore"), data("r", e.ID)))}
	}
	first := row(button(t.say.T("cash.chat.key.amount"), data("a", e.ID)), button(t.say.T("cash.chat.key.date"), data("d", e.ID)))
	if e.Kind == cash.Out || e.Kind == cash.In {
		first = append(row(button(t.say.T("cash.chat.key.category"), data("c", e.ID))), first...)
	}
	second := row(button(t.say.T("cash.chat.key.undo"), data("u", e.ID)))
	if e.Kind == cash.Out && !e.Private {
		second = append(row(button(t.say.T("cash.chat.key.split"), data("s", e.ID))), second...)
	}
	return telegram.Keyboard{first, second}
}

// choices are the buttons to choose from: categories, days, shares.
func (s *Service) choices(ctx context.Context, tx *store.Tx, t *turn, verb string, e *cash.Entry) (telegram.Keyboard, error) {
	var out telegram.Keyboard
	add := func(b telegram.Button, wide int) {
		if n := len(out); n > 0 && len(out[n-1]) < wide {
			out[n-1] = append(out[n-1], b)
			return
		}
		out = append(out, row(b))
	}
	switch verb {
	case "c":
		for _, c := range cash.BuiltIn(e.Kind) {
			add(button(t.say.T("cash.category."+c), data("k", e.ID, c)), 2)
		}
		own, err := s.Cash.Categories(ctx, tx)
		if err != nil {
			return nil, err
		}
		for _, c := range own {
			if c.Kind == e.Kind && c.ArchivedAt.IsZero() && len(out) < 40 {
				add(button(c.Name.Reveal(), data("k", e.ID, base64.RawURLEncoding.EncodeToString(c.ID[:]))), 2)
			}
		}
	case "d":
		for i, key := range []string{"cash.chat.key.today", "cash.chat.key.yesterday", "cash.chat.key.before"} {
			add(button(t.say.T(key), data("e", e.ID, digit(i))), 3)
		}
		out = append(out, row(button(t.say.T("cash.chat.key.other_day"), data("f", e.ID))))
	case "s":
		out = append(out, row(button(t.say.T("cash.chat.key.split_all"), data("p", e.ID, "all"))), row(button(t.say.T("cash.chat.key.split_none"), data("p", e.ID, "none"))))
	}
	return append(out, row(button(t.say.T("cash.chat.key.back"), data("b", e.ID)))), nil
}
