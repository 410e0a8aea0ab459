package report_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"amanah/internal/capture"
	"amanah/internal/capture/report"
	"amanah/internal/document"
	"amanah/internal/identity"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/webtest"
)

// site is the pages as one person sees them.
func site(r *rig, role tenant.Role) func(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
	shell := webtest.Shell(r.t, r.Clock, capture.Texts(), report.Texts(), document.Texts())
	mux := http.NewServeMux()
	r.report.Routes(mux)
	inner := shell.Handler(mux)
	return func(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
		req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		req.Header.Set("Accept", "text/html")
		req.Header.Set("Accept-Language", lang)
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if role != "" {
			req = req.WithContext(identity.Into(req.Context(), identity.Principal{Service: "ctt", Home: r.home, Subject: r.person, Workspace: r.tenant, Role: role, Zone: "Asia/Jakarta"}))
		}
		w := httptest.NewRecorder()
		inner.ServeHTTP(w, req)
		return w
	}
}

func filled(t *testing.T) *rig {
	r := newRig(t, storetest.Open(t, "sqlite", config))
	r.book(moved{"out", `=Warung <b>`, "food_drink", 9_000_00, noon, ""}, moved{"in", "PT Gaji", "income", 90_000_00, noon, ""}, moved{"out", "Toko", "shopping", 5_00, noon, "USD"})
	return r
}

func TestPages(t *testing.T) {
	t.Parallel()
	r := filled(t)
	ask := site(r, tenant.Owner)
	for _, lang := range []string{"id", "en"} {
		for _, path := range []string{"/reports?span=2026-11", "/reports?span=2026", "/reports?span=2026-11&category=food_drink", "/reports?span=1999-01", "/reports?span=zzz&account=x&currency=1", "/budgets", "/budgets?month=2026-11"} {
			w := ask("GET", "/ctt/app"+path, lang, nil)
			body := w.Body.String()
			if w.Code != 200 || strings.Contains(body, "⟦") || strings.Contains(body, "<b>") && strings.Contains(body, "Warung <b>") {
				t.Errorf("%s %s: %d", lang, path, w.Code)
			}
			webtest.Check(t, body)
		}
	}
	if w := ask("POST", "/ctt/app/budgets", "id", url.Values{"month": {"2026-11"}, "category": {"food_drink"}, "amount": {"10.000"}, "keep": {"on"}}); w.Code != 303 {
		t.Fatalf("saving: %d %s", w.Code, w.Body)
	}
	body := ask("GET", "/ctt/app/budgets?month=2026-11", "id", nil).Body.String()
	for _, want := range []string{"Rp9.000", "Rp10.000", "90%"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, amount := range []string{"", "abc", "-5"} {
		if w := ask("POST", "/ctt/app/budgets", "id", url.Values{"month": {"2026-11"}, "category": {"food_drink"}, "amount": {amount}}); w.Code != 422 {
			t.Errorf("amount %q: %d", amount, w.Code)
		}
	}
}

// What a viewer may not do, and what a stranger may not see.
func TestPages_roles(t *testing.T) {
	t.Parallel()
	r := filled(t)
	viewer, stranger := site(r, tenant.Viewer), site(r, "")
	if w := viewer("POST", "/ctt/app/budgets", "id", url.Values{"category": {"food_drink"}, "amount": {"1"}}); w.Code != 403 {
		t.Errorf("a viewer sets a budget: %d", w.Code)
	}
	if w := viewer("GET", "/ctt/app/reports?span=2026-11", "id", nil); w.Code != 200 {
		t.Errorf("a viewer reads: %d", w.Code)
	}
	for _, path := range []string{"/reports", "/reports/file?format=csv", "/transactions/file?format=xlsx", "/budgets"} {
		if w := stranger("GET", "/ctt/app"+path, "id", nil); w.Code == 200 || strings.Contains(w.Body.String(), "Warung") {
			t.Errorf("a stranger sees %s: %d", path, w.Code)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	r := filled(t)
	ask := site(r, tenant.Viewer)
	for path, want := range map[string]string{"/reports/file?span=2026-11&format=csv": "9000.00", "/transactions/file?format=csv": "'=Warung <b>"} {
		w := ask("GET", "/ctt/app"+path, "en", nil)
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
	for path, sheets := range map[string]int{"/reports/file?span=2026-11&format=xlsx": 5, "/transactions/file?format=xlsx&category=food_drink": 1} {
		f, err := excelize.OpenReader(bytes.NewReader(ask("GET", "/ctt/app"+path, "id", nil).Body.Bytes()))
		if err != nil || len(f.GetSheetList()) != sheets {
			t.Fatalf("%s: %v %v", path, f, err)
		}
		if rows, err := f.GetRows(f.GetSheetList()[0]); err != nil || sheets == 1 && len(rows) != 2 {
			t.Errorf("%s: %d rows %v", path, len(rows), err)
		}
	}
	for _, path := range []string{"/reports/file?span=2026&format=pdf", "/transactions/file?format=pdf"} {
		if w := ask("GET", "/ctt/app"+path, "id", nil); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF-") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := ask("GET", "/ctt/app/transactions/file?format=xlsx&after=broken!", "id", nil); w.Code != 422 || strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("a broken cursor: %d", w.Code)
	}
}
