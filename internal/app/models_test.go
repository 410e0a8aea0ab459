package app

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
)

const receiptSaid = `{"kind":"receipt","merchant":"Indomaret","date":"","time":"","currency":"IDR","items":[],"subtotal":"","discount":"","service":"","tax":"","rounding":"","total":"87500","paid":"","change":"","method":""}`

// By default no model is asked. One of the operator's own is, through the door; a
// vendor without an agreement on file is refused there, and the reading of this
// machine stands.
func TestModels(t *testing.T) {
	t.Parallel()
	if a := undecided(t, "", jaga); a.cash.Second != nil {
		t.Error("a model is asked that nobody set up")
	}
	asked := make(chan string, 4)
	v := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked <- string(body)
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":`+quoted(receiptSaid)+`},"finish_reason":"stop"}]}`)
	}))
	t.Cleanup(v.Close)
	a := decided(t, undecided(t, "providers: {openai: {base_url: \""+v.URL+"\"}}", jaga))
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	here := cash.Reading{Verdict: cash.Unsure, Reader: "local", Facts: cash.Facts{Currency: money.IDR, Totals: []int64{87_500_00}, Unsure: []string{"total"}}}
	room := a.scope(jaga, id.Tenant{}).Home
	got := a.cash.Second.Second(t.Context(), room, id.Subject{}, picture.Bytes(), here)
	if got.Verdict != cash.Clear || got.Facts.Total != 87_500_00 || got.Reader != "local+openai" {
		t.Errorf("%+v", got)
	}
	if body := <-asked; !strings.HasPrefix(body, `{"model":"gpt-4o","store":false,`) {
		t.Errorf("the vendor got %.80s", body)
	}
	err := authority{undecided(t, "", jaga)}.MaySend(jaga, "openai", cash.Record, []string{"receipt.image"}, "api.openai.com")
	if !fault.Is(err, fault.Forbidden) || fault.Of(err).Args["line"] != "jagacash.yaml: recipients: openai: agreement: agreements/openai.pdf: unregistered" {
		t.Errorf("OpenAI without an agreement: %v", err)
	}
	err = authority{a}.MaySend(jaga, "openai", cash.Record, []string{"receipt.merchant"}, "127.0.0.1")
	if !fault.Is(err, fault.Forbidden) {
		t.Errorf("more than the picture passes: %v", err)
	}
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
