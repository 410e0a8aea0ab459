package target

import (
	"encoding/json"

	"amanah/internal/fault"
)

// Settings are what a person set up, sealed in the target's row. Secrets are kept
// apart from them.
type Settings struct {
	Filter  Filter   `json:"filter,omitzero"`
	Mapping Mapping  `json:"mapping,omitzero"`
	URL     string   `json:"url,omitempty"` // of webhook and http
	Request *Request `json:"request,omitempty"`
	Chat    *Chat    `json:"chat,omitempty"`
	Sheet   *Sheet   `json:"sheet,omitempty"`
	File    *File    `json:"file,omitempty"`
}

// Text is how the row keeps them.
func (s Settings) Text() (string, error) {
	b, err := json.Marshal(s)
	return string(b), fault.Wrap("target.Settings", err)
}

// ParseSettings reads what Text wrote; empty text is empty settings.
func ParseSettings(text string) (Settings, error) {
	var s Settings
	if text == "" {
		return s, nil
	}
	err := json.Unmarshal([]byte(text), &s)
	if err != nil {
		// The cause would quote the text.
		return s, fault.New(fault.Internal, "target.ParseSettings", "")
	}
	return s, nil
}

// Chat is where a Telegram target writes.
type Chat struct {
	ID   int64  `json:"id,omitempty"` // 0 until the person's own chat was bound
	Name string `json:"name,omitempty"`
	Lang string `json:"lang,omitempty"`
}

// Sheet is the spreadsheet that the program made for a person.
type Sheet struct {
	ID    string `json:"id,omitempty"` // of the spreadsheet; empty until it was made
	Title string `json:"title,omitempty"`
	Lang  string `json:"lang,omitempty"`
	// Head is the header row as it was last written.
	Head []string `json:"head,omitempty"`
	// Pending is the way to a grant that was begun; the verifier is a secret and
	// stands in the sealed settings only until the answer came.
	Pending *Pending `json:"pending,omitempty"`
}

// Pending is a grant that the person was sent to give.
type Pending struct {
	State    string `json:"state"`
	Verifier string `json:"verifier"`
	Nonce    string `json:"nonce"`
	Until    int64  `json:"until"` // Unix seconds
	By       string `json:"by"`    // the person who was sent
}
