package telegramtest

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"amanah/internal/channel/telegram"
)

// patience is how long an answer is awaited.
const patience = 30 * time.Second

// Sent is something that the bot showed in a chat: a new message, or another text
// or other buttons in the place of earlier ones.
type Sent struct {
	Method  string // sendMessage, sendPhoto, sendDocument, editMessageText, editMessageReplyMarkup
	Chat    int64
	ID      int64  // of the message; of an edit that of the message that was changed
	Text    string // what a person reads: text or caption, without marks
	Raw     string // as it was sent
	Keys    telegram.Keyboard
	ReplyTo int64
	File    []byte
	Name    string
}

// Edited tells whether it changed an earlier message.
func (m Sent) Edited() bool { return strings.HasPrefix(m.Method, "edit") }

// Buttons are the words on the buttons, row after row.
func (m Sent) Buttons() []string {
	var out []string
	for _, row := range m.Keys {
		for _, b := range row {
			out = append(out, b.Text)
		}
	}
	return out
}

// Toast is what a person saw who pressed a button.
type Toast struct {
	Text  string
	Alert bool
}

// take reads text, marks and buttons of a call as Telegram does.
func (m *Sent) take(p call, field string, most int) *refused {
	m.Raw, m.Text = p.text(field), p.text(field)
	switch p.text("parse_mode") {
	case "HTML":
		plain, err := read(m.Raw)
		if err != nil {
			return bad("can't parse entities: %v", err)
		}
		m.Text = plain
	case "":
	default:
		return bad("unsupported parse_mode")
	}
	m.Text = strings.TrimSpace(m.Text)
	if telegram.Length(m.Text) > most {
		if field == "caption" {
			return bad("message caption is too long")
		}
		return bad("message is too long")
	}
	return m.keys(p)
}

func (m *Sent) keys(p call) *refused {
	var k struct {
		Rows telegram.Keyboard `json:"inline_keyboard"`
	}
	if p.object("reply_markup", &k) != nil {
		return bad("object expected as reply markup")
	}
	for _, row := range k.Rows {
		for _, b := range row {
			switch {
			case b.Text == "":
				return bad("can't parse inline keyboard button: field \"text\" must be non-empty")
			case b.Data == "" && b.URL == "":
				return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
			case len(b.Data) > 64:
				return bad("BUTTON_DATA_INVALID")
			}
		}
	}
	m.Keys = k.Rows
	return nil
}

var (
	mark = regexp.MustCompile(`(?s)^<(/?)([a-z-]+)((?:\s+[a-z]+="[^"]*")*)\s*>`)
	// elements that Telegram knows.
	elements = []string{"a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "tg-spoiler", "span"}
	entity   = regexp.MustCompile(`^&(?:lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);`)
)

// read takes HTML as Telegram does: few elements, closed in order, and nothing left
// that looks like one.
func read(s string) (string, error) {
	var out strings.Builder
	var open []string
	for i := 0; i < len(s); {
		switch {
		case s[i] == '<':
			m := mark.FindStringSubmatch(s[i:])
			if m == nil || !slices.Contains(elements, m[2]) {
				return "", fmt.Errorf("unsupported start tag at byte offset %d", i)
			}
			if m[1] == "" {
				open = append(open, m[2])
			} else {
				if len(open) == 0 || open[len(open)-1] != m[2] {
					return "", fmt.Errorf("unmatched end tag at byte offset %d", i)
				}
				open = open[:len(open)-1]
			}
			i += len(m[0])
		case s[i] == '&' && entity.MatchString(s[i:]):
			e := entity.FindString(s[i:])
			out.WriteString(html.UnescapeString(e))
			i += len(e)
		default:
			out.WriteByte(s[i])
			i++
		}
	}
	if len(open) > 0 {
		return "", fmt.Errorf("can't find end tag corresponding to start tag %q", open[len(open)-1])
	}
	return out.String(), nil
}
