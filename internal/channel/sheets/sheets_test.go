package sheets_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"amanah/internal/channel/sheets"
	"amanah/internal/channel/sheets/sheetstest"
	"amanah/internal/fault"
)

func client(t *testing.T) (*sheetstest.Server, *sheets.Client) {
	t.Helper()
	s := sheetstest.New(t)
	g, err := s.OAuth().Renew(t.Context(), s.Client(), s.Grant())
	if err != nil {
		t.Fatal(err)
	}
	return s, &sheets.Client{HTTP: s.Client(), Base: s.URL, Access: g.Access}
}

func TestClient(t *testing.T) {
	t.Parallel()
	s, c := client(t)
	ctx := t.Context()
	id, err := c.Create(ctx, "Transaksi Rina", "Transaksi '26", []string{"ID", "Jumlah"})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"a-1", "a-2", "=HYPERLINK(\"x\")"} {
		if err := c.Append(ctx, id, "Transaksi '26", sheets.Row{name, json.Number(fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
	}
	for number, want := range map[string]int{"a-2": 3, "a-9": 0} {
		if at, err := c.Find(ctx, id, "Transaksi '26", number); err != nil || at != want {
			t.Errorf("%s is in row %d, %v, want %d", number, at, err, want)
		}
	}
	if err := c.Write(ctx, id, "Transaksi '26", 3, sheets.Row{"a-2", json.Number("99")}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.Rows(t), "|"); got != `ID Jumlah|a-1 0|a-2 99|=HYPERLINK("x") 2` {
		t.Errorf("the rows are %s", got)
	}
	s.Rename("Belanja")
	if book, sheet, err := c.Titles(ctx, id); err != nil || book != "Transaksi Rina" || sheet != "Belanja" {
		t.Errorf("%s, %s, %v", book, sheet, err)
	}
	if _, err := c.Find(ctx, id, "Belanja", `") & IMPORTDATA("http://x`); err == nil {
		t.Error("a formula got into the look-up")
	}
}

func TestClient_refused(t *testing.T) {
	t.Parallel()
	s, c := client(t)
	var e *sheets.Error
	if err := c.Append(t.Context(), "1AbC-none", "X", sheets.Row{"a"}); !errors.As(err, &e) || e.Status != 404 || strings.Contains(err.Error(), "Kopi") {
		t.Errorf("a spreadsheet that is gone gives %v", err)
	}
	s.Next(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(429)
		_, _ = w.Write([]byte(`{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED"}]}}`))
		return true
	})
	if _, err := c.Create(t.Context(), "x", "y", nil); !errors.As(err, &e) || e.Status != 429 || e.Reason != "RATE_LIMIT_EXCEEDED" || e.Wait.Seconds() != 30 {
		t.Errorf("too much gives %v", err)
	}
	s.Expire()
	if _, err := c.Create(t.Context(), "x", "y", nil); !errors.As(err, &e) || e.Status != 401 {
		t.Errorf("access that ended gives %v", err)
	}
}

func TestOAuth(t *testing.T) {
	t.Parallel()
	s := sheetstest.New(t)
	o, ctx, verifier := s.OAuth(), t.Context(), sheets.Verifier()
	u, err := url.Parse(o.URL("st4te", "n0nce", verifier))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for k, want := range map[string]string{"response_type": "code", "access_type": "offline", "prompt": "consent", "state": "st4te", "nonce": "n0nce", "code_challenge_method": "S256", "scope": "openid " + sheets.Scope, "redirect_uri": o.Redirect} {
		if q.Get(k) != want {
			t.Errorf("%s is %q, want %q", k, q.Get(k), want)
		}
	}
	agree := func(scope string) string { return s.Agree(q.Get("code_challenge"), "n0nce", scope) }
	good := agree("openid " + sheets.Scope)
	for name, c := range map[string]struct{ code, verifier, nonce, key string }{
		"another verifier": {agree("openid " + sheets.Scope), sheets.Verifier(), "n0nce", sheets.KeyNoGrant},
		"no such code":     {"4/none", verifier, "n0nce", sheets.KeyNoGrant},
		"files left out":   {agree("openid"), verifier, "n0nce", sheets.KeyScope},
		"another browser":  {agree("openid " + sheets.Scope), verifier, "other", sheets.KeyNoGrant},
	} {
		if _, err := o.Exchange(ctx, s.Client(), c.code, c.verifier, c.nonce); fault.Of(err).Key != c.key {
			t.Errorf("%s gives %v, want %s", name, err, c.key)
		}
	}
	g, err := o.Exchange(ctx, s.Client(), good, verifier, "n0nce")
	if err != nil || g.Refresh == "" || g.Access == "" {
		t.Fatal(err)
	}
	if _, err := o.Exchange(ctx, s.Client(), good, verifier, "n0nce"); err == nil {
		t.Error("a code is good twice")
	}
	for range 2 {
		if !o.Withdraw(ctx, s.Client(), g.Refresh) {
			t.Error("200 and 400 both say that nothing is left")
		}
	}
	if _, err := o.Renew(ctx, s.Client(), g.Refresh); fault.Of(err).Key != sheets.KeyRevoked || strings.Contains(fmt.Sprintf("%+v", err), g.Refresh) {
		t.Errorf("a dead grant gives %v", err)
	}
	s.Next(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(503); return true }, func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(503); return true })
	if _, err := o.Renew(ctx, s.Client(), g.Refresh); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a giver that is away gives %v", err)
	}
	if o.Withdraw(ctx, s.Client(), g.Refresh) {
		t.Error("503 says nothing about what is left")
	}
}
