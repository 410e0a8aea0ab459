package identity_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"amanah/internal/identity"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

// browser goes through the pages as one person's browser does, without JavaScript.
type browser struct {
	t       *testing.T
	h       http.Handler
	host    string
	lang    string
	cookies map[string]*http.Cookie
}

func (w *world) browser(lang string) *browser {
	w.t.Helper()
	mux := http.NewServeMux()
	for _, v := range services {
		w.Routes(mux, v.Slug)
	}
	inside := web.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) error {
		_, _ = rw.Write([]byte("inside"))
		return nil
	})
	mux.Handle("GET /ctt/books", identity.Require(inside, tenant.Owner, tenant.Worker))
	shell := webtest.ShellOf(w.t, web.Config{
		Clock: w.b.Clock, Catalog: w.cfg.Catalog, Account: w.Account,
		Decorate: func(r *http.Request, p *web.Page) { p.User = identity.User(r) },
	})
	return &browser{t: w.t, h: w.Identify(shell.Handler(mux)), host: "127.0.0.1:8080", lang: lang, cookies: map[string]*http.Cookie{}}
}

// do sends a request with the browser's cookies and keeps those of the answer.
func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = b.host, "203.0.113.7:4000"
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", b.lang)
	r.Header.Set("User-Agent", phone.Agent)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	b.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c
		}
	}
	return rec
}

// page asks for a page, wants its status and looks for what no page may have.
func (b *browser) page(path string, status int) string {
	b.t.Helper()
	rec := b.do(http.MethodGet, path, nil)
	if rec.Code != status {
		b.t.Fatalf("GET %s: %d %s", path, rec.Code, rec.Header().Get("Location"))
	}
	webtest.Check(b.t, rec.Body.String())
	return rec.Body.String()
}

// post sends a form and gives where it leads, or the page of a refused one.
func (b *browser) post(path string, form url.Values, status int) (to, body string) {
	b.t.Helper()
	rec := b.do(http.MethodPost, path, form)
	if rec.Code != status {
		b.t.Fatalf("POST %s: %d, want %d\n%s", path, rec.Code, status, rec.Body)
	}
	if status != http.StatusSeeOther {
		webtest.Check(b.t, rec.Body.String())
	}
	return rec.Header().Get("Location"), rec.Body.String()
}

func signUpValues(email string) url.Values {
	return url.Values{"kind": {"person"}, "name": {"Rina Maharani"}, "email": {email}, "password": {password}, "age": {"yes"}, "accept": {"yes"}}
}

