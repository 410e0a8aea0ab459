package phone_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"amanah/internal/identity"
	"amanah/internal/identity/phone"
	"amanah/internal/store/storetest"
	"amanah/internal/web"
	"amanah/internal/web/webtest"
)

// site is the pages as one person sees them; the zero principal is a visitor.
func (w *world) site(p identity.Principal) func(method, path string, form url.Values) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	w.Routes(mux, "ctt")
	shell := webtest.ShellOf(w.t, web.Config{Clock: w.b.Clock, Catalog: webtest.Catalog(w.t, phone.Texts()), Services: []web.Service{{Slug: "ctt", Name: "CTT", Accent: "#0f6e56"}}})
	h := shell.Handler(mux)
	return func(method, path string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept-Language", "id")
		if !p.Subject.IsZero() {
			r = r.WithContext(identity.Into(r.Context(), p))
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		p := w.person()
		at := w.site(p)
		for _, step := range []struct {
			method, path string
			form         func() url.Values
			status       int
			has, not     string
		}{
			{"GET", "/ctt/account/phone", nil, 200, `name="number"`, `name="code"`},
			{"POST", "/ctt/account/phone", func() url.Values { return url.Values{"number": {"12"}} }, 422, "Tulis nomor ponsel yang lengkap", `name="code"`},
			{"POST", "/ctt/account/phone", func() url.Values { return url.Values{"number": {number}} }, 303, "", ""},
			{"GET", "/ctt/account/phone", nil, 200, `autocomplete="one-time-code"`, "Hapus nomor ini"},
			{"POST", "/ctt/account/phone", func() url.Values { return url.Values{"number": {number}} }, 429, "Tunggu 1 menit", ""},
			{"POST", "/ctt/account/phone/code", func() url.Values { return url.Values{"code": {w.wrong()}} }, 422, "Kode ini tidak cocok", "Hapus nomor ini"},
			{"POST", "/ctt/account/phone/code", func() url.Values { return url.Values{"code": {w.last().Code}} }, 303, "", ""},
			{"POST", "/ctt/account/phone/code", func() url.Values { return url.Values{"code": {w.last().Code}} }, 422, "tidak berlaku lagi", `name="code"`},
			{"GET", "/ctt/account/phone", nil, 200, "+62 812-3456-7890", `name="code"`},
			{"POST", "/ctt/account/phone/remove", nil, 303, "", ""},
			{"GET", "/ctt/account/phone", nil, 200, "Tambahkan nomor", "812-3456"},
		} {
			var form url.Values
			if step.form != nil {
				form = step.form()
			}
			rec := at(step.method, step.path, form)
			body := rec.Body.String()
			if rec.Code != step.status || !strings.Contains(body, step.has) || step.not != "" && strings.Contains(body, step.not) {
				t.Fatalf("%s %s %v: %d\n%s", step.method, step.path, form, rec.Code, body)
			}
			if strings.Contains(rec.Header().Get("Location"), "812") {
				t.Error("a number stands in an address")
			}
		}
		for _, path := range []string{"GET /ctt/account/phone", "POST /ctt/account/phone", "POST /ctt/account/phone/code", "POST /ctt/account/phone/remove"} {
			method, path, _ := strings.Cut(path, " ")
			if rec := w.site(identity.Principal{})(method, path, nil); rec.Code != http.StatusSeeOther || !strings.Contains(rec.Header().Get("Location"), "/ctt/signin") {
				t.Errorf("a visitor at %s: %d", path, rec.Code)
			}
		}
	})
}
