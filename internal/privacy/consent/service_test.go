package consent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/web"
	"amanah/internal/web/webtest"
	"amanah/notices"
)

var serviceConfig = storetest.Config{Sets: []store.Set{consent.Tables(), audit.Tables()}, Migrations: []fs.FS{consent.Migrations(), audit.Migrations()}}

// wrapNothing is a master key for tests.
type wrapNothing struct{}

func (wrapNothing) Wrap(_ context.Context, plain, _ []byte) ([]byte, error) {
	return bytes.Clone(plain), nil
}
func (wrapNothing) Unwrap(_ context.Context, wrapped, _ []byte) ([]byte, error) {
	return bytes.Clone(wrapped), nil
}

// shelf holds the versions that a test knows of.
type shelf struct {
	now, next *notice.Notice
	from      clock.Instant
}

func (s *shelf) Current(string) (*notice.Notice, bool) { return s.now, true }
func (s *shelf) Coming(string) (*notice.Notice, clock.Instant, bool) {
	return s.next, s.from, s.next != nil
}
func (s *shelf) Version(_, v string) (*notice.Notice, bool) {
	for _, n := range []*notice.Notice{s.now, s.next} {
		if n != nil && n.Version() == v {
			return n, true
		}
	}
	return nil, false
}
func (s *shelf) Digest(service, v string) string {
	if n, ok := s.Version(service, v); ok {
		return notice.Digest(n)
	}
	return ""
}

func published(t *testing.T, service string) *notice.Notice {
	t.Helper()
	all, _ := notice.LoadNotices(notices.FS)
	i := slices.IndexFunc(all, func(n *notice.Notice) bool { return n.Service() == service })
	if i < 0 {
		t.Fatal("there is no notice of " + service)
	}
	return all[i]
}

