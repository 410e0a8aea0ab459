package capture_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/capture/target"
	"amanah/internal/channel/sheets/sheetstest"
	"amanah/internal/channel/telegram"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

// callers knows three tokens: an owner's and a viewer's of the rig's workspace,
// and a stranger's of another.
type callers struct{ r *rig }

var restScopes = []string{"transactions:read", "transactions:write", "targets:read", "targets:write", "rules:read", "rules:write"}

func (c callers) Caller(ctx context.Context, _ *http.Request, token string) (context.Context, rest.Caller, error) {
	in, role := c.r.tenant, tenant.Owner
	switch token {
	case "owner":
	case "viewer":
		role = tenant.Viewer
	case "stranger":
		in = elsewhere
	default:
		return ctx, rest.Caller{}, fault.New(fault.Unauthorized, "callers", "")
	}
	p := identity.Principal{Service: "ctt", Home: c.r.home, Subject: c.r.person, Workspace: in, Role: role, Zone: "Asia/Jakarta"}
	home := c.r.scope()
	home.Tenant = c.r.home
	return identity.Into(ctx, p), rest.Caller{Token: token, Subject: c.r.person, Home: home, Workspace: in, Role: role, Scopes: restScopes}, nil
}

var elsewhere = id.Tenant{1, 2, 3, 4, 5, 6, 7, 8}

// api calls a town's service as programs do.
type api struct {
	*town
	http.Handler
	chat *[]string
}

func byREST(t *testing.T, f func(t *testing.T, a *api)) {
	t.Helper()
	t.Parallel()
	with := storetest.Config{Sets: append([]store.Set{rest.Tables()}, config.Sets...), Migrations: append([]fs.FS{rest.Migrations()}, config.Migrations...)}
	storetest.Both(t, with, func(t *testing.T, b *storetest.Bundle) {
		texts := []fs.FS{rest.Texts(), capture.Texts()}
		catalog, err := i18n.New(texts...)
		if err != nil {
			t.Fatal(err)
		}
		var chat []string
		code := 200
		w := &town{rig: newRig(t, b), google: sheetstest.New(t)}
		tg := target.Telegram{Base: bot(t, &chat, &code).URL, Token: "1:tok3n", Catalog: catalog}
		o := w.Options
		o.Door, o.Tell, o.Loopback, o.Chats = w, w, true, &capture.Chats{Kind: tg}
		o.Kinds = []target.Kind{target.Webhook{Loopback: true}, target.HTTP{Loopback: true}, target.ByMail{}, tg, target.NewSheets(w.google.OAuth(), w.google.URL, catalog)}
		o.Post = func(_ context.Context, _ store.Scope, _ id.Subject, l target.Letter) error {
			w.posted = append(w.posted, l)
			return nil
		}
		w.Service = capture.New(o)
		var scopes []rest.Scope
		for _, s := range restScopes {
			scopes = append(scopes, rest.Scope{Name: s, Says: "x"})
		}
		calls := rest.New(rest.Config{Service: "ctt", Title: "CTT", Address: "https://ctt.example", Auth: callers{w.rig}, DB: b.DB, Vault: b.DB.Vault(), Clock: b.Clock, Catalog: catalog, Scopes: scopes,
			Tags: []rest.Tag{{Name: "Targets", Says: "x"}, {Name: "Transactions", Says: "x"}, {Name: "Rules", Says: "x"}}})
		w.REST(calls)
		mux := http.NewServeMux()
		calls.Routes(mux)
		f(t, &api{town: w, Handler: webtest.Shell(t, b.Clock, texts...).Handler(mux), chat: &chat})
	})
}

func (a *api) ask(method, path, token, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "/ctt/api/v1"+path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, req)
	return w
}

// must asks as the owner, wants a status, and reads the answer.
func (a *api) must(method, path, body string, status int, into any) {
	a.t.Helper()
	w := a.ask(method, path, "owner", body)
	if w.Code != status {
		a.t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, w.Code, status, w.Body)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		a.t.Fatal(err)
	}
}

type shownTarget struct {
	ID, Kind, Name, Step, Secret string
	Verified                     bool
	Fields                       []struct{ Source, As, Fixed string }
	Request                      *struct {
		Template string
		Headers  []struct{ Name, Value string }
	}
	File *struct{ Every string }
	Due  string `json:"due_at"`
}

