package telegram

// Message is one that somebody wrote, or a note of Telegram about the chat.
type Message struct {
	ID       int64  `json:"message_id"` // grows within its chat
	Date     int64  `json:"date,omitempty"`
	EditDate int64  `json:"edit_date,omitempty"`
	From     User   `json:"from,omitzero"` // zero in a channel
	Chat     Chat   `json:"chat"`
	Text     string `json:"text,omitempty"`
	Caption  string `json:"caption,omitempty"` // of a picture or a document

	// Photo is one picture in several sizes; see Largest.
	Photo    []Photo   `json:"photo,omitempty"`
	Document *Document `json:"document,omitempty"`
	// Album is the same in all messages that were sent as one; see Albums.
	Album string `json:"media_group_id,omitempty"`

	ReplyTo *Reply   `json:"reply_to_message,omitempty"`
	Forward *Forward `json:"forward_origin,omitempty"`
	// Anonymous: written in the name of a group or a channel, so From is no person.
	Anonymous *Chat `json:"sender_chat,omitempty"`

	MovedTo   int64 `json:"migrate_to_chat_id,omitempty"`
	MovedFrom int64 `json:"migrate_from_chat_id,omitempty"`
	// Came and Went are people whom a group gained and lost.
	Came []User `json:"new_chat_members,omitempty"`
	Went *User  `json:"left_chat_member,omitempty"`

	// Of these only that they are there is read.
	Voice    *Thing `json:"voice,omitempty"`
	Audio    *Thing `json:"audio,omitempty"`
	Video    *Thing `json:"video,omitempty"`
	Note     *Thing `json:"video_note,omitempty"`
	Sticker  *Thing `json:"sticker,omitempty"`
	Location *Thing `json:"location,omitempty"`
	Contact  *Thing `json:"contact,omitempty"`
	Poll     *Thing `json:"poll,omitempty"`
}

// Thing is something that is there and not read.
type Thing struct{}

// Reply is the message that another one answers. What it says is not read: it may
// be somebody else's.
type Reply struct {
	ID   int64 `json:"message_id"`
	From *User `json:"from,omitempty"`
}

// Forward marks a message that was written elsewhere. By whom is not read.
type Forward struct {
	Type string `json:"type"` // user, hidden_user, chat, channel
	Date int64  `json:"date"`
}

// Photo is a picture in one size. Telegram made a JPEG of it and took the
// camera's notes off.
type Photo struct {
	File   string `json:"file_id"`        // for GetFile, with this bot alone
	Unique string `json:"file_unique_id"` // the same for everybody and for ever
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Size   int64  `json:"file_size,omitempty"` // bytes; 0: not known
}

// Document is a file as the sender had it: whatever it says of itself is a claim.
type Document struct {
	File   string `json:"file_id"`
	Unique string `json:"file_unique_id"`
	Name   string `json:"file_name,omitempty"`
	Mime   string `json:"mime_type,omitempty"`
	Size   int64  `json:"file_size,omitempty"` // bytes; 0: not known
}

// What a message is, for a switch.
const (
	IsText     = "text"
	IsPhoto    = "photo"
	IsDocument = "document"
	IsNote     = "note"  // of Telegram, about the chat
	IsOther    = "other" // voice, video, sticker, place, ...
)

// What tells the kind of a message.
func (m *Message) What() string {
	switch {
	case m == nil:
		return IsOther
	case len(m.Photo) > 0:
		return IsPhoto
	case m.Document != nil:
		return IsDocument
	case m.Text != "":
		return IsText
	case m.MovedTo != 0 || m.MovedFrom != 0 || len(m.Came) > 0 || m.Went != nil:
		return IsNote
	}
	return IsOther
}

// Words are what the person wrote: the text, or the caption of what they sent.
func (m *Message) Words() string {
	switch {
	case m == nil:
		return ""
	case m.Text != "":
		return m.Text
	}
	return m.Caption
}

// Largest is the size of a picture with most dots of those that may be downloaded;
// ok is false where there is none.
func (m *Message) Largest() (best Photo, ok bool) {
	if m == nil {
		return Photo{}, false
	}
	for _, p := range m.Photo {
		if p.File == "" || p.Size > MaxDownload {
			continue
		}
		if !ok || dots(p) > dots(best) || dots(p) == dots(best) && p.Size > best.Size {
			best, ok = p, true
		}
	}
	return best, ok
}

// dots cannot overflow: sides are cut to what a picture of Telegram never has.
func dots(p Photo) int64 {
	const most = 1 << 20
	return int64(min(max(p.Width, 0), most)) * int64(min(max(p.Height, 0), most))
}
