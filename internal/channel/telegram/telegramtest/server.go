package telegramtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/channel/telegram"
	"amanah/internal/clock"
)

// Token is the bot's, where New made the server.
const Token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

// Username is the bot's.
const Username = "amanah_bot"

const botID = 110201543

// Server is Telegram. Its fields are set before the first call.
type Server struct {
	URL   string // what telegram.Client takes as Base
	Token string
	Clock clock.Clock // of dates in messages; the machine's where New made it
	// Hooks makes the calls of webhooks; a test whose webhook has a certificate of
	// its own puts a client here that trusts it.
	Hooks *http.Client

	t    testing.TB
	http *httptest.Server
	ctx  context.Context
	stop context.CancelFunc

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew with every change
	last     int64         // number of what was made last: messages, updates, presses
	chats    map[int64]*room
	updates  []update
	hook     *webhook
	asking   int64 // grows with every getUpdates
	files    map[string]file
	presses  map[string]bool // answered?
	sent     []Sent
	typing   map[int64]int
	toasts   map[string]Toast
	failures map[string][]Failure
	calls    []Call
	menus    map[string][]telegram.Command
}

// room is a chat as Telegram knows it.
type room struct {
	chat    telegram.Chat
	blocked bool // the bot may not write
	moved   int64
	shown   map[int64]*Sent // the bot's messages
	said    map[int64]map[string]any
}

// Call is one call of the bot, as it came.
type Call struct {
	Method string
	Params map[string]any
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	s := start()
	s.t = t
	t.Cleanup(s.Close)
	return s
}

// Open starts a server without a test; Close ends it. Its people panic where one of
// a test would fail it.
func Open() *Server { return start() }

func start() *Server {
	s := &Server{Token: Token, Clock: clock.System{}, changed: make(chan struct{}), last: 1000, chats: map[int64]*room{}, files: map[string]file{},
		presses: map[string]bool{}, typing: map[int64]int{}, toasts: map[string]Toast{}, failures: map[string][]Failure{}, menus: map[string][]telegram.Command{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL, s.Hooks = s.http.URL, s.http.Client()
	return s
}

// Close ends the server and what waits for it.
func (s *Server) Close() {
	s.mu.Lock()
	s.hook = nil
	s.change()
	s.mu.Unlock()
	s.stop()
	s.http.CloseClientConnections()
	s.http.Close()
}

// Client is the bot's client of this server, without a door and without rates.
func (s *Server) Client() *telegram.Client {
	return &telegram.Client{HTTP: s.http.Client(), Base: s.URL, Token: s.Token}
}

// Calls are the bot's calls of a method so far; of all methods where it is "".
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// change wakes everybody who waits. The lock is held.
func (s *Server) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) next() int64 { s.last++; return s.last }

func (s *Server) now() int64 { return s.Clock.Now().Unix() }

// fail ends the test.
func (s *Server) fail(format string, a ...any) {
	if s.t == nil {
		panic(fmt.Sprintf("telegramtest: "+format, a...))
	}
	s.t.Helper()
	s.t.Fatalf("telegramtest: "+format, a...)
}

// wait holds the lock whenever it asks ready, and gives up after a while.
func (s *Server) wait(d time.Duration, ready func() bool) bool {
	late := time.NewTimer(d)
	defer late.Stop()
	for {
		s.mu.Lock()
		ok, changed := ready(), s.changed
		s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-late.C:
			return false
		}
	}
}

// refused is what a method answers that does not do it.
type refused struct {
	code       int
	says       string
	retryAfter int
	movedTo    int64
}

func bad(format string, a ...any) *refused {
	return &refused{code: http.StatusBadRequest, says: "Bad Request: " + fmt.Sprintf(format, a...)}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+s.Token+"/"); ok {
		s.download(w, r, rest)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/bot"+s.Token+"/")
	if !ok {
		answer(w, nil, &refused{code: http.StatusUnauthorized, says: "Unauthorized"})
		return
	}
	p, err := params(r)
	if err != nil {
		answer(w, nil, bad("can't parse request"))
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, Call{method, p.fields})
	f, failing := s.failure(method, p.number("chat_id"))
	s.mu.Unlock()
	if failing {
		if f.play(w) {
			return
		}
	}
	if method == "getUpdates" { // it waits without the lock
		result, no := s.getUpdates(r.Context(), p)
		answer(w, result, no)
		return
	}
	s.mu.Lock()
	result, no := s.do(method, p)
	s.change()
	s.mu.Unlock()
	if failing { // the effect is made and the answer is lost
		drop(w)
		return
	}
	answer(w, result, no)
}

func answer(w http.ResponseWriter, result any, no *refused) {
	out := map[string]any{"ok": no == nil}
	w.Header().Set("Content-Type", "application/json")
	if no != nil {
		out["error_code"], out["description"] = no.code, no.says
		parameters := map[string]any{}
		if no.retryAfter > 0 {
			parameters["retry_after"] = no.retryAfter
		}
		if no.movedTo != 0 {
			parameters["migrate_to_chat_id"] = no.movedTo
		}
		if len(parameters) > 0 {
			out["parameters"] = parameters
		}
		w.WriteHeader(no.code)
	} else {
		out["result"] = result
	}
	_ = json.NewEncoder(w).Encode(out)
}

// call is what a method was given: JSON, a form, or a form with a file.
type call struct {
	fields map[string]any
	upload []byte
	name   string
}

func params(r *http.Request) (call, error) {
	c := call{fields: map[string]any{}}
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil || len(body) == 0 {
		return c, err
	}
	kind, p, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return c, err
	}
	switch kind {
	case "application/json":
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		return c, d.Decode(&c.fields)
	case "multipart/form-data":
		return c, c.form(multipart.NewReader(strings.NewReader(string(body)), p["boundary"]))
	}
	values, err := url.ParseQuery(string(body))
	for k := range values {
		c.fields[k] = values.Get(k)
	}
	return c, err
}

func (c *call) form(r *multipart.Reader) error {
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FileName() != "" {
			c.upload, c.name = body, part.FileName()
			c.fields[part.FormName()] = "attach"
			continue
		}
		c.fields[part.FormName()] = string(body)
	}
}

// number and text are how Telegram takes a parameter: of JSON or of a form.
func (c call) number(name string) int64 {
	var n int64
	_, _ = fmt.Sscan(fmt.Sprint(c.fields[name]), &n)
	return n
}

func (c call) text(name string) string {
	if v, ok := c.fields[name]; ok {
		return fmt.Sprint(v)
	}
	return ""
}

// object reads a parameter that is an object: in a form it is JSON in a text.
func (c call) object(name string, into any) error {
	v, ok := c.fields[name]
	if !ok {
		return nil
	}
	if s, ok := v.(string); ok {
		return json.Unmarshal([]byte(s), into)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}