// A program sets up, connects, changes and disconnects every kind of target.
func TestREST_targets(t *testing.T) {
	byREST(t, func(t *testing.T, a *api) {
		var heads []http.Header
		var bodies []string
		hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var b strings.Builder
			_ = r.Write(&b)
			heads, bodies = append(heads, r.Header), append(bodies, b.String())
		}))
		t.Cleanup(hook.Close)
		var made shownTarget
		a.must("POST", "/targets", `{"kind":"http","url":"`+hook.URL+`/in","filter":{"direction":"out"},"notation":{"number":"number"},"request":{"method":"PUT","body":"json","template":"{\"toko\":\"{{merchant}}\",\"rp\":{{amount}}}",
			"headers":[{"name":"X-Source","value":"amanah"},{"name":"X-Token","value":"r4hasia","secret":true}]}}`, 201, &made)
		if made.Secret == "" || made.Request == nil || len(made.Request.Headers) != 2 || made.Request.Headers[1].Value != "" {
			t.Fatalf("made %+v", made)
		}
		path := "/targets/" + made.ID
		// Another template; the secret header that is named again without its value keeps it.
		a.must("PATCH", path, `{"request":{"method":"POST","body":"json","template":"{\"di\":\"{{merchant}}\"}","headers":[{"name":"X-Token","secret":true}]}}`, 200, nil)
		if w := a.ask("GET", path, "owner", ""); strings.Contains(w.Body.String(), "r4hasia") || strings.Contains(w.Body.String(), "whsec_") {
			t.Error("a secret is shown again")
		}
		var tried struct{ Taken bool }
		a.must("POST", path+"/test", "", 200, &tried)
		a.mail(named("1", "Kopi Tuku", 15250000))
		a.mail(named("2", "Bakso", 1000000))
		a.work()
		if len(bodies) != 3 || !tried.Taken || heads[1].Get("X-Token") != "r4hasia" || !strings.Contains(bodies[1], `{"di":"Kopi Tuku"}`) {
			t.Errorf("arrived: %q %v", bodies, heads)
		}
		a.replays(path)
		a.telegram(t)
		a.sheet(t)
		var file shownTarget
		a.must("POST", "/targets", `{"kind":"file","file":{"format":"csv","every":"week","hour":7},"fields":[{"source":"at","as":"Waktu"},{"as":"Buku","fixed":"kas"}]}`, 201, &file)
		a.must("PATCH", "/targets/"+file.ID, `{"file":{"format":"xlsx","every":"month","hour":6},"fields":[]}`, 200, &file)
		if file.File == nil || file.File.Every != "month" || file.Due == "" || len(file.Fields) != 0 || file.Secret != "" {
			t.Errorf("the file is %+v", file)
		}
		for _, k := range []string{made.ID, file.ID} {
			a.must("DELETE", "/targets/"+k, "", 204, nil)
			a.must("GET", "/targets/"+k, "", 404, nil)
		}
	})
}

// replays counts, starts, looks at and stops one; deliveries come in pages.
func (a *api) replays(path string) {
	a.t.Helper()
	var n struct{ Count int }
	day := a.all()[0].At.Time().Format(time.DateOnly)
	a.must("GET", path+"/replays/preview?since="+day+"&until="+day, "", 200, &n)
	var started struct{ ID string }
	a.must("POST", path+"/replays", `{"since":"`+day+`","until":"`+day+`"}`, 201, &started)
	a.must("POST", path+"/replays", `{"since":"`+day+`","until":"`+day+`"}`, 409, nil)
	a.must("POST", "/replays/"+started.ID+"/stop", "", 204, nil)
	a.must("POST", "/replays/"+started.ID+"/stop", "", 409, nil)
	var all struct {
		Items []struct {
			State string
			Total int
		}
		Next string
	}
	a.must("GET", path+"/replays", "", 200, &all)
	if n.Count != 2 || len(all.Items) != 1 || all.Items[0].State != "stopped" || all.Items[0].Total != 2 {
		a.t.Errorf("replays: %+v of %d", all, n.Count)
	}
	a.jobs.take()
	pages := 0
	for next := ""; pages == 0 || next != ""; pages++ {
		all.Next = ""
		a.must("GET", path+"/deliveries?limit=1&cursor="+next, "", 200, &all)
		next = all.Next
	}
	if pages != 3 { // a test and two transactions
		a.t.Errorf("%d pages of deliveries", pages)
	}
}

