package google_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/identity"
	"amanah/internal/identity/federate"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/webtest"
	"amanah/test/peers"

	googlepkg "amanah/internal/identity/google"
)

var declared = url.Values{"name": {"Dewi Anggraini"}, "age": {"yes"}, "accept": {"yes"}}

// A newcomer: no password, but every declaration of a sign-up; afterwards Google
// opens the account at once.
func TestGoogle_newcomer(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, people)
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b, strict(at))
		br := w.browser()
		br.get("/ctt/signin", 200, `href="/ctt/oauth/google/start"`)
		br.get("/ctt/signup", 200, `href="/ctt/oauth/google/start"`)
		br.leads(br.do("GET", br.away("g-dewi"), nil), "/ctt/oauth/google/signup")
		body := br.get("/ctt/oauth/google/signup", 200, "dewi@example.com")
		if !strings.Contains(body, `value="Dewi Anggraini"`) || strings.Contains(body, `type="password"`) {
			t.Errorf("the form is not prefilled, or asks for a password: %s", body)
		}
		for _, missing := range []string{"name", "age", "accept"} {
			form := url.Values{}
			for k, v := range declared {
				if k != missing {
					form[k] = v
				}
			}
			if rec := br.do("POST", "/ctt/oauth/google/signup", form); rec.Code != http.StatusUnprocessableEntity || w.accepted != 0 {
				t.Errorf("without %s: %d", missing, rec.Code)
			}
		}
		br.leads(br.do("POST", "/ctt/oauth/google/signup", declared), "/ctt/account/sessions")
		if w.accepted != 1 || !w.recorded("google.linked") || !w.recorded("account.created") || br.cookies["oauth"] != nil {
			t.Errorf("accepted %d times, events %v", w.accepted, w.events)
		}
		br.get("/ctt/account", 200, "dewi@example.com")
		// The form again, in another tab, makes no second account.
		if rec := br.do("POST", "/ctt/oauth/google/signup", declared); rec.Code == http.StatusSeeOther {
			t.Errorf("a try worked twice: %s", rec.Header().Get("Location"))
		}

		other := w.browser()
		other.leads(other.do("GET", other.away("g-dewi"), nil), "/ctt/account/sessions")
		other.get("/ctt/account", 200, "dewi@example.com")

		// It is the only way in, so that it stays.
		rec := other.do("POST", "/ctt/account/google/unlink", nil)
		if rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "satu-satunya cara Anda masuk") {
			t.Errorf("the only way in was taken away: %d", rec.Code)
		}
	})
}

// The address has an account: Google alone does not open it. Its owner signs in
// once and connects the two by an act of their own.
func TestGoogle_knownAddress(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, people)
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b, strict(at))
		w.member(rina)
		br := w.browser()
		br.leads(br.do("GET", br.away("g-rina"), nil), "/ctt/oauth/google/known")
		br.get("/ctt/oauth/google/known", 200, "/ctt/signin?next=%2Fctt%2Foauth%2Fgoogle%2Fconnect")
		if signedIn(br) {
			t.Fatal("an account was opened by its address alone")
		}
		br.leads(br.do("GET", "/ctt/oauth/google/connect", nil), "/ctt/signin?next=%2Fctt%2Foauth%2Fgoogle%2Fconnect")
		if rec := br.do("POST", "/ctt/oauth/google/signup", declared); rec.Code == http.StatusSeeOther || signedIn(br) {
			t.Fatal("a second account of the address was made")
		}
		// That ended the try; the owner begins again.
		br.leads(br.do("GET", br.away("g-rina"), nil), "/ctt/oauth/google/known")
		br.leads(br.do("POST", "/ctt/signin", url.Values{"email": {rina}, "password": {password}, "next": {"/ctt/oauth/google/connect"}}), "/ctt/oauth/google/connect")
		if w.recorded("google.linked") {
			t.Fatal("linked without a word")
		}
		br.get("/ctt/oauth/google/connect", 200, rina)
		br.leads(br.do("POST", "/ctt/oauth/google/connect", nil), "/ctt/account/google")
		br.get("/ctt/account/google", 200, "Putuskan akun Google")

		other := w.browser()
		other.leads(other.do("GET", other.away("g-rina"), nil), "/ctt/account/sessions")
		// The signed-in owner tries to connect a second one, and the same again.
		for who, says := range map[string]string{"g-rina": "sudah terhubung dengan sebuah akun Google"} {
			if rec := other.do("GET", other.away(who), nil); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), says) {
				t.Errorf("%s: %d", who, rec.Code)
			}
		}
		other.leads(other.do("GET", w2(other).away("g-dewi"), nil), "/ctt/oauth/google/connect")
		if rec := other.do("POST", "/ctt/oauth/google/connect", nil); rec.Code != http.StatusConflict {
			t.Errorf("two Google accounts for one person: %d", rec.Code)
		}
		other.leads(other.do("POST", "/ctt/account/google/unlink", nil), "/ctt/account/google")
		third := w.browser()
		third.leads(third.do("GET", third.away("g-rina"), nil), "/ctt/oauth/google/known")
	})
}

