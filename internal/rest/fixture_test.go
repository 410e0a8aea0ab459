package rest_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/webtest"
)

var storage = storetest.Config{Sets: []store.Set{rest.Tables()}, Migrations: []fs.FS{rest.Migrations()}}

// notes is a service with one kind of thing, to drive the API by.
type notes struct {
	mu    sync.Mutex
	texts []string
	hold  chan struct{} // where set, createNote waits for it
	held  chan struct{}
}

type note struct {
	ID   int    `json:"id" doc:"Its number."`
	Text string `json:"text" doc:"What it says."`
}

type noteIn struct {
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"20" doc:"What it says."`
		Kind string `json:"kind,omitempty" enum:"plain,loud" doc:"How it is said."`
	}
}

type noteOut struct{ Body note }

func (n *notes) create(_ context.Context, in *noteIn) (*noteOut, error) {
	if n.hold != nil {
		n.held <- struct{}{}
		<-n.hold
	}
	if in.Body.Text == "refused" {
		return nil, fault.New(fault.Invalid, "notes.create", "rest.wrong.pattern").On("text")
	}
	if in.Body.Text == "broken" {
		return nil, io.ErrUnexpectedEOF
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.texts = append(n.texts, in.Body.Text)
	return &noteOut{note{len(n.texts), in.Body.Text}}, nil
}

type listIn struct {
	rest.Page
	Like string `query:"like" doc:"Only those with this in them."`
}

func (n *notes) list(ctx context.Context, in *listIn) (*rest.List[note], error) {
	var at int
	if _, err := rest.Open(ctx, in.Page, &at); err != nil {
		return nil, err
	}
	var out []note
	for i, text := range n.texts {
		if i >= at && strings.Contains(text, in.Like) {
			out = append(out, note{i + 1, text})
		}
	}
	more := len(out) > in.Limit
	if more {
		out = out[:in.Limit]
	}
	last := 0
	if len(out) > 0 {
		last = out[len(out)-1].ID
	}
	return rest.Listed(ctx, out, last, more)
}

// tokens are the callers by token.
type tokens map[string]rest.Caller

func (t tokens) Caller(ctx context.Context, _ *http.Request, token string) (context.Context, rest.Caller, error) {
	if c, ok := t[token]; ok {
		return ctx, c, nil
	}
	return ctx, rest.Caller{}, fault.New(fault.Unauthorized, "tokens", "")
}

// fixture is an API behind the shell.
type fixture struct {
	*storetest.Bundle
	notes  *notes
	api    *rest.API
	tokens tokens
	http.Handler
}

func open(t testing.TB, b *storetest.Bundle, limits rest.Limits) *fixture {
	f := &fixture{Bundle: b, notes: &notes{}, tokens: tokens{}}
	home := tenant.HomeOf("ctt")
	for name, scopes := range map[string][]string{"rina": {"notes:read", "notes:write"}, "reader": {"notes:read"}, "bagas": {"notes:read", "notes:write"}, "viewer": {"notes:read", "notes:write"}} {
		who := b.Subject()
		c := rest.Caller{Token: name, Subject: who, Home: store.Scope{Tenant: home, Home: home, Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(who)}, Purpose: "service"},
			Workspace: b.Tenant(), Role: tenant.Owner, Scopes: scopes}
		if name == "viewer" {
			c.Role = tenant.Viewer
		}
		f.tokens[name] = c
	}
	f.api = f.node(t, limits)
	mux := http.NewServeMux()
	f.api.Routes(mux)
	f.Handler = webtest.Shell(t, b.Clock, rest.Texts()).Handler(mux)
	return f
}

// node is one more server on the same store.
func (f *fixture) node(t testing.TB, limits rest.Limits) *rest.API {
	api := rest.New(rest.Config{Service: "ctt", Title: "CTT", Version: "1.2.3", Address: "http://127.0.0.1:8080/ctt", Auth: f.tokens, DB: f.DB, Vault: f.Bundle.Vault,
		Clock: f.Clock, Catalog: webtest.Catalog(t, rest.Texts()), Limits: limits,
		Scopes: []rest.Scope{{Name: "notes:read", Says: "read notes"}, {Name: "notes:write", Says: "write notes"}}, Tags: []rest.Tag{{Name: "Notes", Says: "Notes of the workspace."}}})
	rest.Register(api, rest.Op{Method: "POST", Path: "/notes", ID: "createNote", Tag: "Notes", Summary: "Write a note", Scope: "notes:write", Roles: []tenant.Role{tenant.Owner, tenant.Worker}, Creates: true, Status: 201}, f.notes.create)
	rest.Register(api, rest.Op{Method: "POST", Path: "/secrets", ID: "createSecret", Tag: "Notes", Summary: "Make a secret", Scope: "notes:write", Creates: true, Secret: true, Status: 201}, f.notes.create)
	rest.Register(api, rest.Op{Method: "GET", Path: "/notes", ID: "listNotes", Tag: "Notes", Summary: "List notes", Scope: "notes:read"}, f.notes.list)
	rest.RegisterStream(api, rest.Op{Method: "GET", Path: "/notes.csv", ID: "exportNotes", Tag: "Notes", Summary: "All notes as CSV", Scope: "notes:read", Produces: "text/csv"},
		func(context.Context, *struct{}) (*rest.Stream, error) {
			return &rest.Stream{Filename: "notes.csv", Write: func(w io.Writer) error { _, err := io.WriteString(w, "id,text\n"); return err }}, nil
		})
	return api
}

// ask makes a request; heads are pairs of name and value.
func ask(h http.Handler, method, path, token, body string, heads ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(heads); i += 2 {
		r.Header.Set(heads[i], heads[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func problem(t *testing.T, w *httptest.ResponseRecorder) rest.Problem {
	t.Helper()
	var p rest.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%d %q is no problem: %v", w.Code, w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q", got)
	}
	if p.Status != w.Code || p.Type != rest.TypePrefix+p.Code || p.Title == "" || p.Detail == "" || strings.Contains(p.Title+p.Detail, "⟦") {
		t.Errorf("status %d, problem %+v", w.Code, p)
	}
	return p
}

func only(t *testing.T, f func(t *testing.T, f *fixture)) {
	t.Helper()
	f(t, open(t, storetest.Open(t, "sqlite", storage), rest.Limits{}))
}

func names(w []rest.Wrong) []string {
	var out []string
	for _, x := range w {
		out = append(out, x.Pointer+x.Parameter)
	}
	slices.Sort(out)
	return out
}