func (a *api) telegram(t *testing.T) {
	var made shownTarget
	var to struct{ URL string }
	a.must("POST", "/targets", `{"kind":"telegram","language":"en"}`, 201, &made)
	a.must("POST", "/targets/"+made.ID+"/connect", "", 200, &to)
	token, ok := strings.CutPrefix(to.URL, "https://t.me/amanah_ctt_bot?start=")
	if !ok || made.Step != "telegram" || made.Secret != "" {
		t.Fatalf("made %+v, to open %q", made, to.URL)
	}
	err := a.Heard(context.Background(), telegram.Update{ID: 1, Message: &telegram.Message{Text: "/start " + token, Chat: telegram.Chat{ID: 501, Type: "private", FirstName: "Rina"}}})
	if err != nil {
		t.Fatal(err)
	}
	a.must("GET", "/targets/"+made.ID, "", 200, &made)
	if !made.Verified || made.Name != "Telegram: Rina" || len(*a.chat) != 1 {
		t.Errorf("bound: %+v, %q", made, *a.chat)
	}
	a.must("DELETE", "/targets/"+made.ID, "", 204, nil)
}

func (a *api) sheet(t *testing.T) {
	var made shownTarget
	var to struct{ URL string }
	a.must("POST", "/targets", `{"kind":"sheets","title":"Catatan Rina"}`, 201, &made)
	a.must("POST", "/targets/"+made.ID+"/connect", "", 200, &to)
	u, err := url.Parse(to.URL)
	if err != nil || made.Step != "google" || !strings.HasPrefix(to.URL, a.google.URL+"/auth?") {
		t.Fatal(made, to.URL, err)
	}
	q := u.Query()
	code := a.google.Agree(q.Get("code_challenge"), q.Get("nonce"), q.Get("scope"))
	if _, err := a.FinishGrant(context.Background(), a.scope(), a.person, map[string]string{"state": q.Get("state"), "code": code, "iss": a.google.URL}); err != nil {
		t.Fatal(err)
	}
	a.must("GET", "/targets/"+made.ID, "", 200, &made)
	a.must("DELETE", "/targets/"+made.ID, "", 204, nil)
	a.work()
	if len(a.google.Books()) != 1 || a.google.Alive() != 0 {
		t.Errorf("%d spreadsheets, %d grants left of %+v", len(a.google.Books()), a.google.Alive(), made)
	}
}

// What a kind does not have, what may not be sent, and who may not ask.
func TestREST_targetsRefused(t *testing.T) {
	byREST(t, func(t *testing.T, a *api) {
		var hook, sheet shownTarget
		a.must("POST", "/targets", `{"url":"https://hook.example.com/in"}`, 201, &hook)
		a.must("POST", "/targets", `{"kind":"sheets","title":"Catatan"}`, 201, &sheet)
		request := func(more string) string {
			return `{"kind":"http","url":"https://hook.example.com/in","request":{"method":"POST","body":"text","template":"x"` + more + `}}`
		}
		for _, c := range []struct {
			method, path, token, body string
			want                      int
			has                       string
		}{
			{"POST", "/targets", "owner", `{"kind":"webhook"}`, 422, "#/url"},
			{"POST", "/targets", "owner", `{"kind":"ftp"}`, 422, "#/kind"},
			{"POST", "/targets", "owner", `{"kind":"sheets"}`, 422, "#/title"},
			{"POST", "/targets", "owner", `{"kind":"telegram","title":"x"}`, 422, "#/title"},
			{"POST", "/targets", "owner", `{"kind":"telegram","url":"https://hook.example.com/in"}`, 422, "#/url"},
			{"POST", "/targets", "owner", `{"kind":"file"}`, 422, "#/file/every"},
			{"POST", "/targets", "owner", `{"kind":"http","url":"https://hook.example.com/in"}`, 422, "#/request/method"},
			{"POST", "/targets", "owner", request(`,"headers":[{"name":"X-A","value":"a\r\nHost: b","secret":true}]`), 422, "#/request/headers"},
			{"POST", "/targets", "owner", request(`,"headers":[{"name":"X-A","secret":true}]`), 422, "#/request/headers"},
			{"POST", "/targets", "owner", request(`,"headers":[{"name":"Host","value":"b"}]`), 422, "#/request/headers"},
			{"POST", "/targets", "owner", `{"url":"https://hook.example.com/in","fields":[{"source":"account_holder","as":"x"}]}`, 422, "#/fields"},
			{"PATCH", "/targets/" + hook.ID, "owner", `{"file":{"format":"csv","every":"day","hour":7}}`, 422, "#/file"},
			{"PATCH", "/targets/" + hook.ID, "owner", `{"notation":{"date":"french"}}`, 422, "#/notation/date"},
			{"PATCH", "/targets/" + hook.ID, "viewer", `{"fields":[]}`, 403, ""},
			{"PATCH", "/targets/" + hook.ID, "stranger", `{"fields":[]}`, 404, ""},
			{"POST", "/targets/" + hook.ID + "/connect", "owner", "", 409, ""},
			{"POST", "/targets/" + sheet.ID + "/connect", "viewer", "", 403, ""},
			{"POST", "/targets/" + sheet.ID + "/connect", "stranger", "", 404, ""},
			{"POST", "/targets/" + sheet.ID + "/renew", "owner", "", 409, ""},
			{"GET", "/targets/" + hook.ID + "/replays", "stranger", "", 404, ""},
			{"GET", "/targets/" + hook.ID + "/replays/preview?since=2026-11-02&until=2026-11-01", "owner", "", 422, "until"},
			{"POST", "/targets/preview", "owner", `{"kind":"http","request":{"method":"POST","body":"json","template":"{"}}`, 422, "#/request/template"},
			{"POST", "/targets/preview", "nobody", `{"kind":"http"}`, 401, ""},
		} {
			if w := a.ask(c.method, c.path, c.token, c.body); w.Code != c.want || !strings.Contains(w.Body.String(), c.has) || strings.Contains(w.Body.String(), "Host: b") {
				t.Errorf("%s %s %s as %s: %d, want %d with %s: %s", c.method, c.path, c.body, c.token, w.Code, c.want, c.has, w.Body)
			}
		}
		w := a.ask("POST", "/targets/preview", "owner", `{"kind":"http","notation":{"number":"number"},"request":{"method":"POST","body":"form","template":"a={{amount}}"}}`)
		if w.Code != 200 || !strings.Contains(w.Body.String(), `"body":"a=25000"`) || !strings.Contains(w.Body.String(), `"name":"merchant"`) {
			t.Errorf("preview: %d %s", w.Code, w.Body)
		}
	})
}

