package web_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
	"amanah/internal/web/webtest"
)

var update = flag.Bool("update", false, "write the golden files")

var noon = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

// texts are the sentences of an invented module.
func texts() fstest.MapFS {
	return fstest.MapFS{
		"id.json": {Data: []byte(`{"thing.title":"Barang","thing.saved":{"other":"{count} barang tersimpan"},"thing.name.bad":"Nama paling sedikit {min} huruf"}`)},
		"en.json": {Data: []byte(`{"thing.title":"Things","thing.saved":{"one":"{count} thing saved","other":"{count} things saved"},"thing.name.bad":"A name has at least {min} letters"}`)},
	}
}

// routes are those of an invented module, one for each way to answer.
func routes(s *web.Shell) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", s.Assets())
	fail := func(err error) http.Handler {
		return web.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return err })
	}
	page := func(p web.Page) http.Handler {
		return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			p := p
			p.Title = i18n.T(web.Context(r), "thing.title")
			web.Render(w, r, http.StatusOK, p, templ.Raw(strings.Repeat("<p>isi</p>", 200)))
			return nil
		})
	}
	user := &web.User{Name: "Rina Maharani", SignOut: "/ctt/signout", Menu: []ui.Tab{{Label: "Akun", Href: "/ctt/account"}}}
	mux.Handle("GET /ctt/", page(web.Page{Public: true, Description: "Barang untuk dicoba"}))
	mux.Handle("GET /ctt/app/{id}", page(web.Page{User: user, HTMX: true, Wide: true, Refresh: 5, Lead: "Kalimat", Back: &ui.Tab{Label: "Kembali", Href: "/ctt/"}, Nav: []ui.Tab{{Label: "Barang", Href: "/ctt/app", Current: true, Count: 3}}}))
	mux.Handle("GET /ctt/secret", page(web.Page{Sensitive: true}))
	mux.Handle("GET /ctt/panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("rina@example.com") }))
	mux.Handle("GET /ctt/broken", web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		web.Render(w, r, http.StatusOK, web.Page{Title: "x"}, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "half a page")
			return io.ErrUnexpectedEOF
		}))
		return nil
	}))
	mux.Handle("GET /ctt/fragment", web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		web.Fragment(w, r, http.StatusOK, ui.Badge(ui.Info, i18n.T(web.Context(r), "thing.title")))
		return nil
	}))
	mux.Handle("POST /ctt/save", web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if err := web.ParseForm(r); err != nil {
			return err
		}
		web.Redirect(w, r, r.PostForm.Get("next"), web.Flash{Tone: ui.Success, Key: "thing.saved", Count: 2})
		return nil
	}))
	mux.Handle("POST /ctt/upload", web.LimitBody(5000, web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	})))
	mux.Handle("GET /ctt/invalid", fail(fault.New(fault.Invalid, "x.Y", "thing.name.bad").With("min", 3).On("name")))
	mux.Handle("GET /ctt/internal", fail(fault.New(fault.Internal, "x.Y", "thing.saved").Cause(errors.New("disk /secret/path"))))
	for _, c := range []fault.Code{fault.Unauthorized, fault.Forbidden, fault.NotFound, fault.Conflict, fault.TooLarge, fault.TooMany, fault.Unavailable} {
		mux.Handle("GET /ctt/fail/"+string(c), fail(fault.New(c, "x.Y", "")))
	}
	return mux
}

// server is a shell with the invented module; cfg may be changed by each test.
func server(t testing.TB, change ...func(*web.Config)) http.Handler {
	t.Helper()
	cfg := web.Config{Clock: clock.NewManual(noon), Catalog: webtest.Catalog(t, texts()), MaxBody: 1000}
	for _, c := range change {
		c(&cfg)
	}
	s := webtest.ShellOf(t, cfg)
	return s.Handler(routes(s))
}

