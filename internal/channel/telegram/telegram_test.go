package telegram_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amanah/internal/channel/telegram"
)

const token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

// bot answers each call with the next of its answers, and keeps what was asked.
func bot(t *testing.T, answers ...string) (*telegram.Client, *[]map[string]any) {
	t.Helper()
	var got []map[string]any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		in := map[string]any{}
		if json.Unmarshal(body, &in) != nil || !strings.HasPrefix(r.URL.Path, "/bot"+token+"/") {
			t.Errorf("%s with %s", r.URL.Path, body)
		}
		in["method"] = strings.TrimPrefix(r.URL.Path, "/bot"+token+"/")
		got = append(got, in)
		answer := answers[min(len(got), len(answers))-1]
		var code struct {
			Code int `json:"error_code"`
		}
		_ = json.Unmarshal([]byte(answer), &code)
		if code.Code != 0 {
			w.WriteHeader(code.Code)
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(srv.Close)
	return &telegram.Client{HTTP: srv.Client(), Base: srv.URL, Token: token}, &got
}

const sent = `{"ok":true,"result":{"message_id":77,"chat":{"id":5,"type":"private"},"date":1795325465,"text":"x"}}`

func TestSend(t *testing.T) {
	t.Parallel()
	c, got := bot(t, sent)
	n, err := c.Send(t.Context(), telegram.Text{Chat: 5, Text: "<b>" + telegram.Escape(`Toko <"A"> & B`) + "</b>", HTML: true})
	if err != nil || n != 77 {
		t.Fatal(n, err)
	}
	in := (*got)[0]
	if in["method"] != "sendMessage" || in["chat_id"] != 5.0 || in["parse_mode"] != "HTML" || in["text"] != "<b>Toko &lt;&quot;A&quot;&gt; &amp; B</b>" {
		t.Errorf("asked %v", in)
	}
}

func TestSend_refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		code   int
		wait   time.Duration
	}{
		"blocked":  {`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, 403, 0},
		"too fast": {`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 14","parameters":{"retry_after":14}}`, 429, 14 * time.Second},
		"no chat":  {`{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, 400, 0},
	} {
		client, _ := bot(t, c.answer)
		_, err := client.Send(t.Context(), telegram.Text{Chat: 5, Text: "rahasia"})
		var e *telegram.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Wait != c.wait {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Marks that Telegram cannot read do not keep the message back.
func TestSend_again(t *testing.T) {
	t.Parallel()
	c, got := bot(t, `{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: Unsupported start tag"}`, sent)
	if _, err := c.Send(t.Context(), telegram.Text{Chat: 5, Text: "<b>Kopi &amp; Tuku</b>", HTML: true}); err != nil {
		t.Fatal(err)
	}
	if in := (*got)[1]; in["text"] != "Kopi & Tuku" || in["parse_mode"] != nil {
		t.Errorf("the second is %v", in)
	}
}

// Whatever goes wrong, the token is in no error.
func TestErrors_holdNoToken(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	nonsense := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>"+r.URL.Path) }))
	defer nonsense.Close()
	for _, base := range []string{gone.URL, nonsense.URL, "http://[", "http://127.0.0.1:0", "gopher://x"} {
		c := &telegram.Client{HTTP: http.DefaultClient, Base: base, Token: token}
		_, err := c.Me(t.Context())
		if err == nil || strings.Contains(fmt.Sprintf("%+v %v", err, errors.Unwrap(err)), "AAHdq") {
			t.Errorf("%s gives %v", base, err)
		}
	}
}

func TestGenuine(t *testing.T) {
	t.Parallel()
	c := &telegram.Client{Token: token}
	h := http.Header{}
	if c.Genuine(h) {
		t.Error("a call without the header passes")
	}
	h.Set(telegram.HeaderSecret, c.Secret())
	if !c.Genuine(h) || (&telegram.Client{Token: "2:b"}).Genuine(h) || (&telegram.Client{}).Genuine(http.Header{}) {
		t.Error("the header proves the wrong thing")
	}
	if s := c.Secret(); len(s) > 256 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		t.Errorf("Telegram does not take the secret %q", s)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"/start abc": "abc", " /start  abc ": "abc", "/start@amanah_bot abc": "abc", "/start": "", "start abc": "", "/starting abc": "", "": ""} {
		if got := (&telegram.Message{Text: text}).Start(); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func FuzzParseUpdate(f *testing.F) {
	f.Add([]byte(`{"update_id":1,"message":{"text":"/start x","chat":{"id":1,"type":"private"}}}`))
	f.Add([]byte(`{"update_id":"1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := telegram.ParseUpdate(body)
		if err == nil && u.ID == 0 {
			t.Error("an update without a number")
		}
		_ = u.Message.Start()
	})
}
