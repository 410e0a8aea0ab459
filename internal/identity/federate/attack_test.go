package federate_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/identity/federate"
)

func key(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}

var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// liar is an issuer that answers every code with the token it was told to.
type liar struct {
	*httptest.Server
	key   *rsa.PrivateKey
	reply func(w http.ResponseWriter, form url.Values)
	asked int
}

func newLiar(t *testing.T) *liar {
	t.Helper()
	l := &liar{key: newKey(t)}
	mux := http.NewServeMux()
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		l.asked++
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		l.reply(w, r.PostForm)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		n, e := l.key.N.Bytes(), big.NewInt(int64(l.key.E)).Bytes()
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": b64(n), "e": b64(e)}}})
	})
	l.Server = httptest.NewServer(mux)
	t.Cleanup(l.Close)
	return l
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token signs claims, with "none" without a signature.
func token(t *testing.T, k *rsa.PrivateKey, alg string, claims map[string]any) string {
	t.Helper()
	h, err := json.Marshal(map[string]string{"alg": alg, "kid": "1", "typ": "JWT"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := b64(h) + "." + b64(c)
	if alg == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64(sig)
}

// nonceOf reads the nonce that a ticket asks for.
func nonceOf(t *testing.T, c *federate.Client, mine federate.Ticket) string {
	t.Helper()
	u, err := url.Parse(c.Start(mine))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("nonce")
}

func TestFinish_wrongTokens(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	other := newKey(t)
	c := client(t, federate.Config{Issuer: "https://accounts.google.com", Authorize: l.URL + "/auth", Token: l.URL + "/token", Keys: l.URL + "/keys", Now: clock.NewManual(now).Now})
	mine := ticket(t, 1)
	right := func() map[string]any {
		return map[string]any{"iss": "https://accounts.google.com", "aud": us.ID, "sub": "1234", "nonce": nonceOf(t, c, mine), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
			"email": "rina.maharani@example.com", "email_verified": true, "name": "Rina Maharani"}
	}
	with := func(name string, value any) map[string]any {
		m := right()
		if m[name] = value; value == nil {
			delete(m, name)
		}
		return m
	}
	for name, test := range map[string]struct {
		token string
		key   string
	}{
		"right":                      {token(t, l.key, "RS256", right()), ""},
		"Google's short name":        {token(t, l.key, "RS256", with("iss", "accounts.google.com")), ""},
		"verified in a word":         {token(t, l.key, "RS256", with("email_verified", "true")), ""},
		"for us among others":        {token(t, l.key, "RS256", with("azp", us.ID)), ""},
		"another issuer":             {token(t, l.key, "RS256", with("iss", "https://evil.example")), "federate.token"},
		"no issuer":                  {token(t, l.key, "RS256", with("iss", nil)), "federate.token"},
		"for another client":         {token(t, l.key, "RS256", with("aud", "somebody-else")), "federate.token"},
		"handed on by another":       {token(t, l.key, "RS256", with("azp", "somebody-else")), "federate.token"},
		"two audiences":              {token(t, l.key, "RS256", with("aud", []string{us.ID, "somebody-else"})), "federate.token"},
		"wrong nonce":                {token(t, l.key, "RS256", with("nonce", nonceOf(t, c, ticket(t, 2)))), "federate.token"},
		"no nonce":                   {token(t, l.key, "RS256", with("nonce", nil)), "federate.token"},
		"too old":                    {token(t, l.key, "RS256", with("exp", now.Add(-time.Second).Unix())), "federate.token"},
		"no end":                     {token(t, l.key, "RS256", with("exp", nil)), "federate.token"},
		"not yet":                    {token(t, l.key, "RS256", with("nbf", now.Add(time.Hour).Unix())), "federate.token"},
		"nobody":                     {token(t, l.key, "RS256", with("sub", "")), "federate.token"},
		"a name too long":            {token(t, l.key, "RS256", with("sub", strings.Repeat("1", 256))), "federate.token"},
		"another key":                {token(t, other, "RS256", right()), "federate.token"},
		"no signature":               {token(t, l.key, "none", right()), "federate.token"},
		"the key's text as a secret": {token(t, l.key, "HS256", right()), "federate.token"},
		"cut":                        {token(t, l.key, "RS256", right())[:40], "federate.token"},
		"none at all":                {"", "federate.token"},
		"huge":                       {strings.Repeat("A", 1<<20), "federate.unreachable"},
	} {
		l.reply = func(w http.ResponseWriter, _ url.Values) {
			_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": test.token})
		}
		got, err := c.Finish(t.Context(), mine, url.Values{"state": {mine.State()}, "code": {"secret-code"}})
		if key(err) != test.key || (err == nil) != (got.Subject == "1234") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), "rina") || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "http")) {
			t.Errorf("%s: the error says too much: %v", name, err)
		}
	}
}