type shownTransaction struct {
	ID, State, Twin, Category, Merchant string
	Revision                            int
}

// A program decides about tellings as the page does.
func TestREST_decisions(t *testing.T) {
	byREST(t, func(t *testing.T, a *api) {
		bare := kopi(func(t *email.Transaction) { t.Reference = "" })
		a.mail(genuine("<a@x>", bare))
		a.mail(genuine("<b@x>", bare))
		var list struct{ Items []shownTransaction }
		a.must("GET", "/review", "", 200, &list)
		if len(list.Items) != 1 || list.Items[0].Twin == "" {
			t.Fatalf("waits: %+v", list.Items)
		}
		path, first := "/transactions/"+list.Items[0].ID, "/transactions/"+list.Items[0].Twin
		for token, want := range map[string]int{"viewer": 403, "stranger": 404, "nobody": 401} {
			if w := a.ask("POST", path+"/same", token, ""); w.Code != want {
				t.Errorf("as %s: %d", token, w.Code)
			}
		}
		a.must("POST", path+"/same", `{"revision":7}`, 409, nil)
		var got shownTransaction
		a.must("POST", path+"/same", `{"revision":0}`, 200, &got)
		if first != "/transactions/"+got.ID || got.State != "booked" {
			t.Errorf("the same as %+v", got)
		}
		a.must("GET", path, "", 200, &got)
		a.must("GET", first+"/tellings", "", 200, &list)
		if got.State != "joined" || len(list.Items) != 2 || list.Items[1].ID != got.ID {
			t.Errorf("told by %+v", list.Items)
		}
		a.must("GET", "/transactions?state=joined", "", 200, &list)
		if len(list.Items) != 1 {
			t.Errorf("joined: %+v", list.Items)
		}
		a.must("POST", path+"/same", "", 409, nil)
		a.must("POST", path+"/split", "", 200, &got)
		a.must("POST", path+"/split", "", 409, nil)
		if got.State != "booked" || a.sums().Out != 2*15250000 {
			t.Errorf("split off: %+v, %+v", got, a.sums())
		}
		a.mail(genuine("<c@x>", bare))
		a.must("GET", "/review", "", 200, &list)
		a.must("POST", "/transactions/"+list.Items[0].ID+"/another", "", 200, &got)
		if got.State != "booked" || a.sums().Out != 3*15250000 {
			t.Errorf("another: %+v, %+v", got, a.sums())
		}
	})
}

