package chat

import (
	"context"
	"encoding/base64"
	"io"
	"strconv"
	"time"

	"amanah/internal/cash"
	"amanah/internal/channel/telegram"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// linkLife is how long a link to the bot may be used.
const linkLife = 15 * time.Minute

// Link makes a one-time link to the bot for a person of a family: whoever opens it
// with Telegram speaks as that person from then on. group: the link takes the bot
// into a group of the family. Fault Unavailable where Telegram does not answer.
func (s *Service) Link(ctx context.Context, family id.Tenant, who id.Subject, group bool) (string, error) {
	const op = "chat.Link"
	me, err := s.Bot(family, who, "service").Me(ctx)
	if err != nil || me.Username == "" {
		return "", fault.New(fault.Unavailable, op, "cash.chat.away")
	}
	var b [16]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", fault.Wrap(op, err)
	}
	token := base64.RawURLEncoding.EncodeToString(b[:])
	index, err := s.tokenIndex(ctx, token)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	err = s.db.Write(ctx, s.home("service"), func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM cash_links WHERE tenant_id = $1 AND (expires_at <= $2 OR subject = $3)", tx.Tenant(), tx.Now(), who); err != nil {
			return err
		}
		return store.Insert(ctx, tx, &cash.Link{Subject: who, Workspace: family, Group: group, TokenIndex: index, ExpiresAt: clock.At(tx.Now().Time().Add(linkLife)), CreatedAt: tx.Now()})
	})
	start := "?start="
	if group {
		start = "?startgroup="
	}
	return "https://t.me/" + me.Username + start + token, fault.Wrap(op, err)
}

func (s *Service) tokenIndex(ctx context.Context, token string) (vault.Index, error) {
	return s.db.Vault().Index(ctx, s.Cash.Home, "cash_links.token", token)
}

func (s *Service) chatIndex(ctx context.Context, number int64) (vault.Index, error) {
	return s.db.Vault().Index(ctx, s.Cash.Home, "cash_chats.number", strconv.FormatInt(number, 10))
}

// redeem takes a token once; nil where it is none of ours.
func (s *Service) redeem(ctx context.Context, token string, group bool) (*cash.Link, error) {
	if token == "" || len(token) > 64 {
		return nil, nil
	}
	index, err := s.tokenIndex(ctx, token)
	if err != nil {
		return nil, err
	}
	var out *cash.Link
	err = s.db.Write(ctx, s.home("service"), func(tx *store.Tx) error {
		found, err := store.One[cash.Link](ctx, tx, "WHERE tenant_id = $1 AND token_index = $2 AND expires_at > $3 AND of_group = $4", tx.Tenant(), index, tx.Now(), group)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		mine, err := store.Delete[cash.Link](ctx, tx, found.ID)
		if mine {
			out = found
		}
		return err
	})
	return out, err
}

// bind makes a chat the person's, or the family's where it is a group. A chat that
// was somebody else's is so no longer.
func (s *Service) bind(ctx context.Context, l *cash.Link, c telegram.Chat) (*cash.Chat, error) {
	index, err := s.chatIndex(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	lang := ""
	if s.Lang != nil {
		lang = s.Lang(ctx, l.Subject)
	}
	row := &cash.Chat{Subject: l.Subject, Workspace: l.Workspace, Group: c.Shared(), Number: vault.Seal(strconv.FormatInt(c.ID, 10)), Index: index, Handle: vault.Seal(c.Username), Lang: lang}
	return row, s.db.Write(ctx, s.home("service"), func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM cash_chats WHERE tenant_id = $1 AND (number_index = $2 OR (subject = $3 AND of_group = $4 AND workspace_id = $5))", tx.Tenant(), index, l.Subject, c.Shared(), l.Workspace); err != nil {
			return err
		}
		row.BoundAt = tx.Now()
		return store.Insert(ctx, tx, row)
	})
}

// chatOf finds the binding of a chat by its number; nil for none.
func (s *Service) chatOf(ctx context.Context, number int64) (*cash.Chat, error) {
	index, err := s.chatIndex(ctx, number)
	if err != nil {
		return nil, err
	}
	return s.find(ctx, "WHERE tenant_id = $1 AND number_index = $2", index)
}

// find keeps what it finds sealed but for the keys: the person may have stopped
// everything, and is to be told so.
func (s *Service) find(ctx context.Context, where string, arg any) (*cash.Chat, error) {
	var c cash.Chat
	err := s.db.Read(ctx, s.home("service"), func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT id, subject, workspace_id, of_group, lang FROM cash_chats "+where, []any{tx.Tenant(), arg}, &c.ID, &c.Subject, &c.Workspace, &c.Group, &c.Lang)
	})
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &c, err
}

// number opens the number of a chat.
func (s *Service) number(ctx context.Context, key id.ID) (int64, error) {
	var n int64
	err := s.db.Read(ctx, s.home("service"), func(tx *store.Tx) error {
		c, err := store.Get[cash.Chat](ctx, tx, key)
		if err == nil {
			n, err = strconv.ParseInt(c.Number.Reveal(), 10, 64)
		}
		return err
	})
	return n, err
}

// Bound are the chats of a person: their own, and groups that they brought in.
func (s *Service) Bound(ctx context.Context, who id.Subject) ([]cash.Chat, error) {
	var out []cash.Chat
	err := s.db.Read(ctx, s.home("service"), func(tx *store.Tx) (err error) {
		out, err = store.Find[cash.Chat](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 ORDER BY of_group, bound_at, id", tx.Tenant(), who)
		return err
	})
	return out, fault.Wrap("chat.Bound", err)
}

// Unbind forgets a chat of a person with its number and handle, and says whether
// there was one.
func (s *Service) Unbind(ctx context.Context, who id.Subject, key id.ID) (bool, error) {
	var n int64
	err := s.db.Write(ctx, s.home("service"), func(tx *store.Tx) (err error) {
		n, err = tx.Exec(ctx, "DELETE FROM cash_chats WHERE tenant_id = $1 AND subject = $2 AND id = $3", tx.Tenant(), who, key)
		return err
	})
	return n > 0, fault.Wrap("chat.Unbind", err)
}

// unbindNumber forgets a chat that the bot is in no longer.
func (s *Service) unbindNumber(ctx context.Context, number int64) error {
	index, err := s.chatIndex(ctx, number)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, s.home("service"), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM cash_chats WHERE tenant_id = $1 AND number_index = $2", tx.Tenant(), index)
		return err
	})
}

// moved notes the new number of a group.
func (s *Service) moved(ctx context.Context, from, to int64) error {
	was, err := s.chatOf(ctx, from)
	if err != nil || was == nil {
		return err
	}
	index, err := s.chatIndex(ctx, to)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, s.home("service"), func(tx *store.Tx) error {
		c, err := store.Get[cash.Chat](ctx, tx, was.ID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM cash_chats WHERE tenant_id = $1 AND number_index = $2", tx.Tenant(), index); err != nil {
			return err
		}
		c.Number, c.Index = vault.Seal(strconv.FormatInt(to, 10)), index
		return store.Update(ctx, tx, c)
	})
}
