package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"amanah/internal/clock"
	"amanah/internal/web"
	"amanah/internal/web/ui"
	"amanah/internal/web/webtest"
)

func TestService_byHostThenByPath(t *testing.T) {
	t.Parallel()
	s := webtest.ShellOf(t, web.Config{Clock: clock.NewManual(noon), Catalog: webtest.Catalog(t), Services: []web.Service{
		{Slug: "ctt", Name: "CTT", Accent: "#0f6e6e"},
		{Slug: "jenna", Name: "Jenna", Accent: "#6d4aa3", Hosts: []string{"jenna.example.co.id"}},
	}})
	for _, tc := range []struct{ host, path, slug, notice string }{
		{"localhost:8080", "/ctt/app", "ctt", "/ctt/privacy"},
		{"localhost:8080", "/ctt", "ctt", "/ctt/privacy"},
		{"localhost:8080", "/cttx/app", "", "/privacy"},
		{"JENNA.example.co.id:443", "/app", "jenna", "/privacy"},
		{"jenna.example.co.id", "/ctt/app", "jenna", "/privacy"},
		{"other.example.co.id", "/jenna/", "jenna", "/jenna/privacy"},
		{"localhost", "/", "", "/privacy"},
	} {
		var got web.Service
		var number string
		h := s.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got, number = web.ServiceOf(r.Context()), web.RequestID(r.Context())
		}))
		r := httptest.NewRequest("GET", tc.path, nil)
		r.Host = tc.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got.Slug != tc.slug || got.Path("/privacy") != tc.notice {
			t.Errorf("%s%s: %q with %s, want %q with %s", tc.host, tc.path, got.Slug, got.Path("/privacy"), tc.slug, tc.notice)
		}
		if number == "" || number != w.Header().Get("X-Request-Id") {
			t.Errorf("the request number %q is not the header's", number)
		}
	}
	if s.AssetURL("style.css") == "" || s.AssetURL("nothing.css") != "" {
		t.Error("an asset has an address, what is none has not")
	}
}

func TestDecorate_fillsWhatOthersKnow(t *testing.T) {
	t.Parallel()
	h := server(t, func(c *web.Config) {
		c.Decorate = func(r *http.Request, p *web.Page) {
			p.User = &web.User{Name: "Dewi Anggraini", SignOut: "/ctt/signout"}
			p.Nav = []ui.Tab{{Label: "Beranda", Href: "/ctt/app"}}
		}
	})
	for _, path := range []string{"/ctt/", "/ctt/fail/conflict"} {
		w := ask(h, "GET", path, "")
		body := w.Body.String()
		webtest.Check(t, body)
		if !strings.Contains(body, "Dewi Anggraini") || !strings.Contains(body, `href="/ctt/app"`) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the person, the menu or no-store is missing: %v", path, w.Header())
		}
	}
}

func TestClientKey_joinsAnIPv6Network(t *testing.T) {
	t.Parallel()
	s := webtest.Shell(t, clock.NewManual(noon))
	key := func(remote string) string {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		return s.ClientKey(r)
	}
	if a, b := key("[2001:db8:1:2::1]:9"), key("[2001:db8:1:2:ffff::7]:9"); a != b {
		t.Errorf("one /64 has two keys: %s, %s", a, b)
	}
	if a, b := key("[2001:db8:1:2::1]:9"), key("[2001:db8:1:3::1]:9"); a == b {
		t.Errorf("two networks have one key: %s", a)
	}
	if a, b := key("198.51.100.1:9"), key("198.51.100.2:9"); a == b {
		t.Errorf("two addresses have one key: %s", a)
	}
}

// A handler outside the shell says so at once instead of showing half a page.
func TestRender_outsideTheShell(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]http.HandlerFunc{
		"a page":     func(w http.ResponseWriter, r *http.Request) { web.Render(w, r, 200, web.Page{}, templ.Raw("x")) },
		"a fragment": func(w http.ResponseWriter, r *http.Request) { web.Fragment(w, r, 200, templ.Raw("x")) },
		"an error":   func(w http.ResponseWriter, r *http.Request) { web.Fail(w, r, http.ErrNoCookie) },
	} {
		w := httptest.NewRecorder()
		serve(w, httptest.NewRequest("GET", "/", nil))
		if w.Code != 500 || strings.Contains(w.Body.String(), "<") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
