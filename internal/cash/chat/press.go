package chat

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/channel/telegram"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// data is what a button says when it is pressed: a letter, an id, a choice.
func data(verb string, key id.ID, rest ...string) string {
	return strings.Join(append([]string{verb, base64.RawURLEncoding.EncodeToString(key[:])}, rest...), ":")
}

// pressedData takes it apart again. Anybody can send anything.
func pressedData(text string) (verb string, key id.ID, rest string, ok bool) {
	parts := strings.SplitN(text, ":", 3)
	if len(text) > 64 || len(parts) < 2 || len(parts[0]) != 1 {
		return "", key, "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || len(raw) != len(key) {
		return "", key, "", false
	}
	copy(key[:], raw)
	if len(parts) == 3 {
		rest = parts[2]
	}
	return parts[0], key, rest, true
}

func digit(i int) string { return string(rune('0' + i)) }

func button(text, data string) telegram.Button { return telegram.Button{Text: text, Data: data} }

func row(all ...telegram.Button) []telegram.Button { return all }

// pressed does what a button asks for, as far as its presser may.
func (s *Service) pressed(ctx context.Context, tx *store.Tx, t *turn) error {
	verb, key, rest, ok := pressedData(t.Update.Pressed.Data)
	if !ok {
		return nil
	}
	edit := int64(0)
	if m := t.Update.Pressed.Message; m != nil && m.Date != 0 {
		edit = m.ID
	}
	err := s.press(ctx, tx, t, verb, key, rest, edit)
	if err == nil {
		return nil
	}
	return s.refuse(ctx, tx, t, err)
}

func (s *Service) press(ctx context.Context, tx *store.Tx, t *turn, verb string, key id.ID, rest string, edit int64) error {
	now := tx.Now().Time().In(t.v.Zone)
	correct := func(change func(*cash.NewEntry)) error {
		e, err := s.Cash.Correct(ctx, tx, t.v, key, cash.AnyRevision, change)
		if err != nil {
			return err
		}
		return s.show(ctx, tx, t, e, nil, edit)
	}
	shown := func(e *cash.Entry, err error) error {
		if err != nil {
			return err
		}
		return s.show(ctx, tx, t, e, nil, edit)
	}
	switch verb {
	case "u":
		return shown(s.Cash.Undo(ctx, tx, t.v, key))
	case "r":
		return shown(s.Cash.Restore(ctx, tx, t.v, key))
	case "b":
		return shown(s.Cash.Entry(ctx, tx, t.v, key))
	case "c", "d", "s":
		e, err := s.Cash.Entry(ctx, tx, t.v, key)
		if err != nil {
			return err
		}
		keys, err := s.choices(ctx, tx, t, verb, e)
		if err != nil {
			return err
		}
		return s.show(ctx, tx, t, e, keys, edit)
	case "k":
		chosen := rest
		if raw, err := base64.RawURLEncoding.DecodeString(rest); err == nil && len(raw) == 16 {
			chosen = id.ID(raw).String()
		}
		return correct(func(n *cash.NewEntry) { n.Category = chosen })
	case "e":
		if len(rest) != 1 || rest < "0" || rest > "6" {
			return nil
		}
		return correct(func(n *cash.NewEntry) {
			n.At, n.Timed = time.Date(now.Year(), now.Month(), now.Day()-int(rest[0]-'0'), 12, 0, 0, 0, t.v.Zone), false
		})
	case "a", "f":
		return s.askAbout(ctx, tx, t, verb, key)
	case "p":
		people, err := s.Cash.Family(ctx, tx)
		if err != nil {
			return err
		}
		return correct(func(n *cash.NewEntry) {
			if n.Shares = nil; rest == "all" {
				n.Shares = cash.Even(n.Amount, people)
			}
		})
	}
	return s.pressReceipt(ctx, tx, t, verb, key, rest, edit)
}

// askAbout asks for the amount or the day of an entry.
func (s *Service) askAbout(ctx context.Context, tx *store.Tx, t *turn, verb string, key id.ID) error {
	e, err := s.Cash.Entry(ctx, tx, t.v, key)
	if err != nil {
		return err
	}
	q, say := &cash.Question{Kind: askAmount, Entry: e.ID}, "cash.chat.ask_amount"
	if verb == "f" {
		q.Kind, say = askDate, "cash.chat.ask_date"
	}
	if err := s.ask(ctx, tx, t, q); err != nil {
		return err
	}
	return s.answer(ctx, tx, t, answer{Text: t.say.T(say)})
}

// pressReceipt is about receipts that ask, and about sentences with several amounts.
func (s *Service) pressReceipt(ctx context.Context, tx *store.Tx, t *turn, verb string, key id.ID, rest string, edit int64) error {
	decide := func(change func(*cash.NewEntry)) error {
		e, err := s.Cash.Decide(ctx, tx, t.v, key, change)
		if err != nil {
			return err
		}
		return s.show(ctx, tx, t, e, nil, edit)
	}
	switch verb {
	case "y": // another one, or the total is right
		return decide(func(*cash.NewEntry) {})
	case "t":
		r, err := s.Cash.Receipt(ctx, tx, t.v, key)
		if err != nil {
			return err
		}
		totals := r.Said().Totals
		if len(rest) != 1 || rest[0] < '0' || int(rest[0]-'0') >= len(totals) {
			return nil
		}
		return decide(func(n *cash.NewEntry) { n.Amount.Minor = totals[rest[0]-'0'] })
	case "m":
		if _, err := s.Cash.Receipt(ctx, tx, t.v, key); err != nil {
			return err
		}
		if err := s.ask(ctx, tx, t, &cash.Question{Kind: askTotal, Receipt: key}); err != nil {
			return err
		}
		return s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.ask_amount")})
	case "x":
		if err := s.Cash.Drop(ctx, tx, t.v, key); err != nil {
			return err
		}
		return s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.dropped"), Edit: edit})
	case "w":
		return s.chosen(ctx, tx, t, key, rest, edit)
	}
	return nil
}

// chosen enters the amount that was meant.
func (s *Service) chosen(ctx context.Context, tx *store.Tx, t *turn, key id.ID, rest string, edit int64) error {
	q, err := store.One[cash.Question](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND subject = $3 AND kind = $4", tx.Tenant(), key, t.m.Subject, askWhich)
	if err != nil {
		return fault.Wrap("chat.chosen", err)
	}
	if _, err := store.Delete[cash.Question](ctx, tx, key); err != nil {
		return err
	}
	if rest == "x" {
		return s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.dropped"), Edit: edit})
	}
	var each []cash.NewEntry
	if json.Unmarshal([]byte(q.Body.Reveal()), &each) != nil || len(rest) != 1 || rest[0] < '0' || int(rest[0]-'0') >= len(each) {
		return nil
	}
	return s.enter(ctx, tx, t, each[rest[0]-'0'], edit)
}
