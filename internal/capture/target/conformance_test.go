package target_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/capture/target"
	"amanah/internal/channel/sheets"
	"amanah/internal/channel/sheets/sheetstest"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/egress"
	"amanah/internal/web/i18n"
)

// conforming is one kind as the suite meets it.
type conforming struct {
	kind func(server string) target.Kind
	// to makes a target that is set up, at a server.
	to func(t *testing.T, server string) target.To
	// number is the event's as the receiver sees it; nil: it sees none.
	number func(*http.Request, []byte) string
	secret string // must never come out
	good   func(t *testing.T) http.Handler
	// around lets an answer of refusal speak for the part that delivers only.
	around func(t *testing.T, refusal http.Handler) http.Handler
	// blocked is an answer after which only a person can help, with the reason.
	blocked http.HandlerFunc
	reason  string
	// blind: the way knows no refusals of its own, as a mail relay does.
	blind bool
}

// seen is a request as the server got it.
type seen struct {
	*http.Request
	body []byte
}

// receiver is a server that answers what it is told, and keeps what it got.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer http.Handler
	got    []seen
}

func newReceiver(t *testing.T, answer http.Handler) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
		r.mu.Lock()
		r.got = append(r.got, seen{req, body})
		h := r.answer
		r.mu.Unlock()
		h.ServeHTTP(w, req)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) say(h http.Handler) { r.mu.Lock(); r.answer = h; r.mu.Unlock() }

func (r *receiver) requests() []seen { r.mu.Lock(); defer r.mu.Unlock(); return r.got }

func status(code int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
}

