package support_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/inbox"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/support"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var config = storetest.Config{
	Sets:       []store.Set{support.Tables(), tenant.Tables(), audit.Tables()},
	Migrations: []fs.FS{support.Migrations(), tenant.Migrations(), audit.Migrations()},
}

// secret is what staff see only with leave.
const secret = "Kopi Tuku Cipete"

// told keeps what people were told.
type told struct{ all []notify.Message }

func (t *told) Tell(_ context.Context, _ *store.Tx, m notify.Message) error {
	t.all = append(t.all, m)
	return nil
}

func (t *told) of(who id.Subject) (keys []string) {
	for _, m := range t.all {
		if m.Subject == who {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// desk is a service with a person, another one, and staff.
type desk struct {
	*support.Service
	b                 *storetest.Bundle
	told              *told
	shown             int // how often data was handed out
	rina, dewi, bagas identity.Principal
	h                 http.Handler
}

func open(t *testing.T, b *storetest.Bundle) *desk {
	t.Helper()
	d := &desk{b: b, told: &told{}}
	who := func(name string) identity.Principal {
		return identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: b.Subject(), Workspace: b.Tenant(), Name: name, Role: tenant.Owner}
	}
	d.rina, d.dewi, d.bagas = who("Rina Maharani"), who("Dewi Anggraini"), who("Bagas Prakoso")
	var err error
	d.Service, err = support.New(support.Config{DB: b.DB, Teller: d.told,
		Views: []support.View{{Key: "transactions", Show: func(_ context.Context, p support.Person, _ string) (support.Table, error) {
			d.shown++
			if p.Subject != d.rina.Subject || p.Workspace != d.rina.Workspace {
				t.Errorf("the data of %+v is shown", p)
			}
			return support.Table{Columns: []string{"support.column.merchant"}, Rows: [][]string{{secret}}}, nil
		}}, {Key: "account", Show: func(context.Context, support.Person, string) (support.Table, error) {
			d.shown++
			return support.Table{}, nil
		}}},
		AccountOf: func(context.Context, string, string) (id.Subject, error) { return d.rina.Subject, nil }})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, d.rina, func(tx *store.Tx) error {
		return tenant.Hire(context.Background(), tx, d.bagas.Subject, tenant.Worker)
	})
	mux := http.NewServeMux()
	d.Routes(mux, "ctt")
	d.h = webtest.Shell(t, b.Clock, support.Texts()).Handler(mux)
	return d
}

func (d *desk) write(t *testing.T, who identity.Principal, f func(*store.Tx) error) {
	t.Helper()
	if err := d.b.Write(context.Background(), who.HomeScope("support"), f); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) ask(who *identity.Principal, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	if who != nil {
		r = r.WithContext(identity.Into(r.Context(), *who))
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	return w
}

// opened is a ticket of Rina's.
func (d *desk) opened(t *testing.T) *support.Ticket {
	t.Helper()
	var out *support.Ticket
	d.write(t, d.rina, func(tx *store.Tx) (err error) {
		out, err = d.OpenTicket(context.Background(), tx, support.Request{Subject: d.rina.Subject, Workspace: d.rina.Workspace, Title: "Transaksi dobel", Text: "Kopi tercatat dua kali.", Via: "web"})
		return err
	})
	return out
}

func TestTicket_fromQuestionToSolved(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		d := open(t, b)
		w := d.ask(&d.rina, "POST", "/ctt/support", url.Values{"title": {"Transaksi dobel"}, "text": {"Kopi tercatat dua kali."}})
		at := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/ctt/support/") {
			t.Fatalf("%d to %q", w.Code, at)
		}
		if got := d.told.of(d.bagas.Subject); !slices.Equal(got, []string{"support.told.new"}) {
			t.Errorf("staff were told %q", got)
		}
		staffAt := strings.Replace(at, "/support/", "/staff/support/", 1)
		page := d.ask(&d.bagas, "GET", staffAt, nil).Body.String()
		webtest.Check(t, page)
		if !strings.Contains(page, "Kopi tercatat dua kali.") || strings.Contains(page, d.rina.Name) || strings.Contains(page, secret) {
			t.Error("staff see the ticket's words and nothing else of the person")
		}
		b.Manual().Add(time.Minute)
		if w := d.ask(&d.bagas, "POST", staffAt, url.Values{"text": {"Yang kedua sudah kami gabungkan."}}); w.Code != http.StatusSeeOther {
			t.Fatalf("the answer: %d", w.Code)
		}
		if got := d.told.of(d.rina.Subject); !slices.Equal(got, []string{"support.told.answer"}) {
			t.Errorf("the person was told %q", got)
		}
		mine := d.ask(&d.rina, "GET", at, nil).Body.String()
		webtest.Check(t, mine)
		if !strings.Contains(mine, "Yang kedua sudah kami gabungkan.") || !strings.Contains(mine, "sudah dijawab") {
			t.Error("the answer is not on the person's page")
		}
		d.ask(&d.rina, "POST", at+"/solve", nil)
		if page := d.ask(&d.bagas, "GET", "/ctt/staff/support?state=solved", nil).Body.String(); !strings.Contains(page, "Transaksi dobel") {
			t.Error("the solved ticket is not listed as solved")
		}
		d.ask(&d.rina, "POST", at, url.Values{"text": {"Ternyata belum."}})
		if page := d.ask(&d.bagas, "GET", "/ctt/staff/support", nil).Body.String(); !strings.Contains(page, "Transaksi dobel") {
			t.Error("who writes again does not open the ticket again")
		}
	})
}

