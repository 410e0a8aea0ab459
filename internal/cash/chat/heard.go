package chat

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"amanah/internal/cash"
	"amanah/internal/channel/telegram"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/store"
)

// letter is what lies in the inbox: the update, and the chat to answer in.
type letter struct {
	Update telegram.Update `json:"update"`
	Chat   id.ID           `json:"chat"` // a row of cash.Chat
	Group  bool            `json:"group,omitempty"`
	Lang   string          `json:"lang"`
}

// toldEvery is how often one who is not bound is told the way.
const toldEvery = time.Hour

// Heard takes an update of the bot. When it returns nil, what a bound person sent is
// durable, and of all others nothing was kept.
func (s *Service) Heard(ctx context.Context, u telegram.Update) error {
	from, c := u.From(), u.Chat()
	if old, to, ok := u.Moved(); ok {
		return s.moved(ctx, old, to)
	}
	if u.Member != nil {
		if u.Member.Left() {
			return s.unbindNumber(ctx, c.ID)
		}
		return nil
	}
	if from.ID == 0 || from.IsBot || c.ID == 0 || c.Type == telegram.Channel || u.Message != nil && u.Message.Anonymous != nil {
		return nil
	}
	if token := u.Message.Start(); token != "" {
		return s.start(ctx, u, token)
	}
	if u.Message != nil && u.Message.What() == telegram.IsNote {
		return nil
	}
	return s.keep(ctx, u)
}

// start binds a chat by a link.
func (s *Service) start(ctx context.Context, u telegram.Update, token string) error {
	c := u.Chat()
	l, err := s.redeem(ctx, token, c.Shared())
	if err != nil {
		return err
	}
	if l == nil {
		if s.Other != nil && !c.Shared() {
			return s.Other(ctx, u)
		}
		return nil
	}
	row, err := s.bind(ctx, l, c)
	if err != nil {
		return err
	}
	key := "cash.chat.hello"
	if c.Shared() {
		key = "cash.chat.hello_group"
	}
	say := s.say(row.Lang, nil)
	s.tell(ctx, l.Workspace, l.Subject, "service", telegram.Text{Chat: c.ID, Text: say.T(key, "service", s.Title)})
	return nil
}

// keep puts what a bound person sent into the inbox.
func (s *Service) keep(ctx context.Context, u telegram.Update) error {
	from, c := u.From(), u.Chat()
	own, err := s.chatOf(ctx, from.ID)
	if err != nil {
		return err
	}
	if own == nil || own.Group {
		s.way(ctx, from, c, "cash.chat.unknown")
		return nil
	}
	where := own
	if c.Shared() {
		if where, err = s.chatOf(ctx, c.ID); err != nil {
			return err
		}
		if where == nil || where.Workspace != own.Workspace {
			s.way(ctx, from, c, "cash.chat.unknown_group")
			return nil
		}
	}
	sc := s.family(own.Workspace)
	if err := s.db.May(sc, own.Subject); err != nil {
		if !store.Closed(err) {
			return err
		}
		// Nothing is read and nothing is kept; the reason is said for the person's
		// rights, which stay open.
		s.tell(ctx, own.Workspace, own.Subject, "rights", telegram.Text{Chat: c.ID, Text: s.say(own.Lang, nil).T("cash.chat.stopped", "address", s.Address+"/privacy/me")})
		s.hush(ctx, own, u)
		return nil
	}
	raw, err := json.Marshal(letter{Update: u, Chat: where.ID, Group: where.Group, Lang: own.Lang})
	if err != nil {
		return err
	}
	_, _, err = s.Inbox.Accept(ctx, inbox.In{Scope: sc, Subject: own.Subject, Channel: Channel, Conversation: where.ID.String(),
		Source: []byte("update " + strconv.FormatInt(u.ID, 10)), Raw: raw})
	if err == nil {
		s.hush(ctx, own, u)
	}
	return err
}

// hush ends the waiting of a button that was pressed; that is a courtesy.
func (s *Service) hush(ctx context.Context, own *cash.Chat, u telegram.Update) {
	if u.Pressed != nil {
		if err := s.Bot(own.Workspace, own.Subject, "service").AnswerCallback(ctx, u.Pressed.ID, "", false); err != nil {
			s.Log.Debug("a press was not answered")
		}
	}
}

// way tells somebody who is not bound how to consent, once in an hour. The sender's
// app says the language.
func (s *Service) way(ctx context.Context, from telegram.User, c telegram.Chat, key string) {
	now := s.clock.Now()
	s.mu.Lock()
	last, known := s.told[c.ID]
	fresh := !known || now.Sub(last) >= toldEvery
	if fresh {
		if len(s.told) > 10_000 {
			clear(s.told)
		}
		s.told[c.ID] = now
	}
	s.mu.Unlock()
	if fresh {
		s.tell(ctx, id.Tenant{}, id.Subject{}, "service", telegram.Text{Chat: c.ID, Text: s.say(from.Lang, nil).T(key, "service", s.Title, "address", s.Address+"/app/telegram")})
	}
}

// tell sends at once what needs no row: that it does not arrive is no loss.
func (s *Service) tell(ctx context.Context, family id.Tenant, who id.Subject, purpose string, t telegram.Text) {
	if _, err := s.Bot(family, who, purpose).Send(ctx, t); err != nil {
		s.Log.Warn("the bot could not answer")
	}
}
