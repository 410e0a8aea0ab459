package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Code is a code for one telephone. Number is E.164 with the plus, Lang the
// language in which the template was approved.
type Code struct {
	Number, Code, Lang string

	Service string
	Home    id.Tenant
	Person  id.Subject
}

// Sender sends as one business number. BaseURL and Version are those of the
// Graph API: "https://graph.facebook.com", "v26.0".
type Sender struct {
	BaseURL, Version string
	PhoneNumberID    string
	Token            string
	Template         string // name of an authentication template with a button that copies the code
	// Client gives the door's client for a code.
	Client func(Code) *http.Client
}

// SendCode sends a code. Faults: Invalid with whatsapp.recipient where this
// number cannot be reached by WhatsApp, Unavailable with whatsapp.unavailable
// where a later try may work, Unavailable with whatsapp.refused (and the number
// of the error) where the operator has to mend something; else what the door says.
func (s *Sender) SendCode(ctx context.Context, c Code) error {
	const op = "whatsapp.SendCode"
	body, err := json.Marshal(codeMessage(s.Template, c))
	if err != nil {
		return fault.Wrap(op, err)
	}
	to := strings.TrimSuffix(s.BaseURL, "/") + "/" + s.Version + "/" + s.PhoneNumberID + "/messages"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Internal, op, "whatsapp.settings")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.Token)
	resp, err := s.Client(c).Do(req)
	if err != nil {
		f := fault.Of(err)
		return &fault.Error{Code: f.Code, Key: f.Key, Op: op}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fault.New(fault.Unavailable, op, "whatsapp.unavailable")
	}
	return judge(op, resp.StatusCode, raw)
}

// The shapes of the documentation: a template whose body and whose button that
// copies both carry the code.
type (
	message struct {
		Product   string   `json:"messaging_product"`
		Recipient string   `json:"recipient_type"`
		To        string   `json:"to"`
		Type      string   `json:"type"`
		Template  template `json:"template"`
	}
	template struct {
		Name       string      `json:"name"`
		Language   language    `json:"language"`
		Components []component `json:"components"`
	}
	language struct {
		Code string `json:"code"`
	}
	component struct {
		Type       string      `json:"type"`
		SubType    string      `json:"sub_type,omitempty"`
		Index      string      `json:"index,omitempty"`
		Parameters []parameter `json:"parameters"`
	}
	parameter struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
)

func codeMessage(name string, c Code) message {
	code := []parameter{{"text", c.Code}}
	return message{
		Product: "whatsapp", Recipient: "individual", To: strings.TrimPrefix(c.Number, "+"), Type: "template",
		Template: template{Name: name, Language: language{c.Lang}, Components: []component{
			{Type: "body", Parameters: code}, {Type: "button", SubType: "url", Index: "0", Parameters: code},
		}},
	}
}

// Numbers of errors of the Cloud API: those that are about this recipient, and
// those after which a later try may work. The number decides, not the status.
var (
	recipient = []int{131021, 131026, 131030, 131049, 131050, 130472}
	later     = []int{1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 131064, 133016}
)

func judge(op string, status int, raw []byte) error {
	var answer struct {
		Messages []struct{ ID string } `json:"messages"`
		Error    *struct{ Code int }   `json:"error"`
	}
	err := json.Unmarshal(raw, &answer)
	switch {
	case err == nil && answer.Error != nil && slices.Contains(recipient, answer.Error.Code):
		return fault.New(fault.Invalid, op, "whatsapp.recipient").With("code", answer.Error.Code)
	case err == nil && answer.Error != nil && slices.Contains(later, answer.Error.Code):
		return fault.New(fault.Unavailable, op, "whatsapp.unavailable").With("code", answer.Error.Code)
	case err == nil && answer.Error != nil:
		return fault.New(fault.Unavailable, op, "whatsapp.refused").With("code", answer.Error.Code)
	case err == nil && status == http.StatusOK && len(answer.Messages) > 0 && answer.Messages[0].ID != "":
		return nil
	}
	return fault.New(fault.Unavailable, op, "whatsapp.unavailable").With("status", status)
}
