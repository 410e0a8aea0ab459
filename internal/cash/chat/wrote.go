package chat

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// wrote does what a text asks for.
func (s *Service) wrote(ctx context.Context, tx *store.Tx, t *turn) (string, error) {
	m := t.Update.Message
	if word, _ := m.Command(); word != "" {
		return outcomeTold, s.command(ctx, tx, t, word)
	}
	if did, err := s.answered(ctx, tx, t, m.Text); did || err != nil {
		return outcomeEntry, err
	}
	sentence, ok, err := s.parse(ctx, tx, t, m.Text)
	if err != nil {
		return "", err
	}
	if !ok {
		if t.Group { // people speak with each other there
			return outcomeTold, nil
		}
		return outcomeTold, s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.help")})
	}
	n, err := s.entryOf(ctx, tx, t, sentence)
	if err != nil {
		return outcomeRefused, s.refuse(ctx, tx, t, err)
	}
	n.Source, n.Way = sourceOf(t.Chat, m.ID), cash.ByChat
	if len(sentence.Amounts) > 1 {
		return outcomeAsked, s.askAmount(ctx, tx, t, n, sentence.Amounts)
	}
	return outcomeEntry, s.enter(ctx, tx, t, n, 0)
}

// enter books and answers; edit is the message that the answer replaces.
func (s *Service) enter(ctx context.Context, tx *store.Tx, t *turn, n cash.NewEntry, edit int64) error {
	e, _, err := s.Cash.Enter(ctx, tx, t.v, n)
	if err != nil {
		return s.refuse(ctx, tx, t, err)
	}
	return s.show(ctx, tx, t, e, nil, edit)
}

// refuse says what is wrong with what was written; other errors are tried again.
func (s *Service) refuse(ctx context.Context, tx *store.Tx, t *turn, err error) error {
	f := fault.Of(err)
	switch f.Code {
	case fault.Invalid, fault.Conflict, fault.Forbidden, fault.NotFound, fault.TooMany:
		if store.Closed(err) || f.Key == "" {
			return err
		}
		key := f.Key
		if f.Code == fault.NotFound {
			key = "cash.chat.gone"
		}
		return s.answer(ctx, tx, t, answer{Text: t.say.T(key)})
	}
	return err
}

func (s *Service) parse(ctx context.Context, tx *store.Tx, t *turn, text string) (Sentence, bool, error) {
	accounts, err := s.Cash.Accounts(ctx, tx, t.v)
	if err != nil {
		return Sentence{}, false, err
	}
	names := make([]string, 0, len(accounts))
	for _, a := range accounts {
		if a.ArchivedAt.IsZero() && a.Name.Reveal() != "" {
			names = append(names, a.Name.Reveal())
		}
	}
	written := tx.Now().Time()
	if m := t.Update.Message; m != nil && m.Date > 0 {
		if at := time.Unix(m.Date, 0); at.Before(written) && written.Sub(at) < 48*time.Hour {
			written = at // it may have lain
		}
	}
	sentence, ok := Parse(text, written.In(t.v.Zone), names)
	return sentence, ok, nil
}

// entryOf is a sentence as it is entered.
func (s *Service) entryOf(ctx context.Context, tx *store.Tx, t *turn, p Sentence) (cash.NewEntry, error) {
	n := cash.NewEntry{Kind: p.Kind, Amount: p.Amounts[0], At: p.At, Timed: p.Timed, Merchant: p.Shop, Note: p.Note, Private: p.Private}
	if p.From != "" {
		a, err := s.account(ctx, tx, t, p.From, n.Amount.Currency)
		if err != nil {
			return n, err
		}
		n.Account = a.ID
	}
	if p.Kind == cash.Transfer {
		to, err := s.account(ctx, tx, t, p.To, n.Amount.Currency)
		if err != nil {
			return n, err
		}
		n.To = to.ID
	}
	return n, nil
}

// account finds one by the name that somebody wrote. A bank or wallet that everybody
// knows becomes an account of the family when it is first named.
func (s *Service) account(ctx context.Context, tx *store.Tx, t *turn, name string, c money.Currency) (*cash.Account, error) {
	all, err := s.Cash.Accounts(ctx, tx, t.v)
	if err != nil {
		return nil, err
	}
	kind, known := Place(name)
	var fits []cash.Account
	for _, a := range all {
		own := strings.ToLower(a.Name.Reveal())
		switch {
		case !a.ArchivedAt.IsZero() || a.Currency != c:
		case own == name:
			return &a, nil
		case slices.Contains(strings.Fields(own), name), known && kind == cash.Cash && a.Kind == cash.Cash:
			fits = append(fits, a)
		}
	}
	if len(fits) > 0 {
		return &fits[0], nil
	}
	if !known {
		return nil, fault.New(fault.Invalid, "chat.account", "cash.account_unknown")
	}
	shown := strings.ToUpper(name)
	if len(name) > 4 {
		shown = strings.ToUpper(name[:1]) + name[1:]
	}
	if kind == cash.Cash {
		shown = ""
	}
	return s.Cash.AddAccount(ctx, tx, t.v, cash.NewAccount{Kind: kind, Name: shown, Currency: c, Shared: true})
}

// Kinds of questions.
const (
	askWhich  = "which"  // which of the amounts was meant
	askAmount = "amount" // the amount of an entry
	askDate   = "date"   // the day of an entry
	askTotal  = "total"  // the total of a receipt
)

