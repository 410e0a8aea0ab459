package google_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"amanah/internal/identity"
	"amanah/internal/identity/factor"
	"amanah/internal/identity/federate"
	"amanah/internal/identity/google"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/webtest"
	"amanah/test/peers"
)

var config = storetest.Config{
	Sets:       []store.Set{tenant.Tables(), identity.Tables(), factor.Tables(), google.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), identity.Migrations(), factor.Migrations(), google.Migrations()},
}

const (
	back     = "http://127.0.0.1:1/ctt/oauth/google"
	rina     = "rina.maharani@example.com"
	password = "jeruk nipis di teras"
)

var us = peers.Client{ID: "amanah", Secret: "for tests on this machine", Redirects: []string{back}}

// people as the strict provider knows them.
var people = map[string]map[string]any{
	"g-rina":  {"email": rina, "email_verified": true, "name": "Rina M."},
	"g-dewi":  {"email": "dewi@example.com", "email_verified": true, "name": "Dewi Anggraini"},
	"g-bagas": {"email": "bagas@example.com", "email_verified": false, "name": "Bagas Prakoso"},
}

// world is the service over real accounts.
type world struct {
	t        *testing.T
	b        *storetest.Bundle
	accounts *identity.Service
	google   *google.Service
	h        http.Handler
	mu       sync.Mutex
	events   []string
	accepted int
}

func (w *world) Send(context.Context, identity.Letter) error { return nil }
func (w *world) Accept(context.Context, *store.Tx, identity.Acceptance) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.accepted++
	return nil
}
func (w *world) Give(context.Context, *store.Tx, identity.Choice) error { return nil }
func (w *world) Record(_ context.Context, _ *store.Tx, e identity.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e.Name)
	return nil
}

func (w *world) recorded(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.events, name)
}

// newWorld is the site with an issuer.
func newWorld(t *testing.T, b *storetest.Bundle, issuer federate.Config) *world {
	t.Helper()
	w := &world{t: t, b: b}
	b.Manual().Set(time.Now()) // the providers live today, and so do their tokens
	catalog := webtest.Catalog(t, identity.Texts(), google.Texts())
	offers := []identity.Way{{Key: "google.button", Path: "/oauth/google/start"}}
	var err error
	w.accounts, err = identity.New(identity.Config{
		DB: b.DB, Consents: w, Recorder: w, Mailer: w, Catalog: catalog, Cost: bcrypt.MinCost,
		Services: []tenant.Service{{Slug: "ctt", Name: map[string]string{"id": "CTT", "en": "CTT"}, MinimumAge: 18, NoticeVersion: "2.0", TermsVersion: "1.0"}},
		Address:  func(slug string) string { return "http://127.0.0.1:1/" + slug },
		Ways:     func(string) []identity.Way { return slices.Clone(offers) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.accounts.Close)
	issuer.ClientID, issuer.Secret, issuer.Redirect = us.ID, us.Secret, back
	issuer.Client, issuer.Now = http.DefaultClient, b.Clock.Now
	c, err := federate.New(issuer)
	if err != nil {
		t.Fatal(err)
	}
	w.google, err = google.New(google.Config{DB: b.DB, Accounts: w.accounts, Clients: map[string]*federate.Client{"ctt": c}, Events: w})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	w.accounts.Routes(mux, "ctt")
	w.google.Routes(mux, "ctt")
	shell := webtest.ShellOf(t, web.Config{Clock: b.Clock, Catalog: catalog, Account: w.accounts.Account, Services: []web.Service{{Slug: "ctt", Name: "CTT", Accent: "#0f6e56"}}})
	w.h = w.accounts.Identify(shell.Handler(mux))
	return w
}

// strict is the strict provider's addresses.
func strict(at string) federate.Config {
	return federate.Config{Issuer: at, Authorize: at + "/auth", Token: at + "/token", Keys: at + "/jwks"}
}

// member makes an account with a password.
func (w *world) member(email string) {
	w.t.Helper()
	_, _, err := w.accounts.Provision(w.t.Context(), "ctt", identity.SignUp{Kind: tenant.Person, Name: "Rina Maharani", Email: email, Password: password, Age: true, Accept: true, Device: identity.Device{Lang: "id"}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// browser keeps cookies for the site, and has another jar for Google.
type browser struct {
	*world
	cookies map[string]*http.Cookie
	there   *peers.Browser
}

func (w *world) browser() *browser {
	return &browser{w, map[string]*http.Cookie{}, peers.NewBrowser(w.t, back)}
}

func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:1"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "id")
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	b.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if b.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return rec
}

// get wants a page of a status, with a text in it.
func (b *browser) get(path string, status int, has string) string {
	b.t.Helper()
	rec := b.do(http.MethodGet, path, nil)
	if rec.Code != status || !strings.Contains(rec.Body.String(), has) {
		b.t.Fatalf("GET %s: %d to %s, want %d with %q\n%s", path, rec.Code, rec.Header().Get("Location"), status, has, rec.Body)
	}
	webtest.Check(b.t, rec.Body.String())
	return rec.Body.String()
}

// leads wants to be sent somewhere.
func (b *browser) leads(rec *httptest.ResponseRecorder, to string) {
	b.t.Helper()
	if got := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || got != to {
		b.t.Fatalf("%d to %q, want %q\n%s", rec.Code, got, to, rec.Body)
	}
}

// away goes to the provider as somebody, and gives the answer's path.
func (b *browser) away(who string) string {
	b.t.Helper()
	rec := b.do(http.MethodGet, "/ctt/oauth/google/start?next=/ctt/account/sessions", nil)
	if rec.Code != http.StatusSeeOther {
		b.t.Fatalf("start: %d %s", rec.Code, rec.Body)
	}
	to := rec.Header().Get("Location")
	c := b.cookies["oauth"]
	if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 600 || strings.Contains(to, c.Value) {
		b.t.Fatalf("the cookie of the try: %v", c)
	}
	u := b.there.Walk(to, map[string]string{"login": who, "password": "x", "email": who})
	return u.RequestURI()
}

func signedIn(b *browser) bool { return b.cookies["session-ctt"] != nil }
