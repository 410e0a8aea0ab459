package app

import (
	"bytes"
	"flag"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the list of closed routes")

// aim is a request for a pattern, with Rina's number wherever one belongs.
func aim(pattern string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern
	}
	return method, strings.NewReplacer("{id}", foreign, "{number}", foreign, "{act}", "remove", "{by}", "xendit", "{$}", "").Replace(path)
}

// form fills in whatever a form may ask for, with Rina's number for every id.
func form() url.Values {
	v := url.Values{"amount": {"1"}, "currency": {"IDR"}, "direction": {"out"}, "category": {"other"}, "at": {"2026-11-22T12:31"}, "understood": {"yes"}, "text": {"halo"}, "title": {"halo"}, "name": {"halo"}, "revision": {"0"}}
	for _, name := range []string{"id", "session", "subject", "member", "person", "invitation", "token", "key", "passkey", "workspace", "target", "transaction", "account", "rule", "number", "ticket"} {
		v.Set(name, foreign)
	}
	return v
}

// refused tells whether an answer lets somebody nowhere: sign-in, 401, 403, 404.
func refused(w *httptest.ResponseRecorder) bool {
	to := w.Header().Get("Location")
	return w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden || w.Code == http.StatusNotFound ||
		w.Code == http.StatusSeeOther && toSignIn.MatchString(to)
}

var toSignIn = regexp.MustCompile(`^/[a-z]+/signin(\?|$|/second)`)

// closed are the routes that ask for a session.
func (g *guarded) closed() (out []string) {
	for _, p := range g.Patterns() {
		if openFor(p) == "" {
			out = append(out, p)
		}
	}
	return out
}

// Nobody without a whole session gets anywhere, on any route that there is, unless
// the route stands among the open ones. That list names no route that is gone.
func TestGuard_strangers(t *testing.T) {
	t.Parallel()
	g := guard(t)
	for _, pattern := range g.closed() {
		method, path := aim(pattern)
		for who, cookie := range map[string]string{"a stranger": "", "a session that was never given": strings.Repeat("A", len(g.rina.cookie)), "a half session": g.rina.half} {
			if w := g.ask(method, path, cookie, form()); !refused(w) || strings.Contains(w.Body.String(), g.rina.email) {
				t.Errorf("%s gets %d %s of %s", who, w.Code, w.Header().Get("Location"), pattern)
			}
		}
	}
	for pattern := range openRoutes {
		if !slices.Contains(g.Patterns(), pattern) {
			t.Errorf("%s is on the list of open routes, and there is no such route", pattern)
		}
	}
	// The end-to-end test asks a running program for these.
	want := []byte(strings.Join(g.closed(), "\n") + "\n")
	file := filepath.Join("testdata", "closed.txt")
	if *update {
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
		t.Errorf("%s is not the list of closed routes (-update writes it): %v", file, err)
	}
}

// Who belongs to another workspace finds nothing of Rina's under any route, and
// changes nothing of hers, whatever number is in the address or in the form.
func TestGuard_otherTenants(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.plant()
	before := g.rows()
	for _, pattern := range g.closed() {
		method, path := aim(pattern)
		w := g.ask(method, path, g.dewi.cookie, form())
		body := w.Body.String()
		switch {
		case w.Code >= 500:
			t.Errorf("%s gives another workspace's owner %d", pattern, w.Code)
		case strings.Contains(pattern, "{") && !refused(w):
			t.Errorf("%s gives another workspace's owner %d %s", pattern, w.Code, w.Header().Get("Location"))
		case strings.Contains(pattern, "/staff/") && !refused(w):
			t.Errorf("%s gives %d to who is no staff", pattern, w.Code)
		case strings.Contains(body, g.rina.email) || strings.Contains(body, g.rina.name) || method == http.MethodGet && strings.Contains(body, foreign) && w.Code == http.StatusOK:
			t.Errorf("%s shows another workspace's owner what is Rina's", pattern)
		}
	}
	if diff := cmp.Diff(before, g.rows()); diff != "" {
		t.Errorf("somebody changed what is Rina's:\n%s", diff)
	}
	if w := g.ask(http.MethodGet, "/ctt/account", g.dewi.cookie, nil); w.Code != http.StatusOK {
		t.Errorf("her own session did not last, so that this proves little: %d", w.Code)
	}
}

// Who may only look changes nothing of the workspace.
func TestGuard_viewers(t *testing.T) {
	t.Parallel()
	g := guard(t)
	for _, pattern := range g.closed() {
		method, path := aim(pattern)
		// What lies under privacy is the person's own right, whatever the role.
		if method == http.MethodGet || viewerMay[pattern] != "" || strings.HasPrefix(pattern, "POST /ctt/privacy/") {
			continue
		}
		if w := g.ask(method, path, g.bagas.cookie, form()); !refused(w) || strings.HasPrefix(w.Header().Get("Location"), "/ctt/signin") {
			t.Errorf("%s gives a viewer %d %s", pattern, w.Code, w.Header().Get("Location"))
		}
	}
	if w := g.ask(http.MethodGet, "/ctt/app", g.bagas.cookie, nil); w.Code != http.StatusOK {
		t.Errorf("the viewer sees no workspace, so that this proves little: %d", w.Code)
	}
	closed := g.closed()
	for _, pattern := range slices.Sorted(maps.Keys(viewerMay)) {
		if !slices.Contains(closed, pattern) {
			t.Errorf("%s is on the list of what viewers may, and there is no such route", pattern)
		}
	}
}
