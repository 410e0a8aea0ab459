package capture_test

import (
	"encoding/csv"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/extract/email"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var update = flag.Bool("update", false, "write the golden files")

// site is the module's pages as one person sees them.
type site struct {
	*rig
	handler http.Handler
	role    tenant.Role
}

func newSite(r *rig) *site {
	st := &site{rig: r, role: tenant.Owner}
	shell := webtest.Shell(r.t, r.Clock, capture.Texts())
	mux := http.NewServeMux()
	r.Routes(mux)
	inner := shell.Handler(mux)
	st.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if st.role != "" {
			req = req.WithContext(identity.Into(req.Context(), identity.Principal{Service: "ctt", Home: r.home, Subject: r.person, Workspace: r.tenant, Role: st.role, Zone: "Asia/Jakarta"}))
		}
		inner.ServeHTTP(w, req)
	})
	return st
}

func (s *site) get(path string) *httptest.ResponseRecorder { return s.ask("GET", path, nil) }

func (s *site) post(path string, form ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		v.Set(form[i], form[i+1])
	}
	return s.ask("POST", path, v)
}

func (s *site) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", "id")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, req)
	return w
}

// filled is a site with one of everything.
func filled(r *rig) (s *site, review, booked, target id.ID) {
	s = newSite(r)
	target = r.target()
	// Lists go by time: nothing here happens twice at one moment.
	r.Manual().Add(time.Second)
	r.mail(genuine("<a@x>", kopi()))
	r.Manual().Add(time.Second)
	r.mail(genuine("<b@x>", kopi(func(t *email.Transaction) {
		t.Direction, t.Category, t.Merchant, t.Reference, t.Amount.Minor, t.Fee.Currency = "in", "income", "PT Gaji Sejahtera", "2", 850000000, ""
		t.At = t.At.AddDate(0, -1, 0)
	})))
	r.mail(genuine("<c@x>", kopi(func(t *email.Transaction) {
		t.Merchant, t.Confidence, t.Doubt, t.Reference, t.AtPrecision, t.Amount.Minor = "Warung <b>Dewi</b>", 0.6, "merchant", "3", "day", 700000
		t.At = t.At.Add(-time.Minute)
	})))
	r.mail(email.Result{Kind: email.KindForwarding, Forwarding: &email.Forwarding{Provider: "gmail", Code: "812345678", Link: "https://mail.google.com/mail/vf-1"}})
	for _, v := range r.all() {
		if v.State == capture.Review {
			review = v.ID
		} else if v.Direction == "out" {
			booked = v.ID
		}
	}
	r.deliver(r.jobs.take()[0])
	return s, review, booked, target
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// golden are the pages that are kept letter by letter.
var golden = []string{"dashboard", "forwarding", "transactions", "review", "transaction-review", "transaction", "target", "messages"}

// Pages in both languages are whole, accessible, and show no raw id.
func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, openSQLite(t))
	s, review, booked, target := filled(r)
	r.write(func(tx *store.Tx) error {
		m := inbox.Message{Subject: r.person, Channel: "mail", Source: "x", Conversation: r.IDs.New(), ReceivedAt: tx.Now(), Size: 4200, State: inbox.Dead, Reason: "inbox.failed"}
		return store.Insert(t.Context(), tx, &m)
	})
	account := r.view(booked).Account
	pages := map[string]string{
		"dashboard": "", "dashboard-empty-month": "?month=2026-01", "forwarding": "/forwarding", "renew": "/address/renew", "transactions": "/transactions", "transactions-none": "/transactions?q=zzz",
		"transactions-sorted": "/transactions?sort=amount&dir=asc&direction=out&month=2026-11", "review": "/review", "transaction-review": "/transactions/" + review.String(),
		"transaction": "/transactions/" + booked.String(), "accounts": "/accounts", "account": "/accounts/" + account.String(), "targets": "/targets", "target-new": "/targets/new", "target": "/targets/" + target.String(), "messages": "/messages",
	}
	for name, path := range pages {
		for _, l := range i18n.Langs() {
			page := webtest.Get(t, s.handler, "/ctt/app"+path, l)
			t.Run(name+" "+string(l), func(t *testing.T) {
				webtest.Check(t, page)
				if strings.Contains(page, "<b>Dewi") {
					t.Error("a name is written as markup")
				}
				visible := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
				if m := uuid.FindString(visible); m != "" {
					t.Errorf("the page shows the id %s", m)
				}
				// The frame around it is the shell's to prove.
				_, main, _ := strings.Cut(page, "<main")
				main, _, _ = strings.Cut(main, "</main>")
				if slices.Contains(golden, name) {
					webtest.Golden(t, *update, name+"."+string(l)+".html", webtest.Lines("<main"+masked(main)+"</main>\n"))
				}
			})
		}
	}
}

