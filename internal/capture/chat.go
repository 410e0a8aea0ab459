package capture

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/channel/telegram"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// ListenTask is the kind of the job that hears what people write to the bot while
// a chat is to be bound; its handler is [Service.Listen].
const ListenTask = "capture.listen"

// linkLife is how long a link to the bot may be used.
const linkLife = 15 * time.Minute

// Chats binds Telegram chats to targets.
type Chats struct {
	Kind target.Telegram
	// Hook is the public https address that Telegram calls; empty: the bot is asked.
	Hook string
}

// bot speaks for nobody: while a chat is bound it is not known whose it is.
func (s *Service) bot(tenant id.Tenant, person id.Subject) *telegram.Client {
	return s.Chats.Kind.Bot(s.Door.Client(egress.Use{Service: s.Slug, Tenant: tenant, Subject: person,
		Recipient: s.Chats.Kind.Traits().Recipient, Purpose: "deliver", Categories: []string{"target.address"}}))
}

// LinkChat makes a one-time link by which the person opens the bot: whoever opens
// it with Telegram gets the target's messages. It is good for a quarter of an hour.
func (s *Service) LinkChat(ctx context.Context, sc store.Scope, key id.ID) (string, error) {
	const op = "capture.LinkChat"
	if s.Chats == nil {
		return "", fault.New(fault.NotFound, op, "not_found")
	}
	var t *Target
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { t, _, err = s.target(ctx, tx, key); return err })
	if err == nil && t.Kind != "telegram" {
		err = fault.New(fault.NotFound, op, "not_found")
	}
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	me, err := s.bot(sc.Tenant, t.Subject).Me(ctx)
	if err != nil || me.Username == "" {
		return "", fault.New(fault.Unavailable, op, "capture.target.chat.away")
	}
	var b [16]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", fault.Wrap(op, err)
	}
	token := base64.RawURLEncoding.EncodeToString(b[:])
	index, err := s.db.Vault().Index(ctx, s.Home, "target_links.token", token)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	err = s.db.Write(ctx, s.homeScope(sc), func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM target_links WHERE tenant_id = $1 AND (expires_at <= $2 OR target_id = $3)", tx.Tenant(), tx.Now(), key); err != nil {
			return err
		}
		l := &link{Subject: t.Subject, Workspace: sc.Tenant, Target: key, TokenIndex: index, ExpiresAt: clock.At(tx.Now().Time().Add(linkLife)), CreatedAt: tx.Now()}
		if err := store.Insert(ctx, tx, l); err != nil {
			return err
		}
		return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: ListenTask, Service: s.Slug, Tenant: s.Home}, time.Time{})
	})
	return "https://t.me/" + me.Username + "?start=" + token, fault.Wrap(op, err)
}

// Listen is the handler of ListenTask: it tells Telegram where to call, or asks it
// for what people wrote, as long as somebody may still open a link.
func (s *Service) Listen(ctx context.Context, task job.Task) error {
	const op = "capture.Listen"
	if s.Chats == nil {
		return nil
	}
	bot := s.bot(s.Home, id.Subject{})
	if s.Chats.Hook != "" {
		return fault.Wrap(op, bot.SetWebhook(ctx, s.Chats.Hook))
	}
	next, err := int64(0), error(nil)
	for range 3 { // a job may not take long
		if next, err = s.hear(ctx, bot, next); err != nil {
			break
		}
	}
	var e *telegram.Error
	if errors.As(err, &e) && e.Code == http.StatusConflict { // a webhook of an earlier set-up
		err = bot.DeleteWebhook(ctx)
	}
	if ctx.Err() != nil {
		return fault.Wrap(op, ctx.Err())
	}
	if err != nil {
		s.Log.Warn("the bot could not be asked", "code", fault.CodeOf(err))
	}
	return fault.Wrap(op, s.db.Write(ctx, s.scope(s.Home, "deliver"), func(tx *store.Tx) error {
		n := 0
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM target_links WHERE tenant_id = $1 AND expires_at > $2", []any{tx.Tenant(), tx.Now()}, &n); err != nil || n == 0 {
			return err
		}
		return s.Jobs.Enqueue(ctx, tx, task, tx.Now().Time().Add(time.Second))
	}))
}

// hear asks once, does what was written, and tells Telegram that it arrived.
func (s *Service) hear(ctx context.Context, bot *telegram.Client, from int64) (int64, error) {
	all, err := bot.Updates(ctx, from, 6*time.Second)
	if err != nil {
		return from, err
	}
	for _, u := range all {
		from = max(from, u.ID+1)
		if err := s.Heard(ctx, u); err != nil {
			s.Log.Warn("an update of the bot was not done", "code", fault.CodeOf(err))
		}
	}
	if len(all) > 0 {
		_, err = bot.Updates(ctx, from, 0)
	}
	return from, err
}

// Heard does what an update of the bot asks for: a private chat that opened a good
// link becomes the target's chat, once. Everything else is left alone.
func (s *Service) Heard(ctx context.Context, u telegram.Update) error {
	const op = "capture.Heard"
	token := u.Message.Start()
	if token == "" || len(token) > 64 || u.Message.Chat.Type != "private" || u.Message.From.IsBot || s.Chats == nil {
		return nil
	}
	index, err := s.db.Vault().Index(ctx, s.Home, "target_links.token", token)
	if err != nil {
		return fault.Wrap(op, err)
	}
	var l *link
	err = s.db.Write(ctx, s.scope(s.Home, "deliver"), func(tx *store.Tx) error {
		found, err := store.One[link](ctx, tx, "WHERE tenant_id = $1 AND token_index = $2 AND expires_at > $3", tx.Tenant(), index, tx.Now())
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		mine, err := store.Delete[link](ctx, tx, found.ID)
		if mine {
			l = found
		}
		return err
	})
	if err != nil || l == nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.bind(ctx, l, u.Message))
}

// bind makes the chat the target's and sends the test.
func (s *Service) bind(ctx context.Context, l *link, m *telegram.Message) error {
	sc := s.scope(l.Workspace, "deliver")
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		t, k, err := s.target(ctx, tx, l.Target)
		if err != nil {
			return err
		}
		set, err := t.Set()
		if err != nil {
			return err
		}
		lang := ""
		if set.Chat != nil {
			lang = set.Chat.Lang
		}
		set.Chat = &target.Chat{ID: m.Chat.ID, Name: clip(or(m.Chat.FirstName, m.Chat.Username), 60), Lang: lang}
		if err := t.put(k, set); err != nil {
			return err
		}
		t.VerifiedAt = 0
		return store.Update(ctx, tx, t)
	})
	if fault.Is(err, fault.NotFound) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	err = s.tryAndResume(ctx, sc, l.Target)
	if fault.Is(err, fault.Unavailable) {
		return nil // the page says that the test did not arrive
	}
	return err
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// Hook takes Telegram's calls at "POST /<service>/hooks/telegram". Anybody may
// call it; what does not bear the secret is not read.
func (s *Service) Hook() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Chats == nil || !s.Chats.Kind.Bot(nil).Genuine(r.Header) {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 256<<10))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		u, err := telegram.ParseUpdate(body)
		if err == nil {
			err = s.Heard(r.Context(), u)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			s.Log.Warn("an update of the bot was not done", "code", fault.CodeOf(err))
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
