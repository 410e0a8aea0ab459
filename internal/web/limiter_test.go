package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/web"
	"amanah/internal/web/webtest"
)

func TestLimiter_givesBackWithTime(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(noon)
	l := web.NewLimiter(c, web.PerMinute(6))
	for i := range 6 {
		if _, ok := l.Allow("rina"); !ok {
			t.Fatalf("refused the %dth of 6", i+1)
		}
	}
	wait, ok := l.Allow("rina")
	if ok || wait != 10*time.Second {
		t.Errorf("the seventh: %v, wait %v, want 10s", ok, wait)
	}
	if _, ok := l.Allow("dewi"); !ok {
		t.Error("another key must have its own allowance")
	}
	c.Add(wait - time.Millisecond)
	if _, ok := l.Allow("rina"); ok {
		t.Error("allowed a millisecond early")
	}
	c.Add(time.Millisecond)
	if _, ok := l.Allow("rina"); !ok {
		t.Error("refused after the wait: a refused try must cost nothing")
	}
}

func TestLimiter_forgetsTheOldestKey(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(noon)
	l := web.NewLimiter(c, web.Rate{PerSecond: 0.001, Burst: 1, Keys: 2})
	l.Allow("a")
	l.Allow("b")
	l.Allow("a") // refused, but used: b is the oldest now
	l.Allow("c")
	if l.Len() != 2 {
		t.Errorf("%d keys, want 2", l.Len())
	}
	if _, ok := l.Allow("a"); ok {
		t.Error("a was forgotten, b was older")
	}
	if _, ok := l.Allow("b"); !ok {
		t.Error("b was not forgotten")
	}
}

func TestThrottle_saysHowLongToWait(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(noon)
	s := webtest.ShellOf(t, web.Config{Clock: c, Catalog: webtest.Catalog(t)})
	l := web.NewLimiter(c, web.PerMinute(1))
	key := func(r *http.Request) string { return r.URL.Query().Get("k") }
	h := s.Handler(web.Throttle(l, key, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {})))
	if w := ask(h, "GET", "/ctt/?k=1", ""); w.Code != 200 {
		t.Fatalf("the first: %d", w.Code)
	}
	w := ask(h, "GET", "/ctt/?k=1&lang=en", "")
	if w.Code != 429 || w.Header().Get("Retry-After") != "60" || !strings.Contains(w.Body.String(), "Try again in 1 minute.") {
		t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	webtest.Check(t, w.Body.String())
	for range 3 {
		if w := ask(h, "GET", "/ctt/", ""); w.Code != 200 {
			t.Errorf("without a key: %d", w.Code)
		}
	}
}

func TestHandler_limitsEachClient(t *testing.T) {
	t.Parallel()
	h := server(t, func(c *web.Config) { c.PerClient = web.Rate{PerSecond: 1, Burst: 3} })
	for i, want := range []int{200, 200, 200, 429} {
		if w := ask(h, "GET", "/ctt/", ""); w.Code != want {
			t.Errorf("request %d: %d, want %d", i+1, w.Code, want)
		}
	}
}

func TestWellKnown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		h    http.Handler
		want string
	}{
		"robots":   {web.Robots("/ctt/api/", "/ctt/hooks/"), "User-agent: *\nDisallow: /ctt/api/\nDisallow: /ctt/hooks/\nAllow: /\n"},
		"security": {web.Security{Contact: []string{"mailto:security@example.co.id"}, Expires: noon, Policy: "https://example.co.id/policy"}.Handler(), "Contact: mailto:security@example.co.id\nExpires: 2026-11-22T05:00:00Z\nPreferred-Languages: id, en\nPolicy: https://example.co.id/policy\n"},
		"gpc":      {web.GPC(true, noon), `{"gpc":true,"lastUpdate":"2026-11-22"}` + "\n"},
	} {
		if got := ask(tc.h, "GET", "/", "").Body.String(); got != tc.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tc.want)
		}
	}
}
