package complaint_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/privacy/complaint"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var config = rightstest.Config([]store.Set{complaint.Tables(), deadline.Tables(), tenant.Tables()}, []fs.FS{complaint.Migrations(), deadline.Migrations(), tenant.Migrations()})

// office is a service with two people, two officers, and what they were told.
type office struct {
	*complaint.Service
	w                       *rightstest.World
	h                       http.Handler
	rina, dewi, ratna, bayu identity.Principal
	told                    []string
	letters                 chan string
	opened                  []string // rights of which requests were opened
}

func (o *office) Tell(_ context.Context, _ *store.Tx, m tell.Message) error {
	o.told = append(o.told, m.Key)
	return nil
}

func (o *office) TellOfficers(_ context.Context, _ *store.Tx, m tell.Message) error {
	o.told = append(o.told, "officers:"+m.Key)
	return nil
}

func (o *office) SendTo(_ context.Context, _ store.Scope, _ id.Subject, to, lang, subject, text string) error {
	o.letters <- to + "|" + lang + "|" + subject + "|" + text
	return nil
}

func (o *office) OpenFor(_ context.Context, _ *store.Tx, _ id.Subject, right, _ string) (string, error) {
	o.opened = append(o.opened, right)
	return "K7QF-2M9X-T", nil
}

func (o *office) has(t *testing.T, key string) {
	t.Helper()
	for _, k := range o.told {
		if k == key {
			return
		}
	}
	t.Errorf("nobody was told %s, only %v", key, o.told)
}

