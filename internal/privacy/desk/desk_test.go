package desk_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var config = storetest.Config{Sets: []store.Set{deadline.Tables(), tenant.Tables(), audit.Tables()}, Migrations: []fs.FS{deadline.Migrations(), tenant.Migrations(), audit.Migrations()}}

// The desk shows officers what is due, the most urgent first, and nobody else
// that there is a desk.
func TestDesk(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		home := b.Tenant()
		who := func(name string) identity.Principal {
			return identity.Principal{Service: "ctt", Home: home, Subject: b.Subject(), Name: name, Workspace: b.Tenant(), Role: tenant.Owner}
		}
		officer, worker, person := who("Ratna Wulandari"), who("Bagas Prakoso"), who("Rina Maharani")
		scope := b.Scope(home)
		scope.Home = home
		now := b.Clock.Now()
		err := b.Write(ctx, scope, func(tx *store.Tx) error {
			for subject, role := range map[id.Subject]tenant.Role{officer.Subject: tenant.Officer, worker.Subject: tenant.Worker} {
				if err := tenant.Hire(ctx, tx, subject, role); err != nil {
					return err
				}
			}
			for number, due := range map[string]time.Time{"LATE-0000-1": now.Add(time.Hour), "SOON-0000-2": now.Add(40 * time.Hour), "CALM-0000-3": now.AddDate(0, 0, 30)} {
				if err := deadline.Set(ctx, tx, deadline.New{Matter: "complaint", Ref: b.IDs.New(), Name: "reply", Due: due, Link: "/staff/privacy/complaints", Title: number, Rule: "CTT 2.0: P30D"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b.Manual().Add(30 * time.Hour)
		guard, err := desk.NewGuard(b.DB)
		if err != nil {
			t.Fatal(err)
		}
		d := &desk.Desk{Guard: guard, Has: func(_ string, r desk.Register) bool { return r == "complaints" }}
		mux := http.NewServeMux()
		d.Routes(mux, "ctt")
		h := webtest.Shell(t, b.Clock, desk.Texts()).Handler(mux)
		ask := func(p *identity.Principal) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", "http://localhost/ctt/staff/privacy?lang=en", nil)
			if p != nil {
				r = r.WithContext(identity.Into(r.Context(), *p))
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		page := ask(&officer).Body.String()
		webtest.Check(t, page)
		for _, want := range []string{"1 deadline has passed", "overdue", "in time", "3 open", "CTT 2.0: P30D"} {
			if !strings.Contains(page, want) {
				t.Errorf("the desk does not say %q", want)
			}
		}
		if late, soon, calm := strings.Index(page, "LATE-"), strings.Index(page, "SOON-"), strings.Index(page, "CALM-"); late < 0 || late > soon || soon > calm {
			t.Errorf("the order is %d %d %d", late, soon, calm)
		}
		if strings.Contains(page, "/staff/privacy/breaches") {
			t.Error("the desk leads to a register that there is not")
		}
		for name, p := range map[string]*identity.Principal{"staff of support": &worker, "a person": &person, "a stranger": nil} {
			if w := ask(p); w.Code == 200 || strings.Contains(w.Body.String(), "LATE-") {
				t.Errorf("%s gets %d", name, w.Code)
			}
		}
	})
}

// Every register, matter and deadline has its name in both languages.
func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(desk.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
	catalog := webtest.Catalog(t, desk.Texts())
	for _, l := range []i18n.Lang{i18n.ID, i18n.EN} {
		for _, r := range desk.Registers {
			if s := catalog.Printer(l, nil).T("desk.register." + string(r)); strings.Contains(s, "desk.register") {
				t.Errorf("%s: %s has no name", l, r)
			}
		}
	}
}
