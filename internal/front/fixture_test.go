package front_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/front"
	"amanah/internal/privacy/notice"
	"amanah/internal/web"
	"amanah/internal/web/webtest"
	"amanah/notices"
)

var update = flag.Bool("update", false, "write the golden files")

// slugs are the services; only the first takes accounts.
var slugs = []string{"ctt", "jenna", "ashari", "jagacash", "epesantren"}

// services are made of the notices that the program is built with.
func services(t testing.TB) []front.Service {
	t.Helper()
	ns, findings := notice.LoadNotices(notices.FS)
	if notice.HasErrors(findings) {
		t.Fatal(findings)
	}
	out := make([]front.Service, len(slugs))
	for i, slug := range slugs {
		at := slices.IndexFunc(ns, func(n *notice.Notice) bool { return n.Service() == slug })
		if at < 0 {
			t.Fatalf("there is no notice for %s", slug)
		}
		out[i] = front.Service{Slug: slug, Notice: ns[at], CanSignUp: slug == "ctt"}
	}
	return out
}

// site is the public pages inside a shell.
func site(t testing.TB) http.Handler {
	t.Helper()
	return siteOf(t, services(t))
}

// siteOf does it for these services. CTT has a host of its own besides.
func siteOf(t testing.TB, list []front.Service) http.Handler {
	t.Helper()
	f, err := front.New(list, notice.Render)
	if err != nil {
		t.Fatal(err)
	}
	var shown []web.Service
	for _, s := range list {
		v := web.Service{Slug: s.Slug, Name: s.Notice.Name("id"), Accent: s.Notice.Accent()}
		if s.Slug == "ctt" {
			v.Hosts = []string{"ctt.example.co.id"}
		}
		shown = append(shown, v)
	}
	shell := webtest.ShellOf(t, web.Config{
		Clock: clock.NewManual(time.Date(2026, time.November, 22, 3, 0, 0, 0, time.UTC)), Services: shown,
		Catalog: webtest.Catalog(t, front.Texts()),
	})
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", shell.Assets())
	f.Routes(mux)
	return shell.Handler(mux)
}

// ask sends a GET with headers, given as pairs.
func ask(t testing.TB, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}