// The whole way through the pages, in both languages.
func TestPages_signUpToSignOut(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		for _, lang := range []string{"id", "en"} {
			w := newWorld(t, b)
			br, email := w.browser(lang), lang+"@example.com"
			br.page("/ctt/signup", http.StatusOK)
			if body := br.page("/jagacash/signup?kind=company", http.StatusOK); strings.Contains(body, `name="company"`) || strings.Contains(body, "/jagacash/signup?kind=company\"") {
				t.Error("a company may sign up where the notice knows none")
			}
			if body := br.page("/ctt/signup?kind=company", http.StatusOK); !strings.Contains(body, `name="company"`) {
				t.Error("no field for the company")
			}
			form := signUpValues(email)
			form["kind"], form["company"], form["consents"] = []string{"company"}, []string{"CV Kopi Pagi"}, []string{"improve"}
			if to, _ := br.post("/ctt/signup", form, http.StatusSeeOther); to != "/ctt/signup/sent" {
				t.Errorf("after signing up: %s", to)
			}
			br.page("/ctt/signup/sent", http.StatusOK)
			l := w.last(email)
			if l.Lang != lang || len(w.chosen) != 1 || w.accepted[0].IP != "203.0.113.7" || w.accepted[0].Lang != lang {
				t.Errorf("letter in %q, chosen %v, accepted %+v", l.Lang, w.chosen, w.accepted)
			}
			link := strings.TrimPrefix(l.Text[strings.Index(l.Text, "https://"):], "https://example.co.id")
			link, _, _ = strings.Cut(link, "\n")
			for range 2 { // opening the link uses nothing up
				br.page(link, http.StatusOK)
			}
			if _, body := br.post("/ctt/verify", url.Values{"token": {l.token(t)}, "password": {"bukan kata sandinya"}}, http.StatusUnprocessableEntity); !strings.Contains(body, `href="#f-password"`) {
				t.Error("the error summary does not lead to the field")
			}
			if to, _ := br.post("/ctt/verify", url.Values{"token": {l.token(t)}, "password": {password}}, http.StatusSeeOther); to != "/ctt/" {
				t.Errorf("after verifying: %s", to)
			}
			for _, path := range []string{"/ctt/account", "/ctt/account/sessions", "/ctt/account/members"} {
				if body := br.page(path, http.StatusOK); !strings.Contains(body, "Rina Maharani") {
					t.Errorf("%s does not know who is there", path)
				}
			}
			if to, _ := br.post("/ctt/account/profile", url.Values{"name": {"Rina M."}, "lang": {"en"}, "zone": {"Asia/Jayapura"}}, http.StatusSeeOther); to != "/ctt/account?lang=en" {
				t.Errorf("after saving: %s", to)
			}
			if body := br.page("/ctt/account/sessions", http.StatusOK); !strings.Contains(body, "203.0.113.7") || !strings.Contains(body, "WIT") || !strings.Contains(body, "Chrome, Android") {
				t.Error("the session is not shown")
			}
			br.post("/ctt/account/password", url.Values{"current": {"salah"}, "password": {"pendek"}}, http.StatusUnprocessableEntity)
			br.post("/ctt/account/password", url.Values{"current": {"salah"}, "password": {"kunci baru yang lain"}}, http.StatusUnprocessableEntity)
			br.post("/ctt/account/password", url.Values{"current": {password}, "password": {"kunci baru yang lain"}}, http.StatusSeeOther)
			if body := br.page("/ctt/books", http.StatusOK); body != "inside" {
				t.Errorf("the app says %q", body)
			}
			br.post("/ctt/signout", nil, http.StatusSeeOther)
			if len(br.cookies) > 2 || br.cookies["session-ctt"] != nil {
				t.Errorf("cookies after signing out: %v", br.cookies)
			}
			br.page("/ctt/signin", http.StatusOK)
		}
	})
}

func TestPages_resetAndInvite(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		_, p := w.member("ctt", rina)
		br := w.browser("id")
		br.page("/ctt/reset", http.StatusOK)
		br.page("/ctt/verify/again", http.StatusOK)
		br.post("/ctt/reset", url.Values{"email": {"bukan alamat"}}, http.StatusUnprocessableEntity)
		br.post("/ctt/reset", url.Values{"email": {rina}}, http.StatusSeeOther)
		br.page("/ctt/reset/sent", http.StatusOK)
		token := w.last(rina).token(t)
		br.page("/ctt/reset/new?token="+token, http.StatusOK)
		br.post("/ctt/reset/new", url.Values{"token": {token}, "password": {"pendek"}}, http.StatusUnprocessableEntity)
		br.post("/ctt/reset/new", url.Values{"token": {token}, "password": {"kunci baru yang lain"}}, http.StatusSeeOther)
		for _, dead := range []string{"/ctt/reset/new?token=" + token, "/ctt/verify?token=x", "/ctt/verify", "/ctt/invite?token=" + token} {
			br.page(dead, http.StatusNotFound)
		}
		if err := w.Invite(context.Background(), p, dewi, tenant.Viewer, phone); err != nil {
			t.Fatal(err)
		}
		token = w.last(dewi).token(t)
		br.page("/ctt/invite?token="+token, http.StatusOK)
		br.post("/ctt/invite", url.Values{"token": {token}, "name": {"Dewi"}, "password": {password}}, http.StatusUnprocessableEntity)
		br.post("/ctt/invite", url.Values{"token": {token}, "name": {"Dewi Anggraini"}, "password": {password}, "age": {"yes"}, "accept": {"yes"}}, http.StatusSeeOther)
		if body := br.page("/ctt/account/members", http.StatusOK); !strings.Contains(body, rina) || strings.Contains(body, `name="role"`) {
			t.Error("a viewer sees the wrong members page")
		}
		// A viewer may not do what is the owners', by page or by hand.
		if body := br.do(http.MethodGet, "/ctt/books", nil); body.Code != http.StatusForbidden {
			t.Errorf("a viewer at a page of members: %d", body.Code)
		}
		if rec := br.do(http.MethodPost, "/ctt/account/members", url.Values{"email": {"x@example.com"}, "role": {"owner"}}); rec.Code != http.StatusForbidden {
			t.Errorf("a viewer invites: %d", rec.Code)
		}
	})
}