// questionLife is how long the next text is taken for an answer.
const questionLife = time.Hour

// ask writes a question down; an earlier one of the person in this chat is answered
// no more.
func (s *Service) ask(ctx context.Context, tx *store.Tx, t *turn, q *cash.Question) error {
	if _, err := tx.Exec(ctx, "DELETE FROM cash_questions WHERE tenant_id = $1 AND subject = $2 AND chat_id = $3", tx.Tenant(), t.m.Subject, t.Chat); err != nil {
		return err
	}
	q.Subject, q.Chat, q.State, q.AskedAt = t.m.Subject, t.Chat, "open", tx.Now()
	return store.Insert(ctx, tx, q)
}

// askAmount asks which amount was meant.
func (s *Service) askAmount(ctx context.Context, tx *store.Tx, t *turn, n cash.NewEntry, choices []money.Amount) error {
	var each []cash.NewEntry
	for _, a := range choices {
		n.Amount = a
		each = append(each, n)
	}
	body, err := json.Marshal(each)
	if err != nil {
		return err
	}
	q := &cash.Question{Kind: askWhich, Body: vault.Seal(string(body))}
	if err := s.ask(ctx, tx, t, q); err != nil {
		return err
	}
	a := answer{Text: t.say.T("cash.chat.which", "note", strings.TrimSpace(n.Merchant+" "+n.Note))}
	for i, c := range choices {
		a.Keys = append(a.Keys, row(button(t.say.Money(c), data("w", q.ID, digit(i)))))
	}
	a.Keys = append(a.Keys, row(button(t.say.T("cash.chat.none"), data("w", q.ID, "x"))))
	return s.answer(ctx, tx, t, a)
}

// answered takes a text for the answer to what was asked last, if it is one.
func (s *Service) answered(ctx context.Context, tx *store.Tx, t *turn, text string) (bool, error) {
	q, err := store.One[cash.Question](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND chat_id = $3 AND state = 'open' AND kind IN ('amount', 'date', 'total') ORDER BY asked_at DESC", tx.Tenant(), t.m.Subject, t.Chat)
	if fault.Is(err, fault.NotFound) || err == nil && tx.Now().Time().Sub(q.AskedAt.Time()) > questionLife {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	now := tx.Now().Time().In(t.v.Zone)
	var change func(*cash.NewEntry)
	if q.Kind == askDate {
		at, ok := Day(text, now)
		if !ok {
			return false, nil
		}
		change = func(n *cash.NewEntry) { n.At, n.Timed = at, false }
	} else {
		p, ok := Parse(text, now, nil)
		if !ok || p.Note != "" || p.Shop != "" || p.From != "" {
			return false, nil // it is a sentence of its own
		}
		change = func(n *cash.NewEntry) { n.Amount, n.Shares = p.Amounts[0], nil }
	}
	var e *cash.Entry
	if q.Kind == askTotal {
		e, err = s.Cash.Decide(ctx, tx, t.v, q.Receipt, change)
	} else {
		e, err = s.Cash.Correct(ctx, tx, t.v, q.Entry, cash.AnyRevision, change)
	}
	if err != nil {
		return true, s.refuse(ctx, tx, t, err)
	}
	if _, err := store.Delete[cash.Question](ctx, tx, q.ID); err != nil {
		return true, err
	}
	return true, s.show(ctx, tx, t, e, nil, 0)
}

// Day reads a text that is nothing but a day.
func Day(text string, now time.Time) (time.Time, bool) {
	if len(text) > 60 {
		return time.Time{}, false
	}
	p := &parser{now: now, words: strings.Fields(strings.ToLower(text)), whole: strings.Fields(text)}
	if len(p.words) != len(p.whole) || len(p.words) == 0 {
		return time.Time{}, false
	}
	p.used = make([]bool, len(p.words))
	at := p.day()
	return at, !slices.Contains(p.used, false)
}

// edited corrects the entry of a message that its writer changed.
func (s *Service) edited(ctx context.Context, tx *store.Tx, t *turn) error {
	m := t.Update.Edited
	var key id.ID
	err := tx.QueryRow(ctx, "SELECT id FROM cash_entries WHERE tenant_id = $1 AND source = $2", []any{tx.Tenant(), sourceOf(t.Chat, m.ID)}, &key)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p, ok, err := s.parse(ctx, tx, t, m.Text)
	if err != nil {
		return err
	}
	if !ok || len(p.Amounts) > 1 {
		return s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.edit_unclear")})
	}
	n, err := s.entryOf(ctx, tx, t, p)
	if err != nil {
		return s.refuse(ctx, tx, t, err)
	}
	e, err := s.Cash.Correct(ctx, tx, t.v, key, cash.AnyRevision, func(was *cash.NewEntry) {
		was.Kind, was.Amount, was.Arrived, was.To, was.Merchant, was.Note, was.Private, was.Category, was.Shares = n.Kind, n.Amount, money.Amount{}, n.To, n.Merchant, n.Note, n.Private, "", nil
		if !n.Account.IsZero() {
			was.Account = n.Account
		}
		if !sameDay(was.At.In(t.v.Zone), n.At.In(t.v.Zone)) {
			was.At, was.Timed = n.At, n.Timed
		}
	})
	if err != nil {
		return s.refuse(ctx, tx, t, err)
	}
	return s.show(ctx, tx, t, e, nil, 0)
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }
