package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"amanah/internal/cash"
	"amanah/internal/channel/telegram"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// answer is what a chat is to be told.
type answer struct {
	Text string            `json:"text"`
	Keys telegram.Keyboard `json:"keys,omitempty"`
	Edit int64             `json:"edit,omitempty"` // the message that it replaces
}

// reply puts an answer where the job finds it, in the transaction that it is about.
func (s *Service) reply(ctx context.Context, tx *store.Tx, who id.Subject, to id.ID, a answer) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	row := &cash.Reply{Subject: who, Chat: to, Body: vault.Seal(string(body)), MadeAt: tx.Now()}
	if err := store.Insert(ctx, tx, row); err != nil {
		return err
	}
	return s.later(ctx, tx, row.ID)
}

// Say is the handler of SayTask: it sends an answer and forgets it. One that was
// sent just before a crash is sent again.
func (s *Service) Say(ctx context.Context, t job.Task) error {
	const op = "chat.Say"
	sc := s.family(t.Tenant)
	var row *cash.Reply
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { row, err = store.Get[cash.Reply](ctx, tx, t.ID); return err })
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	var a answer
	if err := json.Unmarshal([]byte(row.Body.Reveal()), &a); err != nil {
		return fault.Wrap(op, s.said(ctx, sc, row.ID))
	}
	number, err := s.number(ctx, row.Chat)
	if fault.Is(err, fault.NotFound) { // unbound meanwhile
		return fault.Wrap(op, s.said(ctx, sc, row.ID))
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	err = s.send(ctx, t.Tenant, row.Subject, number, a)
	var e *telegram.Error
	if errors.As(err, &e) && (e.Code == http.StatusForbidden || e.Code == http.StatusBadRequest) {
		err = nil // blocked, or gone: nobody is there to be told
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.said(ctx, sc, row.ID))
}

func (s *Service) send(ctx context.Context, family id.Tenant, who id.Subject, number int64, a answer) error {
	bot := s.Bot(family, who, cash.Record)
	t := telegram.Text{Chat: number, Text: a.Text, Keys: a.Keys}
	if a.Edit != 0 {
		err := bot.EditText(ctx, a.Edit, t)
		var e *telegram.Error
		if !errors.As(err, &e) || e.Code != http.StatusBadRequest {
			return err
		}
	}
	_, err := bot.Send(ctx, t)
	return err
}

func (s *Service) said(ctx context.Context, sc store.Scope, key id.ID) error {
	return s.db.Write(ctx, sc, func(tx *store.Tx) error { _, err := store.Delete[cash.Reply](ctx, tx, key); return err })
}

// fetch downloads a file that somebody sent, no larger than a picture may be.
func (s *Service) fetch(ctx context.Context, bot Bot, file string) ([]byte, error) {
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	defer stop()
	f, err := bot.GetFile(ctx, file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = bot.Download(ctx, f, &b, cash.MaxPicture)
	return b.Bytes(), err
}
