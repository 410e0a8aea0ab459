package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

const closingPassword = "jeruk nipis di teras"

// portal is Ashari's service with Rina in it, and a browser.
type portal struct {
	*App
	t   *testing.T
	who id.Subject
	jar map[string]string
}

func openPortal(t *testing.T) *portal {
	t.Helper()
	p := &portal{App: started(t, "", "ashari"), t: t, jar: map[string]string{}}
	var err error
	p.who, _, err = p.identity.Provision(t.Context(), "ashari", identity.SignUp{Kind: tenant.Person, Name: "Rina Maharani", Email: "rina.maharani@example.com", Password: closingPassword, Age: true, Accept: true, Device: identity.Device{Lang: "id"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *portal) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "text/html")
	for k, v := range p.jar {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.jar[c.Name] = c.Value
	}
	return w
}

func (p *portal) signIn(password string) *httptest.ResponseRecorder {
	p.t.Helper()
	return p.do("POST", "/ashari/signin", url.Values{"email": {"rina.maharani@example.com"}, "password": {password}})
}

// closed closes the account and gives the page of the sealed account.
func (p *portal) closed() string {
	p.t.Helper()
	if w := p.signIn(closingPassword); w.Code != http.StatusSeeOther {
		p.t.Fatalf("sign-in: %d %s", w.Code, w.Body)
	}
	if w := p.do("GET", "/ashari/privacy/me/close", nil); !strings.Contains(w.Body.String(), p.Clock.Now().AddDate(0, 0, 30).Format("2006")) {
		p.t.Errorf("the planned day is not said before: %s", w.Body)
	}
	w := p.do("POST", "/ashari/privacy/me/close", url.Values{"understood": {"yes"}, "confirm": {closingPassword}})
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/ashari/privacy/closing/") {
		p.t.Fatalf("closing: %d %q %s", w.Code, to, w.Body)
	}
	return to
}

// ASH-54, ASH-88: sealed for thirty days, restored by its person alone.
func TestClosing_sealedAndRestored(t *testing.T) {
	t.Parallel()
	p := openPortal(t)
	page := p.closed()
	if w := p.do("GET", "/ashari/privacy/me", nil); w.Code != http.StatusSeeOther {
		t.Errorf("the session opens pages: %d", w.Code)
	}
	if v := p.gate.Allow("ashari", p.who, "service", ""); v.OK || v.Why != gate.Closing {
		t.Errorf("the gate: %+v", v)
	}
	if w := p.do("GET", page, nil); w.Code != http.StatusOK || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the page of the sealed account: %d %v", w.Code, w.Header())
	}
	if w := p.do("GET", page[:len(page)-2]+"xx", nil); w.Code != http.StatusNotFound {
		t.Errorf("another token: %d", w.Code)
	}
	if w := p.do("POST", page+"/copy", nil); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "PK") {
		t.Errorf("the copy: %d", w.Code)
	}
	if w := p.do("POST", page+"/erase", url.Values{}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("erased without being understood: %d", w.Code)
	}
	if w := p.signIn("another password"); w.Code == http.StatusSeeOther || strings.Contains(w.Body.String(), "disegel") {
		t.Errorf("a stranger learns that the account is sealed: %d", w.Code)
	}
	w := p.signIn(closingPassword)
	again := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(again, "/ashari/privacy/closing/") || again == page {
		t.Fatalf("signing in leads to %q, %d %s", again, w.Code, w.Body)
	}
	p.Clock.(*clock.Manual).Add(29 * 24 * time.Hour)
	if err := p.dueClosings(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w := p.do("POST", again+"/restore", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("restoring: %d %s", w.Code, w.Body)
	}
	if w := p.signIn(closingPassword); !strings.HasSuffix(w.Header().Get("Location"), "/ashari/") && w.Code != http.StatusSeeOther {
		t.Errorf("after restoring: %d %q", w.Code, w.Header().Get("Location"))
	}
	if w := p.do("GET", "/ashari/privacy/me", nil); w.Code != http.StatusOK {
		t.Errorf("after restoring: %d", w.Code)
	}
}

// At the end of the grace time, and with "erase now", nobody can bring it back.
func TestClosing_gone(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(p *portal, page string){
		"the time is over": func(p *portal, _ string) {
			p.Clock.(*clock.Manual).Add(30 * 24 * time.Hour)
			if err := p.dueClosings(p.t.Context()); err != nil {
				p.t.Fatal(err)
			}
		},
		"erase now": func(p *portal, page string) {
			w := p.do("POST", page+"/erase", url.Values{"understood": {"yes"}})
			if w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), "/privacy/receipts/") {
				p.t.Fatalf("%d %s", w.Code, w.Body)
			}
			if w := p.do("GET", w.Header().Get("Location"), nil); w.Code != http.StatusOK {
				p.t.Errorf("the receipt: %d", w.Code)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openPortal(t)
			p.t = t
			page := p.closed()
			end(p, page)
			if w := p.do("POST", page+"/restore", nil); w.Code != http.StatusNotFound {
				t.Errorf("restored: %d", w.Code)
			}
			if w := p.signIn(closingPassword); w.Code == http.StatusSeeOther {
				t.Errorf("signed in: %q", w.Header().Get("Location"))
			}
			if places, err := p.people.Enclosures(t.Context(), p.who); err == nil {
				t.Errorf("the person is still found: %v", places)
			}
		})
	}
}

// ASH-87 through the whole program: warned twice, sealed after twelve months; a
// sign-in clears the mark.
func TestClosing_idle(t *testing.T) {
	t.Parallel()
	p := openPortal(t)
	if w := p.signIn(closingPassword); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	day := func(n int) {
		t.Helper()
		p.Clock.(*clock.Manual).Add(time.Duration(n) * 24 * time.Hour)
		if err := p.idleAccounts(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	told := func() (n int64) {
		t.Helper()
		h := p.rightsHome("ashari")
		return rowCount(t, p.App, h, "SELECT count(*) FROM notifications WHERE tenant_id = $1 AND subject_id = $2 AND message_key LIKE 'closing.idle.%'", h.Tenant, p.who)
	}
	day(336)
	day(23)
	if n := told(); n != 2 {
		t.Errorf("told %d times", n)
	}
	if w := p.signIn(closingPassword); w.Code != http.StatusSeeOther || strings.Contains(w.Header().Get("Location"), "closing") {
		t.Fatalf("sign-in: %d %q", w.Code, w.Header().Get("Location"))
	}
	day(10)
	if v := p.gate.Allow("ashari", p.who, "service", ""); !v.OK {
		t.Error("a sign-in does not clear the mark")
	}
	day(330)
	day(24)
	if n := told(); n != 4 {
		t.Errorf("told %d times since the sign-in", n-2)
	}
	day(10)
	if v := p.gate.Allow("ashari", p.who, "service", ""); v.OK {
		t.Error("not sealed after twelve months")
	}
	if w := p.signIn(closingPassword); !strings.Contains(w.Header().Get("Location"), "/privacy/closing/") {
		t.Errorf("sign-in: %d %q", w.Code, w.Header().Get("Location"))
	}
	day(31)
	if err := p.dueClosings(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.people.Enclosures(t.Context(), p.who); err == nil {
		t.Error("the person is still found")
	}
}

func rowCount(t *testing.T, a *App, s store.Scope, text string, args ...any) (n int64) {
	t.Helper()
	if err := a.db.Read(t.Context(), s, func(tx *store.Tx) error { return tx.QueryRow(t.Context(), text, args, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}
