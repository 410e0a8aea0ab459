package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"amanah/internal/channel/telegram"
	"amanah/test/peers"
)

// peer is a person in the Telegram that others wrote.
type peer struct {
	t  *testing.T
	at string
}

func (p peer) post(path string, in map[string]any) (out struct {
	Result []struct {
		Message struct {
			Text   string `json:"text"`
			Markup struct {
				Rows telegram.Keyboard `json:"inline_keyboard"`
			} `json:"reply_markup"`
		} `json:"message"`
	} `json:"result"`
}) {
	p.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := http.Post(p.at+path, "application/json", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %d %s, %v", path, resp.StatusCode, answer, err)
	}
	if path == "/getUpdates" {
		if err := json.Unmarshal(answer, &out); err != nil {
			p.t.Fatalf("%s: %v", answer, err)
		}
	}
	return out
}

func (p peer) say(with map[string]any) map[string]any {
	m := map[string]any{"botToken": token, "date": 1795325465, "from": map[string]any{"id": 5, "first_name": "Rina", "username": "rina", "is_bot": false},
		"chat": map[string]any{"id": 5, "first_name": "Rina", "username": "rina", "type": "private", "title": "Rina"}}
	for k, v := range with {
		m[k] = v
	}
	return m
}

// Our client and poller with a Telegram that we did not write: a start, a message, an
// answer with buttons, a press, an edit.
func TestPeer(t *testing.T) {
	t.Parallel()
	p := peer{t, peers.Telegram(t)}
	c := &telegram.Client{HTTP: &http.Client{}, Base: p.at, Token: token}
	ctx := t.Context()
	if me, err := c.Me(ctx); err != nil || me.Username != "TestNameBot" {
		t.Fatal(me, err)
	}
	p.post("/sendCommand", p.say(map[string]any{"text": "/start abc", "entities": []any{map[string]any{"type": "bot_command", "offset": 0, "length": 6}}}))
	p.post("/sendMessage", p.say(map[string]any{"text": "kopi 25rb"}))

	run, stop := context.WithCancel(ctx)
	var got []string
	var answer int64
	// That server answers at once where nothing waits: the poller asks it often.
	err := telegram.Poller{Client: c, Kinds: all, Log: quiet, Handle: func(ctx context.Context, u telegram.Update) error {
		switch {
		case u.Pressed != nil:
			got = append(got, "press "+u.Pressed.Data)
			if err := c.AnswerCallback(ctx, u.Pressed.ID, "Baik", false); err != nil {
				t.Error(err)
			}
			if err := c.EditText(ctx, answer, telegram.Text{Chat: u.Pressed.From.ID, Text: "Dicatat"}); err != nil {
				t.Error(err)
			}
			stop()
		case u.Message.Start() != "":
			got = append(got, "start "+u.Message.Start())
		default:
			got = append(got, u.Message.Words()+" of "+u.From().FirstName)
			var err error
			if answer, err = c.Send(ctx, telegram.Text{Chat: u.Chat().ID, Text: "Kopi, Rp25.000?", Keys: telegram.Keyboard{{{Text: "Benar", Data: "ok:1"}}}}); err != nil || answer == 0 {
				t.Errorf("answered with %d, %v", answer, err)
			}
			seen := p.post("/getUpdates", map[string]any{"token": token, "chatId": 5})
			if len(seen.Result) != 1 || seen.Result[0].Message.Text != "Kopi, Rp25.000?" || !slices.Equal(seen.Result[0].Message.Markup.Rows[0], []telegram.Button{{Text: "Benar", Data: "ok:1"}}) {
				t.Errorf("Rina saw %+v", seen)
			}
			p.post("/sendCallback", p.say(map[string]any{"data": "ok:1", "message": p.say(nil)}))
		}
		return nil
	}}.Run(run)
	if want := []string{"start abc", "kopi 25rb of Rina", "press ok:1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("heard %q, %v", got, err)
	}
	if err := c.Delete(ctx, 5, answer); err != nil {
		t.Error(err)
	}
}

// That server calls webhooks without the secret: they are refused as a stranger's.
func TestPeer_webhookWithoutSecret(t *testing.T) {
	t.Parallel()
	p := peer{t, peers.Telegram(t)}
	c := &telegram.Client{HTTP: &http.Client{}, Base: p.at, Token: token}
	statuses := make(chan int, 1)
	hook := telegram.Webhook(c, func(context.Context, telegram.Update) error {
		t.Error("a call without the secret was heard")
		return nil
	}, quiet)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		hook.ServeHTTP(rec, r)
		statuses <- rec.Code
		w.WriteHeader(http.StatusNoContent) // that server would fall over a refusal
	}))
	defer srv.Close()
	if err := c.SetWebhook(t.Context(), srv.URL, all...); err != nil {
		t.Fatal(err)
	}
	p.post("/sendMessage", p.say(map[string]any{"text": "rahasia"}))
	if status := <-statuses; status != http.StatusNotFound {
		t.Errorf("answered %d", status)
	}
	if err := c.DeleteWebhook(t.Context()); err != nil {
		t.Error(err)
	}
}
