package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"amanah/internal/capture"
	"amanah/internal/channel/mail"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// stops closes a purpose for a guest, and lifts opens it.
func (g *guarded) stops(v guest, purpose, why string) {
	g.t.Helper()
	g.write(g.rightsHome(), func(tx *store.Tx) error { return gate.Stop(g.t.Context(), tx, v.subject, purpose, why, id.ID{}) })
}

func (g *guarded) lifts(v guest, purpose, why string) {
	g.t.Helper()
	g.write(g.rightsHome(), func(tx *store.Tx) error { return gate.Lift(g.t.Context(), tx, v.subject, purpose, why) })
}

func (g *guarded) rightsHome() store.Scope {
	s := g.scope("ctt", id.Tenant{})
	s.Purpose = gate.Rights
	return s
}

// pages are the addresses of CTT's pages that a signed-in person looks at.
func (g *guarded) pages() (out []string) {
	for _, p := range g.closed() {
		method, path := aim(p)
		if method == http.MethodGet && strings.HasPrefix(path, "/ctt/") && !strings.Contains(path, "/api/") {
			out = append(out, path)
		}
	}
	return out
}

// reads are the calls of CTT's API that read.
func (g *guarded) readings() (out []described) {
	for _, d := range g.described() {
		if d.method == http.MethodGet && !d.open {
			out = append(out, d)
		}
	}
	return out
}

type answers map[string]int

// look asks for every page and every reading call as a person.
func (g *guarded) look(v guest, token string) answers {
	g.t.Helper()
	out := answers{}
	for _, path := range g.pages() {
		out[path] = g.ask(http.MethodGet, path, v.cookie, nil).Code
	}
	for _, d := range g.readings() {
		out["api "+d.path] = g.call(d.method, d.path, token, nil, "").Code
	}
	return out
}

// purposesOf are a service's, in the notice's order.
func (g *guarded) purposesOf(service string) (out []string) {
	for _, p := range g.rules.notice(service).Purposes() {
		out = append(out, p.Key)
	}
	return out
}

// Every purpose is switched off, one at a time, for one person beside another whom
// it does not touch: transactions, values, the door to every recipient, letters,
// every page and every call that reads.
func TestGate_matrix(t *testing.T) {
	t.Parallel()
	g := guard(t)
	tokens := map[id.Subject]string{g.rina.subject: g.token(g.rina, allScopes()...), g.dewi.subject: g.token(g.dewi, allScopes()...)}
	before := g.look(g.dewi, tokens[g.dewi.subject])
	for _, purpose := range g.purposesOf("ctt") {
		if purpose == gate.Rights {
			continue
		}
		g.stops(g.rina, purpose, gate.Objected)
		g.uses(purpose, g.rina, true)
		g.uses(purpose, g.dewi, false)
		for _, other := range g.purposesOf("ctt") {
			if other != purpose {
				g.uses(other, g.rina, false)
			}
		}
		if purpose != gate.Security { // without it nobody is signed in
			for path, code := range g.look(g.rina, tokens[g.rina.subject]) {
				if code >= http.StatusInternalServerError {
					t.Errorf("%s off: %s answers her %d", purpose, path, code)
				}
			}
		}
		for path, code := range g.look(g.dewi, tokens[g.dewi.subject]) {
			if code != before[path] && code != http.StatusTooManyRequests {
				t.Errorf("%s off for another: %s answers %d, before %d", purpose, path, code, before[path])
			}
		}
		g.lifts(g.rina, purpose, gate.Objected)
		g.uses(purpose, g.rina, false)
	}
}

// uses tries whatever may be done with a person's data for a purpose.
func (g *guarded) uses(purpose string, v guest, closed bool) {
	g.t.Helper()
	ctx := g.t.Context()
	as := func(kind string) store.Scope {
		return store.Scope{Tenant: v.workspace, Home: tenant.HomeOf("ctt"), Service: "ctt", Actor: store.Actor{Kind: kind, ID: id.ID(v.subject)}, Purpose: purpose}
	}
	told := func(what string, err error) {
		g.t.Helper()
		if store.Closed(err) != closed || !closed && err != nil {
			g.t.Errorf("%s for %s: %v, closed is %v", what, purpose, err, closed)
		}
	}
	told("a transaction of the person", g.db.Read(ctx, as("person"), func(*store.Tx) error { return nil }))
	told("a value", g.db.May(as("job"), v.subject))
	_, err := g.db.OpenFile(ctx, as("job"), v.subject, [16]byte{1})
	if store.Closed(err) != closed {
		g.t.Errorf("a file for %s: %v", purpose, err)
	}
	for _, r := range g.rules.notice("ctt").Recipients() {
		for _, p := range r.For {
			if p == purpose {
				told("the door to "+r.Key, g.mayLeave(ctx, egress.Use{Service: "ctt", Tenant: v.workspace, Subject: v.subject, Recipient: egress.Recipient{Key: r.Key}, Purpose: purpose}))
			}
		}
	}
	told("a letter", g.post.Send(ctx, mail.Letter{To: v.email, Subject: "x", Text: "x", Lang: "id", Service: "ctt", Tenant: v.workspace, Person: v.subject, Purpose: purpose, Categories: nil}))
}