// A new workspace's pages say what to do next.
func TestPages_empty(t *testing.T) {
	t.Parallel()
	s := newSite(newRig(t, openSQLite(t)))
	for _, path := range []string{"", "/transactions", "/review", "/accounts", "/targets", "/messages"} {
		for _, l := range i18n.Langs() {
			page := webtest.Get(t, s.handler, "/ctt/app"+path, l)
			webtest.Check(t, page)
			if !strings.Contains(page, `class="empty"`) {
				t.Errorf("%s says nothing of what to do", path)
			}
		}
	}
}

// masked makes ids, the random address and the times of the sequence stable.
func masked(page string) string {
	seen := map[string]string{}
	page = uuid.ReplaceAllStringFunc(page, func(s string) string {
		if seen[s] == "" {
			seen[s] = "ID" + strconv.Itoa(len(seen)+1)
		}
		return seen[s]
	})
	return regexp.MustCompile(`[a-z2-7]{16}@agent`).ReplaceAllString(page, "ADDRESS@agent")
}

// Whoever is not a member sees nothing, a viewer changes nothing, and another
// workspace's ids are not found, on every route.
func TestPages_whoMay(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s, review, booked, target := filled(r)
		account, mine := r.view(booked).Account.String(), r.tenant
		var delivery id.ID
		r.read(func(tx *store.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT id FROM deliveries WHERE event = 'captured' LIMIT 1", nil, &delivery)
		})
		reads := []string{"/transactions/" + review.String(), "/transactions/" + booked.String(), "/targets/" + target.String()}
		lists := []string{"", "/live", "/transactions", "/transactions.csv", "/review", "/accounts", "/targets", "/messages", "/forwarding"}
		writes := []string{"/transactions/" + review.String(), "/transactions/" + booked.String() + "/reject", "/accounts/" + account, "/targets/" + target.String() + "/test", "/targets/" + target.String() + "/pause",
			"/targets/" + target.String() + "/remove", "/deliveries/" + delivery.String() + "/retry", "/messages/" + r.IDs.New().String() + "/retry", "/messages/" + r.IDs.New().String() + "/again"}
		before := r.all()
		for _, c := range []struct {
			name                string
			role                tenant.Role
			other               bool
			list, read, written int
		}{
			{"a visitor", "", false, 303, 303, 303},
			{"a privacy officer", tenant.Officer, false, 403, 403, 403},
			{"a viewer", tenant.Viewer, false, 200, 200, 403},
			{"another workspace's owner", tenant.Owner, true, 200, 404, 404},
		} {
			s.role = c.role
			if c.other {
				r.tenant = r.Tenant()
			}
			for _, p := range lists {
				got := s.get("/ctt/app" + p)
				if got.Code != c.list {
					t.Errorf("%s: GET %s gives %d, want %d", c.name, p, got.Code, c.list)
				}
				if c.other && (strings.Contains(got.Body.String(), "Kopi") || strings.Contains(got.Body.String(), "812345678")) {
					t.Errorf("%s sees the content of %s", c.name, p)
				}
			}
			for _, p := range reads {
				if got := s.get("/ctt/app" + p); got.Code != c.read {
					t.Errorf("%s: GET %s gives %d, want %d", c.name, p, got.Code, c.read)
				}
			}
			for _, p := range writes {
				if got := s.post("/ctt/app"+p, "revision", "0", "amount", "1", "currency", "IDR", "direction", "out", "category", "other", "at", "2026-11-22T12:31"); got.Code != c.written {
					t.Errorf("%s: POST %s gives %d, want %d", c.name, p, got.Code, c.written)
				}
			}
			r.tenant = mine
		}
		if after := r.all(); len(after) != len(before) || after[len(after)-1].Revision != before[len(before)-1].Revision {
			t.Error("somebody changed something")
		}
	})
}