func open(t *testing.T, w *rightstest.World) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{w: w, letters: make(chan string, 10)}
	who := func(s id.Subject, name string) identity.Principal {
		return identity.Principal{Service: "ctt", Home: w.Home.Tenant, Subject: s, Name: name, Email: strings.ToLower(strings.Fields(name)[0]) + "@example.com", Workspace: w.RinaOwn, Role: tenant.Owner}
	}
	o.rina, o.dewi, o.ratna, o.bayu = who(w.Rina, "Rina Maharani"), who(w.Dewi, "Dewi Anggraini"), who(w.Subject(), "Ratna Wulandari"), who(w.Subject(), "Bayu Hartono")
	jobs, err := job.Open(ctx, w.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	guard, err := desk.NewGuard(w.DB)
	if err != nil {
		t.Fatal(err)
	}
	catalog := webtest.Catalog(t, complaint.Texts())
	o.Service, err = complaint.New(complaint.Config{DB: w.DB, Jobs: jobs, Calendar: clock.Indonesia(), Teller: o, Officers: o, Guard: guard, Post: o, Requests: o, Key: w.Key, Notice: w.Notice,
		Home: func(string) store.Scope { return w.Home }, Words: func(lang, key string, args ...any) string {
			l, _ := i18n.Known(lang)
			return catalog.Printer(l, nil).T(key, args...)
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := jobs.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(jobs.Stop)
	o.write(t, func(tx *store.Tx) error {
		if err := tenant.Hire(ctx, tx, o.ratna.Subject, tenant.Officer); err != nil {
			return err
		}
		return tenant.Hire(ctx, tx, o.bayu.Subject, tenant.Officer)
	})
	mux := http.NewServeMux()
	o.Routes(mux, "ctt")
	o.h = webtest.Shell(t, w.Clock, complaint.Texts()).Handler(mux)
	return o
}

func (o *office) write(t *testing.T, f func(*store.Tx) error) {
	t.Helper()
	if err := o.w.Write(context.Background(), o.w.Home, f); err != nil {
		t.Fatal(err)
	}
}

func (o *office) ask(who *identity.Principal, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	if who != nil {
		r = r.WithContext(identity.Into(r.Context(), *who))
	}
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	return w
}

func (o *office) get(t *testing.T, key id.ID) *complaint.Case {
	t.Helper()
	var c *complaint.Case
	o.write(t, func(tx *store.Tx) (err error) {
		c, err = store.Get[complaint.Case](context.Background(), tx, key)
		return err
	})
	return c
}

const matter = "Surel untuk orang lain masuk ke kotak surat saya"

// filed is a complaint of Rina's by the page.
func (o *office) filed(t *testing.T) *complaint.Case {
	t.Helper()
	w := o.ask(&o.rina, "POST", "/ctt/privacy/complaints", url.Values{"text": {matter}, "wanted": {"Penjelasan"}})
	path, ok := strings.CutPrefix(w.Header().Get("Location"), "/ctt/privacy/complaints/")
	if !ok {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return o.get(t, id.Must(path))
}

func (o *office) due(t *testing.T, c *complaint.Case, name string) deadline.Item {
	t.Helper()
	var out deadline.Item
	o.write(t, func(tx *store.Tx) error {
		all, err := deadline.Of(context.Background(), tx, c.ID)
		for _, d := range all {
			if d.Name == name {
				out = d
			}
		}
		return err
	})
	if out.Name == "" {
		t.Fatalf("there is no deadline %s", name)
	}
	return out
}

// A complaint runs from filing to the written answer; each step is where it should
// be, and the answer names the ways that are left.
func TestComplaint(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		c := o.filed(t)
		if c.State != complaint.Acknowledged || id.ReadNumber(c.Number) != c.Number {
			t.Fatalf("%s %s", c.State, c.Number)
		}
		o.has(t, "complaint.told.received")
		o.has(t, "officers:complaint.told.new")
		if d := o.due(t, c, complaint.DueAcknowledge); d.State != deadline.Kept {
			t.Errorf("the acknowledgement is %s", d.State)
		}
		if d := o.due(t, c, complaint.DueReply); !d.Due.Equal(c.FiledAt.Time().AddDate(0, 0, 30)) {
			t.Errorf("the answer is due %s after %s", d.Due, c.FiledAt)
		}
		page := "/ctt/staff/privacy/complaints/" + c.ID.String()
		for _, step := range []struct {
			act  string
			form url.Values
			code int
		}{
			{"reply", url.Values{"answer": {"Sudah"}}, 422}, // before the inquiry ended
			{"take", nil, 303},
			{"note", url.Values{"text": {"catatan rahasia kantor"}}, 303},
			{"remedy", url.Values{"kind": {"apology"}}, 422}, // nothing was found yet
			{"find", url.Values{"finding": {"partly"}}, 422}, // no grounds
			{"find", url.Values{"finding": {"partly"}, "grounds": {"Alamat tertukar."}}, 303},
			{"remedy", url.Values{"kind": {"compensation"}}, 422}, // no amount
			{"remedy", url.Values{"kind": {"compensation"}, "amount": {"250000"}}, 303},
			{"remedy", url.Values{"kind": {"correction"}}, 303},
			{"reply", url.Values{"answer": {"Kami memperbaiki alamatnya."}}, 303},
			{"find", url.Values{"finding": {"upheld"}, "grounds": {"lain"}}, 422}, // it has ended
		} {
			if got := o.ask(&o.ratna, "POST", page+"/"+step.act, step.form); got.Code != step.code {
				t.Errorf("%s %v: %d, want %d", step.act, step.form, got.Code, step.code)
			}
		}
		o.has(t, "complaint.told.answered")
		if len(o.opened) != 1 || o.opened[0] != "correct" {
			t.Errorf("requests opened: %v", o.opened)
		}
		own := o.ask(&o.rina, "GET", "/ctt/privacy/complaints/"+c.ID.String(), nil).Body.String()
		webtest.Check(t, own)
		for _, want := range []string{"Kami memperbaiki alamatnya.", "Alamat tertukar.", "Pengadilan negeri", "lembaga pelindungan data pribadi", "Ganti rugi", "K7QF-2M9X-T"} {
			if !strings.Contains(own, want) {
				t.Errorf("the answer does not say %q", want)
			}
		}
		if strings.Contains(own, "catatan rahasia kantor") {
			t.Error("the person reads the office's notes")
		}
		o.evidence(t, c)
	})
}

// The evidence is the whole case, and a receipt that verifies with the key alone.
func (o *office) evidence(t *testing.T, c *complaint.Case) {
	t.Helper()
	b := o.ask(&o.rina, "GET", "/ctt/privacy/complaints/"+c.ID.String()+"/file", nil).Body.Bytes()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	rec, err := receipt.Verify(files["receipt.json"], o.w.Key.Public())
	if err != nil {
		t.Fatal(err)
	}
	var body receipt.ComplaintBody
	if err := json.Unmarshal(rec.Body, &body); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(files["case.json"])
	if body.SHA256 != hex.EncodeToString(sum[:]) || body.Number != c.Number {
		t.Errorf("the receipt speaks of %+v", body)
	}
	if s := string(files["case.json"]); !strings.Contains(s, matter) || strings.Contains(s, "catatan rahasia kantor") {
		t.Errorf("case.json: %s", s)
	}
	if strings.Contains(string(files["receipt.json"]), matter) {
		t.Error("the receipt holds what was written")
	}
}

// More time has a reason and a later date, before the old one passes, and the
// person is told.
func TestComplaint_extend(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		c := o.filed(t)
		path := "/ctt/staff/privacy/complaints/" + c.ID.String() + "/extend"
		old := o.due(t, c, complaint.DueDecide)
		later := old.Due.AddDate(0, 0, 10).Format(time.DateOnly)
		for _, bad := range []url.Values{
			{"name": {"decide"}, "until": {later}},
			{"name": {"decide"}, "until": {old.Due.AddDate(0, 0, -3).Format(time.DateOnly)}, "reason": {"rumit"}},
			{"name": {"decide"}, "until": {"besok"}, "reason": {"rumit"}},
			{"name": {"acknowledge"}, "until": {later}, "reason": {"rumit"}},
		} {
			if got := o.ask(&o.ratna, "POST", path, bad); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("%v: %d", bad, got.Code)
			}
		}
		good := url.Values{"name": {"decide"}, "until": {later}, "reason": {"Menunggu keterangan penyedia surel"}}
		if got := o.ask(&o.ratna, "POST", path, good); got.Code != http.StatusSeeOther {
			t.Fatal(got.Code, got.Body)
		}
		o.has(t, "complaint.told.extended")
		if now := o.due(t, c, complaint.DueDecide); !now.Due.After(old.Due) || !now.Moved {
			t.Errorf("still due %s", now.Due)
		}
		w.Manual().Set(old.Due.AddDate(0, 0, 40))
		good.Set("until", old.Due.AddDate(0, 0, 60).Format(time.DateOnly))
		if got := o.ask(&o.ratna, "POST", path, good); got.Code == http.StatusSeeOther {
			t.Error("a deadline that has passed was moved")
		}
	})
}

