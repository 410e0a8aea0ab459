package model_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/model"
	"amanah/internal/privacy/egress"
)

const secret = "sk-test-key-that-is-nowhere"

// vendor is a server that keeps what it gets, byte by byte.
type vendor struct {
	*httptest.Server
	mu      sync.Mutex
	bodies  []string
	headers []http.Header
	paths   []string
	answer  func(n int, w http.ResponseWriter)
}

func newVendor(t *testing.T, answer func(n int, w http.ResponseWriter)) *vendor {
	t.Helper()
	v := &vendor{answer: answer}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		v.mu.Lock()
		v.bodies, v.headers, v.paths = append(v.bodies, string(body)), append(v.headers, r.Header), append(v.paths, r.Method+" "+r.RequestURI)
		n := len(v.bodies)
		v.mu.Unlock()
		v.answer(n, w)
	}))
	t.Cleanup(v.Close)
	return v
}

type allow struct{ err error }

func (a allow) MaySend(string, string, string, []string, string) error { return a.err }

// book keeps the record of what left.
type book struct {
	mu  sync.Mutex
	got map[id.ID]egress.Transfer
}

func (b *book) Record(_ context.Context, t egress.Transfer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.got == nil {
		b.got = map[id.ID]egress.Transfer{}
	}
	b.got[t.ID] = t
	return nil
}

func client(t *testing.T, base string, err error) (model.Client, *book, *[]time.Duration) {
	t.Helper()
	b := &book{}
	door := egress.New(allow{err}, b, egress.Options{AllowLoopback: true, Timeout: 2 * time.Second, MaxResponse: 1 << 20})
	var waits []time.Duration
	return model.Client{HTTP: door.Client(egress.Use{Service: "jagacash", Recipient: egress.Recipient{Key: "openai", Kind: egress.Processor}, Purpose: "record", Categories: []string{"receipt.image"}}),
		Base: base, Key: secret, Model: "gpt-4o", Clock: clock.NewManual(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)),
		Wait: func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }}, b, &waits
}

var picture = []byte("\xFF\xD8 pixels \xFF\xD9")

func question() model.Question {
	return model.Question{Instruction: "Read.", Picture: picture, Name: "receipt", Schema: json.RawMessage(`{"type":"object"}`)}
}

const good = `{"choices":[{"message":{"role":"assistant","content":"{\"total\":\"87500\"}","refusal":null},"finish_reason":"stop"}]}`

func say(status int, body string) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// What goes to a vendor is this, and nothing else (JAG-16, JAG-26, JAG-29).
func TestOpenAI_sendsThisAlone(t *testing.T) {
	t.Parallel()
	v := newVendor(t, say(200, good))
	c, b, _ := client(t, v.URL, nil)
	got, err := (&model.OpenAI{Client: c}).Read(t.Context(), question())
	if err != nil || string(got) != `{"total":"87500"}` {
		t.Fatalf("%s, %v", got, err)
	}
	want := `{"model":"gpt-4o","store":false,"messages":[{"role":"system","content":"Read."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,` +
		base64.StdEncoding.EncodeToString(picture) + `","detail":"high"}}]}],"response_format":{"type":"json_schema","json_schema":{"name":"receipt","strict":true,"schema":{"type":"object"}}},"max_completion_tokens":8192}`
	if d := cmp.Diff([]string{want}, v.bodies); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"POST /v1/chat/completions"}, v.paths); d != "" {
		t.Error(d)
	}
	headers(t, v.headers[0], map[string]string{"Authorization": "Bearer " + secret}, want)
	for _, x := range b.got {
		if x.Outcome != egress.Sent || x.Recipient != "openai" || x.Bytes != int64(len(want)) {
			t.Errorf("the record says %+v", x)
		}
	}
	if len(b.got) != 1 {
		t.Errorf("%d transfers are on record", len(b.got))
	}
}

