package modelread

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/extract/ocr"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/model"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// photo is a picture as a telephone writes it: with place, device and names.
func photo(t *testing.T) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 64, 48))
	for i := range m.Pix {
		m.Pix[i] = byte(i)
	}
	m.SetGray(3, 3, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	segment := func(mark byte, text string) []byte {
		return append([]byte{0xFF, mark, byte((len(text) + 2) >> 8), byte(len(text) + 2)}, text...)
	}
	out := append([]byte{0xFF, 0xD8}, segment(0xE1, "Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x00 GPS -6.2088 106.8456 Rina's telephone")...)
	out = append(out, segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00 rina.maharani@example.com")...)
	out = append(out, segment(0xFE, "IMG_20261123_struk_rina.jpg")...)
	out = append(out, b.Bytes()[2:]...)
	return append(out, "+62 812 0000 0000 behind the end"...)
}

type vendor struct {
	*httptest.Server
	mu      sync.Mutex
	bodies  []string
	headers []http.Header
	paths   []string
}

func newVendor(t *testing.T, status int, answer string) *vendor {
	t.Helper()
	v := &vendor{}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		v.mu.Lock()
		defer v.mu.Unlock()
		v.bodies, v.headers, v.paths = append(v.bodies, string(body)), append(v.headers, r.Header), append(v.paths, r.Method+" "+r.RequestURI)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(v.Close)
	return v
}

type allow struct{ err error }

func (a allow) MaySend(string, string, string, []string, string) error { return a.err }

type book struct {
	mu  sync.Mutex
	got []egress.Transfer
}

func (b *book) Record(_ context.Context, t egress.Transfer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, t)
	return nil
}

// choice is OpenAI's envelope around an answer.
func choice(content string) string {
	b, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": content}, "finish_reason": "stop"}}})
	return string(b)
}

func receipts(base string, b *book, refuse error, said io.Writer) *Receipts {
	door := egress.New(allow{refuse}, b, egress.Options{AllowLoopback: true, Timeout: 2 * time.Second, MaxResponse: 1 << 20})
	return &Receipts{Clock: clock.NewManual(now), Log: slog.New(slog.NewTextHandler(said, nil)), Model: func(family id.Tenant, who id.Subject) model.Reader {
		use := egress.Use{Service: "jagacash", Tenant: family, Subject: who, Recipient: egress.Recipient{Key: "openai", Kind: egress.Processor}, Purpose: cash.Record, Categories: []string{"receipt.image"}}
		return &model.OpenAI{Client: model.Client{HTTP: door.Client(use), Base: base, Key: "sk-secret", Model: "gpt-4o", Wait: func(context.Context, time.Duration) error { return nil }}}
	}}
}