func TestTicket_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		d := open(t, b)
		for name, form := range map[string]url.Values{
			"no title":  {"text": {"x"}},
			"no text":   {"title": {"x"}, "text": {"   "}},
			"too long":  {"title": {"x"}, "text": {strings.Repeat("a", 20_000)}},
			"bad UTF-8": {"title": {"\xff"}, "text": {"x"}},
		} {
			if w := d.ask(&d.rina, "POST", "/ctt/support", form); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		for range 20 {
			d.opened(t)
		}
		if w := d.ask(&d.rina, "POST", "/ctt/support", url.Values{"title": {"x"}, "text": {"x"}}); w.Code != http.StatusTooManyRequests {
			t.Errorf("the 21st open ticket: %d", w.Code)
		}
	})
}

func TestLook_onlyWithLeaveAndReason(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		d := open(t, b)
		ticket := d.opened(t)
		at, staffAt := "/ctt/support/"+ticket.ID.String(), "/ctt/staff/support/"+ticket.ID.String()
		look := func(view, reason string) *httptest.ResponseRecorder {
			return d.ask(&d.bagas, "POST", staffAt+"/look", url.Values{"view": {view}, "reason": {reason}})
		}
		const why = "Memeriksa dua baris kopi"
		if w := look("transactions", why); w.Code != http.StatusForbidden {
			t.Fatalf("without leave: %d", w.Code)
		}
		d.ask(&d.bagas, "POST", staffAt+"/ask", url.Values{"view": {"transactions"}})
		if got := d.told.of(d.rina.Subject); !slices.Equal(got, []string{"support.told.ask"}) {
			t.Errorf("the person was told %q", got)
		}
		if w := d.ask(&d.dewi, "POST", at+"/grant", url.Values{"view": {"transactions"}, "span": {"1"}}); w.Code != http.StatusNotFound {
			t.Errorf("another person gives leave: %d", w.Code)
		}
		if w := d.ask(&d.rina, "POST", at+"/grant", url.Values{"view": {"transactions"}, "span": {"100000"}}); w.Code < 400 {
			t.Errorf("leave for ever: %d", w.Code)
		}
		d.ask(&d.rina, "POST", at+"/grant", url.Values{"view": {"transactions"}, "span": {"1"}})
		for name, reason := range map[string]string{"none": "", "blank": "      ", "long": strings.Repeat("a", 400)} {
			if w := look("transactions", reason); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("a reason that is %s: %d", name, w.Code)
			}
		}
		if w := look("account", why); w.Code != http.StatusForbidden {
			t.Errorf("leave for one thing shows another: %d", w.Code)
		}
		if d.shown != 0 {
			t.Fatal("data was read before a look stood")
		}
		seen := look("transactions", why).Header().Get("Location")
		page := d.ask(&d.bagas, "GET", seen, nil).Body.String()
		webtest.Check(t, page)
		if !strings.Contains(page, secret) {
			t.Fatal("what the person allowed is not shown")
		}
		if w := d.ask(&d.rina, "GET", seen, nil); w.Code != http.StatusNotFound {
			t.Errorf("who is not staff opens a look: %d", w.Code)
		}
		mine := d.ask(&d.rina, "GET", at, nil).Body.String()
		if !strings.Contains(mine, why) {
			t.Error("the person does not see who looked and why")
		}
		d.lines(t, "support.granted", "support.looked")
		d.ask(&d.rina, "POST", at+"/revoke", url.Values{"view": {"transactions"}})
		if w := d.ask(&d.bagas, "GET", seen, nil); w.Code != http.StatusForbidden {
			t.Errorf("after it was taken back: %d", w.Code)
		}
		d.ask(&d.rina, "POST", at+"/grant", url.Values{"view": {"transactions"}, "span": {"1"}})
		seen = look("transactions", why).Header().Get("Location")
		b.Manual().Add(16 * time.Minute)
		if w := d.ask(&d.bagas, "GET", seen, nil); w.Code != http.StatusForbidden {
			t.Errorf("a quarter of an hour later: %d", w.Code)
		}
		b.Manual().Add(time.Hour)
		if w := look("transactions", why); w.Code != http.StatusForbidden {
			t.Errorf("after its time: %d", w.Code)
		}
	})
}

