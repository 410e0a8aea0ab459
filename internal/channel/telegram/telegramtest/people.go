package telegramtest

import (
	"fmt"
	"maps"
	"path"

	"amanah/internal/channel/telegram"
)

// Person is somebody with the app, in one chat with the bot: their own, or a group.
type Person struct {
	User telegram.User
	Chat int64 // changes where the group becomes a supergroup

	s    *Server
	room *room
	read int // of s.sent, what Next looked at
}

// Person makes somebody, with a private chat that they opened.
func (s *Server) Person(name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := telegram.User{ID: s.next(), FirstName: name, Lang: "id"}
	r := &room{chat: telegram.Chat{ID: u.ID, Type: telegram.Private, FirstName: name}, shown: map[int64]*Sent{}, said: map[int64]map[string]any{}}
	s.chats[u.ID] = r
	return &Person{User: u, Chat: u.ID, s: s, room: r}
}

// Group makes a group into which first puts the bot; the update says so.
func (s *Server) Group(title string, first *Person) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &room{chat: telegram.Chat{ID: -s.next(), Type: telegram.Group, Title: title}, shown: map[int64]*Sent{}, said: map[int64]map[string]any{}}
	s.chats[r.chat.ID] = r
	p := &Person{User: first.User, Chat: r.chat.ID, s: s, room: r}
	p.member("left", "member")
	return p
}

// In is the person in the group in which another one is.
func (p *Person) In(other *Person) *Person {
	return &Person{User: p.User, Chat: other.Chat, s: p.s, room: other.room}
}

// member tells the bot what it is in the chat now. The lock is held.
func (p *Person) member(was, now string) {
	bot := telegram.User{ID: botID, IsBot: true, FirstName: "Amanah", Username: Username}
	p.s.push(telegram.KindMember, map[string]any{"chat": p.room.chat, "from": p.User, "date": p.s.now(),
		"old_chat_member": map[string]any{"user": bot, "status": was}, "new_chat_member": map[string]any{"user": bot, "status": now}})
}

// write makes a message and its update, and gives its number.
func (p *Person) write(fields map[string]any) int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.put(fields)
}

// put is write with the lock held.
func (p *Person) put(fields map[string]any) int64 {
	m := map[string]any{"message_id": p.s.next(), "from": p.User, "chat": p.room.chat, "date": p.s.now()}
	maps.Copy(m, fields)
	key := m["message_id"].(int64)
	p.room.said[key] = m
	p.s.push(telegram.KindMessage, m)
	return key
}

// Text writes and gives the message's number.
func (p *Person) Text(text string) int64 { return p.write(map[string]any{"text": text}) }

// Reply answers a message, of the bot or of a person.
func (p *Person) Reply(to int64, text string) int64 {
	return p.write(map[string]any{"text": text, "reply_to_message": map[string]any{"message_id": to, "date": p.s.now(), "chat": p.room.chat,
		"from": telegram.User{ID: botID, IsBot: true, FirstName: "Amanah"}, "text": "quoted"}})
}

// Forward passes on what somebody else wrote.
func (p *Person) Forward(text string) int64 {
	return p.write(map[string]any{"text": text, "forward_origin": map[string]any{"type": "hidden_user", "sender_user_name": "Dewi Anggraini", "date": p.s.now() - 3600}})
}

// Photo sends a picture.
func (p *Person) Photo(content []byte, caption string) int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.put(withCaption(map[string]any{"photo": p.s.photo(content)}, caption))
}

// Album sends pictures as one; the caption stands on the first.
func (p *Person) Album(caption string, pictures ...[]byte) []int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	album, out := fmt.Sprint(p.s.next()), []int64{}
	for _, content := range pictures {
		out = append(out, p.put(withCaption(map[string]any{"photo": p.s.photo(content), "media_group_id": album}, caption)))
		caption = ""
	}
	return out
}