// Who is concerned does not decide, and nobody but officers works on a case.
func TestComplaint_whoDecides(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		c := o.filed(t)
		page := "/ctt/staff/privacy/complaints/" + c.ID.String()
		found := url.Values{"finding": {"unfounded"}, "grounds": {"Tidak terbukti."}}
		for name, who := range map[string]*identity.Principal{"a stranger": nil, "another person": &o.dewi, "the person": &o.rina} {
			for _, ask := range []struct{ method, path string }{{"GET", page}, {"POST", page + "/find"}, {"GET", "/ctt/staff/privacy/complaints"}} {
				if got := o.ask(who, ask.method, ask.path, found); got.Code == 200 || got.Code == 303 && !strings.Contains(got.Header().Get("Location"), "signin") || strings.Contains(got.Body.String(), matter) {
					t.Errorf("%s gets %d of %s", name, got.Code, ask.path)
				}
			}
		}
		if got := o.ask(&o.dewi, "GET", "/ctt/privacy/complaints/"+c.ID.String(), nil); got.Code != http.StatusNotFound {
			t.Errorf("another person reads it: %d", got.Code)
		}
		if got := o.ask(&o.bayu, "POST", page+"/recuse", nil); got.Code != 303 {
			t.Fatal(got.Code)
		}
		if got := o.ask(&o.bayu, "POST", page+"/find", found); got.Code == 303 {
			t.Error("who stepped back decides all the same")
		}
		if got := o.ask(&o.ratna, "POST", page+"/find", found); got.Code != 303 {
			t.Errorf("another officer cannot: %d", got.Code)
		}
	})
}

