package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
)

// Client calls the methods of one bot. It is safe for concurrent use.
type Client struct {
	HTTP  *http.Client // the Door's
	Base  string       // https://api.telegram.org
	Token string
}

// Error is a refusal by Telegram.
type Error struct {
	Code int // as HTTP's status: 400, 401, 403, 404, 409, 429, 5xx
	// Wait is how long to keep away; only with 429.
	Wait time.Duration
	// MovedTo is the chat's new number, where a group became a supergroup.
	MovedTo int64
	// Markup: Telegram could not read the marks in the text.
	Markup bool
}

// Error names the code and nothing else: a description may quote the message.
func (e *Error) Error() string { return "telegram: " + http.StatusText(e.Code) }

// reply is the envelope of every answer.
type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		Migrate    int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// maxReply bounds an answer.
const maxReply = 1 << 20

// call runs one method. An error is *Error, or a fault that says nothing but a key.
func (c *Client) call(ctx context.Context, method string, in, out any) error {
	const op = "telegram.call"
	body, err := json.Marshal(in)
	if err != nil {
		return fault.Wrap(op, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.Base, "/")+"/bot"+c.Token+"/"+method, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Invalid, op, "egress.bad_url") // the cause holds the token
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return strip(ctx, op, err)
	}
	defer resp.Body.Close()
	var r reply
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxReply)).Decode(&r); err != nil {
		if resp.StatusCode >= 300 {
			return &Error{Code: resp.StatusCode}
		}
		return fault.New(fault.Unavailable, op, "egress.answer")
	}
	if !r.OK {
		e := &Error{Code: r.Code, Wait: time.Duration(r.Parameters.RetryAfter) * time.Second, MovedTo: r.Parameters.Migrate,
			Markup: r.Code == http.StatusBadRequest && strings.Contains(r.Description, "can't parse entities")}
		if e.Code == 0 {
			e.Code = resp.StatusCode
		}
		return e
	}
	if out == nil {
		return nil
	}
	if json.Unmarshal(r.Result, out) != nil {
		return fault.New(fault.Unavailable, op, "egress.answer")
	}
	return nil
}

// strip leaves of a transport's error what the Door said, without the address.
func strip(ctx context.Context, op string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return fault.New(f.Code, op, f.Key)
	}
	return fault.New(fault.Unavailable, op, "egress.unreachable")
}

// User is a bot or a person.
type User struct {
	ID       int64  `json:"id"`
	IsBot    bool   `json:"is_bot"`
	Username string `json:"username"`
}

// Me tells who the bot is; its Username makes the links to it.
func (c *Client) Me(ctx context.Context) (User, error) {
	var u User
	return u, c.call(ctx, "getMe", struct{}{}, &u)
}

// Text is a message to be sent.
type Text struct {
	Chat int64
	// Text is HTML of Telegram's few elements where HTML is set; 4,096 characters
	// at most after that.
	Text  string
	HTML  bool
	Quiet bool // without a sound
}

// maxText is Telegram's limit of a message.
const maxText = 4096

// Send sends a message and gives its number. Where Telegram cannot read the marks,
// the message goes once more as plain text.
func (c *Client) Send(ctx context.Context, t Text) (int64, error) {
	in := struct {
		Chat    int64  `json:"chat_id"`
		Text    string `json:"text"`
		Mode    string `json:"parse_mode,omitempty"`
		Quiet   bool   `json:"disable_notification,omitempty"`
		Preview struct {
			Off bool `json:"is_disabled"`
		} `json:"link_preview_options"`
	}{Chat: t.Chat, Text: t.Text, Quiet: t.Quiet}
	in.Preview.Off = true
	if t.HTML {
		in.Mode = "HTML"
	} else if r := []rune(t.Text); len(r) > maxText {
		in.Text = string(r[:maxText])
	}
	var out struct {
		ID int64 `json:"message_id"`
	}
	err := c.call(ctx, "sendMessage", in, &out)
	var e *Error
	if t.HTML && errors.As(err, &e) && e.Markup {
		return c.Send(ctx, Text{Chat: t.Chat, Text: Plain(t.Text), Quiet: t.Quiet})
	}
	return out.ID, err
}
