package chat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"amanah/internal/cash"
	"amanah/internal/channel/telegram"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Outcomes of a message.
const (
	outcomeEntry   = "entry"
	outcomeAsked   = "asked"
	outcomePressed = "pressed"
	outcomeTold    = "told"
	outcomeRefused = "refused"
)

// turn is one message on its way through a transaction.
type turn struct {
	letter
	m   inbox.Message
	v   cash.View
	say i18n.Printer
	// picture is what was taken of a photograph, or why it could not be.
	picture *cash.Taken
	why     string
}

// Handle is the inbox handler of the chat: it fetches and reads pictures outside of
// any transaction; what it gives back makes the entry, empties the message and
// leaves the answers. Running it again changes nothing.
func (s *Service) Handle(ctx context.Context, sc store.Scope, m inbox.Message, raw []byte) (inbox.Apply, error) {
	const op = "chat.Handle"
	t := turn{m: m}
	if json.Unmarshal(raw, &t.letter) != nil {
		return func(context.Context, *store.Tx) (inbox.Result, error) {
			return inbox.Result{State: inbox.Refused, Outcome: "unreadable"}, nil
		}, nil
	}
	file, reason := pictured(t.Update.Message)
	t.why = reason
	if file != "" {
		if err := s.photograph(ctx, sc, &t, file); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return func(ctx context.Context, tx *store.Tx) (inbox.Result, error) {
		out, err := s.apply(ctx, tx, &t)
		if err != nil && t.picture != nil {
			s.Cash.Forget(ctx, t.picture)
		}
		return out, fault.Wrap(op, err)
	}, nil
}

// pictured finds the file of a message that may be a receipt, or says why it is none.
func pictured(m *telegram.Message) (file, why string) {
	switch m.What() {
	case telegram.IsPhoto:
		if p, ok := m.Largest(); ok {
			return p.File, ""
		}
		return "", "cash.picture.large"
	case telegram.IsDocument:
		if m.Document.Size > cash.MaxPicture {
			return "", "cash.picture.large"
		}
		return m.Document.File, ""
	}
	return "", ""
}

// photograph fetches, seals and reads a picture.
func (s *Service) photograph(ctx context.Context, sc store.Scope, t *turn, file string) error {
	bot := s.Bot(sc.Tenant, t.m.Subject, cash.Record)
	_ = bot.Typing(ctx, t.Update.Chat().ID) // a courtesy
	picture, err := s.fetch(ctx, bot, file)
	var e *telegram.Error
	switch {
	case fault.Is(err, fault.TooLarge):
		t.why = "cash.picture.large"
		return nil
	case errors.As(err, &e) && (e.Code == http.StatusBadRequest || e.Code == http.StatusNotFound):
		t.why = "cash.picture.gone"
		return nil
	case err != nil:
		return err
	}
	t.picture, err = s.Cash.Take(ctx, sc, t.m.Subject, picture, "message:"+t.m.ID.String(), cash.ByChat)
	var f *fault.Error
	if errors.As(err, &f) && (f.Code == fault.Invalid || f.Code == fault.TooLarge) {
		t.why, err = f.Key, nil
	}
	return err
}

// apply makes the message's effect.
func (s *Service) apply(ctx context.Context, tx *store.Tx, t *turn) (inbox.Result, error) {
	if err := s.empty(ctx, tx, t.m); err != nil {
		return inbox.Result{}, err
	}
	var err error
	t.v, err = s.Cash.View(ctx, tx, t.m.Subject)
	if fault.Is(err, fault.NotFound) { // left the family meanwhile
		return inbox.Result{State: inbox.Refused, Outcome: outcomeRefused, Reason: "cash.chat.left"}, nil
	}
	if err != nil {
		return inbox.Result{}, err
	}
	t.say = s.say(t.Lang, t.v.Zone)
	done := func(outcome string, err error) (inbox.Result, error) {
		return inbox.Result{State: inbox.Done, Outcome: outcome}, err
	}
	if !t.v.Write {
		return done(outcomeRefused, s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.viewer")}))
	}
	switch {
	case t.Update.Pressed != nil:
		return done(outcomePressed, s.pressed(ctx, tx, t))
	case t.why != "":
		return done(outcomeRefused, s.answer(ctx, tx, t, answer{Text: t.say.T(t.why)}))
	case t.picture != nil:
		return done(outcomeEntry, s.receipt(ctx, tx, t))
	case t.Update.Edited != nil:
		return done(outcomeEntry, s.edited(ctx, tx, t))
	case t.Update.Message.What() == telegram.IsText:
		outcome, err := s.wrote(ctx, tx, t)
		return done(outcome, err)
	}
	return done(outcomeTold, s.answer(ctx, tx, t, answer{Text: t.say.T("cash.chat.cannot")}))
}

// empty destroys a message's words: what it said stands where it belongs now.
func (s *Service) empty(ctx context.Context, tx *store.Tx, m inbox.Message) error {
	_, err := tx.Exec(ctx, "UPDATE inbox_messages SET raw = NULL, file = NULL, sender = NULL, auth = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), m.ID)
	if err == nil && !m.File.IsZero() {
		sc := tx.Scope()
		tx.AfterCommit(func() { _ = s.db.DeleteFile(context.WithoutCancel(ctx), sc, m.Subject, m.File) })
	}
	return err
}

// answer answers where the message came from.
func (s *Service) answer(ctx context.Context, tx *store.Tx, t *turn, a answer) error {
	return s.reply(ctx, tx, t.m.Subject, t.Chat, a)
}

// about answers about an entry: what is private is said to its owner alone.
func (s *Service) about(ctx context.Context, tx *store.Tx, t *turn, e *cash.Entry, a answer) error {
	if !t.Group || !e.Private {
		return s.answer(ctx, tx, t, a)
	}
	var own id.ID
	err := tx.InHome(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT id FROM cash_chats WHERE tenant_id = $1 AND subject = $2 AND NOT of_group", []any{tx.Tenant(), t.m.Subject}, &own)
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	a.Edit = 0
	return s.reply(ctx, tx, t.m.Subject, own, a)
}

// sourceOf is what makes an entry of a chat's message once, and finds it again when
// the message is edited.
func sourceOf(chat id.ID, message int64) string {
	return "chat:" + chat.String() + ":" + strconv.FormatInt(message, 10)
}