// w2 gives a browser a fresh jar at the provider, which else remembers who it was.
func w2(b *browser) *browser {
	b.there = peers.NewBrowser(b.t, back)
	return b
}

func TestGoogle_taken(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, people)
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b, strict(at))
		br := w.browser()
		br.leads(br.do("GET", br.away("g-dewi"), nil), "/ctt/oauth/google/signup")
		br.leads(br.do("POST", "/ctt/oauth/google/signup", declared), "/ctt/account/sessions")
		w.member(rina)
		thief := w.browser()
		thief.leads(thief.do("POST", "/ctt/signin", url.Values{"email": {rina}, "password": {password}}), "/ctt/")
		if rec := thief.do("GET", thief.away("g-dewi"), nil); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "akun lain di sini") {
			t.Errorf("%d", rec.Code)
		}
		// An account that was closed gives its Google account back.
		var who identity.Principal
		if p, err := w.accounts.Resolve(t.Context(), "ctt", br.cookies["session-ctt"].Value); err != nil {
			t.Fatal(err)
		} else {
			who = p
		}
		err := b.DB.Write(t.Context(), who.HomeScope("rights"), func(tx *store.Tx) error { return identity.CloseAccount(t.Context(), tx, who.Subject) })
		if err != nil {
			t.Fatal(err)
		}
		again := w.browser()
		again.leads(again.do("GET", again.away("g-dewi"), nil), "/ctt/oauth/google/signup")
		again.leads(again.do("POST", "/ctt/oauth/google/signup", declared), "/ctt/account/sessions")
	})
}

// What goes wrong is said in the person's words, and opens nothing.
func TestGoogle_trouble(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, people)
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b, strict(at))
		w.member(rina)
		for name, c := range map[string]struct {
			answer func(br *browser) string
			says   string
			status int
		}{
			"not verified": {func(br *browser) string { return br.away("g-bagas") }, "belum memastikan alamat surel", 422},
			"denied": {func(br *browser) string {
				u, _ := url.Parse(br.away("g-dewi"))
				q := url.Values{"state": u.Query()["state"], "iss": {at}, "error": {"access_denied"}}
				return u.Path + "?" + q.Encode()
			}, "belum mengizinkannya", 200},
			"another browser": {func(br *browser) string {
				victim := w.browser()
				path := victim.away("g-dewi")
				br.away("g-dewi")
				return path
			}, "peramban lain", 422},
			"no cookie": {func(br *browser) string {
				path := br.away("g-dewi")
				delete(br.cookies, "oauth")
				return path
			}, "peramban lain", 422},
			"too late": {func(br *browser) string {
				path := br.away("g-dewi")
				b.Manual().Add(10 * time.Minute)
				return path
			}, "Waktunya sudah lewat", 422},
			"a made-up code": {func(br *browser) string {
				u, _ := url.Parse(br.away("g-dewi"))
				return u.Path + "?" + url.Values{"state": u.Query()["state"], "iss": {at}, "code": {"made-up"}}.Encode()
			}, "tidak menerima permintaan", 422},
			"another issuer": {func(br *browser) string {
				u, _ := url.Parse(br.away("g-dewi"))
				q := u.Query()
				q.Set("iss", "https://evil.example")
				return u.Path + "?" + q.Encode()
			}, "Mulai lagi", 422},
			"nothing": {func(*browser) string { return "/ctt/oauth/google" }, "Mulai lagi", 422},
			"no try":  {func(*browser) string { return "/ctt/oauth/google/signup" }, "Mulai lagi", 422},
		} {
			br := w.browser()
			rec := br.do("GET", c.answer(br), nil)
			body := rec.Body.String()
			if rec.Code != c.status || !strings.Contains(body, c.says) || strings.Contains(body, "federate.") || signedIn(br) {
				t.Errorf("%s: %d\n%s", name, rec.Code, body)
			}
			webtest.Check(t, body)
			for _, path := range []string{"/ctt/oauth/google/signup", "/ctt/oauth/google/known"} {
				if rec := br.do("GET", path, nil); rec.Code == http.StatusOK {
					t.Errorf("%s leads on to %s", name, path)
				}
			}
		}
		if w.recorded("google.linked") || w.accepted != 1 {
			t.Errorf("something was made: %v", w.events)
		}
	})
}

