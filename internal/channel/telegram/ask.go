package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

// HeaderSecret is the header by which Telegram proves that a webhook's call is its.
const HeaderSecret = "X-Telegram-Bot-Api-Secret-Token"

// Secret is what the header must say. It is made from the token, so that every
// node knows it and nothing has to be kept.
func (c *Client) Secret() string {
	h := sha256.Sum256([]byte("amanah telegram webhook|" + c.Token))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// Genuine tells, in constant time, whether a call came from Telegram.
func (c *Client) Genuine(h http.Header) bool {
	return c.Token != "" && subtle.ConstantTimeCompare([]byte(h.Get(HeaderSecret)), []byte(c.Secret())) == 1
}

// kindsOr are the kinds of updates that somebody wants: messages if they do not say.
func kindsOr(kinds []string) []string {
	if len(kinds) == 0 {
		return []string{KindMessage}
	}
	return kinds
}

// SetWebhook has updates of some kinds (messages where none is named) sent to an
// https address, with the secret in the header.
func (c *Client) SetWebhook(ctx context.Context, address string, kinds ...string) error {
	return c.call(ctx, "setWebhook", map[string]any{"url": address, "secret_token": c.Secret(), "allowed_updates": kindsOr(kinds), "max_connections": 10}, nil)
}

// DeleteWebhook lets updates be asked for again. What waits is not dropped.
func (c *Client) DeleteWebhook(ctx context.Context) error {
	return c.call(ctx, "deleteWebhook", struct{}{}, nil)
}

// Updates asks for what happened from a number on; it waits for something up to
// the given time. Asking with last+1 tells Telegram that the earlier ones arrived.
// An update that cannot be read has its number alone, or is left out where not even
// that can be read.
func (c *Client) Updates(ctx context.Context, from int64, wait time.Duration, kinds ...string) ([]Update, error) {
	var raw []json.RawMessage
	if err := c.call(ctx, "getUpdates", map[string]any{"offset": from, "limit": 100, "timeout": int(wait.Seconds()), "allowed_updates": kindsOr(kinds)}, &raw); err != nil {
		return nil, err
	}
	out := make([]Update, 0, len(raw))
	for _, body := range raw {
		u, err := ParseUpdate(body)
		if err != nil {
			var number struct {
				ID int64 `json:"update_id"`
			}
			_ = json.Unmarshal(body, &number)
			u = Update{ID: number.ID}
		}
		if u.ID != 0 {
			out = append(out, u)
		}
	}
	return out, nil
}