// carry is the Door's way without the Door.
func carry(to target.To) target.To {
	to.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	to.Carry = func(req *http.Request) (*egress.Response, error) {
		resp, err := to.Client.Do(req)
		if err != nil {
			return nil, egress.Fault("test", err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return &egress.Response{Status: resp.StatusCode, Header: resp.Header, Body: body}, err
	}
	return to
}

func parcel(kind string, change ...func(*target.Record)) target.Parcel {
	at := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
	r := kopi(change...)
	return target.Parcel{Rows: func(yield func(target.Record, error) bool) { yield(r, nil) }, Event: "01938000-0000-8000-8000-00000000000e", Type: kind, At: at, Now: at, Tenant: id.Tenant(id.Must("01938000-0000-7000-8000-0000000000aa")), Record: r, Zone: clock.WIB, Fresh: true}
}

const signing = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

func kinds() map[string]conforming {
	webhookID := func(r *http.Request, _ []byte) string { return r.Header.Get("webhook-id") }
	gone := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }
	plain := func(h http.Handler) func(*testing.T) http.Handler {
		return func(*testing.T) http.Handler { return h }
	}
	return map[string]conforming{
		"webhook": {kind: func(string) target.Kind { return target.Webhook{Loopback: true} }, number: webhookID, secret: signing, good: plain(status(204)), blocked: gone, reason: "target.gone",
			to: func(_ *testing.T, server string) target.To {
				return target.To{Settings: target.Settings{URL: server + "/in"}, Secret: signing}
			}},
		"http": {kind: func(string) target.Kind { return target.HTTP{Loopback: true} }, number: func(r *http.Request, _ []byte) string { return r.Header.Get("X-Nomor") }, secret: "s3cr3t-token",
			good: plain(status(201)), blocked: gone, reason: "target.gone", to: func(t *testing.T, server string) target.To {
				keys, err := target.Secrets{Signing: signing, Headers: map[string]string{"Authorization": "Bearer s3cr3t-token"}}.Text()
				if err != nil {
					t.Fatal(err)
				}
				return target.To{Secret: keys, Settings: target.Settings{URL: server + "/in", Request: &target.Request{Method: "PUT", Body: target.JSON, Idempotency: "X-Nomor",
					Template: `{"who":"{{merchant}}","n":{{amount}},"all":{{data}}}`, Headers: []target.Header{{Name: "X-Sumber", Value: "ctt"}, {Name: "Authorization", Secret: true}}}}}
			}},
		"telegram": {kind: func(server string) target.Kind {
			return target.Telegram{Base: server, Token: "110201543:AAH-t0ken", Catalog: catalog()}
		}, secret: "AAH-t0ken", good: plain(said(200, `{"ok":true,"result":{"message_id":1}}`)), blocked: said(403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`).ServeHTTP, reason: "target.blocked",
			to: func(*testing.T, string) target.To {
				return target.To{Settings: target.Settings{Chat: &target.Chat{ID: 5, Name: "Rina", Lang: "id"}}}
			}},
		"sheets": {kind: func(server string) target.Kind {
			return target.NewSheets(sheets.OAuth{ClientID: "ctt", Secret: "rahasia", Token: server + "/token", Revoke: server + "/revoke"}, server, catalog())
		}, secret: "1//refresh-1", good: google, around: func(t *testing.T, refusal http.Handler) http.Handler {
			h := google(t)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/token" {
					h.ServeHTTP(w, r)
					return
				}
				refusal.ServeHTTP(w, r)
			})
		}, blocked: said(400, `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`).ServeHTTP, reason: "target.grant_revoked",
			to: func(*testing.T, string) target.To {
				return target.To{Secret: "1//refresh-1", Settings: target.Settings{Sheet: &target.Sheet{Title: "Transaksi Rina", Lang: "id"}}}
			}},
		"file": {kind: func(string) target.Kind { return target.ByMail{} }, number: func(r *http.Request, _ []byte) string { return r.Header.Get("X-Letter") }, good: plain(status(250)), blind: true,
			to: func(_ *testing.T, server string) target.To {
				return target.To{Settings: target.Settings{File: &target.File{Format: "csv", Every: "day"}}, Post: relay(server)}
			}},
	}
}

// said answers a status with a JSON body.
func said(code int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	})
}

// google is a fresh stand-in that knows the grant "1//refresh-1".
func google(t *testing.T) http.Handler {
	s := sheetstest.New(t)
	s.Grant()
	return s.Config.Handler
}

// relay posts letters to a server, which stands for a mail relay.
func relay(server string) func(context.Context, target.Letter) error {
	return func(ctx context.Context, l target.Letter) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, server, bytes.NewReader(l.Content))
		if err != nil {
			return err
		}
		req.Header.Set("X-Letter", l.ID)
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil || resp.StatusCode != 250 {
			return fault.New(fault.Unavailable, "test", "mail.relay_unreachable")
		}
		return resp.Body.Close()
	}
}

func catalog() *i18n.Catalog {
	c, err := i18n.New(capture.Texts())
	if err != nil {
		panic(err)
	}
	return c
}

// Every kind keeps the promises of the package.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, c := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.kind("http://127.0.0.1:9").Traits(); got.Name != name || got.Recipient.Key == "" || len(got.Categories) == 0 {
				t.Errorf("the traits are %+v", got)
			}
			t.Run("settings", func(t *testing.T) { conformSettings(t, c) })
			t.Run("taken", func(t *testing.T) { conformTaken(t, c) })
			t.Run("refused", func(t *testing.T) { conformRefused(t, c) })
			t.Run("hostile", func(t *testing.T) { conformHostile(t, c) })
		})
	}
}

func conformSettings(t *testing.T, c conforming) {
	to, kind := c.to(t, "http://127.0.0.1:9"), c.kind("http://127.0.0.1:9")
	if err := kind.Check(to.Settings); err != nil {
		t.Errorf("good settings are refused: %v", err)
	}
	if got := kind.Describe(to.Settings); got == "" || c.secret != "" && strings.Contains(got, c.secret) {
		t.Errorf("described as %q", got)
	}
	if err := kind.Check(target.Settings{}); err == nil {
		t.Error("empty settings pass")
	}
	text, err := to.Settings.Text()
	if err != nil || c.secret != "" && strings.Contains(text, c.secret) {
		t.Errorf("a secret stands in the settings, %v", err)
	}
	again, err := target.ParseSettings(text)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%+v", again), fmt.Sprintf("%+v", to.Settings); len(a) != len(b) {
		t.Errorf("settings read again are %s, want %s", a, b)
	}
}

func conformTaken(t *testing.T, c conforming) {
	r := newReceiver(t, c.good(t))
	to, k := carry(c.to(t, r.URL)), c.kind(r.URL)
	for _, kind := range []string{target.TypeTest, target.TypeCaptured, target.TypeCaptured, target.TypeCorrected, target.TypeReversed} {
		got := k.Send(t.Context(), to, parcel(kind))
		if got.Settings != nil {
			to.Settings = *got.Settings // as capture keeps them
		}
		if !got.Taken() || got.Pause != "" || got.Wait != 0 {
			t.Fatalf("%s gives %+v", kind, got)
		}
	}
	numbers := map[string]bool{}
	for _, one := range r.requests() {
		if c.number != nil {
			numbers[c.number(one.Request, one.body)] = true
		}
	}
	if c.number != nil && (len(numbers) != 1 || !numbers[parcel("").Event]) {
		t.Errorf("the receiver saw the numbers %v, want one event's", numbers)
	}
	for range 2 {
		if !k.Disconnect(t.Context(), to) {
			t.Error("disconnecting twice is not the same as once")
		}
	}
}

func conformRefused(t *testing.T, c conforming) {
	r := newReceiver(t, status(500))
	to, kind := carry(c.to(t, r.URL)), c.kind(r.URL)
	hang := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) })
	limited := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(429)
		_, _ = w.Write([]byte(`{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7},"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`))
	})
	for name, h := range map[string]http.Handler{"broken": status(500), "away": status(503), "hangs up": hang, "elsewhere": http.RedirectHandler("https://example.com/", http.StatusFound), "limited": limited} {
		if c.around != nil {
			h = c.around(t, h)
		}
		r.say(h)
		got := kind.Send(t.Context(), to, parcel(target.TypeCaptured))
		if got.Taken() || got.Pause != "" {
			t.Errorf("%s: %+v, want a failure that is tried again", name, got)
		}
		if !c.blind && (got.Wait == 7*time.Second) != (name == "limited") {
			t.Errorf("%s: waits %v", name, got.Wait)
		}
		if c.secret != "" && strings.Contains(fmt.Sprintf("%+v", got), c.secret) {
			t.Errorf("%s: a secret came out", name)
		}
	}
	if c.blind {
		return
	}
	r.say(c.blocked)
	kind = c.kind(r.URL) // knows no access yet
	if got := kind.Send(t.Context(), to, parcel(target.TypeCaptured)); got.Taken() || got.Pause != c.reason {
		t.Errorf("a target that is gone gives %+v, want %s", got, c.reason)
	}
}

// What a merchant is called arrives as it is, and breaks nothing.
func conformHostile(t *testing.T, c conforming) {
	for _, name := range []string{`Toko "X", 'Y' \ {{amount}}`, "Warung <b>Dewi</b> & anak", "=HYPERLINK(\"http://x\")", "a\r\nX-Evil: 1", "😀 \u202e \x00"} {
		r := newReceiver(t, c.good(t))
		to, kind := carry(c.to(t, r.URL)), c.kind(r.URL)
		if got := kind.Send(t.Context(), to, parcel(target.TypeCaptured, func(r *target.Record) { r.Merchant, r.Note = name, name })); !got.Taken() {
			t.Errorf("%q gives %+v", name, got)
		}
		for _, one := range r.requests() {
			if one.Header.Get("X-Evil") != "" {
				t.Errorf("%q became a header", name)
			}
			if strings.HasPrefix(one.Header.Get("Content-Type"), "application/json") && !json.Valid(one.body) {
				t.Errorf("%q breaks the body %s", name, one.body)
			}
		}
	}
}

func TestHTTP_Check(t *testing.T) {
	t.Parallel()
	h := target.HTTP{}
	good := func(change func(*target.Settings)) target.Settings {
		s := target.Settings{URL: "https://example.com/in", Request: &target.Request{Method: "POST", Body: target.Text, Template: "x"}}
		change(&s)
		return s
	}
	header := func(name, value string) func(*target.Settings) {
		return func(s *target.Settings) { s.Request.Headers = []target.Header{{Name: name, Value: value}} }
	}
	if err := h.Check(good(func(*target.Settings) {})); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]target.Settings{
		"plain http":          good(func(s *target.Settings) { s.URL = "http://example.com/" }),
		"a private address":   good(func(s *target.Settings) { s.URL = "https://10.0.0.1/" }),
		"another method":      good(func(s *target.Settings) { s.Request.Method = "DELETE" }),
		"the signature":       good(header("webhook-signature", "v1,x")),
		"the host":            good(header("host", "x")),
		"a line break":        good(header("X-A", "a\r\nb")),
		"a broken name":       good(header("X A", "a")),
		"the same name twice": good(func(s *target.Settings) { s.Request.Headers = []target.Header{{Name: "X-A"}, {Name: "x-a"}} }),
		"the event's number":  good(header("idempotency-key", "1")),
		"no template":         good(func(s *target.Settings) { s.Request.Template = " " }),
	} {
		if err := h.Check(s); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}
