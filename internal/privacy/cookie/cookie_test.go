package cookie_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"amanah/internal/identity"
	"amanah/internal/privacy/cookie"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
	"amanah/notices"
)

var config = storetest.Config{Sets: []store.Set{cookie.Tables()}, Migrations: []fs.FS{cookie.Migrations()}}

func ctt(t *testing.T) *notice.Notice {
	t.Helper()
	all, _ := notice.LoadNotices(notices.FS)
	i := slices.IndexFunc(all, func(n *notice.Notice) bool { return n.Service() == "ctt" })
	if i < 0 {
		t.Fatal("there is no notice of ctt")
	}
	return all[i]
}

// browser keeps cookies as one does, and may be signed in.
type browser struct {
	h   http.Handler
	jar map[string]string
	who *identity.Principal
	gpc bool
}

func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	if b.gpc {
		r.Header.Set("Sec-GPC", "1")
	}
	for k, v := range b.jar {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	if b.who != nil {
		r = r.WithContext(identity.Into(r.Context(), *b.who))
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		} else {
			b.jar[c.Name] = c.Value
		}
	}
	return w
}

func (b *browser) has(name string) bool { _, ok := b.jar[name]; return ok }

func open(t *testing.T, b *storetest.Bundle) func(who *identity.Principal) *browser {
	t.Helper()
	n := ctt(t)
	pages, err := cookie.NewPages(b.DB, func(string) (*notice.Notice, bool) { return n, true })
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	pages.Routes(mux, "ctt")
	mux.HandleFunc("GET /ctt/", func(w http.ResponseWriter, r *http.Request) { pages.Follow(w, r) })
	shell := webtest.ShellOf(t, web.Config{Clock: b.Clock, Catalog: webtest.Catalog(t, cookie.Texts()), CookieClass: cookie.ClassOf([]*notice.Notice{n})})
	return func(who *identity.Principal) *browser {
		return &browser{h: shell.Handler(mux), jar: map[string]string{}, who: who}
	}
}

func TestVisitor_choosesAndRefuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		x := open(t, b)(nil)
		page := x.do("GET", "/ctt/cookies", nil).Body.String()
		webtest.Check(t, page)
		for _, c := range ctt(t).Cookies() {
			if !strings.Contains(page, "<code>"+c.Name+"</code>") {
				t.Errorf("the page does not list %s", c.Name)
			}
		}
		if len(x.jar) != 0 {
			t.Errorf("before a choice there are %d cookies", len(x.jar))
		}
		x.do("GET", "/ctt/cookies?lang=en", nil)
		if !x.has("lang") {
			t.Error("the language that was clicked on is not remembered")
		}
		x.do("POST", "/ctt/cookies", url.Values{"only": {"essential"}, "class-functional": {"yes"}})
		if x.has("lang") || x.jar["cookies"] != "-" {
			t.Errorf("after a refusal: %v", x.jar)
		}
		x.do("GET", "/ctt/cookies?lang=en", nil)
		if x.has("lang") {
			t.Error("a refused cookie is set")
		}
		x.do("POST", "/ctt/cookies", url.Values{"class-functional": {"yes"}, "class-essential": {"yes"}, "class-nonsense": {"yes"}})
		x.do("GET", "/ctt/cookies?lang=en", nil)
		if !x.has("lang") || x.jar["cookies"] != "functional" {
			t.Errorf("after allowing one class: %v", x.jar)
		}
	})
}

func TestAccount_choiceHoldsOnAllDevices(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		open := open(t, b)
		rina := &identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: b.Subject()}
		dewi := &identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: b.Subject()}
		laptop, phone, other := open(rina), open(rina), open(dewi)
		for _, x := range []*browser{laptop, phone, other} {
			x.do("GET", "/ctt/app?lang=en", nil)
			if !x.has("lang") {
				t.Fatal("no language to begin with")
			}
		}
		laptop.do("POST", "/ctt/cookies", url.Values{"class-analytics": {"yes"}})
		phone.do("GET", "/ctt/app", nil)
		if phone.has("lang") || phone.jar["cookies"] != "analytics" {
			t.Errorf("the other device does not follow: %v", phone.jar)
		}
		other.do("GET", "/ctt/app", nil)
		if !other.has("lang") || other.has("cookies") {
			t.Errorf("another person follows: %v", other.jar)
		}
		laptop.do("POST", "/ctt/cookies", url.Values{"class-functional": {"yes"}, "class-analytics": {"yes"}})
		phone.gpc = true
		for range 2 {
			phone.do("GET", "/ctt/app", nil)
		}
		if phone.jar["cookies"] == "analytics" {
			t.Error("the device that objects did not take the rest of the choice")
		}
		page := phone.do("GET", "/ctt/cookies", nil).Body.String()
		if !strings.Contains(page, "tidak dilacak") {
			t.Error("the page does not say that the browser objects")
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(cookie.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