// Document sends a file as it is.
func (p *Person) Document(name, mime string, content []byte, caption string) int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	f := p.s.keep("documents", path.Ext(name), content)
	d := telegram.Document{File: f.id, Unique: f.unique(), Name: name, Mime: mime, Size: int64(len(content))}
	return p.put(withCaption(map[string]any{"document": d}, caption))
}

// Huge sends a document that claims a size and cannot be had if that is above 20 MB.
func (p *Person) Huge(name, mime string, size int64) int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	f := p.s.keep("documents", path.Ext(name), nil)
	f.size = size
	p.s.files[f.id] = f
	return p.put(map[string]any{"document": telegram.Document{File: f.id, Unique: f.unique(), Name: name, Mime: mime, Size: size}})
}

// Other sends something that the bot has no use for: "voice", "sticker", "location".
func (p *Person) Other(what string) int64 {
	return p.write(map[string]any{what: map[string]any{"file_id": "x", "emoji": "🙂", "latitude": -6.2, "longitude": 106.8, "duration": 3}})
}

func withCaption(m map[string]any, caption string) map[string]any {
	if caption != "" {
		m["caption"] = caption
	}
	return m
}

// Edit puts another text (of a picture: another caption) in the place of what the
// person wrote.
func (p *Person) Edit(message int64, text string) {
	p.s.mu.Lock()
	m := maps.Clone(p.room.said[message])
	if m == nil {
		p.s.mu.Unlock()
		p.s.fail("there is no message %d to edit", message)
		return
	}
	defer p.s.mu.Unlock()
	field := "caption"
	if _, ok := m["text"]; ok {
		field = "text"
	}
	m[field], m["edit_date"] = text, p.s.now()
	p.room.said[message] = m
	p.s.push(telegram.KindEdited, m)
}

// Press presses the button that bears a text, as it stands under the message now,
// and gives the press's id for Toast. It fails the test where there is none.
func (p *Person) Press(under Sent, button string) string {
	p.s.mu.Lock()
	shown := p.room.shown[under.ID]
	if shown != nil {
		for _, row := range shown.Keys {
			for _, b := range row {
				if b.Text == button && b.Data != "" {
					defer p.s.mu.Unlock()
					return p.press(shown, b.Data)
				}
			}
		}
	}
	p.s.mu.Unlock()
	p.s.fail("there is no button %q under message %d", button, under.ID)
	return ""
}

// Send sends data of a button that the person made up.
func (p *Person) Send(under Sent, data string) string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.press(p.room.shown[under.ID], data)
}

// press makes the update. The lock is held.
func (p *Person) press(under *Sent, data string) string {
	key := fmt.Sprint(p.s.next())
	p.s.presses[key] = false
	q := map[string]any{"id": key, "from": p.User, "data": data, "chat_instance": "1"}
	if under != nil {
		q["message"] = p.s.message(p.room, *under)
	}
	p.s.push(telegram.KindPressed, q)
	return key
}

// Block keeps the bot from writing; Unblock lets it again. In a group the person
// puts it out and back in.
func (p *Person) Block() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.room.blocked = true
	p.member("member", "kicked")
}

// Unblock undoes Block.
func (p *Person) Unblock() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.room.blocked = false
	p.member("kicked", "member")
}

// Grow makes the group a supergroup: the old chat says where it went, the new one
// from where it came. The person is in the new one then, as is In of them.
func (p *Person) Grow() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	next := &room{chat: telegram.Chat{ID: -1_000_000_000_000 - p.s.next(), Type: telegram.Supergroup, Title: p.room.chat.Title}, shown: map[int64]*Sent{}, said: map[int64]map[string]any{}}
	p.s.chats[next.chat.ID] = next
	old := p.room.chat.ID
	p.put(map[string]any{"migrate_to_chat_id": next.chat.ID})
	p.room.moved = next.chat.ID
	p.room, p.Chat = next, next.chat.ID
	p.put(map[string]any{"migrate_from_chat_id": old})
}
