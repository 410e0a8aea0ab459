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

// Client calls the methods of one bot. It is safe for concurrent use, and light:
// one may be made for every person, each with a door of its own.
type Client struct {
	HTTP  *http.Client // the Door's
	Base  string       // https://api.telegram.org
	Token string
	// Limits keep Telegram's rates; all clients of a bot share one. nil keeps none.
	Limits *Limiter
}

// Error is a refusal by Telegram, or by Limits before Telegram was asked.
type Error struct {
	Code int // as HTTP's status: 400, 401, 403, 404, 409, 429, 5xx
	// Wait is how long to keep away from this chat; only with 429. It is no failure:
	// it is not to be counted as an attempt.
	Wait time.Duration
	// MovedTo is the chat's new number, where a group became a supergroup.
	MovedTo int64
	// Markup: Telegram could not read the marks in the text.
	Markup bool

	why string // one of whys, or ""
}

// Error names the code and nothing else: a description may quote the message.
func (e *Error) Error() string { return "telegram: " + http.StatusText(e.Code) }

// Gone tells that this chat takes nothing from the bot: the person blocked it, the
// group put it out, or there is no such chat.
func (e *Error) Gone() bool {
	return e != nil && (e.Code == http.StatusForbidden || e.why == whyNoChat)
}

// NoMessage tells that the message to be changed or deleted is not there (any
// more), or is too old for it.
func (e *Error) NoMessage() bool { return e != nil && e.why == whyNoMessage }

// Reasons that something depends on. The description itself is not kept.
const (
	whyNoChat    = "no chat"
	whyNoMessage = "no message"
	whySame      = "same"
	whyLate      = "late"
	whyLarge     = "large"
)

var whys = []struct{ says, why string }{
	{"message is not modified", whySame},
	{"query is too old", whyLate},
	{"query id is invalid", whyLate},
	{"query_id_invalid", whyLate},
	{"file is too big", whyLarge},
	{"chat not found", whyNoChat},
	{"user is deactivated", whyNoChat},
	{"message to edit not found", whyNoMessage},
	{"message to delete not found", whyNoMessage},
	{"message can't be edited", whyNoMessage},
	{"message can't be deleted", whyNoMessage},
}

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

// refusal is the typed error of an answer that is not ok.
func (r reply) refusal(status int) *Error {
	e := &Error{Code: r.Code, Wait: time.Duration(min(max(r.Parameters.RetryAfter, 0), maxWait)) * time.Second, MovedTo: r.Parameters.Migrate}
	if e.Code < 400 || e.Code > 599 {
		e.Code = status
	}
	if e.Code < 400 || e.Code > 599 {
		e.Code = http.StatusBadGateway
	}
	said := strings.ToLower(r.Description)
	e.Markup = e.Code == http.StatusBadRequest && strings.Contains(said, "can't parse entities")
	for _, w := range whys {
		if strings.Contains(said, w.says) {
			e.why = w.why
		}
	}
	return e
}

const (
	// maxReply bounds an answer.
	maxReply = 4 << 20
	// maxWait bounds what Telegram may ask us to wait, in seconds.
	maxWait = 24 * 60 * 60
)

// call runs one method. An error is *Error, or a fault that says nothing but a key.
func (c *Client) call(ctx context.Context, method string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fault.Wrap("telegram.call", err)
	}
	return c.post(ctx, method, "application/json", body, out)
}

// toChat runs a method that shows something in a chat: at Telegram's rates. Where
// Telegram asks for a short pause, it is kept here and the method runs once more.
func (c *Client) toChat(ctx context.Context, chat int64, send func() error) error {
	if c.Limits == nil {
		return send()
	}
	for try := 0; ; try++ {
		if err := c.Limits.Wait(ctx, chat); err != nil {
			return err
		}
		err := send()
		var e *Error
		if !errors.As(err, &e) || e.Code != http.StatusTooManyRequests {
			return err
		}
		c.Limits.Park(chat, e.Wait)
		if try > 0 {
			return err
		}
	}
}

func (c *Client) post(ctx context.Context, method, contentType string, body []byte, out any) error {
	const op = "telegram.call"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.Base, "/")+"/bot"+c.Token+"/"+method, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Invalid, op, "egress.bad_url") // the cause holds the token
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := c.client().Do(req)
	if err != nil {
		return strip(ctx, op, err)
	}
	defer resp.Body.Close()
	var r reply
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxReply)).Decode(&r); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if resp.StatusCode >= 300 {
			return reply{}.refusal(resp.StatusCode)
		}
		return fault.New(fault.Unavailable, op, "egress.answer")
	}
	if !r.OK {
		return r.refusal(resp.StatusCode)
	}
	if out == nil {
		return nil
	}
	if json.Unmarshal(r.Result, out) != nil {
		return fault.New(fault.Unavailable, op, "egress.answer")
	}
	return nil
}

// client is the one that was handed in, which follows no redirect: the next place
// would be told the token.
func (c *Client) client() *http.Client {
	own := *c.HTTP
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
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

// Me tells who the bot is; its Username makes the links to it.
func (c *Client) Me(ctx context.Context) (User, error) {
	var u User
	return u, c.call(ctx, "getMe", struct{}{}, &u)
}
