package bearer_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/bearer"
	"amanah/internal/identity/factor"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var storage = storetest.Config{
	Sets:       []store.Set{tenant.Tables(), identity.Tables(), factor.Tables(), audit.Tables(), rest.Tables(), bearer.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), identity.Migrations(), factor.Migrations(), audit.Migrations(), rest.Migrations(), bearer.Migrations()},
}

const (
	rina     = "rina.maharani@example.com"
	bagas    = "bagas@example.com"
	password = "jeruk nipis di teras"
)

var phone = identity.Device{IP: "203.0.113.7", Agent: "okhttp/4.12", Lang: "id"}

var scopes = []rest.Scope{{Name: "transactions:read", Says: "read"}, {Name: "transactions:write", Says: "write"}, {Name: "account:read", Says: "read"}, {Name: "account:write", Says: "write"}}

// world is a service with accounts whose letters are caught.
type world struct {
	t    *testing.T
	b    *storetest.Bundle
	mu   sync.Mutex
	mail map[string]string
	told []string

	accounts *identity.Service
	node     *node
	other    *node // another process on the same database
}

// node is one process.
type node struct {
	*bearer.Service
	http.Handler
}

func (w *world) Send(_ context.Context, l identity.Letter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mail[l.To] = l.Text
	return nil
}

func (w *world) Accept(context.Context, *store.Tx, identity.Acceptance) error { return nil }
func (w *world) Give(context.Context, *store.Tx, identity.Choice) error       { return nil }
func (w *world) Record(context.Context, *store.Tx, identity.Event) error      { return nil }

func (w *world) Tell(_ context.Context, _ *store.Tx, _ id.Subject, key, _ string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, key)
	return nil
}

func open(t *testing.T, b *storetest.Bundle) *world {
	t.Helper()
	w := &world{t: t, b: b, mail: map[string]string{}}
	catalog, err := i18n.New(identity.Texts(), rest.Texts(), bearer.Texts(), audit.Texts())
	if err != nil {
		t.Fatal(err)
	}
	w.accounts, err = identity.New(identity.Config{DB: b.DB, Consents: w, Recorder: w, Mailer: w, Catalog: catalog, Cost: bcrypt.MinCost,
		Services: []tenant.Service{{Slug: "ctt", Name: map[string]string{"id": "CTT", "en": "CTT"}, MinimumAge: 18, NoticeVersion: "2.0", TermsVersion: "1.0"}},
		Address:  func(slug string) string { return "https://example.co.id/" + slug }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.accounts.Close)
	w.node, w.other = w.start(), w.start()
	return w
}

func (w *world) start() *node {
	w.t.Helper()
	home := tenant.HomeOf("ctt")
	s, err := bearer.New(bearer.Config{DB: w.b.DB, Accounts: w.accounts, Service: "ctt", Home: home, Issuer: "https://example.co.id/ctt", Scopes: scopes, Teller: w})
	if err != nil {
		w.t.Fatal(err)
	}
	catalog := webtest.Catalog(w.t, identity.Texts(), rest.Texts(), bearer.Texts())
	api := rest.New(rest.Config{Service: "ctt", Title: "CTT", Address: "https://example.co.id/ctt", Auth: s, DB: w.b.DB, Vault: w.b.Vault, Clock: w.b.Clock, Catalog: catalog, Scopes: scopes,
		Tags: []rest.Tag{{Name: "Sessions", Says: "s"}, {Name: "Tokens", Says: "t"}}})
	s.REST(api)
	type whoOut struct {
		Body struct {
			Email string `json:"email"`
		}
	}
	rest.Register(api, rest.Op{Method: "GET", Path: "/me", ID: "me", Tag: "Sessions", Summary: "Who", Scope: "transactions:read"}, func(ctx context.Context, _ *struct{}) (*whoOut, error) {
		p, _ := identity.FromContext(ctx)
		out := &whoOut{}
		out.Body.Email = p.Email
		return out, nil
	})
	mux := http.NewServeMux()
	api.Routes(mux)
	s.Routes(mux)
	return &node{s, w.accounts.Identify(webtest.Shell(w.t, w.b.Clock, identity.Texts(), rest.Texts(), bearer.Texts()).Handler(mux))}
}

var link = regexp.MustCompile(`[?&#]token=([A-Za-z0-9_-]{43})`)

// member signs up, proves the address, and is signed in by a browser.
func (w *world) member(email string) (identity.Ticket, identity.Principal) {
	w.t.Helper()
	ctx := context.Background()
	err := w.accounts.SignUp(ctx, "ctt", identity.SignUp{Kind: tenant.Person, Name: "Rina Maharani", Email: email, Password: password, Age: true, Accept: true, Device: phone})
	if err != nil {
		w.t.Fatal(err)
	}
	w.accounts.Close()
	w.mu.Lock()
	m := link.FindStringSubmatch(w.mail[email])
	w.mu.Unlock()
	if m == nil {
		w.t.Fatalf("no link in the letter")
	}
	ticket, err := w.accounts.Verify(ctx, "ctt", m[1], password, phone)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.accounts.Resolve(ctx, "ctt", ticket.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	return ticket, p
}

// grant is the answer of a sign-in.
type grant struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Session string
	Scopes  []string
}

func (w *world) signIn(email string) grant {
	w.t.Helper()
	return as[grant](w.t, ask(w.node, "POST", "/sessions", "", `{"email":"`+email+`","password":"`+password+`"}`), 201)
}

func as[T any](t *testing.T, w *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var v T
	if w.Code != status {
		t.Fatalf("%d %s, want %d", w.Code, w.Body, status)
	}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// refused checks that a request got a problem of a code.
func refused(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	p := as[rest.Problem](t, w, status)
	if p.Code != code {
		t.Errorf("code %s, want %s", p.Code, code)
	}
}

func ask(h http.Handler, method, path, token, body string, heads ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/ctt/api/v1"+path, strings.NewReader(body))
	r.RemoteAddr = "203.0.113.7:4711"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(heads); i += 2 {
		if heads[i] == "From" {
			r.RemoteAddr = heads[i+1] + ":4711"
			continue
		}
		r.Header.Set(heads[i], heads[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
