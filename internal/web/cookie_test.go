package web_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"amanah/internal/clock"
	"amanah/internal/web"
	"amanah/internal/web/webtest"
)

// classes is what a notice says in these tests.
func classes(_, name string) string {
	return map[string]string{"flash": "essential", "cookies": "essential", "session-ctt": "essential", "lang": "functional", "rows": "preference", "visits": "analytics"}[name]
}

// sets answers with one cookie of each class and one that no notice names.
func sets(w http.ResponseWriter, _ *http.Request) {
	for _, name := range []string{"__Host-session-ctt", "lang", "rows", "visits", "unknown"} {
		http.SetCookie(w, &http.Cookie{Name: name, Value: "x", Path: "/"})
	}
}

func TestCookies_onlyWhatIsNamedAndAllowed(t *testing.T) {
	t.Parallel()
	h := serverOf(t, sets, func(c *web.Config) { c.CookieClass = classes })
	for name, c := range map[string]struct {
		choice string // the value of the cookie
		header string
		want   string // names that are set
		gone   string // names that are taken away
	}{
		"before a choice":                {"", "", "__Host-session-ctt lang", ""},
		"none":                           {"-", "", "__Host-session-ctt", "lang rows visits"},
		"functional alone":               {"functional", "", "__Host-session-ctt lang", "rows visits"},
		"preference alone":               {"preference", "", "__Host-session-ctt rows", "lang visits"},
		"analytics alone":                {"analytics", "", "__Host-session-ctt visits", "lang rows"},
		"all":                            {"functional.preference.analytics", "", "__Host-session-ctt lang rows visits", ""},
		"all, and the browser objects":   {"functional.preference.analytics", "Sec-GPC", "__Host-session-ctt lang rows", "visits"},
		"all, and the browser says DNT":  {"functional.preference.analytics", "DNT", "__Host-session-ctt lang rows", "visits"},
		"a choice that nobody can make":  {"everything.essential", "", "__Host-session-ctt", "lang rows visits"},
		"a choice that repeats a class":  {"functional.functional", "", "__Host-session-ctt lang", "rows visits"},
		"a choice with broken separator": {"functional,analytics", "", "__Host-session-ctt", "lang rows visits"},
	} {
		r := httptest.NewRequest("GET", "/ctt/x", nil)
		if c.choice != "" {
			r.AddCookie(&http.Cookie{Name: "cookies", Value: c.choice})
		}
		for _, have := range []string{"lang", "rows", "visits"} {
			r.AddCookie(&http.Cookie{Name: have, Value: "old"})
		}
		if c.header != "" {
			r.Header.Set(c.header, "1")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var set, gone []string
		for _, k := range w.Result().Cookies() {
			if k.MaxAge < 0 {
				gone = append(gone, k.Name)
			} else {
				set = append(set, k.Name)
			}
		}
		slices.Sort(gone)
		if got := strings.Join(set, " "); got != c.want {
			t.Errorf("%s: set %q, want %q", name, got, c.want)
		}
		if got := strings.Join(gone, " "); got != c.gone {
			t.Errorf("%s: taken away %q, want %q", name, got, c.gone)
		}
	}
}

func TestCookies_alsoOfAnswersWithoutABody(t *testing.T) {
	t.Parallel()
	h := serverOf(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "unknown", Value: "x"})
	}, func(c *web.Config) { c.CookieClass = classes })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/ctt/x", nil))
	if got := w.Header().Values("Set-Cookie"); len(got) != 0 {
		t.Errorf("a cookie that no notice names is set: %d lines", len(got))
	}
}

// serverOf is a shell around one handler.
func serverOf(t *testing.T, f http.HandlerFunc, change func(*web.Config)) http.Handler {
	t.Helper()
	cfg := web.Config{Clock: clock.NewManual(noon), Catalog: webtest.Catalog(t, texts())}
	change(&cfg)
	return webtest.ShellOf(t, cfg).Handler(f)
}