// ask sends a request; headers are pairs.
func ask(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Accept", "text/html")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPage_golden(t *testing.T) {
	t.Parallel()
	h := server(t, func(c *web.Config) { c.Demo = true })
	for _, l := range i18n.Langs() {
		for name, path := range map[string]string{"front": "/ctt/", "app": "/ctt/app/7?q=kopi", "error": "/ctt/invalid"} {
			w := ask(h, "GET", path, "", "Accept-Language", string(l))
			body := w.Body.String()
			webtest.Check(t, body)
			body = webtest.Lines(strings.ReplaceAll(body, "<p>isi</p>", ""))
			webtest.Golden(t, *update, name+"."+string(l)+".html", body)
		}
	}
}

func TestPage_ofEveryErrorIsWhole(t *testing.T) {
	t.Parallel()
	h := server(t)
	for path, want := range map[string]int{
		"/ctt/invalid": 422, "/ctt/internal": 500, "/ctt/panic": 500, "/ctt/broken": 500, "/nowhere": 404, "/": 404,
		"/ctt/fail/unauthorized": 401, "/ctt/fail/forbidden": 403, "/ctt/fail/not_found": 404, "/ctt/fail/conflict": 409,
		"/ctt/fail/too_large": 413, "/ctt/fail/too_many": 429, "/ctt/fail/unavailable": 503,
	} {
		for _, l := range i18n.Langs() {
			w := ask(h, "GET", path, "", "Accept-Language", string(l))
			body := w.Body.String()
			if w.Code != want {
				t.Errorf("%s: %d, want %d", path, w.Code, want)
			}
			webtest.Check(t, body)
			for _, not := range []string{"secret", "half a page", "rina@", "unexpected", "x.Y", "goroutine", "barang tersimpan"} {
				if strings.Contains(body, not) {
					t.Errorf("%s: the page must not contain %q", path, not)
				}
			}
			if !strings.Contains(body, "0000000000000000") {
				t.Errorf("%s: the request number is not in the page", path)
			}
		}
	}
}

func TestFail_answersProblemsAsJSON(t *testing.T) {
	t.Parallel()
	h := server(t)
	w := ask(h, "GET", "/ctt/invalid?lang=en", "", "Accept", "application/json")
	var p web.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Content-Type") != "application/problem+json" || w.Code != 422 || p.Status != 422 || p.Code != "invalid" ||
		p.Detail != "A name has at least 3 letters" || len(p.Errors) != 1 || p.Errors[0].Field != "name" || p.Instance != "urn:request:0000000000000000" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = ask(h, "GET", "/ctt/internal", "", "Accept", "application/json")
	if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "tersimpan") {
		t.Errorf("an internal problem tells too much: %s", w.Body)
	}
	w = ask(h, "PUT", "/ctt/save", "", "Accept", "application/json", "Sec-Fetch-Site", "same-origin")
	if w.Code != 405 || !strings.Contains(w.Header().Get("Allow"), "POST") || !strings.Contains(w.Body.String(), `"status":405`) {
		t.Errorf("wrong method: %d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestFail_answersWhoAsks(t *testing.T) {
	t.Parallel()
	h := server(t)
	w := ask(h, "GET", "/jenna/api/v1/nothing", "", "Accept", "*/*")
	if w.Code != 404 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("below /api/: %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	w = ask(h, "GET", "/ctt/invalid", "", "HX-Request", "true")
	if w.Code != 422 || strings.Contains(w.Body.String(), "<html") || !strings.Contains(w.Body.String(), "Nama paling sedikit 3 huruf") {
		t.Errorf("a part of a page: %d %s", w.Code, w.Body)
	}
}

func TestHandler_setsSecurityHeaders(t *testing.T) {
	t.Parallel()
	h := server(t)
	for _, path := range []string{"/ctt/", "/nowhere", "/ctt/panic", "/ctt/fragment"} {
		head := ask(h, "GET", path, "").Header()
		csp := head.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "manifest-src 'self'", "font-src 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %s", path, want)
			}
		}
		for _, not := range []string{"unsafe", "http:", "https:", "*", "trusted-types"} {
			if strings.Contains(csp, not) {
				t.Errorf("%s: the policy has %s", path, not)
			}
		}
		for name, want := range map[string]string{"Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": ""} {
			if got := head.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	secure := ask(server(t, func(c *web.Config) { c.Secure = true }), "GET", "/ctt/?lang=en", "")
	if secure.Header().Get("Strict-Transport-Security") == "" || !strings.Contains(secure.Header().Get("Set-Cookie"), "Secure") {
		t.Errorf("behind HTTPS: %v", secure.Header())
	}
}

func TestHandler_refusesOtherOrigins(t *testing.T) {
	t.Parallel()
	h := server(t)
	for name, tc := range map[string]struct {
		headers []string
		want    int
	}{
		"another site":          {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a sister host":         {[]string{"Sec-Fetch-Site", "same-site"}, 403},
		"another origin":        {[]string{"Origin", "https://evil.example"}, 403},
		"the same page":         {[]string{"Sec-Fetch-Site", "same-origin"}, 303},
		"the same origin":       {[]string{"Origin", "http://example.com"}, 303},
		"a program, no browser": {nil, 303},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := ask(h, "POST", "/ctt/save", "next=/ctt/", append(tc.headers, "Content-Type", "application/x-www-form-urlencoded")...)
			if w.Code != tc.want {
				t.Errorf("%d, want %d", w.Code, tc.want)
			}
		})
	}
}

