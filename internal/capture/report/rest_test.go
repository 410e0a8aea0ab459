package report_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"amanah/internal/capture"
	"amanah/internal/capture/learning"
	"amanah/internal/capture/report"
	"amanah/internal/document"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/ledger"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

// callers knows two tokens of the rig's workspace: an owner's and a viewer's.
type callers struct{ r *rig }

func (c callers) Caller(ctx context.Context, _ *http.Request, token string) (context.Context, rest.Caller, error) {
	role := tenant.Role(token)
	if role != tenant.Owner && role != tenant.Viewer {
		return ctx, rest.Caller{}, fault.New(fault.Unauthorized, "callers", "")
	}
	p := identity.Principal{Service: "ctt", Home: c.r.home, Subject: c.r.person, Workspace: c.r.tenant, Role: role, Zone: "Asia/Jakarta"}
	home := c.r.scope()
	home.Tenant, home.Actor = c.r.home, store.Actor{Kind: "person", ID: id.ID(c.r.person)}
	return identity.Into(ctx, p), rest.Caller{Token: token, Subject: c.r.person, Home: home, Workspace: c.r.tenant, Role: role, Scopes: []string{"reports:read", "rules:read", "rules:write"}}, nil
}

func TestREST(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", storetest.Config{Sets: []store.Set{ledger.Tables(), capture.Tables(), learning.Tables(), report.Tables(), rest.Tables()},
		Migrations: append(config.Migrations, rest.Migrations())}))
	r.book(moved{"out", "Kopi Senja", "food_drink", 9_000_00, noon, ""}, moved{"in", "PT Gaji", "income", 90_000_00, noon, ""})
	catalog, err := i18n.New(rest.Texts(), capture.Texts(), report.Texts(), document.Texts())
	if err != nil {
		t.Fatal(err)
	}
	api := rest.New(rest.Config{Service: "ctt", Title: "CTT", Address: "https://ctt.example", Auth: callers{r}, DB: r.DB, Vault: r.DB.Vault(), Clock: r.Clock, Catalog: catalog,
		Scopes: []rest.Scope{{Name: "reports:read", Says: "x"}, {Name: "rules:read", Says: "x"}, {Name: "rules:write", Says: "x"}}, Tags: []rest.Tag{{Name: "Reports", Says: "x"}}})
	r.report.REST(api)
	mux := http.NewServeMux()
	api.Routes(mux)
	site := webtest.Shell(t, r.Clock, rest.Texts(), capture.Texts(), report.Texts(), document.Texts()).Handler(mux)
	ask := func(method, path, token, body string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(method, "/ctt/api/v1"+path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		if body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, req)
		return w
	}
	var got struct {
		Total      struct{ In, Out string }
		Categories []struct{ Key string }
		Periods    []struct{ Key string }
	}
	w := ask("GET", "/reports/2026-11", "viewer", "")
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Total.Out != "9000.00" || got.Total.In != "90000.00" || len(got.Periods) != 30 || got.Periods[29].Key != "2026-11-30" {
		t.Errorf("report: %d %s %v", w.Code, w.Body, err)
	}
	if w := ask("GET", "/reports/2026/xlsx", "viewer", ""); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "PK") {
		t.Errorf("file: %d", w.Code)
	}
	for _, c := range []struct {
		method, path, token, body string
		want                      int
	}{
		{"PUT", "/budgets/2026-11/food_drink", "owner", `{"amount":"10000.00"}`, 204},
		{"PUT", "/budgets/2026-11/food_drink", "viewer", `{"amount":"10000.00"}`, 403},
		{"PUT", "/budgets/2026-11/food_drink", "owner", `{"amount":"-1"}`, 422},
		{"PUT", "/budgets/2026-11/income", "owner", `{"amount":"1"}`, 422},
		{"PUT", "/budgets/2026-13/food_drink", "owner", `{"amount":"1"}`, 422},
		{"GET", "/reports/2026-13", "owner", "", 422},
		{"GET", "/reports/2026-11?account=x", "owner", "", 422},
		{"GET", "/reports/2026-11", "nobody", "", 401},
		{"GET", "/reports/2026-11/csv", "nobody", "", 401},
	} {
		if w := ask(c.method, c.path, c.token, c.body); w.Code != c.want {
			t.Errorf("%s %s as %s: %d, want %d: %s", c.method, c.path, c.token, w.Code, c.want, w.Body)
		}
	}
	if w := ask("GET", "/budgets/2026-11", "viewer", ""); !strings.Contains(w.Body.String(), `"spent":"9000.00"`) || !strings.Contains(w.Body.String(), `"limit":"10000.00"`) {
		t.Errorf("budgets: %d %s", w.Code, w.Body)
	}
}
