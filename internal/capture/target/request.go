package target

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"amanah/internal/channel/webhook"
	"amanah/internal/fault"
)

// Request is what an HTTP target with a template of its own sends.
type Request struct {
	Method   string `json:"method"` // POST, PUT, PATCH
	Body     Body   `json:"body"`
	Template string `json:"template"`
	// Headers are sent as they stand. A secret one has no Value here: that is kept
	// with the target's secrets.
	Headers []Header `json:"headers,omitempty"`
	// Idempotency is the header that carries the event's number.
	Idempotency string `json:"idempotency,omitempty"` // empty: Idempotency-Key
}

// Header is one header of a request.
type Header struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"secret,omitempty"`
}

// Methods are the methods of a request.
func Methods() []string { return []string{http.MethodPost, http.MethodPut, http.MethodPatch} }

// Secrets are what an HTTP target keeps sealed apart: the key of its signatures
// and the values of its secret headers.
type Secrets struct {
	Signing string            `json:"signing"`
	Headers map[string]string `json:"headers,omitempty"`
}

// Text is how the row keeps them.
func (s Secrets) Text() (string, error) {
	b, err := json.Marshal(s)
	return string(b), fault.Wrap("target.Secrets", err)
}

// ParseSecrets reads what Text wrote; the fault does not repeat it.
func ParseSecrets(text string) (Secrets, error) {
	var s Secrets
	if json.Unmarshal([]byte(text), &s) != nil {
		return s, fault.New(fault.Internal, "target.ParseSecrets", "target.secret")
	}
	return s, nil
}

const (
	maxHeaders = 10
	maxHeader  = 4 << 10
)

// taken are headers that the request itself or the signature needs.
var taken = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Te", "Keep-Alive", "Proxy-Authorization", "Expect",
	"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}

// HTTP sends a body of the person's own template, signed as webhooks are.
type HTTP struct{ Loopback bool }

// Traits of an HTTP target.
func (HTTP) Traits() Traits { return Traits{Name: "http", Recipient: chosen, Categories: transactions} }

// Check looks at address, method, headers and template.
func (h HTTP) Check(s Settings) error {
	wrong := func(field, key string) error { return fault.New(fault.Invalid, "target.HTTP", key).On(field) }
	if _, err := Host(s.URL, h.Loopback); err != nil {
		return err
	}
	r := s.Request
	if r == nil || !slices.Contains(Methods(), r.Method) {
		return wrong("method", "capture.target.http.method")
	}
	if len(r.Headers) > maxHeaders {
		return wrong("headers", "capture.target.http.headers")
	}
	seen := map[string]bool{}
	for _, one := range append([]Header{{Name: r.idempotency()}}, r.Headers...) {
		name := textproto.CanonicalMIMEHeaderKey(one.Name)
		if !token(one.Name) || slices.Contains(taken, name) || seen[name] {
			return wrong("headers", "capture.target.http.header")
		}
		if !ValidHeader(one.Value) {
			return wrong("headers", "capture.target.http.value")
		}
		seen[name] = true
	}
	_, err := ParseTemplate(r.Body, r.Template)
	return err
}

// ValidHeader tells whether a value may stand in a header: no control characters.
func ValidHeader(v string) bool {
	return len(v) <= maxHeader && !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func token(s string) bool {
	const marks = "!#$%&'*+-.^_`|~"
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(marks, r)
	})
}

func (r *Request) idempotency() string {
	if r.Idempotency == "" {
		return "Idempotency-Key"
	}
	return r.Idempotency
}

// Describe is the receiver's host.
func (h HTTP) Describe(s Settings) string { return Webhook(h).Describe(s) }

// Render gives the body of one delivery.
func (r *Request) Render(p Parcel, m Mapping) ([]byte, error) {
	t, err := ParseTemplate(r.Body, r.Template)
	if err != nil {
		return nil, err
	}
	m = m.or(Notation{}, Sources()...)
	zone := m.Notation.in(p.Zone)
	return t.Render(func(name string) Value {
		switch name {
		case "event_id":
			return Value{Text: p.Event}
		case "type":
			return Value{Text: p.Type}
		}
		return p.Record.value(name, m.Notation, zone)
	}, object(m.Cells(p.Record, p.Zone))), nil
}

// Send sends one event. A test has the invented transaction of Sample.
func (HTTP) Send(ctx context.Context, to To, p Parcel) Outcome {
	keys, err := ParseSecrets(to.Secret)
	if err != nil || to.Settings.Request == nil {
		return Outcome{Key: "target.secret"}
	}
	signing, err := webhook.ParseSecret(keys.Signing)
	if err != nil {
		return Outcome{Key: "target.secret"}
	}
	r := to.Settings.Request
	body, err := r.Render(p, to.Settings.Mapping)
	if err != nil {
		return Outcome{Key: "target.body"}
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, to.Settings.URL, bytes.NewReader(body))
	if err != nil {
		return Outcome{Key: "egress.bad_url"}
	}
	req.Header.Set("Content-Type", r.Body.ContentType())
	req.Header.Set("User-Agent", "Amanah-Webhook/1")
	req.Header.Set(r.idempotency(), p.Event)
	for _, h := range r.Headers {
		value := h.Value
		if h.Secret {
			value = keys.Headers[h.Name]
		}
		req.Header.Set(h.Name, value)
	}
	if err := webhook.Sign(req.Header, p.Event, p.Now, body, signing); err != nil {
		return Outcome{Key: "target.secret"}
	}
	return answered(to.Carry(req))
}

// Disconnect has nothing to take back.
func (HTTP) Disconnect(context.Context, To) bool { return true }
