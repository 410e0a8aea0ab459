package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
)

// What makes an account less safe asks for a fresh sign-in, which a personal token
// never is; the rest works with both.
func TestCalls_security(t *testing.T) {
	t.Parallel()
	g := guard(t)
	personal := g.token(g.rina, allScopes()...)
	g.Clock.(*clock.Manual).Add(time.Minute)
	code := ""
	g.write(g.rina.principal().HomeScope("security"), func(tx *store.Tx) (err error) {
		code, err = factor.Shown(t.Context(), tx, g.rina.subject)
		return err
	})
	var fresh struct {
		Token string `json:"access_token"`
	}
	w := g.call("POST", "/sessions", "", map[string]string{"email": g.rina.email, "password": "jeruk nipis di teras", "code": code}, "application/json")
	if err := json.Unmarshal(w.Body.Bytes(), &fresh); err != nil || fresh.Token == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	moved := map[string]string{"email": "rina.baru@example.com"}
	for _, c := range []struct {
		name, method, path, token string
		body                      any
		status                    int
		says                      string
	}{
		{"factors", "GET", "/factors", personal, nil, 200, `"required":true`},
		{"the log", "GET", "/account/log?limit=1", personal, nil, 200, `"next":"`},
		{"a strange passkey", "PATCH", "/factors/passkeys/{id}", personal, map[string]string{"name": "Ponsel"}, 404, "not_found"},
		{"the app, by a personal token", "DELETE", "/factors/app", personal, nil, 403, ""},
		{"the address, by a personal token", "POST", "/account/address", personal, moved, 403, ""},
		{"the last factor", "DELETE", "/factors/app", fresh.Token, nil, 409, ""},
		{"no address", "POST", "/account/address", fresh.Token, map[string]string{"email": "rina"}, 422, "#/email"},
		{"the address", "POST", "/account/address", fresh.Token, moved, 202, ""},
		{"the other sessions", "DELETE", "/sessions", fresh.Token, nil, 204, ""},
		{"who ended the others", "GET", "/account", fresh.Token, nil, 200, g.rina.email},
	} {
		kind := ""
		if c.body != nil {
			kind = "application/json"
		}
		if w := g.call(c.method, c.path, c.token, c.body, kind); w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	if w := g.ask(http.MethodGet, "/ctt/account", g.rina.cookie, nil); w.Code != http.StatusSeeOther {
		t.Errorf("the browser's session goes on: %d", w.Code)
	}
}