func TestPages_reviewToBooked(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s, review, booked, _ := filled(r)
		before := r.view(review)
		path := "/ctt/app/transactions/" + review.String()
		form := []string{"revision", "0", "amount", "7.500", "currency", "IDR", "fee", "", "direction", "out", "at", "2026-11-22T12:30", "merchant", "Warung Dewi", "category", "food_drink", "note", "", "account", ""}
		bad := append([]string{}, form...)
		bad[3], bad[11] = "nol", "kemarin"
		got := s.post(path, bad...)
		if got.Code != 422 || !strings.Contains(got.Body.String(), `href="#f-amount"`) || !strings.Contains(got.Body.String(), `href="#f-at"`) || !strings.Contains(got.Body.String(), `value="kemarin"`) {
			t.Errorf("a wrong form gives %d", got.Code)
		}
		webtest.Check(t, got.Body.String())
		if got := s.post(path, form...); got.Code != 303 || got.Header().Get("Location") != path {
			t.Fatalf("approving gives %d", got.Code)
		}
		if v := r.view(review); v.State != capture.Booked || v.Minor != 750000 || v.MerchantName != "Warung Dewi" || v.At != before.At {
			t.Errorf("the row is %+v: the seconds of an untouched time stay", v)
		}
		if got := s.post(path, form...); got.Code != 422 {
			t.Errorf("the old form again gives %d, want that it changed", got.Code)
		}
		if got := s.post(path+"/reject", "revision", "1"); got.Code != 303 || r.view(review).State != capture.Reversed {
			t.Errorf("rejecting gives %d", got.Code)
		}
		if got := s.post("/ctt/app/transactions/" + booked.String() + "/reject"); got.Code != 303 || r.view(booked).State != capture.Booked {
			t.Errorf("rejecting without having seen it gives %d", got.Code)
		}
	})
}

