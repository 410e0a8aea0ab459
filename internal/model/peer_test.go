package model_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"amanah/internal/model"
	"amanah/test/peers"
)

// Both vendors as others understand them take what is sent, and their answers are
// understood.
func TestPeer(t *testing.T) {
	t.Parallel()
	const said = `{"total":"87500"}`
	at := peers.Models(t, said)
	c, _, _ := client(t, at, nil)
	text := question()
	text.Picture, text.Text = nil, "01/11 KOPI 25.000"
	for _, r := range []model.Reader{&model.OpenAI{Client: c}, &model.Anthropic{Client: c, Version: "2026-10-21"}} {
		for name, q := range map[string]model.Question{"a picture": question(), "a text": text} {
			got, err := r.Read(t.Context(), q)
			if err != nil || string(got) != said {
				t.Errorf("%s to %s: %s, %v", name, r.Vendor(), got, err)
			}
		}
	}
	resp, err := http.Get(at + "/__aimock/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	journal, err := io.ReadAll(resp.Body)
	if err != nil || !json.Valid(journal) {
		t.Fatalf("%s, %v", journal, err)
	}
	for _, part := range []string{`/v1/chat/completions`, `/v1/messages`, `json_schema`, `data:image/jpeg;base64,`} {
		if !strings.Contains(string(journal), part) {
			t.Errorf("the peers did not see %q", part)
		}
	}
}