func headers(t *testing.T, got http.Header, own map[string]string, body string) {
	t.Helper()
	want := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"amanah"}, "Connection": {"close"}, "Content-Length": {fmt.Sprint(len(body))}}
	for k, v := range own {
		want.Set(k, v)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAnthropic_sendsThisAlone(t *testing.T) {
	t.Parallel()
	v := newVendor(t, say(200, `{"type":"message","role":"assistant","content":[{"type":"text","text":"{\"rows\":"},{"type":"text","text":"[]}"}],"stop_reason":"end_turn"}`))
	c, _, _ := client(t, v.URL+"/proxy/v1/", nil)
	c.Model = "claude"
	q := question()
	q.Picture, q.Text, q.Most = nil, "01/11 ••• 10.000", 5
	got, err := (&model.Anthropic{Client: c, Version: "2026-10-21"}).Read(t.Context(), q)
	if err != nil || string(got) != `{"rows":[]}` {
		t.Fatalf("%s, %v", got, err)
	}
	want := `{"model":"claude","max_tokens":5,"system":"Read.","messages":[{"role":"user","content":[{"type":"text","text":"01/11 ••• 10.000"}]}],"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}}`
	if d := cmp.Diff([]string{want, "POST /proxy/v1/messages"}, []string{v.bodies[0], v.paths[0]}); d != "" {
		t.Error(d)
	}
	headers(t, v.headers[0], map[string]string{"X-Api-Key": secret, "Anthropic-Version": "2026-10-21"}, want)
}

// Each bad answer has its own fault; what may pass is asked three times in all.
func TestRead_badAnswers(t *testing.T) {
	t.Parallel()
	choice := func(content, refusal, finish string) string {
		b, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": content, "refusal": refusal}, "finish_reason": finish}}})
		return string(b)
	}
	for name, c := range map[string]struct {
		status int
		body   string
		key    string
		asked  int
	}{
		"no JSON at all":        {200, "<html>", "model.answer", 1},
		"nothing":               {200, "", "model.answer", 1},
		"no choices":            {200, `{"choices":[]}`, "model.answer", 1},
		"content is no JSON":    {200, choice("Total is 87500", "", "stop"), "model.answer", 1},
		"content is an array":   {200, choice("[1]", "", "stop"), "model.answer", 1},
		"content is null":       {200, choice("null", "", "stop"), "model.answer", 1},
		"refusal":               {200, choice("", "I can't", "stop"), "model.refused", 1},
		"filtered":              {200, choice("{}", "", "content_filter"), "model.refused", 1},
		"cut":                   {200, choice("{\"a\":1}", "", "length"), "model.cut", 1},
		"huge":                  {200, choice("{\"a\":\""+strings.Repeat("x", 2<<20)+"\"}", "", "stop"), "model.answer", 1},
		"wrong key":             {401, `{"error":{"message":"Incorrect API key ` + secret + `"}}`, "model.setup", 1},
		"no such model":         {404, `{}`, "model.setup", 1},
		"somewhere else":        {307, "", "model.setup", 1},
		"too many":              {429, `{}`, "model.down", 3},
		"broken":                {500, "oops", "model.down", 3},
		"in conflict, may pass": {409, `{}`, "model.down", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, say(c.status, c.body))
			cl, _, _ := client(t, v.URL, nil)
			got, err := (&model.OpenAI{Client: cl}).Read(t.Context(), question())
			if err == nil || fault.Of(err).Key != c.key || len(got) > 0 {
				t.Errorf("%s, %v, want %s", got, err, c.key)
			}
			if len(v.bodies) != c.asked {
				t.Errorf("asked %d times, want %d", len(v.bodies), c.asked)
			}
			for _, word := range []string{secret, "127.0.0.1", "pixels", "Incorrect"} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, fault.Of(err)), word) {
					t.Errorf("the error says %q: %v", word, err)
				}
			}
		})
	}
}

