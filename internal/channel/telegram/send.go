package telegram

import (
	"context"
	"encoding/json"
	"errors"

	"amanah/internal/fault"
)

// Button stands under a message.
type Button struct {
	Text string `json:"text"`
	// Data comes back when it is pressed: 1 to 64 bytes. Whoever has the chat can
	// send any data back, so it proves nothing.
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"` // instead of Data: opens a page
}

// Keyboard is rows of buttons.
type Keyboard [][]Button

// markup is how Telegram takes a keyboard. A keyboard without rows takes away what
// was there.
type markup struct {
	Rows Keyboard `json:"inline_keyboard"`
}

func (k Keyboard) markup(op string) (*markup, error) {
	if k == nil {
		return nil, nil
	}
	for _, row := range k {
		for _, b := range row {
			if b.Text == "" || (b.Data == "") == (b.URL == "") || len(b.Data) > maxData {
				return nil, fault.New(fault.Internal, op, "") // whoever made the button did it wrong
			}
		}
	}
	return &markup{k}, nil
}

// Text is a message to be sent.
type Text struct {
	Chat int64
	// Text is HTML of Telegram's few elements where HTML is set; MaxText at most
	// after that. Send cuts what is longer off a plain text; SendAll splits.
	Text  string
	HTML  bool
	Quiet bool // without a sound
	Keys  Keyboard
	// ReplyTo is the message that this one answers; if it is gone, the answer comes
	// all the same.
	ReplyTo int64
}

type replyTo struct {
	ID    int64 `json:"message_id"`
	Alone bool  `json:"allow_sending_without_reply"`
}

type preview struct {
	Off bool `json:"is_disabled"`
}

// wireText is what sendMessage and editMessageText take.
type wireText struct {
	Chat    int64    `json:"chat_id"`
	Message int64    `json:"message_id,omitempty"`
	Text    string   `json:"text"`
	Mode    string   `json:"parse_mode,omitempty"`
	Quiet   bool     `json:"disable_notification,omitempty"`
	Preview preview  `json:"link_preview_options"`
	Reply   *replyTo `json:"reply_parameters,omitempty"`
	Keys    *markup  `json:"reply_markup,omitempty"`
}

func (t Text) wire(op string) (wireText, error) {
	keys, err := t.Keys.markup(op)
	in := wireText{Chat: t.Chat, Text: t.Text, Quiet: t.Quiet, Preview: preview{Off: true}, Keys: keys}
	if t.ReplyTo != 0 {
		in.Reply = &replyTo{t.ReplyTo, true}
	}
	if t.HTML {
		in.Mode = "HTML"
	} else {
		in.Text = Clip(t.Text, MaxText)
	}
	return in, err
}

// sentMessage is what a sending method answers.
type sentMessage struct {
	ID int64 `json:"message_id"`
}

// Send sends a message and gives its number. Where Telegram cannot read the marks,
// the message goes once more as plain text.
func (c *Client) Send(ctx context.Context, t Text) (int64, error) {
	in, err := t.wire("telegram.Send")
	if err != nil {
		return 0, err
	}
	var out sentMessage
	err = c.toChat(ctx, t.Chat, func() error { return c.call(ctx, "sendMessage", in, &out) })
	if t.HTML && isMarkup(err) {
		t.Text, t.HTML = Plain(t.Text), false
		return c.Send(ctx, t)
	}
	return out.ID, err
}

// SendAll sends a text of any length in as many messages as it needs; Keys stand
// under the last, ReplyTo is of the first. It gives the numbers of those that were
// sent, also beside an error.
func (c *Client) SendAll(ctx context.Context, t Text) ([]int64, error) {
	var sent []int64
	parts := Split(t.Text, t.HTML)
	for i, p := range parts {
		one := t
		one.Text = p
		if i > 0 {
			one.ReplyTo = 0
		}
		if i < len(parts)-1 {
			one.Keys = nil
		}
		n, err := c.Send(ctx, one)
		if err != nil {
			return sent, err
		}
		sent = append(sent, n)
	}
	return sent, nil
}

// EditText puts a new text and new buttons in the place of those of one of the
// bot's messages. A message that says just that already is no error.
func (c *Client) EditText(ctx context.Context, message int64, t Text) error {
	in, err := t.wire("telegram.EditText")
	if err != nil {
		return err
	}
	in.Message, in.Quiet, in.Reply = message, false, nil
	err = c.toChat(ctx, t.Chat, func() error { return c.call(ctx, "editMessageText", in, nil) })
	if t.HTML && isMarkup(err) {
		t.Text, t.HTML = Plain(t.Text), false
		return c.EditText(ctx, message, t)
	}
	return unless(err, whySame)
}

// EditKeys puts other buttons under one of the bot's messages; nil takes them away.
func (c *Client) EditKeys(ctx context.Context, chat, message int64, keys Keyboard) error {
	if keys == nil {
		keys = Keyboard{}
	}
	m, err := keys.markup("telegram.EditKeys")
	if err != nil {
		return err
	}
	in := map[string]any{"chat_id": chat, "message_id": message, "reply_markup": m}
	return unless(c.toChat(ctx, chat, func() error { return c.call(ctx, "editMessageReplyMarkup", in, nil) }), whySame)
}

// AnswerCallback ends the waiting of whoever pressed a button. A text is shown for
// a moment, or until they close it where alert is set. Too late is no error.
func (c *Client) AnswerCallback(ctx context.Context, press, text string, alert bool) error {
	in := map[string]any{"callback_query_id": press}
	if text != "" {
		in["text"], in["show_alert"] = Clip(text, maxToast), alert
	}
	return unless(c.call(ctx, "answerCallbackQuery", in, nil), whyLate)
}

// Typing shows for five seconds at most, or until the next message, that the bot is
// at work.
func (c *Client) Typing(ctx context.Context, chat int64) error {
	return c.call(ctx, "sendChatAction", map[string]any{"chat_id": chat, "action": "typing"}, nil)
}

// Delete takes one of the bot's messages away, or in a private chat any of the last
// 48 hours. One that is not there is no error.
func (c *Client) Delete(ctx context.Context, chat, message int64) error {
	return unless(c.call(ctx, "deleteMessage", map[string]any{"chat_id": chat, "message_id": message}, nil), whyNoMessage)
}

// Leave takes the bot out of a group.
func (c *Client) Leave(ctx context.Context, chat int64) error {
	return c.call(ctx, "leaveChat", map[string]any{"chat_id": chat}, nil)
}

// Command is a line of the menu that the app offers beside the field of writing.
type Command struct {
	Word string `json:"command"`     // small letters, digits and _, 32 at most
	Says string `json:"description"` // 256 at most
}

// SetCommands makes the menu for people whose app speaks a language ("id"), or for
// all others with "".
func (c *Client) SetCommands(ctx context.Context, lang string, menu []Command) error {
	in := map[string]any{"commands": menu}
	if lang != "" {
		in["language_code"] = lang
	}
	return c.call(ctx, "setMyCommands", in, nil)
}

// unless takes an error for none where Telegram gave this reason.
func unless(err error, why string) error {
	var e *Error
	if errors.As(err, &e) && e.why == why {
		return nil
	}
	return err
}

func isMarkup(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Markup
}

// encode is for values of our own, which JSON always takes.
func encode(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
