package telegram

import (
	"encoding/json"
	"strings"
	"time"

	"amanah/internal/fault"
)

// Kinds of updates, as SetWebhook and Updates name them.
const (
	KindMessage = "message"
	KindEdited  = "edited_message"
	KindPressed = "callback_query"
	KindMember  = "my_chat_member"
)

// Update is something that happened to the bot. One of its parts is there at most;
// none where it is of a kind that nobody asked for. Its JSON is Telegram's own,
// with the fields that are named here alone: what is kept of an update is that.
type Update struct {
	ID      int64         `json:"update_id"` // grows; the same update has the same
	Message *Message      `json:"message,omitempty"`
	Edited  *Message      `json:"edited_message,omitempty"`
	Pressed *Press        `json:"callback_query,omitempty"`
	Member  *MemberChange `json:"my_chat_member,omitempty"`
}

// ParseUpdate reads the body of a webhook's call, or what a Poller's handler kept.
func ParseUpdate(body []byte) (Update, error) {
	var u Update
	if json.Unmarshal(body, &u) != nil || u.ID == 0 {
		return Update{ID: u.ID}, fault.New(fault.Invalid, "telegram.ParseUpdate", "telegram.update")
	}
	return u, nil
}

// Chat is where it happened; the zero Chat where Telegram does not say.
func (u Update) Chat() Chat {
	switch {
	case u.Message != nil:
		return u.Message.Chat
	case u.Edited != nil:
		return u.Edited.Chat
	case u.Pressed != nil && u.Pressed.Message != nil:
		return u.Pressed.Message.Chat
	case u.Member != nil:
		return u.Member.Chat
	}
	return Chat{}
}

// From is who did it; the zero User where it was nobody, such as a channel.
func (u Update) From() User {
	switch {
	case u.Message != nil:
		return u.Message.From
	case u.Edited != nil:
		return u.Edited.From
	case u.Pressed != nil:
		return u.Pressed.From
	case u.Member != nil:
		return u.Member.From
	}
	return User{}
}

// Moved tells that a group became a supergroup: everything that is known of the
// chat from belongs to the chat to from now on. Telegram says so twice, once in
// each of the two.
func (u Update) Moved() (from, to int64, ok bool) {
	m := u.Message
	switch {
	case m == nil:
		return 0, 0, false
	case m.MovedTo != 0:
		return m.Chat.ID, m.MovedTo, true
	case m.MovedFrom != 0:
		return m.MovedFrom, m.Chat.ID, true
	}
	return 0, 0, false
}

// User is a bot or a person. Other names of a person are not read.
type User struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	Username  string `json:"username,omitempty"`
	Lang      string `json:"language_code,omitempty"` // of the person's app, such as "id"
}

// Kinds of chats.
const (
	Private    = "private"
	Group      = "group"
	Supergroup = "supergroup"
	Channel    = "channel"
)

// Chat is where a message was written.
type Chat struct {
	ID        int64  `json:"id"` // that of a private chat is the person's; of others it is negative
	Type      string `json:"type"`
	FirstName string `json:"first_name,omitempty"`
	Username  string `json:"username,omitempty"`
	Title     string `json:"title,omitempty"`
}

// Shared tells whether several people may read the chat.
func (c Chat) Shared() bool { return c.Type != Private }

// Press is a button that somebody pressed. It has to be answered with
// AnswerCallback, or the person's app shows for a minute that it waits.
type Press struct {
	ID   string `json:"id"`
	From User   `json:"from"`
	// Message bears the button; Date is 0 where it is too old to be read or
	// changed. nil: it was sent by way of another bot.
	Message *Message `json:"message,omitempty"`
	Data    string   `json:"data,omitempty"` // Button.Data; anybody may send anything here
}

// MemberChange says that the bot was let in, put out, blocked or started again.
type MemberChange struct {
	Chat Chat       `json:"chat"`
	From User       `json:"from"`
	Date int64      `json:"date"`
	Old  Membership `json:"old_chat_member"`
	New  Membership `json:"new_chat_member"`
}

// Membership is what the bot is in a chat.
type Membership struct {
	Status   string `json:"status"`              // creator, administrator, member, restricted, left, kicked
	IsMember *bool  `json:"is_member,omitempty"` // with restricted alone
}

func (m Membership) in() bool {
	switch m.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return m.IsMember != nil && *m.IsMember
	}
	return false
}

// Joined tells that the bot may speak in the chat from now on.
func (m *MemberChange) Joined() bool { return m != nil && !m.Old.in() && m.New.in() }

// Left tells that it no longer may: it was put out of a group, or a person blocked it.
func (m *MemberChange) Left() bool { return m != nil && m.Old.in() && !m.New.in() }

// At is a time of Telegram: seconds since 1970. The zero time for none.
func At(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// Start is the token of a message "/start <token>", which a link t.me/<bot>?start=
// makes; "" for any other message.
func (m *Message) Start() string {
	if command, rest := m.Command(); command == "start" {
		return rest
	}
	return ""
}

// Command is the word behind the slash of a message, in small letters and without
// the bot's name, and what follows it; "" for a message that is no command.
func (m *Message) Command() (word, rest string) {
	if m == nil {
		return "", ""
	}
	text := strings.TrimSpace(m.Text)
	word, rest = text, ""
	if i := strings.IndexAny(text, " \n\t"); i >= 0 {
		word, rest = text[:i], text[i:]
	}
	word, _, _ = strings.Cut(word, "@")
	word, ok := strings.CutPrefix(word, "/")
	if !ok || word == "" {
		return "", ""
	}
	return strings.ToLower(word), strings.TrimSpace(rest)
}