// lines expects acts in Rina's own log.
func (d *desk) lines(t *testing.T, want ...string) {
	t.Helper()
	err := d.b.Read(context.Background(), d.rina.HomeScope("rights"), func(tx *store.Tx) error {
		all, err := audit.Activity(context.Background(), tx, d.rina.Subject, id.ID{}, 50)
		for _, name := range want {
			if !slices.ContainsFunc(all, func(l audit.Line) bool { return l.Act == name }) {
				t.Errorf("%s is not in the person's log", name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSolve_endsLeave(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		d := open(t, b)
		ticket := d.opened(t)
		at := "/ctt/support/" + ticket.ID.String()
		d.ask(&d.rina, "POST", at+"/grant", url.Values{"view": {"transactions"}, "span": {"168"}})
		d.ask(&d.bagas, "POST", "/ctt/staff/support/"+ticket.ID.String()+"/solve", nil)
		w := d.ask(&d.bagas, "POST", "/ctt/staff/support/"+ticket.ID.String()+"/look", url.Values{"view": {"transactions"}, "reason": {"Memeriksa lagi"}})
		if w.Code != http.StatusForbidden {
			t.Errorf("a look into a solved ticket: %d", w.Code)
		}
	})
}

func TestPages_strangers(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		d := open(t, b)
		key := d.opened(t).ID.String()
		for _, path := range []string{"/ctt/support", "/ctt/support/" + key, "/ctt/staff/support", "/ctt/staff/support/" + key} {
			if w := d.ask(nil, "GET", path, nil); w.Code != http.StatusSeeOther {
				t.Errorf("a visitor at %s: %d", path, w.Code)
			}
		}
		for _, path := range []string{"/ctt/support/" + key, "/ctt/staff/support", "/ctt/staff/support/" + key, "/ctt/support/no-id"} {
			if w := d.ask(&d.dewi, "GET", path, nil); w.Code != http.StatusNotFound {
				t.Errorf("another person at %s: %d", path, w.Code)
			}
		}
		if w := d.ask(&d.dewi, "POST", "/ctt/support/"+key, url.Values{"text": {"hai"}}); w.Code != http.StatusNotFound {
			t.Errorf("another person writes: %d", w.Code)
		}
	})
}

func TestHandleMail(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		d := open(t, b)
		ctx := context.Background()
		handle := func(who id.Subject, raw string) inbox.Result {
			m := inbox.Message{Subject: who, Sender: vault.Seal("rina@example.com")}
			m.ID = b.IDs.New()
			var out inbox.Result
			for range 2 { // a job may run twice
				apply, err := d.HandleMail(ctx, d.rina.HomeScope("support"), m, []byte(raw))
				if err != nil {
					t.Fatal(err)
				}
				if err := b.Write(ctx, d.rina.HomeScope("support"), func(tx *store.Tx) (err error) { out, err = apply(ctx, tx); return err }); err != nil && !fault.Is(err, fault.Conflict) {
					t.Fatal(err)
				}
				if !strings.Contains(raw, "Subject: Re") {
					break
				}
			}
			return out
		}
		first := "From: Rina <rina@example.com>\r\nSubject: Surel tidak terbaca\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSurel bank saya tidak muncul.\r\n"
		if out := handle(d.rina.Subject, first); out.State != inbox.Done || out.Outcome != "ticket" {
			t.Fatalf("%+v", out)
		}
		all := d.tickets(t)
		if len(all) != 1 || all[0].Title.Reveal() != "Surel tidak terbaca" || all[0].Via != "mail" {
			t.Fatalf("%d tickets", len(all))
		}
		number := strings.ToLower(all[0].Number)
		b.Manual().Add(time.Minute)
		again := "From: rina@example.com\r\nSubject: Re: [" + number + "] jawaban\r\n\r\nIni tambahannya.\r\n\r\nPada Sen, 23 Nov 2026 CTT menulis:\r\n> jawaban lama\r\n"
		handle(d.rina.Subject, again)
		if len(d.tickets(t)) != 1 {
			t.Error("a reply opens another ticket")
		}
		posts := d.posts(t, all[0].ID)
		if len(posts) != 2 || posts[1].Text.Reveal() != "Ini tambahannya." {
			t.Errorf("%d posts: a reply goes on with its ticket once, without what it quotes", len(posts))
		}
		handle(d.dewi.Subject, again)
		if got := d.posts(t, all[0].ID); len(got) != 2 {
			t.Error("another person's mail goes on with this ticket")
		}
		if out := handle(d.rina.Subject, "no mail at all"); out.State != inbox.Refused {
			t.Errorf("what is no mail: %+v", out)
		}
	})
}