// Two answers that differ only in the address typed must be the same page.
func TestPages_strangerLearnsNothing(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		w.member("ctt", rina)
		for name, c := range map[string]struct {
			path string
			form func(email string) url.Values
		}{
			"signing up":    {"/ctt/signup", signUpValues},
			"a reset":       {"/ctt/reset", func(e string) url.Values { return url.Values{"email": {e}} }},
			"a resend":      {"/ctt/verify/again", func(e string) url.Values { return url.Values{"email": {e}} }},
			"signing in":    {"/ctt/signin", func(e string) url.Values { return url.Values{"email": {e}, "password": {"salah lagi salah"}} }},
			"an odd cookie": {"/ctt/signin", func(e string) url.Values { return url.Values{"email": {e}} }},
		} {
			var seen []string
			for _, email := range []string{rina, "siapa.itu.ya1@example.com"} {
				br := w.browser("id")
				br.cookies["session-ctt"] = &http.Cookie{Name: "session-ctt", Value: strings.Repeat("A", 43)}
				rec := br.do(http.MethodPost, c.path, c.form(email))
				body := strings.ReplaceAll(rec.Body.String(), email, "@")
				seen = append(seen, http.StatusText(rec.Code)+rec.Header().Get("Location")+rec.Header().Get("Set-Cookie")+body)
			}
			if seen[0] != seen[1] {
				t.Errorf("%s differs:\n%s\n\n%s", name, seen[0], seen[1])
			}
		}
	})
}

func TestCookie_attributes(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		if _, _, err := w.Provision(context.Background(), "ctt", form(rina)); err != nil {
			t.Fatal(err)
		}
		for host, want := range map[string]struct {
			name   string
			secure bool
		}{
			"127.0.0.1:8080":    {"session-ctt", false},
			"localhost:8080":    {"session-ctt", false},
			"[::1]:8080":        {"session-ctt", false},
			"ctt.example":       {"__Host-session-ctt", true},
			"192.0.2.10:8080":   {"__Host-session-ctt", true},
			"localhost.example": {"__Host-session-ctt", true},
		} {
			br := w.browser("id")
			br.host = host
			br.post("/ctt/signin", url.Values{"email": {rina}, "password": {password}}, http.StatusSeeOther)
			c := br.cookies[want.name]
			if c == nil {
				t.Errorf("%s: cookies %v", host, br.cookies)
				continue
			}
			if !c.HttpOnly || c.Secure != want.secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 30*24*3600 {
				t.Errorf("%s: %s", host, c.Raw)
			}
			br.page("/ctt/account", http.StatusOK)
			if rec := br.do(http.MethodGet, "/jagacash/account", nil); rec.Code != http.StatusSeeOther {
				t.Errorf("%s: the cookie opens another service: %d", host, rec.Code)
			}
		}
	})
}