func TestPages_targets(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s := newSite(r)
		if got := s.post("/ctt/app/targets", "url", "http://10.0.0.1/"); got.Code != 422 || !strings.Contains(got.Body.String(), `href="#f-url"`) {
			t.Errorf("a wrong address gives %d", got.Code)
		}
		got := s.post("/ctt/app/targets", "url", "https://hook.example.com/in", "direction", "out")
		secret := regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`).FindString(got.Body.String())
		if got.Code != 201 || secret == "" || got.Header().Get("Content-Encoding") != "" {
			t.Fatalf("a new target gives %d", got.Code)
		}
		webtest.Check(t, got.Body.String())
		target := uuid.FindString(got.Body.String())
		path := "/ctt/app/targets/" + target
		if strings.Contains(s.get(path).Body.String(), "whsec_") {
			t.Error("the secret is shown again")
		}
		for _, act := range []string{"test", "pause", "resume", "remove"} {
			if got := s.post(path + "/" + act); got.Code != 303 {
				t.Errorf("%s gives %d", act, got.Code)
			}
		}
		for _, act := range []string{"test", "pause", "resume", "remove", "explode"} {
			if got := s.post(path + "/" + act); got.Code != 404 {
				t.Errorf("%s of a removed target gives %d", act, got.Code)
			}
		}
	})
}

func TestPages_csv(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s, _, _, _ := filled(r)
		got := s.get("/ctt/app/transactions.csv?direction=out&state=booked")
		rows, err := csv.NewReader(got.Body).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][6] != "Kopi Tuku" {
			t.Errorf("the file holds %v, %v", rows, err)
		}
		if h := got.Header(); !strings.HasPrefix(h.Get("Content-Type"), "text/csv") || !strings.Contains(h.Get("Content-Disposition"), "transaksi.csv") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("the headers are %v", h)
		}
		if got := s.get("/ctt/app/transactions.csv?after=zzz"); got.Code == 200 && strings.Contains(got.Body.String(), "Kopi") {
			t.Error("a wrong cursor gives a file")
		}
	})
}

// The changing part answers nothing while nothing changes.
func TestPages_live(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s, _, _, _ := filled(r)
		href := regexp.MustCompile(`hx-get="([^"]+)"`).FindStringSubmatch(s.get("/ctt/app").Body.String())
		if href == nil {
			t.Fatal("the dashboard asks for nothing")
		}
		path := strings.ReplaceAll(href[1], "&amp;", "&")
		if got := s.get(path); got.Code != 204 {
			t.Errorf("nothing changed, and it answers %d", got.Code)
		}
		r.mail(genuine("<new@x>", kopi(func(t *email.Transaction) { t.Merchant, t.Reference, t.Amount.Minor = "Bakso Wonogiri", "9", 3000000 })))
		if got := s.get(path); got.Code != 200 || !strings.Contains(got.Body.String(), "Bakso Wonogiri") || strings.Contains(got.Body.String(), "<html") {
			t.Errorf("after a mail it answers %d", got.Code)
		}
	})
}

func TestPages_account(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s, _, booked, _ := filled(r)
		path := "/ctt/app/accounts/" + r.view(booked).Account.String()
		for number, code := range map[string]int{"12": 422, "abc1234": 422, "5550009999": 422, "555-000-1234": 303, "": 303} {
			if got := s.post(path, "number", number, "holder", "Rina Maharani"); got.Code != code {
				t.Errorf("the number %q gives %d, want %d", number, got.Code, code)
			}
		}
		page := s.get(path).Body.String() + s.get("/ctt/app/accounts").Body.String()
		s.post(path, "number", "5550001234", "holder", "Rina Maharani")
		page += s.get(path).Body.String() + s.get("/ctt/app/accounts").Body.String()
		if strings.Contains(page, "5550001234") || !strings.Contains(page, "1234") {
			t.Error("a page shows the whole number")
		}
	})
}

// A mail that was kept can be read again, and what was found stays one.
func TestPages_readAgain(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s := newSite(r)
		m := inbox.Message{Subject: r.person, Channel: "mail", Source: "x", Conversation: r.IDs.New(), State: inbox.Done, Outcome: "other", Raw: vault.SealBytes([]byte("raw"))}
		r.write(func(tx *store.Tx) error { m.ReceivedAt = tx.Now(); return store.Insert(t.Context(), tx, &m) })
		path := "/ctt/app/messages/" + m.ID.String() + "/again"
		r.mails.set("raw", email.Result{Kind: email.KindOther})
		if got := s.post(path); got.Code != 303 || len(r.all()) != 0 {
			t.Errorf("reading again gives %d", got.Code)
		}
		r.mails.set("raw", genuine("<a@x>", kopi())) // the rules have learned
		for range 2 {
			if got := s.post(path); got.Code != 303 || len(r.all()) != 1 {
				t.Errorf("reading again gives %d and %d rows", got.Code, len(r.all()))
			}
		}
		if got := s.post("/ctt/app/messages/" + m.ID.String() + "/retry"); got.Code != 409 {
			t.Errorf("retrying what is not dead gives %d", got.Code)
		}
	})
}
