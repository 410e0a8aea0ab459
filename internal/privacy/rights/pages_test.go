package rights_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var pagesConfig = rightstest.Config(
	[]store.Set{tenant.Tables(), deadline.Tables(), hold.Tables(), rights.Tables(), erasure.Tables(), consent.Tables()},
	[]fs.FS{tenant.Migrations(), deadline.Migrations(), hold.Migrations(), rights.Migrations(), erasure.Migrations(), consent.Migrations()})

// site is the pages inside a shell, seen by Rina, by Dewi, or by a stranger.
type site struct {
	w       *rightstest.World
	handler http.Handler
}

const rinaMail = "rina@example.com"

func newSite(t testing.TB, w *rightstest.World) site {
	t.Helper()
	texts := []fs.FS{rights.Texts(), erasure.Texts(), receipt.Texts(), audit.Texts()}
	shell := webtest.Shell(t, w.Clock, texts...)
	catalog := webtest.Catalog(t, texts...)
	r, err := rights.New(rights.Config{DB: w.DB, Schema: w.Schema, Vault: w.Keys(), People: w, Notice: w.Notice, Key: w.Key, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	e, err := erasure.New(erasure.Config{DB: w.DB, Schema: w.Schema, Vault: w.Keys(), People: w, Kept: r, Notice: w.Notice, Key: w.Key, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := rights.NewPages(rights.PagesConfig{Rights: r, Eraser: e.ForPages(), Home: func(string) store.Scope { return w.Home }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	pages.Routes(mux, "ctt")
	return site{w, shell.Handler(mux)}
}

func (s site) do(who id.Subject, method, path string, lang i18n.Lang, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", string(lang))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if !who.IsZero() {
		mail := rinaMail
		if who == s.w.Dewi {
			mail = "dewi@example.com"
		}
		r = r.WithContext(identity.Into(r.Context(), identity.Principal{Service: "ctt", Home: s.w.Home.Tenant, Subject: who, Email: mail, Workspace: s.w.Us, Role: tenant.Owner}))
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func TestPages_me(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, pagesConfig, func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		s := newSite(t, w)
		for lang, want := range map[i18n.Lang][]string{
			i18n.ID: {"Nama lengkap", "Unduh data saya", "Tutup akun", "90\u00a0hari setelah", "perjanjian", "UU 27/2022 20(2)b"},
			i18n.EN: {"Full name", "Download my data", "Close the account", "90\u00a0days after", "contract", "UU 27/2022 20(2)b"},
		} {
			got := s.do(w.Rina, "GET", "/ctt/privacy/me", lang, nil)
			if got.Code != http.StatusOK {
				t.Fatalf("%d %s", got.Code, got.Body)
			}
			webtest.Check(t, got.Body.String())
			for _, x := range want {
				if !strings.Contains(got.Body.String(), x) {
					t.Errorf("%s: the page does not say %q", lang, x)
				}
			}
			for _, m := range append(w.Marks("rina"), w.Marks("dewi")...) {
				if strings.Contains(got.Body.String(), m) {
					t.Errorf("the page shows %q: it says what is kept, not the content", m)
				}
			}
		}
	})
}

func TestPages_strangersGetNothing(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, pagesConfig, func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		s := newSite(t, w)
		for _, x := range [][2]string{{"GET", "me"}, {"POST", "me/copy"}, {"POST", "me/purposes"}, {"GET", "me/close"}, {"POST", "me/close"}, {"GET", "receipts/" + w.NewID().String()}, {"GET", "receipts/x/file"}} {
			got := s.do(id.Subject{}, x[0], "/ctt/privacy/"+x[1], i18n.ID, url.Values{"confirm": {rinaMail}, "understood": {"yes"}})
			if got.Code == http.StatusOK {
				t.Errorf("%s %s answers a stranger", x[0], x[1])
			}
		}
	})
}

func TestPages_copy(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, pagesConfig, func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		s := newSite(t, w)
		got := s.do(w.Rina, "POST", "/ctt/privacy/me/copy", i18n.ID, url.Values{})
		b := got.Body.Bytes()
		if _, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil || got.Header().Get("Content-Type") != "application/zip" || !strings.Contains(got.Header().Get("Content-Disposition"), "ctt-data-2026-11-24.zip") {
			t.Fatalf("%d, %v, %v", got.Code, err, got.Header())
		}
		page := s.do(w.Rina, "GET", "/ctt/privacy/me", i18n.EN, nil).Body.String()
		if !strings.Contains(page, "Recent downloads") || !strings.Contains(page, "A copy of the data was made") {
			t.Error("the page does not list the download")
		}
		if other := s.do(w.Dewi, "GET", "/ctt/privacy/me", i18n.EN, nil).Body.String(); strings.Contains(other, "Recent downloads") {
			t.Error("another person sees the download")
		}
		for range 10 {
			got = s.do(w.Rina, "POST", "/ctt/privacy/me/copy", i18n.ID, url.Values{})
		}
		if got.Code != http.StatusTooManyRequests {
			t.Errorf("the eleventh copy in a minute: %d", got.Code)
		}
	})
}

func TestPages_purposes(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, pagesConfig, func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		s := newSite(t, w)
		state := func() (st consent.State) {
			ctx := context.Background()
			if err := w.Read(ctx, w.Home, func(tx *store.Tx) (err error) {
				st, err = consent.StateOf(ctx, tx, w.Rina, "improve")
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return st
		}
		for _, x := range []struct {
			allow string
			want  consent.State
		}{{"yes", consent.Given}, {"no", consent.Withdrawn}} {
			got := s.do(w.Rina, "POST", "/ctt/privacy/me/purposes", i18n.ID, url.Values{"purpose": {"improve"}, "allow": {x.allow}})
			if got.Code != http.StatusSeeOther || state() != x.want {
				t.Errorf("%s: %d, %s", x.allow, got.Code, state())
			}
		}
		if got := s.do(w.Rina, "POST", "/ctt/privacy/me/purposes", i18n.ID, url.Values{"purpose": {"service"}, "allow": {"no"}}); got.Code != http.StatusNotFound {
			t.Errorf("a purpose that is not optional was switched: %d", got.Code)
		}
	})
}

func TestPages_close(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, pagesConfig, func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		s := newSite(t, w)
		webtest.Check(t, s.do(w.Rina, "GET", "/ctt/privacy/me/close", i18n.EN, nil).Body.String())
		for name, form := range map[string]url.Values{
			"nothing":           {},
			"not understood":    {"confirm": {rinaMail}},
			"another's address": {"confirm": {"dewi@example.com"}, "understood": {"yes"}},
			"no address":        {"confirm": {""}, "understood": {"yes"}},
		} {
			got := s.do(w.Rina, "POST", "/ctt/privacy/me/close", i18n.EN, form)
			if got.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.Code)
			}
			webtest.Check(t, got.Body.String())
		}
		w.Manual().Add(1e12)
		got := s.do(w.Rina, "POST", "/ctt/privacy/me/close", i18n.EN, url.Values{"confirm": {" Rina@Example.com "}, "understood": {"yes"}})
		if got.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
		to := got.Header().Get("Location")
		for lang, want := range map[i18n.Lang]string{i18n.ID: "Anda meminta penghapusan", i18n.EN: "You asked for erasure"} {
			page := s.do(id.Subject{}, "GET", to, lang, nil)
			webtest.Check(t, page.Body.String())
			if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), want) {
				t.Errorf("%s: %d %s", lang, page.Code, page.Body)
			}
		}
		file := s.do(id.Subject{}, "GET", to+"/file", i18n.ID, nil)
		if _, err := receipt.Verify(file.Body.Bytes(), w.Key.Public()); err != nil {
			t.Error(err)
		}
		if got := s.do(w.Dewi, "GET", "/ctt/privacy/me", i18n.EN, nil); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "Full name") {
			t.Errorf("the other person: %d", got.Code)
		}
	})
}