// After a sign-in one lands inside the service, whatever the address asks for.
func TestNext_staysInside(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		if _, _, err := w.Provision(context.Background(), "ctt", form(rina)); err != nil {
			t.Fatal(err)
		}
		rec := w.browser("id").do(http.MethodGet, "/ctt/books?month=2026-11", nil)
		if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || to != "/ctt/signin?next=%2Fctt%2Fbooks%3Fmonth%3D2026-11" {
			t.Errorf("a visitor is sent to %s", to)
		}
		for next, want := range map[string]string{
			"/ctt/books?month=2026-11": "/ctt/books?month=2026-11",
			"":                         "/ctt/", "/": "/ctt/", "/jagacash/account": "/ctt/", "//evil.example": "/ctt/", "https://evil.example/ctt/": "/ctt/",
			`/\evil.example`: "/ctt/", "/ctt/../jagacash": "/ctt/", "/ctt/%2e%2e/jagacash": "/ctt/", "/ctt/%2e./": "/ctt/", "/ctt/..": "/ctt/", "/cttx": "/ctt/", "javascript:alert(1)": "/ctt/", "/ctt/\r\nSet-Cookie: a=b": "/ctt/",
		} {
			to, _ := w.browser("id").post("/ctt/signin", url.Values{"email": {rina}, "password": {password}, "next": {next}}, http.StatusSeeOther)
			if to != want {
				t.Errorf("next=%q leads to %q, want %q", next, to, want)
			}
		}
	})
}

// On a host of its own a service's addresses have no first segment.
func TestOwnHost_leadsBack(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		if _, _, err := w.Provision(context.Background(), "ctt", form(rina)); err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		w.Routes(mux, "ctt")
		shell := webtest.ShellOf(t, web.Config{
			Clock: b.Clock, Catalog: w.cfg.Catalog, Account: w.Account,
			Services: []web.Service{{Slug: "ctt", Name: "CTT", Accent: "#0f6e6e", Hosts: []string{"ctt.example"}}},
		})
		prefixed := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			r.URL.Path = "/ctt" + r.URL.Path
			mux.ServeHTTP(rw, r)
		})
		br := &browser{t: t, h: w.Identify(shell.Handler(prefixed)), host: "ctt.example", lang: "id", cookies: map[string]*http.Cookie{}}
		rec := br.do(http.MethodGet, "/account/sessions", nil)
		if to := rec.Header().Get("Location"); to != "/signin?next=%2Faccount%2Fsessions" {
			t.Fatalf("a visitor is sent to %s", to)
		}
		if body := br.page(rec.Header().Get("Location"), http.StatusOK); !strings.Contains(body, `action="/signin"`) || !strings.Contains(body, `href="/reset"`) {
			t.Error("a form or a link has the segment")
		}
		to, _ := br.post("/signin", url.Values{"email": {rina}, "password": {password}, "next": {"/account/sessions"}}, http.StatusSeeOther)
		if to != "/account/sessions" {
			t.Errorf("after signing in: %s", to)
		}
		br.page(to, http.StatusOK)
	})
}

// A program that asks for JSON gets the fault and not a page to sign in.
func TestRequire_json(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		r := httptest.NewRequest(http.MethodGet, "/ctt/books", nil)
		r.Header.Set("Accept", "application/json")
		rec := httptest.NewRecorder()
		w.browser("id").h.ServeHTTP(rec, r)
		if rec.Code != http.StatusUnauthorized || !strings.Contains(rec.Header().Get("Content-Type"), "problem+json") {
			t.Errorf("%d %s", rec.Code, rec.Header().Get("Content-Type"))
		}
	})
}

func TestInto_carriesAPrincipal(t *testing.T) {
	t.Parallel()
	p := identity.Principal{Service: "ctt", Name: "Rina Maharani", Role: tenant.Viewer}
	if got, ok := identity.FromContext(identity.Into(context.Background(), p)); !ok || got != p {
		t.Errorf("got %+v, %v", got, ok)
	}
	if _, ok := identity.FromContext(context.Background()); ok {
		t.Error("somebody is there")
	}
}

// Every sentence is there in both languages.
func TestTexts_complete(t *testing.T) {
	t.Parallel()
	c := webtest.Catalog(t, identity.Texts())
	for _, k := range c.Keys(i18n.ID) {
		if !c.Has(i18n.EN, k) {
			t.Errorf("%s is missing in English", k)
		}
	}
	for _, k := range c.Keys(i18n.EN) {
		if !c.Has(i18n.ID, k) {
			t.Errorf("%s is missing in Indonesian", k)
		}
	}
}
