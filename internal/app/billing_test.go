package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"amanah/internal/billing"
	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// billed is a program that bills, with Rina's paid invoice and an open one.
func billed(t *testing.T) (a *App, who id.Subject, workspace id.Tenant, paid id.ID) {
	t.Helper()
	cfg := config.Config{Data: t.TempDir(), Services: []string{"ctt"}, Billing: config.Billing{On: true, Issuer: config.BillingIssuer{Name: "CTT"}}}
	if err := cfg.Finish(); err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, Options{Getenv: os.Getenv, Clock: clock.NewManual(at), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	who, workspace, err = a.CreateTenant(t.Context(), "ctt", NewTenant{Email: "rina.maharani@example.com", Name: "Rina Maharani", Lang: "id"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.demoBilling(t.Context(), who, workspace, "Rina Maharani"); err != nil {
		t.Fatal(err)
	}
	var open id.ID
	a.inHome(t, func(tx *store.Tx) error {
		if err := tx.QueryRow(t.Context(), "SELECT id FROM invoices WHERE tenant_id = $1 AND state = 'paid'", []any{tx.Tenant()}, &paid); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), "SELECT id FROM invoices WHERE tenant_id = $1 AND state = 'open'", []any{tx.Tenant()}, &open)
	})
	home := a.scope("ctt", id.Tenant{})
	home.Purpose = "billing"
	if _, err := a.billing.KeepClaim(t.Context(), home, who, billing.Claim{Invoice: open, Amount: (&billing.Invoice{Total: 100, Currency: "IDR"}).Sum(), Note: "BCA Rina", File: []byte("%PDF-1.4 Rina")}); err != nil {
		t.Fatal(err)
	}
	return a, who, workspace, paid
}

func (a *App) inHome(t *testing.T, f func(tx *store.Tx) error) {
	t.Helper()
	s := a.scope("ctt", id.Tenant{})
	s.Purpose = "billing"
	if err := a.db.Write(t.Context(), s, f); err != nil {
		t.Fatal(err)
	}
}

func (a *App) rowsOf(t *testing.T, table, where string) (n int64) {
	t.Helper()
	a.inHome(t, func(tx *store.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" WHERE tenant_id = $1 AND "+where, []any{tx.Tenant()}, &n)
	})
	return n
}

// When a person goes, the invoices stay without the person: what the law has kept
// opens without the person's key, what the person sent is gone. Ten years after
// the fiscal year all of it goes.
func TestBilling_erasedAndKept(t *testing.T) {
	t.Parallel()
	a, who, _, paid := billed(t)
	if _, err := a.ErasePerson(t.Context(), "ctt", who, "id"); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int64{"invoices": 2, "invoice_papers": 2, "invoice_lines": 2, "billing_parties": 0, "billing_subscriptions": 0} {
		if got := a.rowsOf(t, table, "1 = 1"); got != want {
			t.Errorf("%d rows of %s, want %d", got, table, want)
		}
	}
	for table, where := range map[string]string{"invoices": "debtor IS NOT NULL", "invoice_lines": "debtor IS NOT NULL OR text_id IS NOT NULL", "billing_moves": "debtor IS NOT NULL", "billing_payments": "debtor IS NOT NULL OR note IS NOT NULL OR proof IS NOT NULL"} {
		if got := a.rowsOf(t, table, "("+where+")"); got != 0 {
			t.Errorf("%d rows of %s still hold what was the person's", got, table)
		}
	}
	a.inHome(t, func(tx *store.Tx) error {
		p, err := billing.PaperOf(t.Context(), tx, paid)
		if err == nil && (p.Debtor.Name != "Rina Maharani" || p.Total != 49000_00) {
			t.Errorf("the paper of the books says %+v", p.Debtor)
		}
		return err
	})
	for _, c := range []struct {
		at   time.Time
		want int64
	}{{time.Date(2036, 12, 31, 16, 59, 0, 0, time.UTC), 2}, {time.Date(2036, 12, 31, 17, 0, 0, 0, time.UTC), 0}} {
		if _, err := a.Retain(t.Context(), c.at, false); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"invoices", "invoice_papers", "invoice_lines"} {
			if got := a.rowsOf(t, table, "1 = 1"); got != c.want {
				t.Errorf("at %s there are %d rows of %s, want %d", c.at, got, table, c.want)
			}
		}
	}
	if n := a.rowsOf(t, "billing_moves", "1 = 1") + a.rowsOf(t, "billing_payments", "1 = 1"); n != 0 {
		t.Errorf("%d moves and payments outlive their time", n)
	}
}