// raised is the notice of Jenna in version 2.1.
func raised(t *testing.T) *notice.Notice {
	t.Helper()
	src, err := fs.ReadFile(notices.FS, "jenna.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n, found := notice.Parse("jenna.yaml", bytes.Replace(src, []byte(`version: "2.0"`), []byte(`version: "2.1"`), 1))
	if n == nil {
		t.Fatal(found)
	}
	return n
}

type world struct {
	*storetest.Bundle
	shelf   *shelf
	service *consent.Service
	key     *receipt.Key
	handler http.Handler
	rina    identity.Principal
}

func newWorld(t *testing.T, b *storetest.Bundle) *world {
	t.Helper()
	key, err := receipt.OpenKey(context.Background(), t.TempDir()+"/key", wrapNothing{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Bundle: b, shelf: &shelf{now: published(t, "jenna")}, key: key}
	w.service, err = consent.New(consent.Config{DB: b.DB, Notices: w.shelf, Key: key, Address: func(s string) string { return "https://amanah.example/" + s }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	w.service.Routes(mux, "jenna")
	shell := webtest.ShellOf(t, web.Config{Clock: b.Clock, Catalog: webtest.Catalog(t, consent.Texts()), Services: []web.Service{{Slug: "jenna", Name: "Jenna AI", Accent: "#6b3fa0", Accounts: true}}})
	w.handler = shell.Handler(mux)
	w.rina = identity.Principal{Service: "jenna", Home: b.Tenant(), Subject: b.Subject(), Lang: "id"}
	return w
}

func (w *world) do(who *identity.Principal, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	if who != nil {
		r = r.WithContext(identity.Into(r.Context(), *who))
	}
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}

func (w *world) state(t *testing.T, who identity.Principal, purpose string) (s consent.State) {
	t.Helper()
	err := w.Read(context.Background(), who.HomeScope("rights"), func(tx *store.Tx) (err error) {
		s, err = consent.StateOf(context.Background(), tx, who.Subject, purpose)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ASH-78: withdrawing is one press, as giving is; it holds at the next question,
// and both leave a dated record.
func TestPage_withdrawingIsAsEasyAsGiving(t *testing.T) {
	t.Parallel()
	storetest.Both(t, serviceConfig, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		page := w.do(&w.rina, "GET", "/jenna/privacy/consents", nil).Body.String()
		webtest.Check(t, page)
		if got := strings.Count(page, `name="allow" value="yes"`); got == 0 || strings.Contains(page, "Unduh tanda terima") {
			t.Errorf("before any act there are %d purposes to allow, or receipts", got)
		}
		for i, c := range []struct {
			allow string
			want  consent.State
			holds string
		}{{"yes", consent.Given, "Tarik izin"}, {"no", consent.Withdrawn, "Izinkan"}, {"yes", consent.Given, "Tarik izin"}} {
			b.Manual().Add(time.Hour)
			if got := w.do(&w.rina, "POST", "/jenna/privacy/consents", url.Values{"purpose": {"train"}, "allow": {c.allow}}); got.Code != http.StatusSeeOther {
				t.Fatalf("step %d: %d", i, got.Code)
			}
			if got := w.state(t, w.rina, "train"); got != c.want {
				t.Errorf("step %d: the state is %q", i, got)
			}
			page := w.do(&w.rina, "GET", "/jenna/privacy/consents", nil).Body.String()
			webtest.Check(t, page)
			if !strings.Contains(page, c.holds) || strings.Count(page, "/receipt") != i+1 {
				t.Errorf("step %d: no %q, or not %d records", i, c.holds, i+1)
			}
		}
		if got := w.state(t, w.rina, "remember"); got != consent.None {
			t.Errorf("another purpose is %q", got)
		}
	})
}

func TestReceipt_isKeptByThePersonAndCheckedWithoutTheService(t *testing.T) {
	t.Parallel()
	storetest.Both(t, serviceConfig, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		proof := consent.Proof{How: consent.ByPage, Lang: "id", IP: "203.0.113.7", Agent: "peramban"}
		number, err := w.service.Decide(ctx, w.rina, "train", "", true, proof)
		if err != nil {
			t.Fatal(err)
		}
		got := w.do(&w.rina, "GET", "/jenna/privacy/consents/"+number.String()+"/receipt", nil)
		file := got.Body.Bytes()
		r, err := receipt.Verify(file, w.key.Public())
		if err != nil || r.Kind != receipt.Consent || r.Number != number.String() || r.Service != "jenna" {
			t.Fatalf("%d %+v, %v", got.Code, r, err)
		}
		var doc consent.Document
		if err := json.Unmarshal(r.Body, &doc); err != nil {
			t.Fatal(err)
		}
		n := w.shelf.now
		pu, _ := n.Purpose("train")
		for what, ok := range map[string]bool{
			"type":         doc.Type == "dpv:ConsentReceipt",
			"schema":       doc.ConformsTo == consent.Schema,
			"record":       doc.Identifier == number.String(),
			"subject":      doc.Subject.ID == "urn:uuid:"+w.rina.Subject.String(),
			"notice":       doc.Notice.Version == n.Version() && doc.Notice.SHA256 == notice.Digest(n) && doc.Notice.ID == "https://amanah.example/jenna/privacy/"+n.Version(),
			"purpose":      doc.Process.Purpose.Says["id"] == pu.Say.ID && doc.Process.Purpose.Type == pu.DPV,
			"data":         len(doc.Process.Data) > 0 && doc.Process.Data[0].Storage["en"] != "",
			"processing":   len(doc.Process.Processing) > 0,
			"controller":   doc.Controller.Name == n.Controller().Name && doc.Controller.Address != "",
			"storage":      len(doc.Process.Storage) > 0,
			"jurisdiction": slices.Contains(doc.Process.Jurisdiction, "loc:ID"),
			"state":        doc.Event.Type == "dpv:ConsentGiven",
			"time":         doc.Event.At == b.Clock.Now().UTC().Format(time.RFC3339),
			"method":       doc.Event.Method != "",
			"language":     doc.Event.Language == "id",
			"withdrawal":   doc.Control.At == "https://amanah.example/jenna/privacy/consents",
		} {
			if !ok {
				t.Errorf("the record's %s is not right: %s", what, r.Body)
			}
		}
		for _, secret := range []string{"203.0.113.7", "peramban"} {
			if bytes.Contains(file, []byte(secret)) {
				t.Errorf("the receipt holds %q", secret)
			}
		}
		forged := bytes.Replace(file, []byte("ConsentGiven"), []byte("ConsentGivem"), 1)
		if _, err := receipt.Verify(forged, w.key.Public()); !fault.Is(err, fault.Invalid) {
			t.Errorf("a changed receipt: %v", err)
		}
		again := w.do(&w.rina, "GET", "/jenna/privacy/consents/"+number.String()+"/receipt", nil).Body.Bytes()
		if !bytes.Equal(file, again) {
			t.Error("asked for again the receipt is another")
		}
	})
}

func TestRecords_areNobodyElses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, serviceConfig, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		number, err := w.service.Decide(ctx, w.rina, "train", "", true, consent.Proof{How: consent.ByPage, Lang: "id"})
		if err != nil {
			t.Fatal(err)
		}
		dewi, elsewhere := w.rina, w.rina
		dewi.Subject, elsewhere.Home = b.Subject(), b.Tenant()
		path := "/jenna/privacy/consents/" + number.String() + "/receipt"
		for name, c := range map[string]struct {
			who  *identity.Principal
			path string
			want int
		}{
			"a stranger":      {nil, path, http.StatusSeeOther},
			"another person":  {&dewi, path, http.StatusNotFound},
			"another service": {&elsewhere, path, http.StatusNotFound},
			"no number":       {&w.rina, "/jenna/privacy/consents/1/receipt", http.StatusNotFound},
			"a guess":         {&w.rina, "/jenna/privacy/consents/" + id.Must("6f1d6c52-7d0a-5c38-9a1e-3b6f0c2f8e41").String() + "/receipt", http.StatusNotFound},
		} {
			if got := w.do(c.who, "GET", c.path, nil); got.Code != c.want || strings.Contains(got.Body.String(), "ConsentGiven") {
				t.Errorf("%s: %d, want %d", name, got.Code, c.want)
			}
		}
		for _, bad := range []struct {
			purpose, version string
			want             fault.Code
		}{{"service", "", fault.NotFound}, {"nonsense", "", fault.NotFound}, {"train", "1.0", fault.Conflict}, {strings.Repeat("x", 5000), "", fault.NotFound}} {
			if _, err := w.service.Decide(ctx, w.rina, bad.purpose, bad.version, true, consent.Proof{How: consent.ByPage}); !fault.Is(err, bad.want) {
				t.Errorf("%.20q under %q: %v", bad.purpose, bad.version, err)
			}
		}
	})
}

// A purpose that becomes wider is closed from that moment until the person says
// yes again; who said yes ahead of it has no gap.
func TestFloor_closesWhatBecameWider(t *testing.T) {
	t.Parallel()
	storetest.Both(t, serviceConfig, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		from := clock.At(b.Clock.Now().Add(14 * 24 * time.Hour))
		w.shelf.next, w.shelf.from = raised(t), from
		dewi := w.rina
		dewi.Subject = b.Subject()
		yes := consent.Proof{How: consent.ByPage, Lang: "id"}
		for _, who := range []identity.Principal{w.rina, dewi} {
			for _, purpose := range []string{"train", "remember"} {
				if _, err := w.service.Decide(ctx, who, purpose, "2.0", true, yes); err != nil {
					t.Fatal(err)
				}
			}
		}
		write(t, b, w.rina.Home, func(tx *store.Tx) error { return consent.Renew(ctx, tx, "train", "2.1", from) })
		page := w.do(&dewi, "GET", "/jenna/privacy/consents", nil).Body.String()
		webtest.Check(t, page)
		if !strings.Contains(page, `name="version" value="2.1"`) {
			t.Error("the page does not ask ahead")
		}
		if _, err := w.service.Decide(ctx, dewi, "train", "2.1", true, yes); err != nil {
			t.Fatal(err)
		}
		look := func(step string, rina, dewis consent.State) {
			t.Helper()
			if r, d := w.state(t, w.rina, "train"), w.state(t, dewi, "train"); r != rina || d != dewis {
				t.Errorf("%s: Rina %q, Dewi %q", step, r, d)
			}
			if other := w.state(t, w.rina, "remember"); other != consent.Given {
				t.Errorf("%s: a purpose that did not change is %q", step, other)
			}
		}
		look("before", consent.Given, consent.Given)
		b.Manual().Set(from.Time().Add(-time.Microsecond))
		look("a microsecond before", consent.Given, consent.Given)
		b.Manual().Set(from.Time())
		look("at the moment", consent.Lapsed, consent.Given)
		w.shelf.now, w.shelf.next = w.shelf.next, nil
		if _, err := w.service.Decide(ctx, w.rina, "train", "", true, yes); err != nil {
			t.Fatal(err)
		}
		look("after a new yes", consent.Given, consent.Given)
	})
}

// ASH-36: at the moment of linking or switching on, the consent is stored before
// the feature works, and without it nothing is stored and nothing begins.
func TestAsk_beforeTheFeatureWorks(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, home := context.Background(), b.Tenant()
		for _, how := range []consent.How{consent.ByLink, consent.BySwitch} {
			who, began := b.Subject(), 0
			ask := func(yes bool) error {
				return b.Write(ctx, b.Scope(home), func(tx *store.Tx) error {
					q := consent.Question{Who: who, Purpose: "google", Yes: yes, Proof: consent.Proof{Notice: "2.0", How: how, Lang: "id"}}
					return consent.Ask(ctx, tx, q, func(tx *store.Tx) error {
						if err := consent.Require(ctx, tx, who, "google"); err != nil {
							t.Errorf("%s: the feature began before the consent: %v", how, err)
						}
						began++
						return nil
					})
				})
			}
			if err := ask(false); !fault.Is(err, fault.Invalid) || began != 0 {
				t.Errorf("%s without a yes: %v, began %d times", how, err, began)
			}
			for i := range 2 {
				if err := ask(i == 0); err != nil || began != i+1 {
					t.Errorf("%s with a yes: %v, began %d times", how, err, began)
				}
			}
			write(t, b, home, func(tx *store.Tx) error {
				h, err := consent.History(ctx, tx, who)
				if len(h) != 1 || h[0].Proof.How != how || h[0].Proof.Notice != "2.0" || h[0].At.IsZero() {
					t.Errorf("%s left %+v", how, h)
				}
				if err == nil {
					err = consent.Withdraw(ctx, tx, who, "google", page)
				}
				if e := consent.Require(ctx, tx, who, "google"); !fault.Is(e, fault.Forbidden) {
					t.Errorf("%s after a withdrawal: %v", how, e)
				}
				return err
			})
		}
	})
}
