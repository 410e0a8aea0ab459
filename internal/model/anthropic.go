package model

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"amanah/internal/fault"
)

// Anthropic speaks Anthropic's messages.
type Anthropic struct {
	Client
	// Version is the header anthropic-version.
	Version string
}

var _ Reader = (*Anthropic)(nil)

// The request. Fields stand in the order in which they are sent.
type (
	anRequest struct {
		Model    string      `json:"model"`
		Most     int         `json:"max_tokens"`
		System   string      `json:"system"`
		Messages []anMessage `json:"messages"`
		Output   anOutput    `json:"output_config"`
	}
	anMessage struct {
		Role    string    `json:"role"`
		Content []anBlock `json:"content"`
	}
	anBlock struct {
		Type   string    `json:"type"`
		Text   string    `json:"text,omitempty"`
		Source *anSource `json:"source,omitempty"`
	}
	anSource struct {
		Type  string `json:"type"`
		Media string `json:"media_type"`
		Data  string `json:"data"`
	}
	anOutput struct {
		Format anFormat `json:"format"`
	}
	anFormat struct {
		Type   string          `json:"type"`
		Schema json.RawMessage `json:"schema"`
	}
)

// Vendor is anthropic.
func (*Anthropic) Vendor() string { return "anthropic" }

// Read asks by POST /messages.
func (a *Anthropic) Read(ctx context.Context, q Question) (json.RawMessage, error) {
	const op = "model.Anthropic.Read"
	if err := q.check(op); err != nil {
		return nil, err
	}
	block := anBlock{Type: "text", Text: q.Text}
	if q.Text == "" {
		block = anBlock{Type: "image", Source: &anSource{Type: "base64", Media: "image/jpeg", Data: base64.StdEncoding.EncodeToString(q.Picture)}}
	}
	header := http.Header{}
	header.Set("anthropic-version", a.Version)
	if a.Key != "" {
		header.Set("x-api-key", a.Key)
	}
	text, err := a.post(ctx, op, "messages", header, anRequest{Model: a.Model, Most: cmp.Or(q.Most, usualMost), System: q.Instruction,
		Messages: []anMessage{{Role: "user", Content: []anBlock{block}}}, Output: anOutput{anFormat{Type: "json_schema", Schema: q.Schema}}})
	if err != nil {
		return nil, err
	}
	var reply struct {
		Content []anBlock `json:"content"`
		Stop    string    `json:"stop_reason"`
	}
	if json.Unmarshal(text, &reply) != nil {
		return nil, fault.New(fault.Invalid, op, keyAnswer)
	}
	switch reply.Stop {
	case "refusal":
		return nil, fault.New(fault.Invalid, op, keyRefused)
	case "max_tokens", "model_context_window_exceeded":
		return nil, fault.New(fault.Invalid, op, keyCut)
	}
	said := ""
	for _, b := range reply.Content {
		if b.Type == "text" {
			said += b.Text
		}
	}
	return answer(op, said)
}
