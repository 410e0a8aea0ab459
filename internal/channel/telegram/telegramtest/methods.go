package telegramtest

import (
	"net/http"
	"slices"

	"amanah/internal/channel/telegram"
)

// do runs a method. The lock is held.
func (s *Server) do(method string, p call) (any, *refused) {
	switch method {
	case "getMe":
		return map[string]any{"id": botID, "is_bot": true, "first_name": "Amanah", "username": Username, "can_join_groups": true, "can_read_all_group_messages": true}, nil
	case "setWebhook":
		return s.setWebhook(p)
	case "deleteWebhook":
		s.hook = nil
		return true, nil
	case "setMyCommands":
		var menu []telegram.Command
		if p.object("commands", &menu) != nil || len(menu) > 100 {
			return nil, bad("can't parse commands")
		}
		s.menus[p.text("language_code")] = menu
		return true, nil
	case "getFile":
		return s.getFile(p)
	case "answerCallbackQuery":
		return s.answerPress(p)
	}
	r, no := s.room(p)
	if no != nil {
		return nil, no
	}
	switch method {
	case "sendMessage":
		return s.sendMessage(r, p)
	case "sendPhoto", "sendDocument":
		return s.sendFile(r, method, p)
	case "editMessageText", "editMessageReplyMarkup":
		return s.edit(r, method, p)
	case "deleteMessage":
		return s.remove(r, p.number("message_id"))
	case "sendChatAction":
		if p.text("action") != "typing" {
			return nil, bad("wrong parameter action in request")
		}
		s.typing[r.chat.ID]++
		return true, nil
	case "leaveChat":
		r.blocked = true
		return true, nil
	}
	return nil, &refused{code: http.StatusNotFound, says: "Not Found"}
}

// room is the chat of a call, where the bot may write.
func (s *Server) room(p call) (*room, *refused) {
	r := s.chats[p.number("chat_id")]
	switch {
	case r == nil:
		return nil, bad("chat not found")
	case r.moved != 0:
		return nil, &refused{code: http.StatusBadRequest, says: "Bad Request: group chat was upgraded to a supergroup chat", movedTo: r.moved}
	case r.blocked && r.chat.Shared():
		return nil, &refused{code: http.StatusForbidden, says: "Forbidden: bot was kicked from the group chat"}
	case r.blocked:
		return nil, &refused{code: http.StatusForbidden, says: "Forbidden: bot was blocked by the user"}
	}
	return r, nil
}

func (s *Server) sendMessage(r *room, p call) (any, *refused) {
	m := Sent{Method: "sendMessage", Chat: r.chat.ID}
	if no := m.take(p, "text", telegram.MaxText); no != nil {
		return nil, no
	}
	if m.Text == "" {
		return nil, bad("message text is empty")
	}
	return s.show(r, m, p)
}

func (s *Server) sendFile(r *room, method string, p call) (any, *refused) {
	m := Sent{Method: method, Chat: r.chat.ID, File: p.upload, Name: p.name}
	if no := m.take(p, "caption", telegram.MaxCaption); no != nil {
		return nil, no
	}
	if len(p.upload) == 0 {
		return nil, bad("file must be non-empty")
	}
	if method == "sendPhoto" && (len(p.upload) > telegram.MaxPhoto || p.fields["photo"] == nil) {
		return nil, bad("IMAGE_PROCESS_FAILED")
	}
	if method == "sendDocument" && p.fields["document"] == nil {
		return nil, bad("there is no document in the request")
	}
	return s.show(r, m, p)
}

// show puts a message of the bot into the chat.
func (s *Server) show(r *room, m Sent, p call) (any, *refused) {
	var reply struct {
		ID    int64 `json:"message_id"`
		Alone bool  `json:"allow_sending_without_reply"`
	}
	if p.object("reply_parameters", &reply) != nil {
		return nil, bad("can't parse reply parameters")
	}
	if reply.ID != 0 {
		if m.ReplyTo = reply.ID; r.shown[reply.ID] == nil && r.said[reply.ID] == nil {
			if m.ReplyTo = 0; !reply.Alone {
				return nil, bad("message to be replied not found")
			}
		}
	}
	m.ID = s.next()
	kept := m
	r.shown[m.ID] = &kept
	s.sent = append(s.sent, m)
	return s.message(r, kept), nil
}

// message is a message of the bot as it is answered.
func (s *Server) message(r *room, m Sent) map[string]any {
	out := map[string]any{"message_id": m.ID, "date": s.now(), "chat": r.chat,
		"from": telegram.User{ID: botID, IsBot: true, FirstName: "Amanah", Username: Username}}
	switch m.Method {
	case "sendPhoto":
		out["caption"], out["photo"] = m.Text, []telegram.Photo{{File: "sent", Unique: "sent", Width: 1, Height: 1}}
	case "sendDocument":
		out["caption"], out["document"] = m.Text, telegram.Document{File: "sent", Unique: "sent", Name: m.Name}
	default:
		out["text"] = m.Text
	}
	if m.Keys != nil {
		out["reply_markup"] = map[string]any{"inline_keyboard": m.Keys}
	}
	return out
}

func (s *Server) edit(r *room, method string, p call) (any, *refused) {
	was := r.shown[p.number("message_id")]
	if was == nil {
		return nil, bad("message to edit not found")
	}
	m := *was
	m.Method = method
	if method == "editMessageText" {
		if was.File != nil {
			return nil, bad("there is no text in the message to edit")
		}
		m.Keys = nil
		if no := m.take(p, "text", telegram.MaxText); no != nil {
			return nil, no
		}
		if m.Text == "" {
			return nil, bad("message text is empty")
		}
	} else if no := m.keys(p); no != nil {
		return nil, no
	}
	if m.Raw == was.Raw && slices.EqualFunc(m.Keys, was.Keys, slices.Equal[[]telegram.Button]) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	kept := m
	kept.Method = was.Method
	r.shown[m.ID] = &kept
	s.sent = append(s.sent, m)
	return s.message(r, kept), nil
}

func (s *Server) remove(r *room, message int64) (any, *refused) {
	if r.shown[message] == nil && r.said[message] == nil {
		return nil, bad("message to delete not found")
	}
	delete(r.shown, message)
	delete(r.said, message)
	return true, nil
}

func (s *Server) answerPress(p call) (any, *refused) {
	key := p.text("callback_query_id")
	if answered, known := s.presses[key]; !known || answered {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	if telegram.Length(p.text("text")) > 200 {
		return nil, bad("MESSAGE_TOO_LONG")
	}
	s.presses[key] = true
	s.toasts[key] = Toast{Text: p.text("text"), Alert: p.text("show_alert") == "true"}
	return true, nil
}