// answerOf is a full answer with some fields changed.
func answerOf(change map[string]any) string {
	m := map[string]any{"kind": "receipt", "merchant": "INDOMARET SUDIRMAN", "date": "2026-11-22", "time": "18:05", "currency": "IDR",
		"items":    []any{map[string]any{"name": "Beras 5kg", "qty": "1", "unit_price": "80000", "price": "80000", "discount": "500"}, map[string]any{"name": "Teh", "qty": "2", "unit_price": "4000", "price": "8000", "discount": ""}},
		"subtotal": "87500", "discount": "", "service": "", "tax": "", "rounding": "", "total": "87500", "paid": "100000", "change": "12500", "method": "cash"}
	for k, v := range change {
		if v == nil {
			delete(m, k)
			continue
		}
		m[k] = v
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func local() cash.Reading {
	return cash.Reading{Verdict: cash.Clear, Reader: "local", Facts: cash.Facts{Merchant: "Indomaret", Day: "2026-11-22", Time: "18:05", Currency: money.IDR, Total: 87_500_00,
		Items: []cash.NewItem{{Name: "Beras 5kg", Minor: 79_500_00}, {Name: "Teh", Minor: 8_000_00}}}}
}

// The request holds the pixels, the fixed instruction, the schema and the model's
// name; the headers hold the key. Byte by byte there is nothing else (JAG-16).
func TestReceipts_sendsThePictureAlone(t *testing.T) {
	t.Parallel()
	v := newVendor(t, 200, choice(answerOf(nil)))
	b := &book{}
	var log bytes.Buffer
	maker := id.NewMaker(func() time.Time { return now })
	family, who := id.Tenant(maker.New()), id.Subject(maker.New())
	out := receipts(v.URL, b, nil, &log).Second(t.Context(), family, who, photo(t), local())
	if out.Verdict != cash.Clear || out.Reader != "local+openai" || out.Facts.Total != 87_500_00 {
		t.Errorf("%+v", out)
	}
	plain, err := ocr.Plain(photo(t), side)
	if err != nil {
		t.Fatal(err)
	}
	instruction, _ := json.Marshal(receiptInstruction)
	want := `{"model":"gpt-4o","store":false,"messages":[{"role":"system","content":` + string(instruction) + `},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,` +
		base64.StdEncoding.EncodeToString(plain) + `","detail":"high"}}]}],"response_format":{"type":"json_schema","json_schema":{"name":"receipt","strict":true,"schema":` +
		strings.TrimSpace(receiptSchema) + `}},"max_completion_tokens":8192}`
	if d := cmp.Diff([]string{want, "POST /v1/chat/completions"}, []string{v.bodies[0], v.paths[0]}); d != "" || len(v.bodies) != 1 {
		t.Errorf("%d requests: %s", len(v.bodies), d)
	}
	var names []string
	for k := range v.headers[0] {
		names = append(names, k)
	}
	slices.Sort(names)
	if d := cmp.Diff([]string{"Accept", "Authorization", "Connection", "Content-Length", "Content-Type", "User-Agent"}, names); d != "" {
		t.Error(d)
	}
	for _, word := range []string{"Exif", "GPS", "106.8456", "Rina", "rina", "telephone", "IMG_", ".jpg", "812", "adobe", "behind"} {
		if bytes.Contains(plain, []byte(word)) {
			t.Errorf("the picture holds %q", word)
		}
	}
	for _, word := range []string{family.String(), who.String(), "jagacash", "amanah.", "Rina", "rina"} {
		if strings.Contains(v.bodies[0], word) || strings.Contains(strings.Join(v.headers[0].Values("User-Agent"), ""), word) {
			t.Errorf("the request holds %q", word)
		}
	}
	if len(b.got) != 2 || b.got[1].Outcome != egress.Sent || b.got[1].Subject != who || b.got[1].Tenant != family || b.got[1].Categories[0] != "receipt.image" {
		t.Errorf("the record: %+v", b.got)
	}
	if strings.Contains(log.String(), "sk-secret") || strings.Contains(log.String(), "INDOMARET") {
		t.Errorf("the log says %s", log.String())
	}
}

// markers of a JPEG up to its pixels: there is no segment but what draws.
func TestPlain_hasNoSegmentBesidePixels(t *testing.T) {
	t.Parallel()
	plain, err := ocr.Plain(photo(t), 32)
	if err != nil {
		t.Fatal(err)
	}
	for i := 2; ; {
		mark := plain[i+1]
		if !slices.Contains([]byte{0xDB, 0xC0, 0xC4, 0xDA}, mark) {
			t.Fatalf("a segment %x", mark)
		}
		if mark == 0xDA {
			break
		}
		i += 2 + int(plain[i+2])<<8 + int(plain[i+3])
	}
	m, err := jpeg.DecodeConfig(bytes.NewReader(plain))
	if err != nil || m.Width != 32 || m.Height != 24 {
		t.Errorf("%+v, %v", m, err)
	}
}

// Where the vendor fails, the reading of this machine serves and the receipt waits
// for a person (JAG-29); where the door is shut, it serves as if there were no model.
func TestReceipts_vendorFails(t *testing.T) {
	t.Parallel()
	refused := fault.New(fault.Forbidden, "x", "egress.refused_by_notice")
	for name, c := range map[string]struct {
		status int
		answer string
		refuse error
		want   cash.Verdict
	}{
		"no agreement":            {200, choice(answerOf(nil)), refused, cash.Clear},
		"429":                     {429, "{}", nil, cash.Unsure},
		"500":                     {500, "", nil, cash.Unsure},
		"wrong key":               {401, "{}", nil, cash.Unsure},
		"no JSON":                 {200, "hello", nil, cash.Unsure},
		"prose":                   {200, choice("The total is 87500."), nil, cash.Unsure},
		"huge":                    {200, choice(strings.Repeat("9", 3<<20)), nil, cash.Unsure},
		"another schema":          {200, choice(`{"total":"87500"}`), nil, cash.Unsure},
		"a field too much":        {200, choice(answerOf(map[string]any{"book_to": "999"})), nil, cash.Unsure},
		"a field too few":         {200, choice(answerOf(map[string]any{"tax": nil})), nil, cash.Unsure},
		"a number for a word":     {200, choice(answerOf(map[string]any{"total": 87500})), nil, cash.Unsure},
		"negative":                {200, choice(answerOf(map[string]any{"total": "-87500"})), nil, cash.Unsure},
		"more than there is":      {200, choice(answerOf(map[string]any{"total": "99999999999999999999"})), nil, cash.Unsure},
		"implausible":             {200, choice(answerOf(map[string]any{"total": "2000000000000"})), nil, cash.Unsure},
		"a kind of its own":       {200, choice(answerOf(map[string]any{"kind": "order"})), nil, cash.Unsure},
		"more lines than a paper": {200, choice(answerOf(map[string]any{"items": slices.Repeat([]any{map[string]any{"name": "a", "qty": "", "unit_price": "", "price": "1", "discount": ""}}, 201)})), nil, cash.Unsure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, c.status, c.answer)
			var log bytes.Buffer
			got := receipts(v.URL, &book{}, c.refuse, &log).Second(t.Context(), id.Tenant{}, id.Subject{}, photo(t), local())
			want := local()
			want.Verdict = c.want
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			if c.refuse != nil && len(v.bodies) > 0 {
				t.Error("something went out")
			}
			for _, word := range []string{"sk-secret", "127.0.0.1", "87500", "Indomaret"} {
				if strings.Contains(log.String(), word) {
					t.Errorf("the log says %q", word)
				}
			}
		})
	}
}

// What this machine takes for no receipt does not leave.
func TestReceipts_keepsOtherPictures(t *testing.T) {
	t.Parallel()
	v := newVendor(t, 200, choice(answerOf(nil)))
	r := receipts(v.URL, &book{}, nil, io.Discard)
	for _, verdict := range []cash.Verdict{cash.NoReceipt, cash.Several, cash.Foreign, cash.TooLarge, cash.Unreadable} {
		if got := r.Second(t.Context(), id.Tenant{}, id.Subject{}, photo(t), cash.Reading{Verdict: verdict}); got.Verdict != verdict {
			t.Errorf("%s became %s", verdict, got.Verdict)
		}
	}
	if got := r.Second(t.Context(), id.Tenant{}, id.Subject{}, []byte("no picture"), local()); got.Verdict != cash.Clear {
		t.Errorf("%+v", got)
	}
	if len(v.bodies) != 0 {
		t.Errorf("%d pictures left", len(v.bodies))
	}
}
