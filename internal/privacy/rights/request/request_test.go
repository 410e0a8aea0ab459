package request_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
	"amanah/law"
)

var config = rightstest.Config(
	[]store.Set{request.Tables(), deadline.Tables(), gate.Tables(), consent.Tables(), rights.Tables(), tenant.Tables()},
	[]fs.FS{request.Migrations(), deadline.Migrations(), gate.Migrations(), consent.Migrations(), rights.Migrations(), tenant.Migrations()})

const (
	rinaMail   = "rina@example.com"
	strangers  = "bagas@example.com"
	guardian   = "sekar@example.com"
	password   = "rahasia-rina"
	officerKey = "officer"
)

// house is the service with everything outside it played.
type house struct {
	*rightstest.World
	*request.Service
	t       *testing.T
	handler http.Handler
	packs   []*notice.LawPack
	officer id.Subject

	told      []tell.Message
	officers  []tell.Message
	letters   []request.Letter
	corrected map[string]string
	erased    []id.Subject
	sent      []rights.Transfer
}

func (h *house) Tell(_ context.Context, _ *store.Tx, m tell.Message) error {
	h.told = append(h.told, m)
	return nil
}

func (h *house) TellOfficers(_ context.Context, _ *store.Tx, m tell.Message) error {
	h.officers = append(h.officers, m)
	return nil
}

func (h *house) Find(_ context.Context, _, address string) (id.Subject, bool, error) {
	switch strings.ToLower(strings.TrimSpace(address)) {
	case rinaMail:
		return h.Rina, true, nil
	case "dewi@example.com":
		return h.Dewi, true, nil
	}
	return id.Subject{}, false, nil
}

func (h *house) Contact(context.Context, string, id.Subject) (request.Contact, error) {
	return request.Contact{Name: "Rina Maharani", Email: rinaMail}, nil
}

func (h *house) Fields(string) []request.Field {
	return []request.Field{{Key: "account.name", Category: "account.name", Alone: true}}
}

func (h *house) Correct(_ context.Context, _ store.Scope, _ id.Subject, field, value string) error {
	if value == "" {
		return fault.New(fault.Invalid, "test", "request.wish.empty").On("wish")
	}
	h.corrected[field] = value
	return nil
}

func (h *house) Erase(_ context.Context, who id.Subject, by string, _ i18n.Lang) (id.ID, error) {
	h.erased = append(h.erased, who)
	return h.IDs.New(), nil
}

func (h *house) Confirm(_ context.Context, _ identity.Principal, typed string) (bool, error) {
	return typed == password, nil
}

func (h *house) Send(_ context.Context, _ store.Scope, l request.Letter) error {
	h.letters = append(h.letters, l)
	return nil
}

func (h *house) Transfers(context.Context, id.Subject) ([]rights.Transfer, error) { return h.sent, nil }

func both(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		f(t, newHouse(t, w))
	})
}