// While data are restricted: pages say so and lead to where it is lifted, mails are
// kept sealed and unread, the neighbour's are handled, and all goes on afterwards.
func TestGate_restricted(t *testing.T) {
	t.Parallel()
	g := guard(t)
	x, err := g.db.Vault().Index(t.Context(), g.rina.workspace, "merchants.name", "KOPI CONTOH")
	if err != nil {
		t.Fatal(err)
	}
	g.write(g.rina.principal().Scope("capture"), func(tx *store.Tx) error { // what is hers in the shared workspace
		m := &capture.Merchant{Subject: g.rina.subject, Name: vault.Seal("KOPI CONTOH"), NameIndex: x, CreatedAt: tx.Now()}
		if err := store.Insert(t.Context(), tx, m); err != nil {
			return err
		}
		b := &capture.BankAccount{Subject: g.rina.subject, Kind: "bank", Issuer: "BCA", Last: vault.Seal("1234"), LastIndex: x, CreatedAt: tx.Now()}
		if err := store.Insert(t.Context(), tx, b); err != nil {
			return err
		}
		return store.Insert(t.Context(), tx, &capture.Captured{Subject: g.rina.subject, Merchant: m.ID, Account: b.ID, Note: vault.Seal("catatan rahasia"), Issuer: "BCA",
			State: capture.Booked, Minor: 1000, Month: "2026-11", Message: tx.NewID(), Precision: "second", Currency: "IDR", Direction: "out", At: tx.Now(), CreatedAt: tx.Now(), ChangedAt: tx.Now()})
	})
	rina, dewi := g.agent(g.rina), g.agent(g.dewi)
	g.stops(g.rina, gate.All, gate.Restricted)
	for _, path := range []string{"/ctt/app", "/ctt/app/transactions", "/ctt/app/targets", "/ctt/app/reports"} {
		w := g.ask(http.MethodGet, path, g.rina.cookie, nil)
		if body := w.Body.String(); w.Code != http.StatusForbidden || !strings.Contains(body, "Data Anda dibatasi") || !strings.Contains(body, `href="/ctt/privacy/me"`) {
			t.Errorf("%s answers %d: %s", path, w.Code, snippet(w))
		}
	}
	if w := g.ask(http.MethodGet, "/ctt/privacy/me", g.rina.cookie, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "hanya disimpan") {
		t.Errorf("the person's own page answers %d: %s", w.Code, snippet(w))
	}
	if w := g.ask(http.MethodGet, "/ctt/privacy/me", g.dewi.cookie, nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "hanya disimpan") {
		t.Errorf("the neighbour's page answers %d", w.Code)
	}
	for _, path := range []string{"/ctt/app", "/ctt/app/transactions", "/ctt/app/targets", "/ctt/app/reports", "/ctt/account/members"} {
		if w := g.ask(http.MethodGet, path, g.bagas.cookie, nil); w.Code != http.StatusOK {
			t.Errorf("%s answers a member of her workspace %d: %s", path, w.Code, snippet(w))
		} else if strings.Contains(w.Body.String(), "KOPI CONTOH") || strings.Contains(w.Body.String(), "catatan rahasia") {
			t.Errorf("%s shows a member what is restricted", path)
		}
	}
	door := doorstep{service: "ctt", domain: g.cfg.SMTP.Domain, capture: g.capture, inbox: g.inbox, scope: g.scope, log: g.Log}
	for _, address := range []string{rina, dewi} {
		local, domain, _ := strings.Cut(address, "@")
		to, err := door.Lookup(t.Context(), local, domain)
		if err != nil {
			t.Fatalf("the address of a restricted person: %v", err)
		}
		m := mail.Message{Recipients: []mail.Recipient{to}, EnvelopeFrom: "bank@example.com", Raw: []byte("From: bank@example.com\r\nTo: " + address + "\r\nSubject: halo\r\n\r\nhalo\r\n")}
		if err := door.Accept(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.inbox.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer g.inbox.Stop()
	g.running.Store(g.inbox)
	g.until(g.dewi, func(state string) bool { return state != string(inbox.Waiting) })
	if s := g.state(g.rina); s != string(inbox.Waiting) {
		t.Errorf("the restricted person's mail is %s", s)
	}
	g.lifts(g.rina, gate.All, gate.Restricted)
	g.until(g.rina, func(state string) bool { return state != string(inbox.Waiting) })
}

func snippet(w *httptest.ResponseRecorder) string {
	b := w.Body.String()
	return b[:min(len(b), 400)]
}

func (g *guarded) agent(v guest) string {
	g.t.Helper()
	a, err := g.capture.Address(g.t.Context(), v.principal().Scope("capture"), v.subject)
	if err != nil {
		g.t.Fatal(err)
	}
	return a
}

// state is that of the only mail in a person's workspace.
func (g *guarded) state(v guest) (state string) {
	g.t.Helper()
	s := g.scope("ctt", v.workspace)
	s.Purpose = gate.Rights
	err := g.db.Read(g.t.Context(), s, func(tx *store.Tx) error {
		return tx.QueryRow(g.t.Context(), "SELECT state FROM inbox_messages WHERE tenant_id = $1", []any{v.workspace}, &state)
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		g.t.Fatal(err)
	}
	return state
}

func (g *guarded) until(v guest, done func(string) bool) {
	g.t.Helper()
	for !done(g.state(v)) {
		if err := g.t.Context().Err(); err != nil {
			g.t.Fatal(err)
		}
	}
}