func (d *desk) tickets(t *testing.T) (all []support.Ticket) {
	t.Helper()
	d.write(t, d.rina, func(tx *store.Tx) (err error) {
		all, err = support.Of(context.Background(), tx, d.rina.Subject)
		return err
	})
	return all
}

func (d *desk) posts(t *testing.T, ticket id.ID) (all []support.Post) {
	t.Helper()
	d.write(t, d.rina, func(tx *store.Tx) (err error) { all, err = support.Posts(context.Background(), tx, ticket); return err })
	return all
}

func TestReadNumber(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		n := open(t, b).opened(t).Number
		wrong := []byte(n)
		wrong[2] = map[bool]byte{true: '8', false: '7'}[wrong[2] == '7']
		for line, want := range map[string]string{
			n: n, "Re: [" + n + "] halo": n, strings.ToLower(n): n, "tentang " + n + ", lanjutan": n,
			"": "", "tanpa nomor": "", string(wrong): "", "X" + n: "", n + "X": "", n[:10]: "",
		} {
			if got := id.ReadNumber(line); got != want {
				t.Errorf("%q: %q, want %q", line, got, want)
			}
		}
	})
}

func FuzzSenderOf(f *testing.F) {
	f.Add("From: a@example.com\r\n\r\nhai")
	f.Add("From: a@example.com, b@example.com\r\n\r\nhai")
	f.Add("\x00\xff")
	f.Fuzz(func(t *testing.T, raw string) {
		if from := support.SenderOf([]byte(raw)); from != strings.ToLower(from) {
			t.Errorf("%q is not in small letters", from)
		}
		if n := id.ReadNumber(raw); n != "" && len(n) != 11 {
			t.Errorf("a number %q", n)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(support.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
