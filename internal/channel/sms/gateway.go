package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Message is one text to one telephone. Number is E.164 with the plus; Code is
// the part of Text that gateways with templates of their own ask for.
type Message struct {
	Number, Text, Code string

	Service string
	Home    id.Tenant
	Person  id.Subject
}

// Gateway speaks with a company's HTTP interface.
type Gateway struct {
	URL string
	// Form sends fields as a browser's form does; else JSON is sent.
	Form bool
	// Headers and Body may hold {number} (with plus), {digits} (without), {text},
	// {code} and {token} in their values.
	Headers map[string]string
	Body    any
	Token   string
	// Client gives the door's client for a message.
	Client func(Message) *http.Client
}

// Send hands a message over. Faults: Invalid with sms.refused where the gateway
// says no to this message, Unavailable with sms.unavailable where it may say yes
// later, else what the door says.
func (g *Gateway) Send(ctx context.Context, m Message) error {
	const op = "sms.Gateway.Send"
	fill := strings.NewReplacer("{number}", m.Number, "{digits}", strings.TrimPrefix(m.Number, "+"), "{text}", m.Text, "{code}", m.Code, "{token}", g.Token)
	body, kind, err := g.body(fill)
	if err != nil {
		return fault.New(fault.Internal, op, "sms.settings")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Internal, op, "sms.settings")
	}
	for name, value := range g.Headers {
		req.Header.Set(name, fill.Replace(value))
	}
	req.Header.Set("Content-Type", kind)
	resp, err := g.Client(m).Do(req)
	if err != nil {
		f := fault.Of(err)
		return &fault.Error{Code: f.Code, Key: f.Key, Op: op}
	}
	_ = resp.Body.Close()
	switch status := resp.StatusCode; {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusTooManyRequests || status >= 500:
		return fault.New(fault.Unavailable, op, "sms.unavailable").With("status", status)
	default:
		return fault.New(fault.Invalid, op, "sms.refused").With("status", status)
	}
}

// body is what is sent and its media type.
func (g *Gateway) body(fill *strings.Replacer) ([]byte, string, error) {
	filled := walk(g.Body, fill)
	if !g.Form {
		b, err := json.Marshal(filled)
		return b, "application/json", err
	}
	list, ok := filled.(map[string]any)
	if !ok {
		return nil, "", fmt.Errorf("a form's body is a list of fields")
	}
	v := url.Values{}
	for name, value := range list {
		switch value.(type) {
		case map[string]any, []any:
			return nil, "", fmt.Errorf("a form's field has one value")
		}
		v.Set(name, fmt.Sprint(value))
	}
	return []byte(v.Encode()), "application/x-www-form-urlencoded", nil
}

// walk fills in the texts of a tree; names of fields stay as they are.
func walk(v any, fill *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return fill.Replace(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = walk(inner, fill)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = walk(inner, fill)
		}
		return out
	}
	return v
}
