package model

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"amanah/internal/fault"
)

// OpenAI speaks chat completions, which most servers for models do.
type OpenAI struct{ Client }

var _ Reader = (*OpenAI)(nil)

// The request. Fields stand in the order in which they are sent.
type (
	oaRequest struct {
		Model    string      `json:"model"`
		Store    bool        `json:"store"` // false is said: the vendor's own default is true
		Messages []oaMessage `json:"messages"`
		Format   oaFormat    `json:"response_format"`
		Most     int         `json:"max_completion_tokens"`
	}
	oaMessage struct {
		Role    string `json:"role"`
		Content any    `json:"content"`
	}
	oaPart struct {
		Type  string   `json:"type"`
		Text  string   `json:"text,omitempty"`
		Image *oaImage `json:"image_url,omitempty"`
	}
	oaImage struct {
		URL    string `json:"url"`
		Detail string `json:"detail"`
	}
	oaFormat struct {
		Type   string   `json:"type"`
		Schema oaSchema `json:"json_schema"`
	}
	oaSchema struct {
		Name   string          `json:"name"`
		Strict bool            `json:"strict"`
		Schema json.RawMessage `json:"schema"`
	}
)

// Vendor is openai.
func (*OpenAI) Vendor() string { return "openai" }

// Read asks by POST /chat/completions.
func (o *OpenAI) Read(ctx context.Context, q Question) (json.RawMessage, error) {
	const op = "model.OpenAI.Read"
	if err := q.check(op); err != nil {
		return nil, err
	}
	part := oaPart{Type: "text", Text: q.Text}
	if q.Text == "" {
		part = oaPart{Type: "image_url", Image: &oaImage{URL: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(q.Picture), Detail: "high"}}
	}
	header := http.Header{}
	if o.Key != "" {
		header.Set("Authorization", "Bearer "+o.Key)
	}
	text, err := o.post(ctx, op, "chat/completions", header, oaRequest{Model: o.Model, Most: cmp.Or(q.Most, usualMost),
		Messages: []oaMessage{{Role: "system", Content: q.Instruction}, {Role: "user", Content: []oaPart{part}}},
		Format:   oaFormat{Type: "json_schema", Schema: oaSchema{Name: q.Name, Strict: true, Schema: q.Schema}}})
	if err != nil {
		return nil, err
	}
	var reply struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
				Refusal string `json:"refusal"`
			} `json:"message"`
			Finish string `json:"finish_reason"`
		} `json:"choices"`
	}
	if json.Unmarshal(text, &reply) != nil || len(reply.Choices) == 0 {
		return nil, fault.New(fault.Invalid, op, keyAnswer)
	}
	c := reply.Choices[0]
	switch {
	case c.Message.Refusal != "", c.Finish == "content_filter":
		return nil, fault.New(fault.Invalid, op, keyRefused)
	case c.Finish == "length":
		return nil, fault.New(fault.Invalid, op, keyCut)
	}
	return answer(op, c.Message.Content)
}