// An answer counts once, also when it comes twenty times at once.
func TestGoogle_replayed(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, people)
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b, strict(at))
		br := w.browser()
		path := br.away("g-dewi")
		mine := *br.cookies["oauth"]
		var wg sync.WaitGroup
		var mu sync.Mutex
		through := 0
		for range 20 {
			wg.Go(func() {
				one := &browser{w, map[string]*http.Cookie{"oauth": &mine}, nil}
				if rec := one.do("GET", path, nil); rec.Code == http.StatusSeeOther {
					mu.Lock()
					through++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if through > 1 {
			t.Errorf("%d answers were taken", through)
		}
		late := &browser{w, map[string]*http.Cookie{"oauth": &mine}, nil}
		if rec := late.do("GET", path, nil); rec.Code == http.StatusSeeOther {
			t.Error("the answer works again")
		}
	})
}

// Google as another hand plays it, from the button to the account.
func TestGoogle_emulate(t *testing.T) {
	t.Parallel()
	at := peers.Google(t, us, map[string]any{"email": "dewi@example.com", "name": "Dewi Anggraini"}, map[string]any{"email": rina, "name": "Rina Maharani"})
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b, federate.Config{Issuer: at, Authorize: at + "/o/oauth2/v2/auth", Token: at + "/oauth2/token", Keys: at + "/oauth2/v3/certs"})
		w.member(rina)
		br := w.browser()
		br.leads(br.do("GET", br.away("dewi@example.com"), nil), "/ctt/oauth/google/signup")
		br.leads(br.do("POST", "/ctt/oauth/google/signup", declared), "/ctt/account/sessions")
		again := w.browser()
		again.leads(again.do("GET", again.away("dewi@example.com"), nil), "/ctt/account/sessions")
		known := w.browser()
		known.leads(known.do("GET", known.away(rina), nil), "/ctt/oauth/google/known")
	})
}

// Nothing that Google said is readable in the database, and tries go.
func TestStored_nothingReadable(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, people)
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b, strict(at))
		br := w.browser()
		br.leads(br.do("GET", br.away("g-dewi"), nil), "/ctt/oauth/google/signup")
		home := tenant.HomeOf("ctt")
		scope := store.Scope{Tenant: home, Home: home, Service: "ctt", Actor: store.Actor{Kind: "job"}, Purpose: "security"}
		count := func(q string) (n int) {
			err := b.DB.Read(context.Background(), scope, func(tx *store.Tx) error { return tx.QueryRow(context.Background(), q, []any{tx.Tenant()}, &n) })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		var email, name, who []byte
		err := b.DB.Read(context.Background(), scope, func(tx *store.Tx) error {
			return tx.QueryRow(context.Background(), "SELECT email, name, google_id FROM google_tries WHERE tenant_id = $1", []any{tx.Tenant()}, &email, &name, &who)
		})
		if all := string(email) + string(name) + string(who); err != nil || strings.Contains(all, "dewi") || strings.Contains(all, "Dewi") || len(all) < 60 {
			t.Errorf("readable: %q, %v", all, err)
		}
		b.Manual().Add(2 * time.Hour)
		if err := w.google.Clean(t.Context(), "ctt"); err != nil || count("SELECT count(*) FROM google_tries WHERE tenant_id = $1") != 0 {
			t.Errorf("a try stays: %v", err)
		}
	})
}

func TestTexts_complete(t *testing.T) {
	t.Parallel()
	c := webtest.Catalog(t, googlepkg.Texts())
	for _, k := range append(c.Keys("id"), c.Keys("en")...) {
		if (strings.HasPrefix(k, "google.") || strings.HasPrefix(k, "federate.")) && (!c.Has("id", k) || !c.Has("en", k)) {
			t.Errorf("%s is not there in both languages", k)
		}
	}
}