// Who has no account complains too: by the open form, or with an officer's help.
func TestComplaint_withoutAccount(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		form := url.Values{"name": {"Bagas Prakoso"}, "contact": {"bagas@example.com"}, "text": {matter}}
		for field, bad := range map[string]string{"name": "", "contact": "bukan surel", "text": " "} {
			f := url.Values{"name": form["name"], "contact": form["contact"], "text": form["text"]}
			f.Set(field, bad)
			if got := o.ask(nil, "POST", "/ctt/complaint", f); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s %q: %d", field, bad, got.Code)
			}
		}
		got := o.ask(nil, "POST", "/ctt/complaint", form)
		at := got.Header().Get("Location")
		if got.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/ctt/complaint/") {
			t.Fatal(got.Code, got.Body)
		}
		if l := <-o.letters; !strings.HasPrefix(l, "bagas@example.com|id|Pengaduan Anda diterima: ") {
			t.Errorf("the letter is %s", l)
		}
		status := o.ask(nil, "GET", at, nil)
		webtest.Check(t, status.Body.String())
		if s := status.Body.String(); status.Code != 200 || strings.Contains(s, matter) || strings.Contains(s, "Bagas") {
			t.Errorf("the page of a number shows %d %s", status.Code, s)
		}
		number := strings.TrimPrefix(at, "/ctt/complaint/")
		forged := []byte(number)
		forged[1] = map[bool]byte{true: '3', false: '2'}[forged[1] == '2']
		if got := o.ask(nil, "GET", "/ctt/complaint/"+string(forged), nil); got.Code != http.StatusNotFound {
			t.Errorf("a forged number: %d", got.Code)
		}
		// By telephone, with no way for the program to write back.
		down := url.Values{"via": {"phone"}, "name": {"Sekar Larasati"}, "contact": {"0812-0000-0000"}, "text": {matter}, "lang": {"id"}}
		at = o.ask(&o.ratna, "POST", "/ctt/staff/privacy/complaints", down).Header().Get("Location")
		c := o.get(t, id.Must(strings.TrimPrefix(at, "/ctt/staff/privacy/complaints/")))
		if c.State != complaint.Filed {
			t.Errorf("acknowledged though nobody told her: %s", c.State)
		}
		if got := o.ask(&o.ratna, "POST", at+"/acknowledge", url.Values{"how": {"nomor dibacakan"}}); got.Code != 303 {
			t.Error(got.Code)
		}
		if d := o.due(t, c, complaint.DueAcknowledge); d.State != deadline.Kept {
			t.Errorf("the acknowledgement is %s", d.State)
		}
	})
}

// The clock of the acknowledgement counts working days: over Lebaran it waits.
func TestComplaint_overLebaran(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		w.Manual().Set(time.Date(2026, 3, 17, 3, 0, 0, 0, time.UTC)) // Tuesday before the leave of Lebaran 1447
		c := o.filed(t)
		d := o.due(t, c, complaint.DueAcknowledge)
		if want := clock.Indonesia().AddWorkingDays(c.FiledAt.Time().In(clock.WIB), 3); !d.FirstDue.Equal(want) || d.FirstDue.Sub(c.FiledAt.Time()) < 5*24*time.Hour {
			t.Errorf("due %s, want %s", d.FirstDue, want)
		}
	})
}

// A flood becomes a refusal, the same mail one case, and taking back stops clocks.
func TestComplaint_limits(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		ctx := context.Background()
		file := func(source string) (c *complaint.Case, err error) {
			err = w.Write(ctx, w.Home, func(tx *store.Tx) error {
				c, err = o.File(ctx, tx, complaint.Filing{Subject: w.Rina, Text: matter, Via: complaint.ViaMail, Source: source})
				return err
			})
			return c, err
		}
		first, err := file("m1")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := file("m1"); err != nil || again.ID != first.ID {
			t.Errorf("the same mail twice: %v %v", again, err)
		}
		for range 9 {
			if _, err := file(""); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := file(""); !fault.Is(err, fault.TooMany) {
			t.Errorf("the eleventh: %v", err)
		}
		if got := o.ask(&o.rina, "POST", "/ctt/privacy/complaints/"+first.ID.String()+"/withdraw", nil); got.Code != 303 {
			t.Error(got.Code)
		}
		if d := o.due(t, first, complaint.DueReply); d.State != deadline.Gone {
			t.Errorf("after it was taken back the answer is %s", d.State)
		}
		if _, err := file(""); err != nil {
			t.Errorf("one that ended still counts: %v", err)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(complaint.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