// Unpaid, a workspace can be read and nothing changed; paying, copies, closing and
// the account stay possible. Paid, all is back at once.
func TestBilling_readOnly(t *testing.T) {
	t.Parallel()
	a, who, workspace, _ := billed(t)
	a.inHome(t, func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE invoices SET about = 'bill:x', due_at = $2 WHERE tenant_id = $1 AND state = 'open'", tx.Tenant(), clock.At(at.AddDate(0, 0, -15)))
		return err
	})
	ask := func(method, path string) int {
		r := httptest.NewRequest(method, path, nil)
		r = r.WithContext(identity.Into(r.Context(), identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: who, Workspace: workspace, Role: tenant.Owner}))
		w := httptest.NewRecorder()
		a.shell.Handler(a.payFirst(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))).ServeHTTP(w, r)
		return w.Code
	}
	const passed = http.StatusTeapot
	for request, want := range map[[2]string]int{
		{"GET", "/ctt/app/transactions"}: passed, {"GET", "/ctt/app/transactions.csv"}: passed, {"POST", "/ctt/app/transactions/1"}: 403, {"POST", "/ctt/app/targets"}: 403,
		{"POST", "/ctt/app/billing/plan"}: passed, {"POST", "/ctt/privacy/me/close"}: passed, {"POST", "/ctt/account/password"}: passed, {"POST", "/ctt/signout"}: passed,
	} {
		if got := ask(request[0], request[1]); got != want {
			t.Errorf("%v: %d, want %d", request, got, want)
		}
	}
	if why, err := a.capture.Limits.MayTake(t.Context(), workspace, "deliver", 0); err != nil || why != billing.ReasonUnpaid {
		t.Errorf("targets do not hold: %q (%v)", why, err)
	}
	a.inHome(t, func(tx *store.Tx) error {
		var open id.ID
		if err := tx.QueryRow(t.Context(), "SELECT id FROM invoices WHERE tenant_id = $1 AND state = 'open'", []any{tx.Tenant()}, &open); err != nil {
			return err
		}
		inv, err := billing.InvoiceOf(t.Context(), tx, open)
		if err == nil {
			_, err = a.billing.Record(t.Context(), tx, open, inv.Left(), "", vault.Seal("statement"))
		}
		return err
	})
	if got := ask("POST", "/ctt/app/targets"); got != passed {
		t.Errorf("paid, and still %d", got)
	}
}

// A plan's room is all there is, and a program without billing has no limits and no
// pages.
func TestBilling_limitsAndOff(t *testing.T) {
	t.Parallel()
	a, _, workspace, _ := billed(t)
	if err := a.mayAdd(t.Context(), workspace, billing.Members); err != nil {
		t.Errorf("one of three members: %v", err)
	}
	a.inHome(t, func(tx *store.Tx) error {
		for range 2 {
			if err := tenant.Join(t.Context(), tx, workspace, id.Subject(tx.NewID()), tenant.Viewer); err != nil {
				return err
			}
		}
		return nil
	})
	if err := a.mayAdd(t.Context(), workspace, billing.Members); !fault.Is(err, fault.Conflict) {
		t.Errorf("a fourth member: %v", err)
	}
	cfg := config.Config{Data: t.TempDir(), Services: []string{"ctt"}}
	if err := cfg.Finish(); err != nil {
		t.Fatal(err)
	}
	off, err := New(t.Context(), cfg, Options{Getenv: os.Getenv, Clock: clock.NewManual(at), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer off.Close()
	if off.billing != nil || off.capture.Limits != nil {
		t.Error("billing is on by itself")
	}
	w := httptest.NewRecorder()
	off.handler.ServeHTTP(w, httptest.NewRequest("POST", "/ctt/hooks/pay/xendit", nil))
	if w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed {
		t.Errorf("a callback without billing: %d", w.Code)
	}
}

// Programs read and choose by the same rules as pages; the document has the calls.
func TestBilling_document(t *testing.T) {
	t.Parallel()
	a, _, _, paid := billed(t)
	for path, want := range map[string]int{"/ctt/api/v1/billing": 401, "/ctt/api/v1/billing/invoices/" + paid.String(): 401, "/ctt/api/v1/openapi.json": 200} {
		w := httptest.NewRecorder()
		a.handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
		if want == 200 && !strings.Contains(w.Body.String(), "choosePlan") {
			t.Error("the document does not have the call choosePlan")
		}
	}
}
