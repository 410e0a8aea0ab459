package sms_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/channel/sms"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// peer is a gateway that keeps the last request.
type peer struct {
	*httptest.Server
	status int
	header http.Header
	body   string
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{status: http.StatusAccepted}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		p.header, p.body = r.Header, string(b)
		w.WriteHeader(p.status)
		_, _ = io.WriteString(w, "+6281234567890 is not a number")
	}))
	t.Cleanup(p.Close)
	return p
}

func direct(sms.Message) *http.Client { return http.DefaultClient }

// The text tries to break out of the shape.
var message = sms.Message{Number: "+6281234567890", Code: "042917", Text: `042917 "}, {token} & to=+62811 ` + "\n"}

func TestGateway_json(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	g := sms.Gateway{URL: p.URL, Token: "secret", Client: direct, Headers: map[string]string{"Authorization": "Bearer {token}"},
		Body: map[string]any{"from": "AMANAH", "priority": uint64(1), "messages": []any{map[string]any{"to": "{digits}", "content": map[string]any{"{text}": "{text}"}}}}}
	if err := g.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal([]byte(p.body), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"from": "AMANAH", "priority": 1.0, "messages": []any{map[string]any{"to": "6281234567890", "content": map[string]any{"{text}": message.Text}}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if p.header.Get("Authorization") != "Bearer secret" || p.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", p.header)
	}
}

func TestGateway_form(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	g := sms.Gateway{URL: p.URL, Form: true, Token: "secret", Client: direct, Body: map[string]any{"to": "{number}", "text": "{text}", "code": "{code}", "key": "{token}", "flash": false}}
	if err := g.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	got, err := url.ParseQuery(p.body)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(url.Values{"to": {"+6281234567890"}, "text": {message.Text}, "code": {"042917"}, "key": {"secret"}, "flash": {"false"}}, got); d != "" {
		t.Error(d)
	}
	g.Body = map[string]any{"to": []any{"x"}}
	if err := g.Send(t.Context(), message); !fault.Is(err, fault.Internal) {
		t.Errorf("a form cannot hold a list: %v", err)
	}
}

// What the gateway says decides, and none of its words goes on.
func TestGateway_answers(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	g := sms.Gateway{URL: p.URL, Client: direct, Body: map[string]any{"to": "{number}"}}
	for status, want := range map[int]fault.Code{200: "", 400: fault.Invalid, 401: fault.Invalid, 429: fault.Unavailable, 503: fault.Unavailable} {
		p.status = status
		err := g.Send(t.Context(), message)
		if fault.CodeOf(err) != want || err != nil && strings.Contains(err.Error(), "+62") {
			t.Errorf("%d: %v", status, err)
		}
	}
	p.Close()
	if err := g.Send(t.Context(), message); err == nil || strings.Contains(err.Error(), "http") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "outbox")
	c := clock.NewManual(time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC))
	f := sms.Folder{Dir: dir, IDs: id.NewMaker(c.Now)}
	rina, dewi := id.Subject{1}, id.Subject{2}
	for _, who := range []id.Subject{rina, rina, dewi} {
		m := message
		m.Person = who
		if err := f.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.Last(rina); !strings.HasPrefix(got, "042917") || f.Last(id.Subject{3}) != "" || f.Last(id.Subject{}) != "" {
		t.Errorf("the last message is %q", got)
	}
	if err := f.Forget(rina); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || !strings.Contains(left[0].Name(), dewi.String()) {
		t.Fatalf("%v, %v", left, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, left[0].Name()))
	info, _ := left[0].Info()
	if err != nil || !strings.HasPrefix(string(text), "To: +6281234567890\n\n042917") || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v", text, info.Mode(), err)
	}
}
