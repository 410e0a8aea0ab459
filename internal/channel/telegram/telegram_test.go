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

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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

// Whatever comes, reading it does not fail over, and what is kept of it says the
// same when it is read again, with nothing in it that no type names.
func FuzzParseUpdate(f *testing.F) {
	for _, seed := range []string{
		`{"update_id":1,"message":{"text":"/start x","chat":{"id":1,"type":"private"}}}`,
		`{"update_id":"1"}`,
		`{"update_id":9,"edited_message":{"message_id":4,"date":1795325465,"edit_date":1795325470,"from":{"id":5,"is_bot":false,"first_name":"Rina","last_name":"SECRET","language_code":"id"},"chat":{"id":5,"type":"private"},"caption":"kopi","photo":[{"file_id":"a","file_unique_id":"b","width":90,"height":120,"file_size":1000},{"file_id":"c","file_unique_id":"d","width":9000000000000000000,"height":9000000000000000000}],"media_group_id":"7","caption_entities":[{"type":"bold","offset":0,"length":4}]}}`,
		`{"update_id":9,"callback_query":{"id":"4382bfdwdsb323b2d9","from":{"id":5,"first_name":"Rina"},"message":{"message_id":3,"date":0,"chat":{"id":5,"type":"private"}},"chat_instance":"1","data":"ok:1"}}`,
		`{"update_id":9,"my_chat_member":{"chat":{"id":-5,"type":"group","title":"Keluarga"},"from":{"id":5},"date":1,"old_chat_member":{"status":"restricted","is_member":true},"new_chat_member":{"status":"kicked","until_date":0}}}`,
		`{"update_id":9,"message":{"message_id":1,"chat":{"id":-5,"type":"group"},"migrate_to_chat_id":-1001,"reply_to_message":{"message_id":1,"text":"SECRET","reply_to_message":{}},"forward_origin":{"type":"user","date":1,"sender_user":{"first_name":"SECRET"}},"contact":{"phone_number":"SECRET"},"document":{"file_id":"e","file_name":"a\u0000/../b.pdf","mime_type":"application/pdf"}}}`,
		`{"update_id":9,"message":{"chat":null,"photo":[null],"document":null,"from":null}}`,
		`null`, `{"update_id":1e3}`, `{"update_id":-1,"message":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := telegram.ParseUpdate(body)
		if err != nil {
			return
		}
		if u.ID == 0 {
			t.Error("an update without a number")
		}
		for _, m := range []*telegram.Message{u.Message, u.Edited} {
			_, _ = m.Start(), m.Words()
			if p, ok := m.Largest(); ok != (p.File != "") {
				t.Error("a picture without a file")
			}
			if m.What() == telegram.IsPhoto && len(m.Photo) == 0 {
				t.Error("a picture without sizes")
			}
		}
		_, _, _ = u.Moved()
		_, _ = u.Chat(), u.From()
		_ = u.Member.Joined() && u.Member.Left()
		kept, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		again, err := telegram.ParseUpdate(kept)
		if err != nil {
			t.Fatalf("%s is not read again: %v", kept, err)
		}
		if diff := cmp.Diff(u, again, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

// What Telegram tells beyond the fields that the types name is not kept.
func TestUpdate_keepsNoMore(t *testing.T) {
	t.Parallel()
	u, err := telegram.ParseUpdate([]byte(`{"update_id":9,"message":{"message_id":2,"from":{"id":5,"first_name":"Rina","last_name":"SECRET","is_premium":true},"chat":{"id":5,"type":"private","last_name":"SECRET"},
		"reply_to_message":{"message_id":1,"from":{"id":6,"is_bot":false,"last_name":"SECRET"},"text":"SECRET"},"forward_origin":{"type":"user","date":1,"sender_user":{"id":7,"first_name":"SECRET"}},
		"contact":{"phone_number":"SECRET"},"location":{"latitude":"SECRET"},"voice":{"file_id":"SECRET"},"quote":{"text":"SECRET"},"text":"kopi"}}`))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(u)
	if err != nil || strings.Contains(string(kept), "SECRET") || !strings.Contains(string(kept), "kopi") || u.Message.Contact == nil || u.Message.Voice == nil {
		t.Errorf("kept %s, %v", kept, err)
	}
}