func TestFinish_wrongAnswers(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.reply = func(w http.ResponseWriter, _ url.Values) { w.WriteHeader(http.StatusTeapot) }
	c := client(t, federate.Config{Issuer: "https://accounts.google.com", Authorize: l.URL + "/auth", Token: l.URL + "/token", Keys: l.URL + "/keys"})
	mine := ticket(t, 1)
	for name, test := range map[string]struct {
		answer url.Values
		ticket federate.Ticket
		key    string
	}{
		"nothing":              {url.Values{}, mine, "federate.state"},
		"no ticket":            {url.Values{"state": {mine.State()}, "code": {"x"}}, "", "federate.state"},
		"an odd ticket":        {url.Values{"state": {mine.State()}, "code": {"x"}}, "short", "federate.state"},
		"another state":        {url.Values{"state": {ticket(t, 2).State()}, "code": {"x"}}, mine, "federate.state"},
		"two states":           {url.Values{"state": {mine.State(), mine.State()}, "code": {"x"}}, mine, "federate.state"},
		"two codes":            {url.Values{"state": {mine.State()}, "code": {"x", "y"}}, mine, "federate.state"},
		"no code":              {url.Values{"state": {mine.State()}}, mine, "federate.state"},
		"another's name":       {url.Values{"state": {mine.State()}, "code": {"x"}, "iss": {"https://evil.example"}}, mine, "federate.state"},
		"an empty name":        {url.Values{"state": {mine.State()}, "code": {"x"}, "iss": {""}}, mine, "federate.state"},
		"denied":               {url.Values{"state": {mine.State()}, "error": {"access_denied"}}, mine, "federate.denied"},
		"denied to another":    {url.Values{"state": {"x"}, "error": {"access_denied"}}, mine, "federate.state"},
		"the issuer's trouble": {url.Values{"state": {mine.State()}, "error": {"<script>"}}, mine, "federate.refused"},
	} {
		if _, err := c.Finish(t.Context(), test.ticket, test.answer); key(err) != test.key || strings.Contains(err.Error(), "script") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l.asked != 0 {
		t.Errorf("the issuer was asked %d times about answers that do not fit", l.asked)
	}
	if _, err := c.Finish(t.Context(), mine, url.Values{"state": {mine.State()}, "code": {"x"}}); key(err) != "federate.refused" {
		t.Errorf("a teapot: %v", err)
	}
	l.Close()
	if _, err := c.Finish(t.Context(), mine, url.Values{"state": {mine.State()}, "code": {"x"}}); key(err) != "federate.unreachable" || !fault.Is(err, fault.Unavailable) {
		t.Errorf("nobody there: %v", err)
	}
}

// The start asks for exactly what is needed, and the vector of RFC 7636 tells
// that the challenge is right.
func TestStart(t *testing.T) {
	t.Parallel()
	c := client(t, federate.Config{Issuer: "https://a.example", Authorize: "https://a.example/auth", Token: "https://a.example/t", Keys: "https://a.example/k"})
	u, err := url.Parse(c.Start(ticket(t, 1)))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"client_id": us.ID, "redirect_uri": back, "response_type": "code", "scope": "openid email profile", "code_challenge_method": "S256", "state": ticket(t, 1).State()} {
		if q.Get(name) != want {
			t.Errorf("%s=%s", name, q.Get(name))
		}
	}
	seen := map[string]bool{string(ticket(t, 1)): true}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if v := q.Get(name); len(v) != 43 || seen[v] {
			t.Errorf("%s=%s", name, v)
		} else {
			seen[v] = true
		}
	}
	if strings.Contains(u.String(), string(ticket(t, 1))) || strings.Contains(u.String(), "tests") {
		t.Error("the ticket or the secret stands in the address")
	}
}

func FuzzFits(f *testing.F) {
	f.Add("state=x&code=y")
	f.Fuzz(func(t *testing.T, query string) {
		answer, err := url.ParseQuery(query)
		if err == nil && federate.Fits(ticket(t, 1), answer) && answer.Get("state") != ticket(t, 1).State() {
			t.Error("a foreign answer fits")
		}
	})
}