func newHouse(t *testing.T, w *rightstest.World) *house {
	t.Helper()
	h := &house{World: w, t: t, corrected: map[string]string{}, officer: w.Subject()}
	texts := []fs.FS{request.Texts(), rights.Texts(), audit.Texts(), deadline.Texts(), gate.Texts()}
	catalog := webtest.Catalog(t, texts...)
	jobs, err := job.Open(t.Context(), w.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r, err := rights.New(rights.Config{DB: w.DB, Schema: w.Schema, Vault: w.Keys(), People: w, Transfers: h, Notice: w.Notice, Key: w.Key, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := desk.NewGuard(w.DB)
	if err != nil {
		t.Fatal(err)
	}
	h.packs, _ = notice.LoadLaw(law.FS)
	h.Service, err = request.New(request.Config{DB: w.DB, Jobs: jobs, Vault: w.Keys(), Rand: random{}, Notice: w.Notice, Packs: h.packs, Calendar: clock.Indonesia(),
		Teller: h, Officers: h, Accounts: h, Corrector: h, Eraser: h, Confirmer: h, Guard: guard, Post: h, Rights: r, Key: w.Key, Catalog: catalog,
		Address: func(s string) string { return "https://amanah.example/" + s }, Home: func(string) store.Scope { return w.Home }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.Routes(mux, "ctt")
	h.handler = webtest.Shell(t, w.Clock, texts...).Handler(mux)
	err = w.DB.Write(t.Context(), w.Home, func(tx *store.Tx) error { return tenant.Hire(t.Context(), tx, h.officer, tenant.Officer) })
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// random is good enough for tests: every call is another one.
type random struct{}

func (random) Read(b []byte) (int, error) {
	n := id.NewMaker(clock.System{}.Now)
	for i := range b {
		u := n.New()
		b[i] = u[15]
	}
	return len(b), nil
}

// as is the scope in which somebody works.
func (h *house) as(kind string, who id.Subject) store.Scope {
	s := h.Home
	s.Actor, s.Purpose = store.Actor{Kind: kind, ID: id.ID(who)}, "rights"
	return s
}

func (h *house) own(a request.Ask) request.Ask {
	a.Subject, a.Proven, a.Via, a.Lang = h.Rina, request.BySession, request.ByPage, "id"
	return a
}

func (h *house) open(a request.Ask) *request.Case {
	h.t.Helper()
	c, _, err := h.Open(h.t.Context(), h.as("person", a.Subject), a)
	if err != nil {
		h.t.Fatalf("%s: %v", a.Right, err)
	}
	return h.get(c.ID)
}

func (h *house) get(key id.ID) (c *request.Case) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = store.Get[request.Case](ctx, tx, key)
		return err
	})
	return c
}

func (h *house) read(f func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	if err := h.World.DB.Read(h.t.Context(), h.as("staff", h.officer), func(tx *store.Tx) error { return f(h.t.Context(), tx) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) staff(f func(ctx context.Context, tx *store.Tx) error) error {
	return h.World.DB.Write(h.t.Context(), h.as("staff", h.officer), func(tx *store.Tx) error { return f(h.t.Context(), tx) })
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) clocks(key id.ID) (out []deadline.Item) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) { out, err = deadline.Of(ctx, tx, key); return err })
	return out
}

func (h *house) stops(who id.Subject) (out []string) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) error {
		all, err := gate.Of(ctx, tx, who)
		for _, s := range all {
			if s.Lifted.IsZero() {
				out = append(out, s.Why+":"+s.Purpose)
			}
		}
		return err
	})
	return out
}

// post sends the letters that cases wait for, as the job does.
func (h *house) post() {
	h.t.Helper()
	var waiting []request.Case
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		waiting, err = store.Find[request.Case](ctx, tx, "WHERE tenant_id = $1 AND letter <> ''", tx.Tenant())
		return err
	})
	for _, c := range waiting {
		h.must(h.SendLetter(h.t.Context(), job.Task{Service: "ctt", Tenant: h.Home.Tenant, ID: c.ID}))
	}
}

var token = regexp.MustCompile(`/privacy/ask/([\w-]+)`)

func (h *house) link() string {
	h.t.Helper()
	h.post()
	if len(h.letters) == 0 {
		h.t.Fatal("no letter was sent")
	}
	return token.FindStringSubmatch(h.letters[len(h.letters)-1].Link)[1]
}

// web sends a request of somebody; zero is a visitor.
func (h *house) web(who id.Subject, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if !who.IsZero() {
		r = r.WithContext(identity.Into(r.Context(), identity.Principal{Service: "ctt", Home: h.Home.Tenant, Subject: who, Email: rinaMail, Workspace: h.Us, Role: tenant.Owner}))
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func acts(all []request.Step) (out []string) {
	for _, s := range all {
		out = append(out, s.Act)
	}
	return out
}

func (h *house) trail(key id.ID) (out []request.Step) {
	h.t.Helper()
	c := h.get(key)
	h.read(func(ctx context.Context, tx *store.Tx) (err error) { out, err = request.Trail(ctx, tx, c); return err })
	return out
}

func heard(all []tell.Message, key string) bool {
	return slices.ContainsFunc(all, func(m tell.Message) bool { return m.Key == key })
}
