package disclosure_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/disclosure"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/privacy/tell"
	"amanah/internal/privacy/transfer"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var config = rightstest.Config([]store.Set{disclosure.Tables(), deadline.Tables(), tenant.Tables(), transfer.Tables()},
	[]fs.FS{disclosure.Migrations(), deadline.Migrations(), tenant.Migrations(), transfer.Migrations()})

type office struct {
	*disclosure.Service
	w                 *rightstest.World
	h                 http.Handler
	rina, ratna, bayu identity.Principal
	told              []string
}

func (o *office) Tell(_ context.Context, _ *store.Tx, m tell.Message) error {
	o.told = append(o.told, m.Key)
	return nil
}

func (o *office) TellOfficers(context.Context, *store.Tx, tell.Message) error { return nil }

func open(t *testing.T, w *rightstest.World) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{w: w}
	who := func(s id.Subject, name string) identity.Principal {
		return identity.Principal{Service: "ctt", Home: w.Home.Tenant, Subject: s, Name: name, Workspace: w.RinaOwn, Role: tenant.Owner}
	}
	o.rina, o.ratna, o.bayu = who(w.Rina, "Rina Maharani"), who(w.Subject(), "Ratna Wulandari"), who(w.Subject(), "Bayu Hartono")
	guard, err := desk.NewGuard(w.DB)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rights.New(rights.Config{DB: w.DB, Schema: w.Schema, Vault: w.Keys(), People: w, Notice: w.Notice, Key: w.Key, Catalog: webtest.Catalog(t, rights.Texts())})
	if err != nil {
		t.Fatal(err)
	}
	o.Service, err = disclosure.New(disclosure.Config{DB: w.DB, Teller: o, Officers: o, Guard: guard, Slicer: r, Notice: w.Notice,
		Find: func(_ context.Context, _, email string) (id.Subject, bool, error) {
			return w.Rina, email == "rina@example.com", nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	w.Populate(t, 3)
	err = w.Write(ctx, w.Home, func(tx *store.Tx) error {
		if err := tenant.Hire(ctx, tx, o.ratna.Subject, tenant.Officer); err != nil {
			return err
		}
		return tenant.Hire(ctx, tx, o.bayu.Subject, tenant.Officer)
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	o.Routes(mux, "ctt")
	o.h = webtest.Shell(t, w.Clock, disclosure.Texts()).Handler(mux)
	return o
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

func demand() url.Values {
	return url.Values{"email": {"rina@example.com"}, "reason": {"authority"}, "recipient": {"Polda Metro Jaya, AKP Contoh"}, "purpose": {"Penyidikan penipuan"}, "basis": {"UU 27/2022 15"},
		"document": {strings.Repeat("ab", 32)}, "categories": {"account.name", "account.email"}}
}

const register = "/ctt/staff/privacy/disclosures"

func (o *office) opened(t *testing.T, form url.Values) string {
	t.Helper()
	w := o.ask(&o.ratna, "POST", register, form)
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// Only two different officers let something out, only what was asked for leaves,
// once, and the person is told and sees it.
func TestDisclosure(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		at := o.opened(t, demand())
		if got := o.ask(&o.ratna, "POST", at+"/hand", nil); got.Code == 200 {
			t.Error("handed over without approval")
		}
		for range 2 { // the same officer's second yes counts nothing
			o.ask(&o.ratna, "POST", at+"/approve", nil)
		}
		if got := o.ask(&o.bayu, "POST", at+"/hand", nil); got.Code == 200 {
			t.Error("handed over on one approval")
		}
		if got := o.ask(&o.bayu, "POST", at+"/approve", nil); got.Code != 303 {
			t.Fatal(got.Code)
		}
		got := o.ask(&o.bayu, "POST", at+"/hand", nil)
		file := got.Body.String()
		if got.Code != 200 || !strings.Contains(file, w.Marks("rina")[0]) {
			t.Fatalf("%d %s", got.Code, file)
		}
		for _, other := range append(w.Marks("dewi"), w.Marks("rina-secret")...) {
			if strings.Contains(file, other) {
				t.Errorf("the file holds %q", other)
			}
		}
		if strings.Contains(file, "transaction") || strings.Contains(file, "captured") {
			t.Errorf("more left than was asked for: %s", file)
		}
		if again := o.ask(&o.bayu, "POST", at+"/hand", nil); again.Code == 200 {
			t.Error("handed over twice")
		}
		if len(o.told) != 1 || o.told[0] != "disclosure.told.handed" {
			t.Errorf("told %v", o.told)
		}
		own := o.ask(&o.rina, "GET", "/ctt/privacy/disclosures", nil).Body.String()
		webtest.Check(t, own)
		if !strings.Contains(own, "Polda Metro Jaya") {
			t.Error("the person does not see who got it")
		}
		o.transfers(t, 1)
	})
}

func (o *office) transfers(t *testing.T, want int) {
	t.Helper()
	err := o.w.Read(context.Background(), o.w.Home, func(tx *store.Tx) error {
		all, err := transfer.Of(context.Background(), tx, o.w.Rina)
		if len(all) != want || want > 0 && all[0].Recipient != disclosure.Recipient {
			t.Errorf("the record of what left: %+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a law keeps secret is told when the secrecy ends, and not before.
func TestDisclosure_secret(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		form := demand()
		form.Set("secrecy", "KUHAP contoh")
		if got := o.ask(&o.ratna, "POST", register, form); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("a secrecy without an end: %d", got.Code)
		}
		form.Set("until", w.Clock.Now().AddDate(0, 1, 0).Format(time.DateOnly))
		at := o.opened(t, form)
		o.ask(&o.ratna, "POST", at+"/approve", nil)
		o.ask(&o.bayu, "POST", at+"/approve", nil)
		if got := o.ask(&o.bayu, "POST", at+"/hand", nil); got.Code != 200 {
			t.Fatal(got.Code)
		}
		for range 2 {
			if err := o.Service.Tell(context.Background(), w.Home); err != nil {
				t.Fatal(err)
			}
		}
		if page := o.ask(&o.rina, "GET", "/ctt/privacy/disclosures", nil).Body.String(); len(o.told) != 0 || strings.Contains(page, "Polda") {
			t.Error("the person learned of it too early")
		}
		o.transfers(t, 0)
		w.Manual().Set(w.Clock.Now().AddDate(0, 1, 1))
		for range 2 {
			if err := o.Service.Tell(context.Background(), w.Home); err != nil {
				t.Fatal(err)
			}
		}
		if len(o.told) != 1 {
			t.Errorf("told %v", o.told)
		}
		o.transfers(t, 1)
	})
}

// What is not lawful is refused, and strangers find nothing.
func TestDisclosure_refused(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		for name, change := range map[string]func(url.Values){
			"no such person":             func(f url.Values) { f.Set("email", "dewi@example.com") },
			"marketing":                  func(f url.Values) { f.Set("reason", "marketing") },
			"the person's wish by staff": func(f url.Values) { f.Set("reason", "own_wish"); f.Set("purpose", "") },
			"no document":                func(f url.Values) { f.Set("document", "surat") },
			"no provision":               func(f url.Values) { f.Del("basis") },
			"data that the notice hides": func(f url.Values) { f["categories"] = []string{"transaction.amount"} },
			"no data":                    func(f url.Values) { f.Del("categories") },
		} {
			f := demand()
			change(f)
			if got := o.ask(&o.ratna, "POST", register, f); got.Code == http.StatusSeeOther {
				t.Errorf("%s: accepted", name)
			}
		}
		at := o.opened(t, demand())
		for name, who := range map[string]*identity.Principal{"a stranger": nil, "the person": &o.rina} {
			for _, path := range []string{register, at, at + "/hand"} {
				method := "GET"
				if strings.HasSuffix(path, "hand") {
					method = "POST"
				}
				if got := o.ask(who, method, path, nil); got.Code == 200 || strings.Contains(got.Body.String(), "Polda") {
					t.Errorf("%s gets %d of %s", name, got.Code, path)
				}
			}
		}
		if got := o.ask(&o.bayu, "POST", at+"/refuse", url.Values{}); got.Code != 422 {
			t.Errorf("refused without a reason: %d", got.Code)
		}
		if got := o.ask(&o.bayu, "POST", at+"/refuse", url.Values{"why": {"Penanda tangan tidak berwenang"}}); got.Code != 303 {
			t.Error(got.Code)
		}
		if got := o.ask(&o.ratna, "POST", at+"/approve", nil); got.Code == 303 {
			t.Error("approved after it was refused")
		}
		// One's own wish needs the confirmation, and one officer.
		wish := url.Values{"recipient": {"Bank Contoh"}, "purpose": {"Pengajuan kredit"}, "categories": {"account.name"}}
		if got := o.ask(&o.rina, "POST", "/ctt/privacy/disclosures", wish); got.Code != 422 {
			t.Errorf("unconfirmed: %d", got.Code)
		}
		wish.Set("sure", "yes")
		if got := o.ask(&o.rina, "POST", "/ctt/privacy/disclosures", wish); got.Code != 303 {
			t.Errorf("confirmed: %d", got.Code)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(disclosure.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
