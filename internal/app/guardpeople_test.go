package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/billing"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// everything switches on what brings routes.
const everything = `security: {contact: "mailto:aman@example.com"}
providers: {google: {client_id: klien}}
signin: {links: [ctt]}
billing: {on: true, issuer: {name: CTT, address: "Jl. Contoh 1, Jakarta", contact: tagihan@example.com}}
`

// guarded is a program with people who must not see each other's.
type guarded struct {
	*App
	t     *testing.T
	calls int

	rina  guest // owns a workspace
	dewi  guest // owns another
	bagas guest // may only look in Rina's
}

// guest is a person with a browser.
type guest struct {
	name, email string
	subject     id.Subject
	workspace   id.Tenant
	session     id.ID
	cookie      string // of a whole session
	half        string // of one that lacks its second step
}

func guard(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{App: started(t, everything, "ctt", "jenna", "ashari", "jagacash", "epesantren"), t: t}
	g.rina = g.signUp("Rina Maharani", "rina.maharani@example.com")
	g.dewi = g.signUp("Dewi Anggraini", "dewi.anggraini@example.com")
	g.bagas = g.signUp("Bagas Prakoso", "bagas.prakoso@example.com")
	g.write(g.scope("ctt", id.Tenant{}), func(tx *store.Tx) error {
		return tenant.Join(t.Context(), tx, g.rina.workspace, g.bagas.subject, tenant.Viewer)
	})
	if err := g.identity.Switch(t.Context(), g.bagas.principal(), g.rina.workspace); err != nil {
		t.Fatal(err)
	}
	g.bagas.workspace = g.rina.workspace
	// Dewi is a customer too: what is not hers is not found for another reason than
	// that she has nothing.
	g.write(g.dewi.principal().HomeScope("billing"), func(tx *store.Tx) error {
		_, err := g.billing.Choose(t.Context(), tx, billing.Customer{Workspace: g.dewi.workspace, Subject: g.dewi.subject, Name: g.dewi.name}, "plus")
		return err
	})
	return g
}

func (g *guarded) write(s store.Scope, f func(*store.Tx) error) {
	g.t.Helper()
	if err := g.db.Write(g.t.Context(), s, f); err != nil {
		g.t.Fatal(err)
	}
}

func (v guest) principal() identity.Principal {
	return identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: v.subject, Email: v.email, Workspace: v.workspace, Session: v.session, Lang: "id"}
}

// signUp makes an account with an app of codes, a half session and a whole one.
func (g *guarded) signUp(name, email string) guest {
	g.t.Helper()
	ctx := g.t.Context()
	v := guest{name: name, email: email}
	var err error
	v.subject, v.workspace, err = g.identity.Provision(ctx, "ctt", identity.SignUp{Kind: tenant.Person, Name: name, Email: email, Password: "jeruk nipis di teras", Age: true, Accept: true,
		Device: identity.Device{Lang: "id"}})
	if err != nil {
		g.t.Fatal(err)
	}
	own := v.principal().HomeScope("security")
	g.write(own, func(tx *store.Tx) error { return factor.Plant(ctx, tx, v.subject, DemoSecret) })
	for range 2 {
		ticket, err := g.identity.Enter(ctx, "ctt", v.subject, identity.ByPassword, identity.Device{IP: "203.0.113.7", Lang: "id"})
		if err != nil {
			g.t.Fatal(err)
		}
		v.half, v.session = ticket.Token, ticket.Session
	}
	code := ""
	g.write(own, func(tx *store.Tx) (err error) { code, err = factor.Shown(ctx, tx, v.subject); return err })
	half := v.principal()
	half.Step = identity.StepSecond
	whole, err := g.identity.Second(ctx, half, identity.Proof{Code: code}, identity.Device{IP: "203.0.113.7"})
	if err != nil {
		g.t.Fatal(err)
	}
	v.cookie = whole.Token
	half.Session = id.ID{}
	ticket, err := g.identity.Enter(ctx, "ctt", v.subject, identity.ByPassword, identity.Device{IP: "203.0.113.7", Lang: "id"})
	if err != nil {
		g.t.Fatal(err)
	}
	v.half = ticket.Token
	return v
}

// ask makes a request as a browser with a session does. Each comes from another
// address: how often somebody may ask is not the matter here.
func (g *guarded) ask(method, path, cookie string, form url.Values) *httptest.ResponseRecorder {
	g.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "text/html")
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: identity.CookieName("ctt", false), Value: cookie})
	}
	return g.serve(r)
}

func (g *guarded) serve(r *http.Request) *httptest.ResponseRecorder {
	g.calls++
	r.RemoteAddr = fmt.Sprintf("198.18.%d.%d:4711", g.calls>>8&255, g.calls&255)
	g.Clock.(*clock.Manual).Add(time.Millisecond)
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, r)
	return w
}
