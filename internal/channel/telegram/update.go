package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
)

// Update is something that happened to the bot. Only one of its parts is there.
type Update struct {
	ID      int64    `json:"update_id"` // grows; the same update has the same
	Message *Message `json:"message"`
}

// Message is one that somebody wrote to the bot.
type Message struct {
	ID   int64  `json:"message_id"`
	From User   `json:"from"`
	Chat Chat   `json:"chat"`
	Text string `json:"text"`
}

// Chat is where a message was written.
type Chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"` // private, group, supergroup, channel
	FirstName string `json:"first_name"`
	Username  string `json:"username"`
	Title     string `json:"title"`
}

// Start is the token of a message "/start <token>", which a link t.me/<bot>?start=
// makes; "" for any other message.
func (m *Message) Start() string {
	if m == nil {
		return ""
	}
	command, token, _ := strings.Cut(strings.TrimSpace(m.Text), " ")
	command, _, _ = strings.Cut(command, "@")
	if command != "/start" {
		return ""
	}
	return strings.TrimSpace(token)
}

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

// ParseUpdate reads the body of a webhook's call.
func ParseUpdate(body []byte) (Update, error) {
	var u Update
	if json.Unmarshal(body, &u) != nil || u.ID == 0 {
		return u, fault.New(fault.Invalid, "telegram.ParseUpdate", "telegram.update")
	}
	return u, nil
}

// SetWebhook has updates sent to an https address, with the secret in the header.
func (c *Client) SetWebhook(ctx context.Context, address string) error {
	return c.call(ctx, "setWebhook", map[string]any{"url": address, "secret_token": c.Secret(), "allowed_updates": []string{"message"}, "max_connections": 10}, nil)
}

// DeleteWebhook lets updates be asked for again.
func (c *Client) DeleteWebhook(ctx context.Context) error {
	return c.call(ctx, "deleteWebhook", struct{}{}, nil)
}

// Updates asks for what happened from a number on; it waits for something up to
// the given time. Asking with last+1 tells Telegram that the earlier ones arrived.
func (c *Client) Updates(ctx context.Context, from int64, wait time.Duration) ([]Update, error) {
	var out []Update
	err := c.call(ctx, "getUpdates", map[string]any{"offset": from, "limit": 100, "timeout": int(wait.Seconds()), "allowed_updates": []string{"message"}}, &out)
	return out, err
}