func TestREST_transfers(t *testing.T) {
	byREST(t, func(t *testing.T, a *api) {
		a.mail(from(half("out", "BCA", "1234", "Bagas Prakoso", "1", 250000, 0)))
		a.mail(from(half("in", "Mandiri", "9876", "Dewi Anggraini", "2", 250000, 3)))
		type pair struct{ ID, State, Out, In string }
		var list struct{ Items []pair }
		a.must("GET", "/transfers?state=proposed", "", 200, &list)
		if len(list.Items) != 1 {
			t.Fatalf("proposed: %+v", list)
		}
		p := list.Items[0]
		for token, want := range map[string]int{"viewer": 403, "stranger": 404} {
			if w := a.ask("POST", "/transfers/"+p.ID+"/confirm", token, ""); w.Code != want {
				t.Errorf("as %s: %d", token, w.Code)
			}
		}
		a.must("POST", "/transfers/"+p.ID+"/confirm", "", 200, &p)
		a.must("POST", "/transfers/"+p.ID+"/confirm", "", 409, nil)
		a.must("GET", "/transactions/"+p.In+"/transfers", "", 200, &list)
		if s := a.sums(); p.State != "linked" || s.In != 0 || s.Out != 0 || len(list.Items) != 1 {
			t.Errorf("linked: %+v, %+v, %+v", p, s, list)
		}
		a.must("POST", "/transfers/"+p.ID+"/undo", "", 200, &p)
		a.must("GET", "/transfers?state=proposed", "", 200, &list)
		if s := a.sums(); p.State != "unlinked" || s.In != 25000000 || s.Out != 25000000 || len(list.Items) != 0 {
			t.Errorf("undone: %+v, %+v, %+v", p, s, list)
		}
	})
}

// A correction teaches a rule unless it is only this time; rules are written,
// switched, applied, undone and deleted.
func TestREST_rules(t *testing.T) {
	byREST(t, func(t *testing.T, a *api) {
		type rule struct {
			ID, State string
			Rule      struct{ Category string }
		}
		var all struct{ Rules []rule }
		rules := func() []rule {
			all.Rules = nil
			a.must("GET", "/rules", "", 200, &all)
			return all.Rules
		}
		for i := range 3 {
			a.mail(genuine("<"+string(rune('a'+i))+"@bca>", tuku(i)))
		}
		first := "/transactions/" + a.all()[0].ID.String()
		a.must("PUT", first+"/category", `{"category":"health","remember":false}`, 200, nil)
		if n := len(rules()); n != 0 {
			t.Fatalf("%d rules of what was only this time", n)
		}
		a.must("PATCH", first, `{"category":"entertainment"}`, 200, nil)
		if len(rules()) != 1 || all.Rules[0].Rule.Category != "entertainment" {
			t.Fatalf("taught: %+v", all.Rules)
		}
		path := "/rules/" + all.Rules[0].ID
		var would struct{ Items []shownTransaction }
		var n struct{ Changed int }
		a.must("GET", path+"/earlier", "", 200, &would)
		a.must("POST", path+"/apply", "", 200, &n)
		if len(would.Items) != 2 || n.Changed != 2 {
			t.Errorf("would change %+v, changed %d", would.Items, n.Changed)
		}
		a.must("POST", path+"/undo", "", 200, &n)
		if n.Changed != 2 || a.all()[1].Category == "entertainment" {
			t.Errorf("undone %d: %+v", n.Changed, a.all()[1])
		}
		a.must("PUT", path+"/state", `{"state":"off"}`, 200, nil)
		a.must("POST", path+"/apply", "", 409, nil)
		a.must("PUT", path+"/state", `{"state":"removed"}`, 422, nil)
		a.must("DELETE", path, "", 204, nil)
		a.must("PUT", path+"/state", `{"state":"on"}`, 200, nil)
		a.must("PUT", path, `{"merchant":"QRIS TUKU JAYA","category":"food_drink"}`, 200, nil)
		var why struct{ Decided, Rule string }
		a.mail(genuine("<9@bca>", tuku(9)))
		rows := a.all()
		a.must("GET", "/transactions/"+rows[len(rows)-1].ID.String()+"/category", "", 200, &why)
		if why.Decided != "rule" || "/rules/"+why.Rule != path {
			t.Errorf("why: %+v", why)
		}
		for token, want := range map[string]int{"viewer": 403, "stranger": 404, "nobody": 401} {
			for _, c := range [][3]string{{"PUT", "/state", `{"state":"off"}`}, {"POST", "/forget", ""}, {"POST", "/apply", ""}} {
				if w := a.ask(c[0], path+c[1], token, c[2]); w.Code != want {
					t.Errorf("%s %s as %s: %d %s", c[0], c[1], token, w.Code, w.Body)
				}
			}
		}
		a.must("POST", path+"/forget", "", 204, nil)
		a.must("GET", path, "", 404, nil)
		a.must("POST", "/rules", `{"merchant":"KOPI SENJA","category":"food_drink"}`, 200, nil)
		a.must("POST", "/rules", `{"merchant":"KOPI SENJA","category":"nonsense"}`, 422, nil)
	})
}