func TestHandler_limitsBodies(t *testing.T) {
	t.Parallel()
	h := server(t)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, tc := range []struct {
		path string
		size int
		want int
	}{{"/ctt/save", 900, 303}, {"/ctt/save", 1100, 413}, {"/ctt/upload", 4900, 200}, {"/ctt/upload", 5100, 413}} {
		if w := ask(h, "POST", tc.path, "a="+strings.Repeat("x", tc.size), form...); w.Code != tc.want {
			t.Errorf("%s with %d bytes: %d, want %d", tc.path, tc.size, w.Code, tc.want)
		}
	}
	if w := ask(h, "POST", "/ctt/save", "a=%zz", form...); w.Code != 422 {
		t.Errorf("a broken form: %d, want 422", w.Code)
	}
}

func TestRender_cachesAndCompresses(t *testing.T) {
	t.Parallel()
	h := server(t)
	w := ask(h, "GET", "/ctt/", "", "Accept-Encoding", "br, gzip")
	tag := w.Header().Get("ETag")
	if w.Header().Get("Content-Encoding") != "gzip" || tag == "" || w.Header().Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("a public page: %v", w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || !strings.HasSuffix(string(plain), "</html>") {
		t.Fatalf("unpacked: %v %.40s", err, plain)
	}
	if w = ask(h, "GET", "/ctt/", "", "If-None-Match", tag); w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("unchanged: %d with %d bytes", w.Code, w.Body.Len())
	}
	for path, gz := range map[string]string{"/ctt/app/1": "gzip", "/ctt/secret": "", "/ctt/fragment": ""} {
		w = ask(h, "GET", path, "", "Accept-Encoding", "gzip")
		if w.Header().Get("Content-Encoding") != gz || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	if w = ask(h, "GET", "/ctt/app/1", "", "Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
		t.Error("gzip was excluded and sent")
	}
}

func TestLog_holdsNothingPersonal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	var seen []string
	h := server(t, func(c *web.Config) {
		c.Log = slog.New(slog.NewTextHandler(&out, nil))
		c.Observe = func(method, pattern string, status int, _ time.Duration) { seen = append(seen, pattern) }
	})
	ask(h, "GET", "/ctt/app/dewi-7?q=anggraini", "", "Cookie", "session=s3cret", "User-Agent", "Telepon", "X-Forwarded-For", "203.0.113.9")
	ask(h, "GET", "/rina/maharani", "")
	ask(h, "GET", "/ctt/panic", "")
	ask(h, "HACKED-BY-RINA", "/ctt/", "")
	log := out.String()
	for _, not := range []string{"dewi", "anggraini", "s3cret", "Telepon", "192.0.2.1", "203.0.113", "rina", "RINA"} {
		if strings.Contains(log, not) {
			t.Errorf("the log must not contain %q:\n%s", not, log)
		}
	}
	for _, want := range []string{`route="GET /ctt/app/{id}"`, "status=200", "route=none", "status=404", "msg=panic", "method=other", "took=0s"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	if len(seen) != 4 || seen[0] != "GET /ctt/app/{id}" {
		t.Errorf("observed %q", seen)
	}
}