func TestAnthropic_badAnswers(t *testing.T) {
	t.Parallel()
	for body, key := range map[string]string{
		`{"content":[],"stop_reason":"refusal"}`:                               "model.refused",
		`{"content":[{"type":"text","text":"{}"}],"stop_reason":"max_tokens"}`: "model.cut",
		`{"content":[{"type":"thinking"}],"stop_reason":"end_turn"}`:           "model.answer",
		`{"content":"x"}`: "model.answer",
	} {
		v := newVendor(t, say(200, body))
		c, _, _ := client(t, v.URL, nil)
		if _, err := (&model.Anthropic{Client: c}).Read(t.Context(), question()); err == nil || fault.Of(err).Key != key {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// The pauses are the vendors' own: what they ask for, else half a second and one.
func TestRead_pauses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header map[string]string
		jitter float64
		want   []time.Duration
	}{
		"nothing said":         {nil, 0, []time.Duration{500 * time.Millisecond, time.Second}},
		"scattered":            {nil, 1, []time.Duration{375 * time.Millisecond, 750 * time.Millisecond}},
		"seconds":              {map[string]string{"Retry-After": "3"}, 1, []time.Duration{3 * time.Second, 3 * time.Second}},
		"milliseconds first":   {map[string]string{"Retry-After": "3", "Retry-After-Ms": "20"}, 0, []time.Duration{20 * time.Millisecond, 20 * time.Millisecond}},
		"a date":               {map[string]string{"Retry-After": "Mon, 23 Nov 2026 10:00:07 GMT"}, 0, []time.Duration{7 * time.Second, 7 * time.Second}},
		"longer than allowed":  {map[string]string{"Retry-After": "60"}, 0, nil},
		"forever":              {map[string]string{"Retry-After": "1e300"}, 0, nil},
		"not again":            {map[string]string{"X-Should-Retry": "false"}, 0, nil},
		"nonsense is no pause": {map[string]string{"Retry-After": "-5"}, 0, []time.Duration{500 * time.Millisecond, time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, func(_ int, w http.ResponseWriter) {
				for k, x := range c.header {
					w.Header().Set(k, x)
				}
				w.WriteHeader(503)
			})
			cl, _, waits := client(t, v.URL, nil)
			cl.Jitter = func() float64 { return c.jitter }
			if _, err := (&model.OpenAI{Client: cl}).Read(t.Context(), question()); !fault.Is(err, fault.Unavailable) {
				t.Error(err)
			}
			if d := cmp.Diff(c.want, *waits); d != "" {
				t.Error(d)
			}
		})
	}
	v := newVendor(t, func(n int, w http.ResponseWriter) {
		if n < 3 {
			say(500, "")(n, w)
			return
		}
		say(200, good)(n, w)
	})
	c, b, _ := client(t, v.URL, nil)
	if got, err := (&model.OpenAI{Client: c}).Read(t.Context(), question()); err != nil || len(got) == 0 {
		t.Errorf("the third time helps: %s, %v", got, err)
	}
	if len(b.got) != 3 {
		t.Errorf("%d of 3 transfers are on record", len(b.got))
	}
}

// A vendor that does not answer costs the budget and no more.
func TestRead_slow(t *testing.T) {
	t.Parallel()
	end := make(chan struct{})
	v := newVendor(t, func(int, http.ResponseWriter) { <-end })
	t.Cleanup(func() { close(end) })
	c, _, _ := client(t, v.URL, nil)
	c.Budget = 150 * time.Millisecond
	begun := time.Now()
	if _, err := (&model.OpenAI{Client: c}).Read(t.Context(), question()); err == nil || fault.Of(err).Key != "model.down" {
		t.Error(err)
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}

// Where the door does not open nothing is sent, and nothing is tried again.
func TestRead_doorShut(t *testing.T) {
	t.Parallel()
	v := newVendor(t, say(200, good))
	c, b, waits := client(t, v.URL, fault.New(fault.Forbidden, "x", "egress.refused_by_notice"))
	_, err := (&model.OpenAI{Client: c}).Read(t.Context(), question())
	if !fault.Is(err, fault.Forbidden) || len(v.bodies) != 0 || len(*waits) != 0 || len(b.got) != 1 {
		t.Errorf("%v, %d requests, %d waits, %d on record", err, len(v.bodies), len(*waits), len(b.got))
	}
}

func TestRead_refusesQuestions(t *testing.T) {
	t.Parallel()
	c, _, _ := client(t, "http://127.0.0.1:1", nil)
	for name, change := range map[string]func(*model.Question){
		"nothing to read": func(q *model.Question) { q.Picture = nil },
		"both":            func(q *model.Question) { q.Text = "x" },
		"too large":       func(q *model.Question) { q.Picture = make([]byte, model.MaxQuestion+1) },
		"no schema":       func(q *model.Question) { q.Schema = nil },
	} {
		q := question()
		change(&q)
		for _, r := range []model.Reader{&model.OpenAI{Client: c}, &model.Anthropic{Client: c}} {
			if _, err := r.Read(t.Context(), q); err == nil || fault.Is(err, fault.Unavailable) {
				t.Errorf("%s to %s: %v", name, r.Vendor(), err)
			}
		}
	}
}

func FuzzOpenAI(f *testing.F) {
	for _, s := range []string{good, "", "{}", `{"choices":[{}]}`, `{"choices":[{"message":{"content":"{}"}}]}`, "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c := model.Client{HTTP: &http.Client{Transport: fixed(body)}, Base: "https://models.example", Model: "m"}
		got, err := (&model.OpenAI{Client: c}).Read(t.Context(), question())
		if err == nil && !json.Valid(got) {
			t.Errorf("%q passes", got)
		}
	})
}

type fixed string

func (f fixed) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(f))), Request: r}, nil
}
