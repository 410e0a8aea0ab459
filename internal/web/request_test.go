package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/web"
	"amanah/internal/web/webtest"
)

func TestLanguage_order(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		query, cookie, account, accept string
		want                           string
	}{
		"nothing":               {"", "", "", "", "id"},
		"an unknown browser":    {"", "", "", "fr,de;q=0.8", "id"},
		"an English browser":    {"", "", "", "fr, en-GB;q=0.7, id;q=0.3", "en"},
		"English excluded":      {"", "", "", "en;q=0, id", "id"},
		"the account":           {"", "", "en", "id", "en"},
		"the cookie":            {"", "id", "en", "en", "id"},
		"the address":           {"?lang=en", "id", "id", "id", "en"},
		"an address of nothing": {"?lang=xx", "", "", "en", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := server(t, func(c *web.Config) {
				c.Account = func(*http.Request) (string, *time.Location) { return tc.account, nil }
			})
			w := ask(h, "GET", "/ctt/"+tc.query, "", "Cookie", web.LangCookie+"="+tc.cookie, "Accept-Language", tc.accept)
			if !strings.Contains(w.Body.String(), `<html lang="`+tc.want+`"`) || w.Header().Get("Content-Language") != tc.want {
				t.Errorf("not in %s: %.80s", tc.want, w.Body)
			}
			if kept := strings.Contains(w.Header().Get("Set-Cookie"), "lang=en"); kept != (tc.query == "?lang=en") {
				t.Errorf("the choice is kept: %v", kept)
			}
		})
	}
}

func TestRedirect_carriesOneMessage(t *testing.T) {
	t.Parallel()
	h := server(t)
	w := ask(h, "POST", "/ctt/save", "next=/ctt/app/1", "Content-Type", "application/x-www-form-urlencoded")
	cookie := w.Result().Cookies()[0]
	if w.Code != 303 || w.Header().Get("Location") != "/ctt/app/1" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	w = ask(h, "GET", "/ctt/app/1?lang=en", "", "Cookie", cookie.Name+"="+cookie.Value)
	if !strings.Contains(w.Body.String(), "2 things saved") || !strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), ";"), "flash=; Path=/; Max-Age=0") {
		t.Errorf("the message is not shown once: %v", w.Header())
	}
	for _, forged := range []string{"good.1.not.a.key", "good.x.thing.saved", "good", "evil.-1.thing.saved"} {
		w = ask(h, "GET", "/ctt/", "", "Cookie", "flash="+forged)
		if strings.Contains(w.Body.String(), "⟦") || strings.Contains(w.Body.String(), "tersimpan") {
			t.Errorf("%q made a message", forged)
		}
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/ctt/app?x=1#y": "/ctt/app?x=1#y", "/": "/", "": "/f", "ctt": "/f", "//evil.example": "/f", "/\\evil.example": "/f",
		"https://evil.example/": "/f", "javascript:x": "/f", "/a\r\nSet-Cookie: x": "/f", "/%zz": "/f",
	} {
		if got := web.LocalPath(to, "/f"); got != want {
			t.Errorf("%q: %q, want %q", to, got, want)
		}
	}
}

func TestClientAddr(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ remote, forwarded, want string }{
		"direct":                {"198.51.100.7:99", "", "198.51.100.7"},
		"a stranger who claims": {"198.51.100.7:99", "203.0.113.1", "198.51.100.7"},
		"through the proxy":     {"10.0.0.1:99", "203.0.113.1", "203.0.113.1"},
		"a claim before it":     {"10.0.0.1:99", "1.2.3.4, 203.0.113.1", "203.0.113.1"},
		"two proxies":           {"10.0.0.1:99", "203.0.113.1, 10.0.0.2", "203.0.113.1"},
		"rubbish":               {"10.0.0.1:99", "203.0.113.1, rubbish", "10.0.0.1"},
		"mapped":                {"[::ffff:198.51.100.7]:99", "", "198.51.100.7"},
		"no port":               {"pipe", "", "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got string
			s := webtest.ShellOf(t, web.Config{Clock: clock.NewManual(noon), Catalog: webtest.Catalog(t), Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
			h := s.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = web.ClientAddr(r).String() }))
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tc.remote
			if tc.forwarded != "" {
				r.Header.Set("X-Forwarded-For", tc.forwarded)
			}
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
